"""Bank accounts in texts: nobody passes one to a supplier, or on behalf of one, without a second look."""

import re
from typing import Any

from stdnum import iban

_LIKE_IBAN = re.compile(r"(?=([A-Z]{2}\d{2}[A-Z0-9]{11,30}))")


def names_account(value: Any) -> bool:
    """Whether a text, or one anywhere in a value as JSON, contains a valid IBAN (ISO 13616), however it is spaced."""
    if isinstance(value, dict | list):
        return any(map(names_account, value.values() if isinstance(value, dict) else value))
    if not isinstance(value, str):
        return False
    found = _LIKE_IBAN.finditer("".join(filter(str.isalnum, value)).upper())
    return any(iban.is_valid(like[1][:length]) for like in found for length in range(15, len(like[1]) + 1))
