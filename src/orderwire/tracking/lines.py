"""The lines of an order as its page shows them: what is asked (and what the version before asked), what the supplier
confirmed and whether that is what is asked now."""

import datetime
from dataclasses import dataclass

from orderwire.document.codes import PIECES, unit_word
from orderwire.document.goods import LineGoods
from orderwire.document.money import line_amount, totals
from orderwire.document.order import Line
from orderwire.document.order import Order as Document
from orderwire.document.response import LineAnswer, LineStatus
from orderwire.document.response import Response as Answer
from orderwire.document.states import Mark, Tone
from orderwire.flow.acknowledge.differences import compare
from orderwire.flow.goods import OrderGoods
from orderwire.records import Response
from orderwire.tracking.beside import parts
from orderwire.tracking.figures import digits, figure
from orderwire.tracking.order import OrderView
from orderwire.tracking.words import Money, day, plural


@dataclass(frozen=True)
class Asked:
    """A value, and the older one where the newest version changed it."""

    now: str
    before: str = ""


@dataclass(frozen=True)
class Confirmed:
    """One part of what the supplier confirmed."""

    text: str
    mark: Mark
    tone: Tone


@dataclass(frozen=True)
class LineRow:
    """One line of the table."""

    number: str
    description: str
    parts: str
    quantity: Asked
    unit: str
    need_by: Asked
    confirmed: tuple[Confirmed, ...]
    note: str
    moved: tuple[Confirmed, ...]
    price: str
    basis: str
    amount: str


@dataclass(frozen=True)
class Totals:
    """The foot of the table: words and amounts, the total last."""

    rows: tuple[tuple[str, str], ...]
    total: Money


def lines(view: OrderView, goods: OrderGoods | None = None) -> list[LineRow]:
    """The lines of the current version; with `goods` also what left the supplier and what arrived."""
    document = view.document
    older = [r for r in view.revisions if r.number < view.revision.number]
    before = {line.number: line for line in view.content(older[0]).lines} if older else {}
    answered, version = _answered(view)
    came = {each.number: _moved(each) for each in goods.lines} if goods else {}
    return [
        _row(
            line,
            before.get(line.number),
            answered.get(line.number, ()),
            came.get(line.number, ()),
            version=version,
            view=view,
        )
        for line in document.lines
    ]


def foot(document: Document) -> Totals:
    """The derived totals."""
    found = totals(document)
    rows = [("Lines", Money(found.lines, document.currency).text)]
    if found.adjustments:
        rows.append(("Charges less allowances", Money(found.adjustments, document.currency).text))
    if found.tax:
        rows.append(("Tax", Money(found.tax, document.currency).text))
    return Totals(tuple(rows) if len(rows) > 1 else (), Money(found.total, document.currency))


def _answered(view: OrderView) -> tuple[dict[str, tuple[LineAnswer, ...]], int]:
    """The newest answer's lines by line number, and the version that it answers."""
    newest = next((a for a in view.replies if a.state != Response.State.SUPERSEDED and a.revision is not None), None)
    if view.agreed and (newest is None or newest.revision_id != view.revision.pk):
        yes = {n.number: _complete(n, (_as_one(n, LineStatus.ACCEPTED),)) for n in view.document.lines}
        return yes, view.revision.number
    if newest is None or newest.revision is None or newest.status == "received":
        return {}, 0
    answered = next(r for r in view.revisions if r.pk == newest.revision_id)
    document = view.content(answered)
    found = compare(document, Answer.model_validate(newest.standing or newest.content))
    given = {line.number: answers for line, answers in found.answers}
    if newest.status == "accepted" or (newest.status == "accepted_with_changes" and not found.declined):
        for line in document.lines:
            given.setdefault(line.number, (_as_one(line, LineStatus.ACCEPTED),))
    if newest.status == "rejected":
        given = {n.number: (_as_one(n, LineStatus.REJECTED),) for n in document.lines}
    asked = {line.number: line for line in document.lines}
    return {number: _complete(asked[number], given[number]) for number in given if number in asked}, answered.number


def _as_one(line: Line, status: LineStatus) -> LineAnswer:
    """What an answer to the whole order says of a line."""
    return LineAnswer(number=line.number, status=status)


def _note(same: bool, answers: tuple[LineAnswer, ...], earlier: int) -> str:
    """How the answer stands to what is asked now; `earlier` is the version it answers where that is not the newest."""
    if earlier and not same:
        return f"in answer to version\u00a0{earlier}; waiting for the newest"
    said = "as asked" if same else next((a.reason for a in answers if a.reason), "") or "not as asked"
    return f"{said}, in answer to version\u00a0{earlier}" if earlier else said


