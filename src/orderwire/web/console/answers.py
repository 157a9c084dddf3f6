"""The answers to an order, each with what it differs in; the open one leads to the page where it is decided."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderwire.records import Response
from orderwire.tracking.channels import source_word
from orderwire.tracking.order import OrderView
from orderwire.tracking.people import names
from orderwire.tracking.words import Money, decide_words, when


@dataclass(frozen=True)
class Difference:
    """One difference: ordered and answered, in words, with what it adds to the total."""

    line: str
    field: str
    ordered: str
    answered: str
    text: str
    reason: str
    money: str
    worse: bool


@dataclass(frozen=True)
class Shown:
    """One answer with its differences."""

    answer: Response
    title: str
    came: str
    at: str
    by: str
    version: int | None
    current: bool
    differences: list[Difference]
    total: str
    reason: str
    state: str
    label: str


_TITLES = {
    "accepted": "Accepted", "accepted_with_changes": "Accepted with changes", "rejected": "Declined",
    "received": "Received, undecided",
}  # fmt: skip


def shown(view: OrderView) -> list[Shown]:
    """All answers of an order, newest first. One query for names."""
    people = names(a.actor for a in view.answers)
    return [_shown(view, answer, people[answer.actor]) for answer in view.answers]


def _shown(view: OrderView, answer: Response, by: str) -> Shown:
    version = answer.revision.number if answer.revision else None
    currency = view.order.currency
    found = [_difference(d, currency) for d in answer.differences]
    changes = [Money(Decimal(d["money"]), currency) for d in answer.differences if d.get("money")]
    total = ""
    if changes:
        added = Money(sum((m.value for m in changes), changes[0].value * 0), currency)
        sign = "adds" if added.value >= 0 else "takes off"
        total = f"Accepting all {sign} {Money(abs(added.value), currency)}."
    return Shown(
        answer,
        _TITLES.get(answer.status, answer.status),
        source_word(answer.source, theirs=True),
        when(answer.received_at),
        by,
        version,
        version == view.order.revision,
        found,
        total,
        str(answer.content.get("reason") or ""),
        _state(answer, current=version == view.order.revision, version=version),
        decide_words(answer.differences),
    )


def _state(answer: Response, *, current: bool, version: int | None) -> str:
    """What became of it; a yes to a version that was replaced closes nothing any more."""
    if answer.state == Response.State.ACCEPTED and not current:
        return f"Closed version {version} only"
    return Response.State(answer.state).label


def _difference(d: dict[str, Any], currency: str) -> Difference:
    money = Money(Decimal(d["money"]), currency) if d.get("money") else None
    text = f"{'+' if money.value > 0 else '−'}{Money(abs(money.value), currency).text}" if money else ""
    return Difference(
        d.get("line") or "", d.get("field", ""), d.get("ordered", ""), d.get("answered", ""), d.get("text", ""),
        d.get("reason", ""), text, bool(money and money.value > 0),
    )  # fmt: skip
