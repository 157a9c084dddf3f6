"""Lines without a second check: the reader has checked each value itself, and Pydantic would cost more than parsing.

What the reader does not look at goes through Pydantic as usual.
"""

import re
from typing import Any

from orderwire.document.order import Line

_DEFAULTS: dict[str, Any] = {
    name: field.get_default() for name, field in Line.model_fields.items() if not field.is_required()
}
_NUMBER = re.compile(r"[A-Za-z0-9.-]{1,20}")
_LABELS = ("buyer_part", "supplier_part", "category")
_set = object.__setattr__


def build(values: dict[str, Any]) -> Line:
    """A Line of values that are checked: numbers in range, unit known, schedules adding up, no control characters.

    Raises pydantic.ValidationError where a text is not as the model asks.
    """
    description: str = values["description"]
    if (
        not _NUMBER.fullmatch(values["number"])
        or not 0 < len(description) <= 4000
        or description != description.strip()
        or any(name in values and values[name] != values[name].strip() for name in _LABELS)
    ):
        return Line.model_validate(values)
    line = Line.__new__(Line)
    _set(line, "__dict__", {**_DEFAULTS, **values})
    _set(line, "__pydantic_fields_set__", set(values))
    _set(line, "__pydantic_extra__", None)
    _set(line, "__pydantic_private__", None)
    return line
