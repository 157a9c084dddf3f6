"""Our JSON for people: each value under its path, and the paths of each document for the reference."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel

from orderwire.document.base import Document
from orderwire.document.codes import unit_word
from orderwire.document.finding import place
from orderwire.document.states import DocumentType
from orderwire.formats import DocumentForm, Explained
from orderwire.formats.order_json.envelope import ENVELOPES, schema
from orderwire.formats.order_json.values import decoded, values

_WIDEST = 500


def explained(content: bytes, limit: int) -> tuple[Explained, ...]:
    """The first `limit` values of a file; of one that is no JSON the first lines as they stand."""
    text, _ = decoded(content)
    if text is None:
        return ()
    return tuple(islice(_pieces(text), limit))


def _pieces(text: str) -> Iterator[Explained]:
    found = values(text)
    first = list(islice(found, 2))
    for n, item in enumerate((*first, *found)):
        prefix = f"document {n + 1} (line {item.line}): " if len(first) > 1 else ""
        if item.findings and item.value is None:
            yield Explained(n, f"line {item.line}", text.split("\n")[item.line - 1][:_WIDEST], "is no JSON document")
            continue
        for path, value in _leaves(item.value):
            inside = path[1:] if path and path[0] in _KINDS else path
            where, shown = place(inside), str(value)[:_WIDEST]
            codes = ((where, shown, unit_word(shown)),) if path[-1:] == ("unit",) else ()
            yield Explained(n, prefix + where, shown, _words(inside), codes)


_KINDS = frozenset(kind.value for kind in ENVELOPES)


def _leaves(value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value that holds no others, with its path; a stack, since a stranger's JSON may be deep."""
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, dict) and item and len(path) < 40:
            stack += [((*path, str(key)), inner) for key, inner in reversed(item.items())]
        elif isinstance(item, list) and item and len(path) < 40:
            stack += [((*path, n), inner) for n, inner in reversed(list(enumerate(item)))]
        else:
            yield path, item


def _words(path: tuple[str | int, ...]) -> str:
    """("lines", 0, "price_basis") -> lines 1, price basis."""
    words = [f" {step + 1}" if isinstance(step, int) else f", {step[:60].replace('_', ' ')}" for step in path]
    return "".join(words).removeprefix(", ").strip() or "document"


def described(model: type[Document], kind: DocumentType) -> DocumentForm:
    """One document for the reference: every field is carried under its own name."""
    paths = {path: f"{kind.value}.{path}" for path in _paths(model, ())}
    return DocumentForm(schema(kind), kind, "1", read=True, written=True, mapping=paths)


def _paths(model: type[BaseModel], before: tuple[str, ...]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None:
            yield ".".join((*before, name))
        else:
            yield from _paths(inner, (*before, name))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside tuple[X, ...], X | None or X itself."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)
