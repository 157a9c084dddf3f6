"""Lines without a second check: the reader has checked each value itself, and Pydantic would cost more than parsing.

What the reader does not look at goes through Pydantic as usual.
"""

import datetime
import re
from decimal import Decimal
from typing import Any, TypeVar

from orderwire.document.base import Document
from orderwire.document.order import Line, Schedule
from orderwire.document.party import Party

Model = TypeVar("Model", bound=Document)

_DEFAULTS: dict[str, Any] = {
    name: field.get_default() for name, field in Line.model_fields.items() if not field.is_required()
}
# One set for all lines: documents are frozen, and a set of its own would double the memory of a line.
_LINE_FIELDS, _SCHEDULE_FIELDS = set(Line.model_fields), set(Schedule.model_fields)
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


def _made(model: type[Model], values: dict[str, Any], given: set[str]) -> Model:
    made = model.__new__(model)
    _set(made, "__dict__", values)
    _set(made, "__pydantic_fields_set__", given)
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made
