"""Lines and parties without a second check: the reader has checked each value itself, and Pydantic would cost more
than parsing.

What the reader does not look at goes through Pydantic as usual.
"""

import datetime
import re
from decimal import Decimal
from typing import Any, TypeVar

from orderwire.document.base import Document
from orderwire.document.order import Line, Schedule
from orderwire.document.party import Address, Contact, Identifier, Party

Model = TypeVar("Model", bound=Document)

_DEFAULTS: dict[str, Any] = {
    name: field.get_default() for name, field in Line.model_fields.items() if not field.is_required()
}
# One set for all lines: documents are frozen, and a set of its own would double the memory of a line.
_LINE_FIELDS, _SCHEDULE_FIELDS = set(Line.model_fields), set(Schedule.model_fields)
_PARTY_FIELDS, _IDENTIFIER_FIELDS = set(Party.model_fields), set(Identifier.model_fields)
_ADDRESS_FIELDS, _CONTACT_FIELDS = set(Address.model_fields), set(Contact.model_fields)
_NUMBER = re.compile(r"[A-Za-z0-9.-]{1,20}")
_set = object.__setattr__


def build(values: dict[str, Any]) -> Line:
    """A Line of values that are checked: numbers in range, unit known, schedules adding up, no control characters.

    Raises pydantic.ValidationError where a text is not as the model asks.
    """
    get = values.get
    description, buyer_part, supplier_part, category = (
        values["description"],
        get("buyer_part"),
        get("supplier_part"),
        get("category"),
    )
    if (
        not _NUMBER.fullmatch(values["number"])
        or not 0 < len(description) <= 4000
        or description != description.strip()
        or (buyer_part and buyer_part != buyer_part.strip())
        or (supplier_part and supplier_part != supplier_part.strip())
        or (category and category != category.strip())
    ):
        return Line.model_validate(values)
    return _made(Line, {**_DEFAULTS, **values}, _LINE_FIELDS)


def build_schedule(quantity: Decimal, requested: datetime.date | None, ship_to: Party | None) -> Schedule:
    """A Schedule of checked values."""
    return _made(Schedule, {"quantity": quantity, "requested": requested, "ship_to": ship_to}, _SCHEDULE_FIELDS)


def label(text: str) -> str | None:
    """Text without control characters as a Label: at most 200 characters, None where it is empty."""
    return text.strip()[:200].strip() or None


def build_identifier(scheme: str, value: str) -> Identifier:
    """An Identifier of a checked scheme and a label."""
    return _made(Identifier, {"scheme": scheme, "value": value}, _IDENTIFIER_FIELDS)


def build_address(
    lines: tuple[str, ...], city: str | None, postal_code: str | None, region: str | None, country: str | None
) -> Address:
    """An Address of labels and a checked country."""
    values = {"lines": lines, "city": city, "postal_code": postal_code, "region": region, "country": country}
    return _made(Address, values, _ADDRESS_FIELDS)


def build_contact(name: str | None, phone: str | None, email: str | None) -> Contact:
    """A Contact of labels."""
    return _made(Contact, {"name": name, "phone": phone, "email": email}, _CONTACT_FIELDS)


def build_party(
    name: str, identifiers: tuple[Identifier, ...], address: Address | None, contact: Contact | None
) -> Party:
    """A Party of a label and models."""
    values = {"name": name, "identifiers": identifiers, "address": address, "contact": contact}
    return _made(Party, values, _PARTY_FIELDS)


def _made(model: type[Model], values: dict[str, Any], given: set[str]) -> Model:
    made = model.__new__(model)
    _set(made, "__dict__", values)
    _set(made, "__pydantic_fields_set__", given)
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made
