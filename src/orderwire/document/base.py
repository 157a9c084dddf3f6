"""The one Pydantic base of every document: frozen, strict about unknown fields, exact about text and numbers."""

import datetime
import re
import unicodedata
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Document(BaseModel):
    """Frozen value. Unknown fields are refused, so that a misspelt field is an error and never lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _line_feeds(value: object) -> object:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def no_control(text: str) -> str:
    """Refuses control characters (line feed and tab apart) and the two code points that XML cannot carry."""
    if text.isprintable():  # the usual text, told in one step
        return text
    for char in text:
        if char in "\n\t":
            continue
        if unicodedata.category(char) in ("Cc", "Cs") or char in "\ufffe\uffff":
            raise ValueError(f"contains the control character U+{ord(char):04X}; remove it")
    return text


def _no_float(value: object) -> object:
    if isinstance(value, bool | float):
        raise ValueError('write decimals as text, for example "12.50": a binary fraction is not exact')
    if isinstance(value, str) and not _DECIMAL.fullmatch(value.strip()):
        raise ValueError("is not a plain decimal number like 1234.50")
    return value


def _iso_date(value: object) -> object:
    if isinstance(value, datetime.date) or (isinstance(value, str) and _DATE.fullmatch(value.strip())):
        return value
    raise ValueError("is not a date written as year-month-day, like 2026-01-31")


def plain(value: Decimal) -> str:
    """A decimal as text without exponent and without trailing zeros: 12.50 -> '12.5', 1E+3 -> '1000'."""
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _normal(value: Decimal) -> Decimal:
    return Decimal(plain(value))


Exact = Annotated[
    Decimal,
    BeforeValidator(_no_float),
    Field(max_digits=24, decimal_places=9),
    AfterValidator(_normal),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^[+-]?[0-9]{1,15}(\.[0-9]{1,9})?$"}),
]
"""An exact decimal: at most 15 digits before and 9 after the point; equal numbers have equal text."""

Date = Annotated[datetime.date, BeforeValidator(_iso_date)]
"""A calendar date; as text only year-month-day (ISO 8601), never a count of seconds."""

Text = Annotated[str, BeforeValidator(_line_feeds), Field(min_length=1, max_length=4000), AfterValidator(no_control)]
"""Free text: line feeds and tabs are kept (CR LF becomes LF), other control characters are refused."""

Label = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n\t]+$"), AfterValidator(no_control)]
"""One line of text, such as a name or a part number."""

Code = Annotated[str, Field(min_length=1, max_length=35, pattern=r"^[A-Za-z0-9._:/ -]+$")]
"""A code of some list."""

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
