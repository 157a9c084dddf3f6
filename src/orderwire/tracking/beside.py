"""An answer beside the order, line by line: what was asked, what is answered, money and days, and what the policy says.

What needs a person comes first. Rows are built from the differences that were stored when the answer came, so that
the page shows what was judged then.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from orderwire.document.codes import PIECES, unit_word
from orderwire.document.order import Line, Order
from orderwire.document.response import LineAnswer, LineStatus
from orderwire.document.response import Response as Answer
from orderwire.flow.acknowledge.differences import compare
from orderwire.records import Response
from orderwire.tracking.figures import digits, figure
from orderwire.tracking.words import Money, day, plural

Verdict = Literal["reject", "ask", "accept"]
MOST_FACTS = 2000
"""Fields of an answer that a page lists."""

_RANK: dict[str, int] = {"reject": 0, "ask": 1, "accept": 2}


@dataclass(frozen=True)
class Said:
    """One part of what is asked or answered; `changed` where it is not as ordered."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Beside:
    """One line with its differences. `line` is None for the order as a whole and for a line it does not have.

    `money` is what accepting adds to the total; `days` how much later the last part comes (negative: earlier), and
    `late` how many pieces come later than asked. `declined`: nothing of it comes.
    """

    line: Line | None
    name: str
    part: str
    about: str
    ordered: tuple[Said, ...]
    answered: tuple[Said, ...]
    remark: str
    money: Money | None
    days: int
    late: str
    verdict: Verdict
    because: tuple[str, ...]
    declined: bool = False

    @property
    def number(self) -> str | None:
        """The order's line number, None for the order as a whole."""
        return self.line.number if self.line else None

    @property
    def money_words(self) -> str:
        """ "+414.00"; empty where accepting costs the same."""
        return signed(self.money) if self.money else ""

    @property
    def late_words(self) -> str:
        """ "12 days", "3 days sooner"; empty where no day moves."""
        if not self.days:
            return ""
        return plural(self.days, "day") if self.days > 0 else f"{plural(-self.days, 'day')} sooner"


@dataclass(frozen=True)
class Plain:
    """A line that is answered as ordered."""

    line: Line
    parts: str
    asked: tuple[Said, ...]


def different(order: Order, answer: Response) -> list[Beside]:
    """The lines that differ, what needs a person first, in the order of the document after that."""
    rows: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    lines = {line.number: line for line in order.lines}
    for row in answer.differences:
        rows[row.get("line") if row.get("line") in lines else None].append(row)
    given = {line.number: answers for line, answers in compare(order, standing(answer)).answers}
    made = [_beside(lines[n], given.get(n, ()), rows[n], order) for n in lines if n in rows]
    if None in rows:
        made.insert(0, _whole(rows[None], order))
    return sorted(made, key=lambda b: _RANK[b.verdict] == 2)


def as_ordered(order: Order, rows: Iterable[Beside]) -> list[Plain]:
    """The lines that do not differ."""
    differing = {row.number for row in rows}
    if any(row.declined and row.line is None for row in rows):
        return []
    return [plain for plain in every(order) if plain.line.number not in differing]


def every(order: Order) -> list[Plain]:
    """All lines of the order."""
    return [Plain(line, parts(line), asked(line, order)) for line in order.lines]


def facts(answer: Response) -> list[tuple[str, str]]:
    """What an answer without a file says, field by field, as (place, value)."""
    return [*_facts(answer.content, "")][:MOST_FACTS]


