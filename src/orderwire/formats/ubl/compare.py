"""What comes back from a document that was built, against what went in: nothing is lost that was not said."""

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from orderwire.document.base import Document
from orderwire.formats.ubl.fit import Fit

_THROUGH = frozenset({"head", "head_part", "line"})
"""Fields whose own fields findings name without them: head.notes is notes, lines[1].line.price lines[1].price."""
_ASIDE = frozenset({"notes", "reason", "contact", "attachments", "accounts", "code"})
"""Fields that matter less than the deal."""


def account(before: Document, after: Document, fit: Fit) -> None:
    """Add a finding for each field that reads back otherwise and that the writer did not speak of."""
    said = [finding.where for finding in fit.findings]
    for path, old, new in _differences(before, after, ""):
        if any(where == path or where.startswith((f"{path}.", f"{path}[")) for where in said):
            continue
        was, now = _leaves(old), _leaves(new)
        if path == "notes":
            was += _leaves(fit.notes())
        if was - now:
            words = ", ".join(value for _, value in (was - now))[:200]
            commercial = path.rpartition(".")[2] not in _ASIDE
            fit.lose(path, f"would not come back as it is: {words}", commercial=commercial, said=f"{path}: {words}")
        elif now - was:
            fit.say(path, f"reads back with {', '.join(value for _, value in (now - was))[:100]}")


def _differences(before: Document, after: Document, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Path, old and new value of each field that differs, lines one by one."""
    for name in type(before).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        at = f"{path}.{name}" if path else name
        if name == "lines":
            yield from _lines(old, new)
        elif name in _THROUGH and old is not None and new is not None:
            yield from _differences(old, new, path)
        else:
            yield at, old, new


def _lines(before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    for position, (old, new) in enumerate(zip_longest(before, after), 1):
        if old is None or new is None:
            yield "lines", old, new
        elif old != new:
            yield from _differences(old, new, f"lines[{getattr(old, 'number', None) or position}]")


def _leaves(value: Any) -> Counter[tuple[str, str]]:
    """Every value inside with its field, whatever the order of lists and whatever is empty."""
    found: Counter[tuple[str, str]] = Counter()

    def walk(path: str, inner: Any) -> None:
        if isinstance(inner, Document):
            walk(path, inner.model_dump(mode="json", exclude_defaults=True))
        elif isinstance(inner, dict):
            for name, part in inner.items():
                walk(f"{path}.{name}", part)
        elif isinstance(inner, tuple | list):
            for part in inner:
                walk(path, part)
        elif inner is not None:
            found[path, str(inner)] += 1

    walk("", value)
    return found
