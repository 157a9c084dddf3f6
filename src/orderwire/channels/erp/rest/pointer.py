"""Places in a system's JSON (RFC 6901) and in its addresses, as settings name them."""

import re
import string
from collections.abc import Callable
from typing import Any

_POINTER = re.compile(r"(/([^~]|~[01])*)?", re.DOTALL)


def pointer(text: str) -> str:
    """The pointer, if it is one. Raises ValueError."""
    if not _POINTER.fullmatch(text) or len(text) > 200:
        raise ValueError(f"{text[:40]!r} is no JSON pointer: write it like /order/number, or nothing for the whole")
    return text


def at(value: Any, path: str) -> Any:
    """What stands there; None where nothing does."""
    for part in path.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isascii() and name.isdecimal() and int(name[:9]) < len(value):
            value = value[int(name[:9])]
        else:
            return None
    return value


def template(*names: str) -> Callable[[str], str]:
    """A check of a path with these names in braces."""

    def check(text: str) -> str:
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as failure:
            raise ValueError(f"is no pattern of a path: {failure}") from failure
        used = [name for _, name, _, _ in parts if name is not None]
        if not text.startswith("/") or any(spec or change for _, _, spec, change in parts) or set(used) - set(names):
            raise ValueError(f"begins with / and may hold {', '.join('{' + name + '}' for name in names)}")
        if names == ("id",) and "id" not in used:
            raise ValueError("must hold {id}")
        return text

    return check
