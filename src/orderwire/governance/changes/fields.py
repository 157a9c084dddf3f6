"""The fields of an order by name, as a policy names them: lines.price, buyer.contact.phone; without the numbers of
lines and list items."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from orderwire.document.change import FieldChange, changes
from orderwire.document.order import Order

_POSITION = re.compile(r"\[[^\]]*\]")
_LINE = re.compile(r"lines\[([^\]]+)\]")

ADDED, REMOVED, MOVED = "lines.added", "lines.removed", "lines.moved"
"""Names for what happens to a line as a whole."""


FieldValue = tuple[str | None, str, Any]
"""The line's number (None: of the order), the field's name, its new value (None: it is gone)."""


@cache
def known_names() -> frozenset[str]:
    """Every name that can be used: each field, what contains it, and what happens to whole lines.

    A line under another number is a new line.
    """
    return frozenset({*_fields(Order, ""), ADDED, REMOVED, MOVED} - {"revision", "lines.number"})


def changed_fields(before: Order, after: Order) -> Iterator[FieldValue]:
    """Each single field that differs. What appears or goes whole (an address, a contact) counts as each field in it."""
    for change in changes(before, after):
        found = _LINE.match(change.path)
        line = found[1] if found else None
        if change.path == "lines":
            yield None, MOVED, None
        elif found and found[0] == change.path and change.kind != "changed":
            yield line, ADDED if change.kind == "added" else REMOVED, change.new
        else:
            for name, value in _leaves(_POSITION.sub("", change.path), change):
                yield line, name, value


def says(line: str | None, name: str) -> str:
    """A changed field in words: 'The payment terms changed', 'Line 20: the unit changed'."""
    match name:
        case "lines.added":
            return f"Line {line} is new"
        case "lines.removed":
            return f"Line {line} is gone"
        case "lines.moved":
            return "The lines are in another order"
    what = name.removeprefix("lines.").replace("_", " ").replace(".", " ")
    return f"Line {line}: the {what} changed" if line else f"The {what} changed"


def _leaves(name: str, change: FieldChange) -> Iterator[tuple[str, Any]]:
    """The single fields of a value that was added or deleted, or the one field that changed."""
    gone = change.kind == "deleted"
    for leaf, value in _walk(name, change.old if gone else change.new):
        yield leaf, None if gone else value


def _walk(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _walk(f"{name}.{key}", item)
    elif isinstance(value, list) and value:
        for item in value:
            yield from _walk(name, item)
    else:
        yield name, value


def _fields(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield f"{prefix}{name}"
        for inner in _models(info.annotation):
            yield from _fields(inner, f"{prefix}{name}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
