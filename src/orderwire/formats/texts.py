"""Walks over the texts of a document, for the formats whose character sets are narrower than Unicode."""

from collections.abc import Iterator
from typing import Any

_WORDS = frozenset({
    "name", "lines", "city", "region", "text", "reason", "description", "subject", "place", "email", "phone",
})  # fmt: skip
_KEPT = frozenset({"code", "scheme", "kind"})


def texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a document's JSON with its path; items of lists count from 0, as `finding.place` expects."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from texts(item, (*path, position))


def capitals(document: Any) -> Any:
    """A document's JSON with names and texts in capitals, as the basic character sets ask; numbers and codes stay."""
    if isinstance(document, dict):
        return {
            key: _upper(value) if key in _WORDS else value if key in _KEPT else capitals(value)
            for key, value in document.items()
        }
    return [capitals(item) for item in document] if isinstance(document, list) else document


def _upper(value: Any) -> Any:
    if isinstance(value, str):
        return value.upper()
    return [_upper(v) if isinstance(v, str) else capitals(v) for v in value] if isinstance(value, list) else value