def _facts(value: object, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, held in value.items():
            yield from _facts(held, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list):
        for place, held in enumerate(value, 1):
            yield from _facts(held, f"{at}[{place}]")
    elif value is not None:
        yield at, str(value)


def standing(answer: Response) -> Answer:
    """All that the supplier has answered to this version."""
    return Answer.model_validate(answer.standing or answer.content)


def signed(money: Money) -> str:
    """What is added or taken off: "+414.00", "−138.60"; empty for nothing."""
    text = Money(abs(money.value), money.currency).text
    return f"+{text}" if money.value > 0 else f"−{text}" if money.value else ""


def asked(line: Line, order: Order) -> tuple[Said, ...]:
    """What the order asks for: "60 · 9 Dec" for each schedule, and the price."""
    placed = tuple(Said(_placed(s.quantity, s.requested)) for s in line.schedules)
    return (*placed, Said(f"{figure(line.price, digits(order.currency))} {_each(line)}"))


def amount(line: Line) -> str:
    """ "120 pieces", "40 kg"."""
    return f"{figure(line.quantity)} {_units(line)}"


def parts(line: Line) -> str:
    """Part numbers: theirs, ours, the GTIN."""
    names = [line.supplier_part or "", f"yours {line.buyer_part}" if line.buyer_part else "", line.gtin or ""]
    return " · ".join(n for n in names if n)


def _beside(line: Line, answers: tuple[LineAnswer, ...], rows: list[dict[str, Any]], order: Order) -> Beside:
    fields = {str(row.get("field")) for row in rows}
    kept = [a for a in answers if a.status is not LineStatus.REJECTED]
    asked_days = [s.requested for s in line.schedules if s.requested]
    promised = [a.promised or a.ships for a in kept]
    given = [p for p in promised if p]
    days = (max(given) - max(asked_days)).days if given and asked_days and "date" in fields else 0
    return Beside(
        line,
        line.number,
        line.description,
        amount(line),
        _ordered(line, fields, rows, order),
        _answered(line, kept, fields, rows, order),
        "; ".join(dict.fromkeys(str(row["reason"]) for row in rows if row.get("reason"))),
        _money(rows, order.currency),
        days,
        _late(line, kept, max(asked_days)) if days > 0 else "",
        *_judged(rows),
        declined="line" in fields,
    )


def _whole(rows: list[dict[str, Any]], order: Order) -> Beside:
    """The order as a whole, and lines that it does not have."""
    declined = any(row.get("field") == "order" for row in rows)
    return Beside(
        None,
        "Order",
        "The whole order" if declined else "Beside the lines",
        plural(len(order.lines), "line"),
        tuple(Said(str(r["ordered"])) for r in rows if r.get("ordered")),
        tuple(Said(str(r.get("text") or r.get("answered", "")), changed=True) for r in rows),
        "; ".join(dict.fromkeys(str(row["reason"]) for row in rows if row.get("reason"))),
        _money(rows, order.currency),
        0,
        "",
        *_judged(rows),
        declined=declined,
    )


def _judged(rows: list[dict[str, Any]]) -> tuple[Verdict, tuple[str, ...]]:
    """The strictest verdict and the sentences; without a policy's word a person is asked."""
    verdict = min((str(row.get("verdict") or "ask") for row in rows), key=lambda v: _RANK.get(v, 1))
    found: Verdict = "reject" if verdict == "reject" else "accept" if verdict == "accept" else "ask"
    mine = sorted(rows, key=lambda row: _RANK.get(str(row.get("verdict") or "ask"), 1))
    return found, tuple(dict.fromkeys(str(row.get("because") or row.get("text") or "") for row in mine))


def _ordered(line: Line, fields: set[str], rows: list[dict[str, Any]], order: Order) -> tuple[Said, ...]:
    found: list[Said] = []
    if fields & {"quantity", "date", "line", "status"}:
        found += [Said(_placed(s.quantity, s.requested)) for s in line.schedules]
    if "price" in fields:
        found.append(Said(f"{figure(line.price, digits(order.currency))} {_each(line)}"))
    if "unit" in fields:
        found.append(Said(unit_word(line.unit)))
    return (*found, *(Said(str(r["ordered"])) for r in rows if r.get("field") not in _WORDED and r.get("ordered")))


def _answered(
    line: Line, kept: list[LineAnswer], fields: set[str], rows: list[dict[str, Any]], order: Order
) -> tuple[Said, ...]:
    if "line" in fields:
        return (Said("Cannot supply", changed=True),)
    found: list[Said] = []
    asked_for = {(s.quantity, s.requested) for s in line.schedules}
    if fields & {"quantity", "date", "status"}:
        for answer in kept:
            at = answer.promised or answer.ships
            alone = len(kept) == 1 and len(line.schedules) == 1
            quantity = answer.quantity if answer.quantity is not None else line.quantity
            at = at or (line.schedules[0].requested if alone else None)
            words = _STATUS.get(answer.status) if at is None or "status" in fields else None
            found.append(Said(f"{figure(quantity)} · {words}" if words else _placed(quantity, at),
                              (quantity, at) not in asked_for or bool(words)))  # fmt: skip
    if "price" in fields:
        prices = [p for a in kept if (p := a.price_for(line.price_basis)) is not None and p != line.price]
        found += [
            Said(f"{figure(p, digits(order.currency))} {_each(line)}", changed=True) for p in dict.fromkeys(prices)
        ]
    if "unit" in fields:
        units = dict.fromkeys(a.unit for a in kept if a.unit and a.unit != line.unit)
        found += [Said(unit_word(unit), changed=True) for unit in units]
    others = [str(r.get("answered") or "not named") for r in rows if r.get("field") not in _WORDED]
    return (*found, *(Said(other, changed=True) for other in others))


_WORDED = ("quantity", "date", "line", "status", "price", "unit")
_STATUS = {LineStatus.BACKORDERED: "on back order", LineStatus.PENDING: "not decided yet"}


def _placed(quantity: Decimal, at: datetime.date | None) -> str:
    return f"{figure(quantity)} · {day(at)}" if at else figure(quantity)


def _late(line: Line, kept: list[LineAnswer], asked_by: datetime.date) -> str:
    """How much comes after the day asked: "20 pieces"."""
    after = [a.quantity for a in kept if (at := a.promised or a.ships) and at > asked_by and a.quantity is not None]
    late = sum(after, Decimal(0))
    return amount(line.model_copy(update={"quantity": late})) if after and late < line.quantity else ""


def _money(rows: list[dict[str, Any]], currency: str) -> Money | None:
    amounts = [Decimal(str(row["money"])) for row in rows if row.get("money")]
    return Money(sum(amounts, Decimal(0)), currency) if amounts else None


def _each(line: Line) -> str:
    unit = "each" if line.unit in PIECES else f"per {unit_word(line.unit)}"
    return unit if line.price_basis == 1 else f"per {figure(line.price_basis)} {_units(line)}"


def _units(line: Line) -> str:
    if line.unit in PIECES:
        return "piece" if line.quantity == 1 else "pieces"
    return unit_word(line.unit)
