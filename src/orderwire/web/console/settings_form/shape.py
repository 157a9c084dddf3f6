"""What kind of field a setting needs, by its type."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr
from pydantic.fields import FieldInfo

Kind = Literal["text", "block", "number", "choice", "flag", "list", "secret", "group", "json"]
DEEPEST = 3
"""Groups within groups; what lies deeper is written as JSON."""


@dataclass(frozen=True)
class Shape:
    """`optional`: None is a value. `long`: several lines, as a certificate has. `choices` are the values themselves,
    `model` of a group, `number` the name of its type, `many`: secrets, one a line."""

    kind: Kind
    optional: bool = False
    long: bool = False
    choices: tuple[Any, ...] = ()
    model: type[BaseModel] | None = None
    number: str = ""
    many: bool = False


def key(name: str, field: FieldInfo) -> str:
    """The name that a setting has where it is kept."""
    return field.validation_alias if isinstance(field.validation_alias, str) else name


def shape(name: str, field: FieldInfo, help: str, depth: int = 0) -> Shape:
    """How a setting is asked for. What no field fits is asked for as JSON."""
    kind, optional = _bare(field.annotation)
    long = _is_pem(name, help)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return Shape("choice", optional, choices=inner)
    if origin in (list, tuple, set, frozenset):
        parts = {_bare(part)[0] for part in inner if part is not Ellipsis}
        one = parts.pop() if len(parts) == 1 else None
        if not isinstance(one, type):
            return Shape("json", optional)
        if issubclass(one, SecretStr | SecretBytes):
            return Shape("secret", optional, long, many=True)
        return Shape("list" if _is_text(one) else "json", optional, long)
    if not isinstance(kind, type) or kind is Any:
        return Shape("json", optional)
    if issubclass(kind, BaseModel):
        return Shape("group" if depth < DEEPEST else "json", optional, model=kind)
    if issubclass(kind, Enum):
        return Shape("choice", optional, choices=tuple(each.value for each in kind))
    if issubclass(kind, SecretStr | SecretBytes):
        return Shape("secret", optional, long)
    if issubclass(kind, bool):
        return Shape("flag", optional)
    if issubclass(kind, PurePath):
        return Shape("text", optional)
    if number := _number(kind):
        return Shape("number", optional, number=number)
    if issubclass(kind, Mapping | list | tuple | set | frozenset) or kind is object:
        return Shape("json", optional)
    return Shape("block" if long else "text", optional, long)


def _bare(annotation: Any) -> tuple[Any, bool]:
    """The type without its constraints, and whether None may stand for it."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        kinds = [each for each in get_args(annotation) if each is not NoneType]
        optional = len(kinds) < len(get_args(annotation))
        return (_bare(kinds[0])[0] if len(kinds) == 1 else None), optional
    return annotation, False


def _number(kind: type) -> str:
    return next((each.__name__ for each in (int, float, Decimal) if issubclass(kind, each)), "")


def _is_text(kind: type) -> bool:
    """A single line stands for one of these."""
    plain = not issubclass(kind, BaseModel | SecretStr | SecretBytes | Mapping | list | tuple | set | frozenset | bool)
    return plain and kind is not object


def _is_pem(name: str, help: str) -> bool:
    words = name.lower().split("_")
    pem = "PEM" in help or any(each in words for each in ("pem", "certificate", "certificates"))
    return pem or ("private" in words and "key" in words)
