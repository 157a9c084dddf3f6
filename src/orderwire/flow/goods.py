"""What was confirmed, shipped and received of an order, as everything that counts says it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from orderwire.document.answered import Part, coming, matched
from orderwire.document.find_line import PARTS, LineIndex
from orderwire.document.goods import LineGoods, Moved
from orderwire.document.goods import goods as computed
from orderwire.document.order import Line
from orderwire.document.order import Order as Document
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus
from orderwire.document.response import Response as Answer
from orderwire.document.states import AnswerState
from orderwire.records import GoodsDocument, GoodsLine, Order, Response, Revision

_COUNTS = (Response.State.ACCEPTED, Response.State.OPEN, Response.State.DECIDED)
"""Answers that say what the supplier will deliver."""


@dataclass(frozen=True)
class OrderGoods:
    """Every line of the newest version, and in words what was shipped or received of lines that it does not have."""

    lines: tuple[LineGoods, ...]
    foreign: tuple[str, ...]


def goods(order: Order) -> OrderGoods:
    """What became of the lines of the order's newest version. At most four queries."""
    return computed_from(order, _document(order))


def computed_from(order: Order, document: Document) -> OrderGoods:
    """The same where the newest version is at hand already."""
    rows = list(
        GoodsLine.objects.filter(order=order, document__replaced_at=None)
        .select_related("document")
        .defer("document__content")
        .order_by("document_id", "position")
    )
    by_line, foreign = _of_lines(rows, document)
    promised = confirmed(order, document)
    today = timezone.localdate()
    lines = tuple(
        computed(line, by_line[line.number], promised.get(line.number), today=today) for line in document.lines
    )
    return OrderGoods(lines, tuple(foreign))


def open_lines(order_id: int) -> dict[str, Decimal]:
    """What neither left the supplier nor arrived, by line number of the newest version, in the line's unit; lines of
    which nothing is open are left out."""
    return {line.number: line.open for line in goods(Order.objects.get(pk=order_id)).lines if line.open}


def confirmed(order: Order, document: Document) -> Mapping[str, Sequence[Part]]:
    """What the supplier promised of each line, by its number, in the answer to the newest version that counts.

    A version that only says what was agreed is confirmed as it stands. Lines that are undecided, or answered in another
    unit, are left out.
    """
    rows = Response.objects.filter(order=order, revision__number=order.revision, state__in=_COUNTS)
    answer = rows.order_by("-pk").first()
    if answer is None:
        agreed = order.answer_state == AnswerState.ACCEPTED
        return {line.number: (Part(line.quantity, None),) for line in document.lines} if agreed else {}
    said = Answer.model_validate(answer.standing or answer.content)
    answers = {line.number: given for line, given in matched(document, said)[0]}
    return {
        line.number: parts
        for line in document.lines
        if (parts := _parts(line, answers.get(line.number, ()), said)) is not None
    }


def _parts(line: Line, answers: Sequence[LineAnswer], said: Answer) -> Sequence[Part] | None:
    if not answers:
        taken = said.status in (HeaderStatus.ACCEPTED, HeaderStatus.ACCEPTED_WITH_CHANGES)
        return (Part(line.quantity, None),) if taken else None
    if any(a.status is LineStatus.PENDING or a.unit not in (None, line.unit) for a in answers):
        return None
    return coming(line, answers)


def _of_lines(rows: Iterable[GoodsLine], document: Document) -> tuple[dict[str, list[Moved]], list[str]]:
    """What moved by line. A line that no version had when the goods came may be in the newest one."""
    index, known = LineIndex(document.lines), {line.number for line in document.lines}
    rows = list(rows)
    unknown = {row.document_id for row in rows if row.line not in known}
    contents = dict(GoodsDocument.objects.filter(pk__in=unknown).values_list("pk", "content")) if unknown else {}
    by: dict[str, list[Moved]] = defaultdict(list)
    foreign = []
    for row in rows:
        number = row.line
        if number not in known and not number:
            line = named(index, contents[row.document_id], row.position)
            number = line.number if line else ""
        if number in known:
            by[number].append(_moved(row))
        elif row.quantity:
            where = (
                f"line {number}, which the newest version does not have"
                if number
                else "a line that the order does not have"
            )
            foreign.append(f"{row.document.number}: {row.quantity.normalize():f} of {where}.")
    return by, foreign


def named(index: LineIndex, content: Mapping[str, Any], position: int) -> Line | None:
    """The line of an order that the line at `position` (from 1) of a goods document, as kept, names."""
    lines = content.get("lines", [])
    said = lines[position - 1] if position <= len(lines) else {}
    return index.find_goods(said.get("number"), ((name, said.get(name)) for name in PARTS))


def _moved(row: GoodsLine) -> Moved:
    shipped = row.document.kind == GoodsDocument.Kind.SHIP_NOTICE
    return Moved(
        kind="shipped" if shipped else "received",
        number=row.document.number,
        quantity=row.quantity,
        unit=row.unit,
        rejected=row.rejected,
        on=row.document.on_date,
    )


def _document(order: Order) -> Document:
    revision = Revision.objects.get(order=order, number=order.revision)
    return Document.model_validate_json(bytes(revision.content))
