"""The fields of one level of a document as cells, and back; what has no column is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from orderwire.formats.table.columns import IDENTIFIERS, REFERENCES, Column, Form, Level, Path

Cells = dict[Column, str]

Lost = tuple[Path, Any]
"""A place of the document and what it holds that has no column."""


@dataclass(frozen=True)
class _Places:
    """The columns of one level by their path, and every path that leads to one of them."""

    columns: Mapping[Path, Column]
    position: Mapping[Column, int]
    ways: frozenset[Path] = field(default_factory=frozenset)


@cache
def _places(form: Form, level: Level) -> _Places:
    columns = {column.path: column for column in form.columns if column.level == level}
    ways = frozenset(path[:n] for path in columns for n in range(len(path) + 1))
    return _Places(columns, {column: n for n, column in enumerate(form.columns)}, ways)


def cells(form: Form, level: Level, data: Mapping[str, Any]) -> tuple[Cells, list[Lost]]:
    """The cells that the fields of one level fill, and the fields that have none."""
    places = _places(form, level)
    found: Cells = {}
    lost: list[Lost] = []
    for path, place, value in _leaves(data, (), (), places.ways):
        column = places.columns.get(path)
        if column is None or column in found:
            lost.append((place, value))
        else:
            found[column] = str(value).lower() if isinstance(value, bool) else str(value)
    return dict(sorted(found.items(), key=lambda item: places.position[item[0]])), lost


def fields(found: Mapping[Column, str]) -> dict[str, Any]:
    """The fields that the cells of one level fill, as the document's JSON."""
    data: dict[str, Any] = {}
    for column, text in found.items():
        inner: dict[str | int, Any] = data  # type: ignore[assignment]
        for step in column.path[:-1]:
            inner = inner.setdefault(step, {})
        inner[column.path[-1]] = text
    return {name: _lists(name, value) for name, value in data.items()}


def _leaves(value: Any, path: Path, place: Path, ways: frozenset[Path]) -> Iterator[tuple[Path, Path, Any]]:
    """Every field with its path in the table's shape and its place in the document: in the table identifiers go by
    scheme, references by kind, and the street is one text. What no column lies under is left whole.

    A tax and a part of the payment terms whose fields all have their default value keep one, so that they stay.
    """
    name = path[-1] if path else None
    if isinstance(value, dict):
        if name == "tax" or path[-2:-1] == ("taxes",):
            value = {"category": "S"} | value
        if path[-2:-1] == ("payment_terms",):
            value = {"days": 0} | value
    if value in ({}, []):
        return
    if path not in ways:
        yield path, place, value
    elif name in _KEYS:
        key, number = _KEYS[name]
        taken = set()
        for n, item in enumerate(value):
            inner = (*path, item[key])
            if inner in ways and inner not in taken:
                taken.add(inner)
                yield inner, (*place, n, number), item[number]
                rest = [field for field in item if field not in (key, number)]
                yield from (((*inner, field), (*place, n, field), item[field]) for field in rest)
            else:
                yield (*path, n), (*place, n), item
    elif name == "lines":
        yield path, place, "\n".join(value)
    elif isinstance(value, dict):
        for step, inner_value in value.items():
            yield from _leaves(inner_value, (*path, step), (*place, step), ways)
    elif isinstance(value, list):
        for n, inner_value in enumerate(value):
            yield from _leaves(inner_value, (*path, n), (*place, n), ways)
    else:
        yield path, place, value


_KEYS: Mapping[str | int | None, tuple[str, str]] = {
    "identifiers": ("scheme", "value"),
    "references": ("kind", "number"),
}


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
