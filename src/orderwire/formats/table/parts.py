"""A document taken apart into header, lines and schedule lines, as a table has them, and put together again."""

from decimal import Decimal, InvalidOperation
from typing import Any

from orderwire.document.order import Order
from orderwire.document.order_change import LinePart, OrderChange
from orderwire.document.states import DocumentType
from orderwire.formats import Content
from orderwire.formats.table.answers import completed

Data = dict[str, Any]
"""Fields of one level as the document's JSON."""

LineData = tuple[Data, list[Data]]
"""A line and its schedule lines, one empty one where it has none of its own."""

_SCHEDULED = ("quantity", "requested")
_WHOLE = ("description", "unit", "price")
_NEEDED = frozenset({"issued", "currency", "buyer", "supplier"})
_NAMES_ORDER = frozenset({"kind", "currency", "buyer", "supplier"})


def parted(document: Content) -> tuple[Data, list[LineData]]:
    """Header and lines of a document."""
    header = document.model_dump(mode="json", exclude_defaults=True)
    lines = header.pop("lines", [])
    if isinstance(document, Order):
        return {"revision": 1} | header, [_whole(line) for line in lines]
    if isinstance(document, OrderChange):
        return _head(header), [_changed(line) for line in lines]
    return header, [(line, [{}]) for line in lines]


def joined(kind: DocumentType, header: Data, lines: list[LineData]) -> Data:
    """The fields of the document that header and lines make."""
    match kind:
        case DocumentType.ORDER:
            return {**header, "lines": [_stated(line, schedules) for line, schedules in lines]}
        case DocumentType.CHANGE:
            return {"form": "delta"} | _with_head(header) | {"lines": [_change(*line) for line in lines]}
        case DocumentType.RESPONSE:
            return completed(header, [line for line, _ in lines])
        case DocumentType.CANCELLATION:
            return header
        case _:
            return {**header, "lines": [line for line, _ in lines]}


def decimal(text: object) -> Decimal | None:
    """A number as a cell has it, None where it is none."""
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None


def _whole(line: Data) -> LineData:
    line.pop("quantity")
    return line, line.pop("schedules")


def _stated(line: Data, schedules: list[Data]) -> Data:
    parts = [decimal(schedule.get("quantity")) for schedule in schedules]
    total = format(sum((p for p in parts if p is not None), Decimal(0)), "f") if None not in parts else None
    return {**line, "quantity": total, "schedules": schedules}


def _changed(item: Data) -> LineData:
    line, part = item.pop("line", None), item.pop("part", None)
    if line is not None:
        whole, schedules = _whole(line)
        return whole | item, schedules
    if part is not None:
        schedule = {name: part.pop(name) for name in _SCHEDULED if name in part}
        return part | item | {"stated": "part"}, [schedule]
    return item, [{}]


def _change(line: Data, schedules: list[Data]) -> Data:
    """The line of a change: stated whole where description, quantity, unit and price are there, else in part."""
    item: Data = {name: line[name] for name in ("number", "action", "reason", "code") if name in line}
    stated = line.get("stated")
    rest = {name: value for name, value in line.items() if name not in item and name != "stated"}
    if not rest and not any(schedules) and not stated:
        return item
    complete = all(name in rest for name in _WHOLE) and all("quantity" in schedule for schedule in schedules)
    part = rest | schedules[0]
    if stated == "whole" or (complete and stated != "part") or len(schedules) > 1 or not part.keys() <= _PART:
        return {**item, "line": {"number": line.get("number"), **_stated(rest, schedules)}}
    return {**item, "part": part}


_PART = LinePart.model_fields.keys()


def _head(header: Data) -> Data:
    """The header of a change with what it says of the order's header in one place, stated whole or in part."""
    if "head" in header:
        return header
    part = header.pop("head_part", None)
    head = dict(part or {})
    if "order_issued" in header:
        head["issued"] = header.pop("order_issued")
    return header | ({"head": head} if head else {}) | ({"stated": "part"} if part is not None else {})


def _with_head(header: Data) -> Data:
    """The other way: where nothing says so, a header is whole if it has what each header has; else what only names
    the order does not change it."""
    stated = header.get("stated")
    head = dict(header.get("head", {}))
    rest = {name: value for name, value in header.items() if name not in ("head", "stated")}
    if stated == "whole" or (stated is None and head.keys() >= _NEEDED):
        return rest | {"head": head}
    issued = head.pop("issued", None)
    part = {name: value for name, value in head.items() if stated or name not in _NAMES_ORDER}
    return rest | ({"order_issued": issued} if issued else {}) | ({"head_part": part} if part or stated else {})
