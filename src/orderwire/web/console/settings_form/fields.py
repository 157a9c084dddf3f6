"""The fields of a form for a model's settings, filled with what is in use; no secret is ever put into a page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from orderwire.flow.endpoints.secrets import REMOVE
from orderwire.web.console.settings_form.shape import Kind, Shape, key, shape
from orderwire.web.console.settings_form.words import help_of, label


@dataclass(frozen=True)
class Setting:
    """One field. `name` is its place, "config.login.user", in the form and in findings. `kept`: a secret is there,
    `gone`: it is to be removed. `inner` are the fields of a group, `usual`: it stands as the model has it anyway."""

    name: str
    label: str
    help: str
    kind: Kind
    required: bool
    optional: bool = False
    long: bool = False
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    kept: bool = False
    gone: bool = False
    removable: bool = False
    usual: bool = False
    problem: str = ""
    inner: tuple["Setting", ...] = ()

    @property
    def rows(self) -> int:
        """Lines of a field with several."""
        return min(max(self.value.count("\n") + 2, 6 if self.long else 3), 16)

    @property
    def described(self) -> str:
        """The ids of what describes the field."""
        parts = [("help", self.help or self.kind == "secret"), ("err", self.problem)]
        return " ".join(f"{self.name}-{part}" for part, there in parts if there)


def settings(
    model: type[BaseModel], values: Any, *, where: str, problems: Mapping[str, str], kept: Any = None, depth: int = 0
) -> tuple[Setting, ...]:
    """One field per setting of the model, in its order. `values` are what a person wrote, or what is in use; `kept` is
    what is in use and names the secrets that are there."""
    given, used = (each if isinstance(each, Mapping) else {} for each in (values, kept))
    return tuple(_setting(model, name, given, used, where, problems, depth) for name in model.model_fields)


def _setting(
    model: type[BaseModel],
    name: str,
    given: Mapping[str, Any],
    used: Mapping[str, Any],
    where: str,
    problems: Mapping[str, str],
    depth: int,
) -> Setting:
    field = model.model_fields[name]
    help = help_of(model, name)
    found = shape(name, field, help, depth)
    place, value = f"{where}.{key(name, field)}", given.get(key(name, field))
    if value is None and key(name, field) not in given and not field.is_required():
        value = field.get_default(call_default_factory=True, validated_data={})
    empty = not field.is_required() and field.default_factory is None and field.default in (None, "", ())
    inner = (
        settings(found.model, value, where=place, problems=problems, kept=used.get(key(name, field)), depth=depth + 1)
        if found.kind == "group" and found.model
        else ()
    )
    return Setting(
        name=place,
        label=field.title or label(name),
        help=help,
        kind=found.kind,
        required=field.is_required(),
        optional=empty,
        long=found.long or found.many,
        value=_text(value, found),
        choices=_choices(found, required=field.is_required()),
        kept=found.kind == "secret" and bool(used.get(key(name, field))),
        gone=found.kind == "secret" and value == REMOVE,
        removable=found.kind == "secret" and not field.is_required(),
        usual=not (field.is_required() or empty or key(name, field) in given),
        problem=problems.get(place, ""),
        inner=inner,
    )


def _choices(found: Shape, *, required: bool) -> tuple[tuple[str, str], ...]:
    if found.kind != "choice":
        return ()
    none = (("", "Choose" if required else "None"),) if found.optional or required else ()
    return (*none, *((str(each), str(each).replace("_", " ")) for each in found.choices))


def _text(value: Any, found: Shape) -> str:
    match found.kind:
        case "secret" | "group":
            return ""
        case "flag":
            return "on" if value is True else ""
        case "list":
            return ("\n" if not found.long else "\n\n").join(_plain(each) for each in value or ())
        case "json":
            empty = value is None or value in ({}, [], (), "")
            return "" if empty else value if isinstance(value, str) else json.dumps(_data(value), indent=2)
        case _:
            return "" if value is None else _plain(value)


def _plain(value: Any) -> str:
    value = getattr(value, "value", value)
    return f"{value:g}" if isinstance(value, float) and value.is_integer() and abs(value) < 1e6 else str(value)


def _data(value: Any) -> Any:
    """JSON of a default, which is Python's own; a secret in it is not told."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(name): _data(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_data(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else _plain(value)
