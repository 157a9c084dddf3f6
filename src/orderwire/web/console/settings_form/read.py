"""What a person wrote into the form, as settings to be kept. What stands as the model has it anyway is left out."""

import json
import re
from typing import Any

from django.http import QueryDict
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from orderwire.flow.endpoints.secrets import REMOVE
from orderwire.web.console.settings_form.shape import Shape, key, shape
from orderwire.web.console.settings_form.words import help_of

GONE = "gone"
"""The box beside a secret that is to be removed: its field's name, a dot and this."""

ASKED = "asked"
"""Stands beside a box in the same way: one that is not ticked says nothing itself."""

_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----.*?-----END \1-----", re.DOTALL)
_OUT = object()


def read(model: type[BaseModel], given: QueryDict, *, where: str, depth: int = 0) -> dict[str, Any]:
    """The settings of a model whose fields stand at `where`. What cannot be understood stays text, for the model to
    refuse it in its place."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        place = f"{where}.{key(name, field)}"
        value = _value(place, shape(name, field, help_of(model, name), depth), field, given, depth)
        if value is not _OUT:
            found[key(name, field)] = value
    return found


def _value(place: str, found: Shape, field: FieldInfo, given: QueryDict, depth: int) -> Any:
    if found.kind == "group" and found.model is not None:
        inner = read(found.model, given, where=place, depth=depth + 1)
        return inner if inner or not found.optional else _OUT
    if found.kind == "flag":
        return _unless_default(place in given, field) if f"{place}.{ASKED}" in given else _OUT
    text = given.get(place, "").replace("\x00", "").replace("\r\n", "\n")
    if found.kind == "secret":
        if f"{place}.{GONE}" in given and not text.strip():
            return REMOVE
        return (_listed(text, found) if found.many else text) if text.strip() else _OUT
    text = text.strip()
    if not text:
        return _emptied(field) if place in given and found.kind == "text" else _OUT
    return _unless_default(_meant(text, found), field)


def _meant(text: str, found: Shape) -> Any:
    match found.kind:
        case "number":
            return _number(text, found.number)
        case "choice":
            return next((each for each in found.choices if str(each) == text), text)
        case "list":
            return _listed(text, found)
        case "json":
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                return text
        case _:
            return text


def _emptied(field: FieldInfo) -> Any:
    """A text that was emptied: nothing, or an empty one where the model would have another."""
    return "" if not field.is_required() and isinstance(field.default, str) and field.default else _OUT


def _unless_default(value: Any, field: FieldInfo) -> Any:
    if field.is_required() or field.default_factory is not None:
        return value
    default = getattr(field.default, "value", field.default)
    if isinstance(default, bool):
        return _OUT if value is default else value
    if isinstance(default, tuple | list | set | frozenset):
        return _OUT if [str(each) for each in default] == value else value
    if isinstance(default, int | float) and isinstance(value, int | float):
        return _OUT if default == value else value
    return _OUT if default is not None and str(default) == str(value) else value


def _number(text: str, kind: str) -> Any:
    """As JSON has it; an exact decimal stays text."""
    if kind == "int" and re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", text):
        return float(text)
    return text


def _listed(text: str, found: Shape) -> list[str]:
    blocks = [block.group() for block in _PEM.finditer(text)] if found.long else []
    return blocks or [line.strip() for line in text.split("\n") if line.strip()]
