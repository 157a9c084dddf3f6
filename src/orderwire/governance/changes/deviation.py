"""What an answer says otherwise than the order, and what the policy says of it: plain values, one for one."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Answered = Decimal | str | Sequence[tuple[datetime.date | None, Decimal]] | None
Word = Literal["accept", "ask", "reject"]


@dataclass(frozen=True)
class Deviation:
    """One difference between an order and its answer.

    `line` is the order's line number, None for the order as a whole. By `field`, `answered` is:
    price: the price for as many units as the order's price is for, in `currency` (None: the order's);
    quantity: what will come of the line, in the order's unit;
    date: what is promised for which day, each with its quantity (a day of None is not known);
    charge: what the supplier asks for agreeing, in `currency`;
    status: "backordered" or "pending"; other fields (part, unit, currency, line, order, terms): not looked at.
    """

    field: str
    line: str | None = None
    answered: Answered = None
    currency: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What the policy says of one difference: by which row (empty: none), because of what, in one sentence."""

    verdict: Word
    rule: str
    because: str

    def as_json(self) -> dict[str, str]:
        """The keys that stand beside a difference."""
        return {"verdict": self.verdict, "rule": self.rule, "because": self.because}
