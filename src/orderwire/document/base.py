"""The one Pydantic base of every document: frozen, strict about unknown fields, exact about text and numbers."""

import unicodedata
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer


class Document(BaseModel):
    """Frozen value. Unknown fields are refused, so that a misspelt field is an error and never lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _no_control(text: str) -> str:
    for char in text:
        if char in "\n\t":
            continue
        if unicodedata.category(char) in ("Cc", "Cs"):
            raise ValueError(f"contains the control character U+{ord(char):04X}; remove it")
    return text


def _no_float(value: object) -> object:
    if isinstance(value, bool | float):
        raise ValueError('write decimals as text, for example "12.50": a binary fraction is not exact')
    if isinstance(value, str) and not value.strip().lstrip("+-").replace(".", "", 1).isdecimal():
        raise ValueError("is not a plain decimal number like 1234.50")
    return value


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
]
"""An exact decimal: at most 15 digits before and 9 after the point; equal numbers have equal text."""

Text = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_no_control)]
"""Free text: line feeds and tabs are kept, other control characters are refused."""

Label = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n\t]+$"), AfterValidator(_no_control)]
"""One line of text, such as a name or a part number."""

Code = Annotated[str, Field(min_length=1, max_length=35, pattern=r"^[A-Za-z0-9._:/ -]+$")]
"""A code of some list."""

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
