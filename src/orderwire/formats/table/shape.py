"""An order as the cells of a table, and back. What has no column is lost, and `carried` says exactly what that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from orderwire.document.change import changes
from orderwire.document.finding import Finding, error, warning
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.formats import CannotCarry, Content
from orderwire.formats.table.columns import COLUMNS, IDENTIFIERS, REFERENCES, Column, Level, Path

Cells = dict[Column, str]

_BY_PATH: dict[Level, dict[Path, Column]] = {
    level: {c.path: c for c in COLUMNS if c.level == level} for level in ("order", "line", "schedule")
}


@dataclass(frozen=True)
class Row:
    """One row of a table: the cells of the order, of one of its lines and of one of its schedule lines together."""

    order: Cells
    line: Cells
    schedule: Cells


def rows_of(order: Order) -> Iterator[Row]:
    """The rows of an order, one a schedule line; the cells of order and line are the same objects on each."""
    data = order.model_dump(mode="json", exclude_defaults=True)
    data.setdefault("revision", 1)
    lines = data.pop("lines")
    header = _cells(data, "order")
    for line in lines:
        schedules = line.pop("schedules")
        line.pop("quantity")
        line_cells = _cells(line, "line")
        for schedule in schedules:
            yield Row(header, line_cells, _cells(schedule, "schedule"))


def fields(cells: Mapping[Column, str]) -> dict[str, Any]:
    """The fields that the cells of one level fill, as the document's JSON."""
    data: dict[str, Any] = {}
    for column, text in cells.items():
        inner: dict[str | int, Any] = data  # type: ignore[assignment]
        for step in column.path[:-1]:
            inner = inner.setdefault(step, {})
        inner[column.path[-1]] = text
    return {name: _lists(name, value) for name, value in data.items()}


def carried(document: Content, format: str) -> tuple[Order, tuple[Finding, ...]]:
    """The order as a table carries it, and what that loses: an error where the total would change, else a warning.

    Raises CannotCarry for anything but an order.
    """
    if not isinstance(document, Order):
        text = f"{format} carries orders only; choose another format"
        raise CannotCarry((error("cannot-carry", type(document).__name__, text),))
    rows = list(rows_of(document))
    lines = [
        {**fields(of_line[0].line), "quantity": line.quantity, "schedules": [fields(row.schedule) for row in of_line]}
        for line, of_line in zip(
            document.lines, (list(group) for _, group in groupby(rows, lambda row: id(row.line))), strict=True
        )
    ]
    order = Order.model_validate({**fields(rows[0].order), "lines": lines})
    before, after = totals(document).total, totals(order).total
    findings = [
        warning("cannot-carry", change.path, f"has no column in {format} and is left out: {_shown(change.old)}")
        for change in changes(_comparable(document), order, ignore=frozenset())
        if change.old not in ({}, [])
    ]
    if before != after:
        text = (
            f"{format} has no columns for all allowances, charges and taxes: the total would be {after}, not {before}"
        )
        findings.insert(0, error("cannot-carry", "totals.total", text))
    return order, tuple(findings)


def _cells(data: dict[str, Any], level: Level) -> Cells:
    by_path = _BY_PATH[level]
    found = {by_path[path]: text for path, text in _leaves(data, ()) if path in by_path}
    return dict(sorted(found.items(), key=lambda item: _POSITION[item[0]]))


_POSITION = {column: n for n, column in enumerate(COLUMNS)}


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every field with its path in the table's shape: identifiers by scheme, references by kind, the street one text.

    A tax and a part of the payment terms whose fields all have their default value keep one, so that they stay.
    """
    name = path[-1] if path else None
    if name == "tax" or (len(path) > 1 and path[-2] == "taxes"):
        value.setdefault("category", "S")
    if len(path) > 1 and path[-2] == "payment_terms":
        value.setdefault("days", 0)
    if name == "identifiers":
        yield from {(*path, item["scheme"]): item["value"] for item in reversed(value)}.items()
    elif name == "references":
        yield from {(*path, item["kind"]): item["number"] for item in reversed(value)}.items()
    elif name == "lines":
        yield path, "\n".join(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def _lists(name: str | int, value: Any) -> Any:
    if name == "identifiers":
        return [{"scheme": scheme, "value": value[scheme]} for scheme in IDENTIFIERS if scheme in value]
    if name == "references":
        return [{"kind": kind, "number": value[kind]} for kind in REFERENCES if kind in value]
    if name == "lines":
        return [line for line in value.replace("\r", "").split("\n") if line.strip()]
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(key, item) for key, item in value.items()}
    return [inner[index] for index in sorted(inner)] if any(isinstance(key, int) for key in inner) else inner


def _comparable(order: Order) -> Order:
    """The order with what has columns first and in their order, so that a difference is a loss and not a move."""
    return order.model_copy(
        update={
            **{name: _party(getattr(order, name)) for name in ("buyer", "supplier", "ship_to", "bill_to")},
            "references": _first_of_each(order.references, "kind", tuple(REFERENCES)),
            "lines": tuple(
                line.model_copy(
                    update={
                        "references": _first_of_each(line.references, "kind", tuple(REFERENCES)),
                        "accounts": tuple(a for a in line.accounts if a.model_dump(exclude_defaults=True)),
                        "schedules": tuple(s.model_copy(update={"ship_to": _party(s.ship_to)}) for s in line.schedules),
                    }
                )
                for line in order.lines
            ),
        }
    )


def _party(party: Any) -> Any:
    if party is None:
        return None
    return party.model_copy(update={"identifiers": _first_of_each(party.identifiers, "scheme", IDENTIFIERS)})


def _first_of_each(items: tuple[Any, ...], key: str, known: tuple[str, ...]) -> tuple[Any, ...]:
    firsts = {getattr(item, key): item for item in reversed(items)}
    ahead = [firsts[name] for name in known if name in firsts]
    return (*ahead, *(item for item in items if not any(item is first for first in ahead)))


def _shown(value: Any) -> str:
    return repr(value) if len(repr(value)) <= 80 else repr(value)[:77] + "..."