def _complete(asked: Line, answers: tuple[LineAnswer, ...]) -> tuple[LineAnswer, ...]:
    """What an answer leaves out means "as ordered" in the version that it answers, not in a newer one."""
    dates = {s.requested for s in asked.schedules}
    left: dict[str, object] = {}
    if len(answers) == 1 and answers[0].quantity is None:
        left["quantity"] = asked.quantity
    if len(dates) == 1 and None not in dates:
        left["promised"] = min(d for d in dates if d)
    left["price"] = asked.price
    return tuple(
        a.model_copy(update={name: value for name, value in left.items() if getattr(a, name) is None}) for a in answers
    )


def _row(
    line: Line,
    old: Line | None,
    answers: tuple[LineAnswer, ...],
    moved: tuple[Confirmed, ...],
    *,
    version: int,
    view: OrderView,
) -> LineRow:
    currency = view.document.currency
    need, was = _need(line), _need(old) if old else ""
    same = all(_as_asked(line, a, answers) for a in answers)
    earlier = version != view.revision.number
    confirmed = tuple(_confirmed(line, a, same, earlier) for a in answers)
    note = ""
    if answers:
        note = _note(same, answers, version if earlier else 0)
    return LineRow(
        number=line.number,
        description=line.description,
        parts=parts(line),
        quantity=Asked(figure(line.quantity), figure(old.quantity) if old and old.quantity != line.quantity else ""),
        unit="" if line.unit in PIECES else unit_word(line.unit),
        need_by=Asked(need, was if was != need else ""),
        confirmed=confirmed,
        note=note,
        moved=moved,
        price=figure(line.price, digits(currency)),
        basis=f"per {figure(line.price_basis)}" if line.price_basis != 1 else "",
        amount=Money(line_amount(line, currency), currency).text,
    )


def _moved(each: LineGoods) -> tuple[Confirmed, ...]:
    """What left them and what arrived, more or less than confirmed, and late."""
    found = []
    if each.shipped:
        found.append(Confirmed(f"{figure(each.shipped)} shipped", "move", "quiet"))
    if each.received:
        full = not each.open and not each.rejected
        found.append(
            Confirmed(f"{figure(each.received)} received", "done" if full else "move", "ok" if full else "quiet")
        )
    if each.rejected:
        found.append(Confirmed(f"{figure(each.rejected)} rejected", "fail", "bad"))
    if each.difference > 0:
        found.append(Confirmed(f"{figure(each.difference)} more than confirmed", "ask", "warn"))
    if each.open and (each.shipped or each.received):
        found.append(Confirmed(f"{figure(each.open)} open", "none", "quiet"))
    if each.late and each.open:
        found.append(Confirmed(f"{plural(each.late, 'day')} late", "late", "warn"))
    return (*found, *(Confirmed(text, "ask", "warn") for text in each.uncounted))


def _need(line: Line) -> str:
    dates = [s.requested for s in line.schedules if s.requested]
    if not dates:
        return "–"
    return day(min(dates)) if len(set(dates)) == 1 else f"{day(min(dates))} – {day(max(dates))}"


def _as_asked(line: Line, answer: LineAnswer, answers: tuple[LineAnswer, ...]) -> bool:
    if answer.status in (LineStatus.REJECTED, LineStatus.BACKORDERED, LineStatus.SUBSTITUTED, LineStatus.PENDING):
        return False
    given = [a.quantity for a in answers if a.quantity is not None]
    enough = not given or sum(given) == line.quantity
    dates: set[datetime.date | None] = {s.requested for s in line.schedules}
    same_price = answer.price_for(line.price_basis) in (None, line.price)
    return enough and same_price and (answer.promised is None or answer.promised in dates)


def _confirmed(line: Line, answer: LineAnswer, same: bool, earlier: bool) -> Confirmed:
    """One part of an answer. What answers an earlier version and is not what is asked now waits for the supplier."""
    if answer.status is LineStatus.REJECTED:
        return Confirmed("declined", "fail", "bad")
    quantity = figure(answer.quantity if answer.quantity is not None else line.quantity)
    date = day(answer.promised) if answer.promised else _need(line)
    price = f" · price {figure(answer.price, 2)}" if answer.price not in (None, line.price) else ""
    if answer.status is LineStatus.BACKORDERED and not answer.promised:
        date = "on back order"
    mark, tone = _tone(same, earlier)
    return Confirmed(f"{quantity} · {date}{price}", mark, tone)


def _tone(same: bool, earlier: bool) -> tuple[Mark, Tone]:
    if same:
        return "done", "ok"
    return ("move", "move") if earlier else ("ask", "warn")
