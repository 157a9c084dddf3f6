"""What differs between two documents of one order, field by field, in terms a buyer can read."""

from dataclasses import dataclass
from typing import Any, Literal

from orderwire.document.order import Order


@dataclass(frozen=True)
class FieldChange:
    """One difference: `path` like "lines[20].price" (a line by its number) or "ship_to.name"; values as JSON."""

    path: str
    kind: Literal["added", "deleted", "changed"]
    old: Any
    new: Any


def changes(old: Order, new: Order, *, ignore: frozenset[str] = frozenset({"revision"})) -> tuple[FieldChange, ...]:
    """Every difference from `old` to `new`; lines are matched by number. Header fields in `ignore` are skipped.

    Other lists are compared by position, counted from 1. Lines that only moved are one change of "lines": the numbers.
    """
    found: list[FieldChange] = []
    before, after = (order.model_dump(mode="json", exclude_defaults=True) for order in (old, new))
    order_of_lines = [[line["number"] for line in document["lines"]] for document in (before, after)]
    for document in (before, after):
        for name in ignore:
            document.pop(name, None)
        document["lines"] = {line["number"]: line for line in document["lines"]}
    _walk("", before, after, found)
    stayed = [[n for n in numbers if n in before["lines"] and n in after["lines"]] for numbers in order_of_lines]
    if stayed[0] != stayed[1]:
        found.append(FieldChange("lines", "changed", *order_of_lines))
    return tuple(found)


def _walk(path: str, old: Any, new: Any, found: list[FieldChange]) -> None:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(k for k in new if k not in old)]:
            step = f"lines[{key}]" if path == "lines" else f"{path}.{key}" if path else key
            _walk(step, old.get(key), new.get(key), found)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            _walk(
                f"{path}[{index + 1}]",
                old[index] if index < len(old) else None,
                new[index] if index < len(new) else None,
                found,
            )
    else:
        kind: Literal["added", "deleted", "changed"] = (
            "added" if old is None else "deleted" if new is None else "changed"
        )
        found.append(FieldChange(path, kind, old, new))
