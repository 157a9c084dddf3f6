"""A finding: something a reader, writer or check has to say about a document, with its place and the remedy."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError


class Severity(StrEnum):
    """error: this document cannot be used; warning: used, but look; info: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """`where` is a place a person can find (line 3, column 7; segment 12 BEG03; row 4 column price; lines[2].unit).

    `code` is a stable kebab-case word, `text` says what is wrong and what to do.
    """

    severity: Severity
    code: str
    where: str
    text: str


def error(code: str, where: str, text: str) -> Finding:
    """A finding that makes its document unusable."""
    return Finding(Severity.ERROR, code, where, text)


def warning(code: str, where: str, text: str) -> Finding:
    """A finding that does not stop its document."""
    return Finding(Severity.WARNING, code, where, text)


def info(code: str, where: str, text: str) -> Finding:
    """A finding that is only worth knowing."""
    return Finding(Severity.INFO, code, where, text)


def has_errors(findings: Iterable[Finding]) -> bool:
    """True when one finding is an error."""
    return any(f.severity is Severity.ERROR for f in findings)


_WORDS = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a field we know; check its spelling or remove it",
    "string_type": "must be text; put it in quotes",
    "model_type": "must be an object with fields",
    "model_attributes_type": "must be an object with fields",
    "tuple_type": "must be a list",
    "decimal_type": 'must be a number written as text, like "12.50"',
    "decimal_max_places": "has more than 9 digits after the decimal point; round it",
    "decimal_whole_digits": "has more than 15 digits before the decimal point; check it",
    "decimal_max_digits": "has more than 24 digits; check it",
    "too_short": "is empty; give at least one",
    "string_too_short": "is empty; give a value or leave the field out",
}
"""Plain words for the commonest of pydantic's errors; the others are clear in pydantic's own words."""


def place(path: Sequence[str | int]) -> str:
    """('lines', 2, 'unit') -> 'lines[3].unit': items are counted from 1, as a person counts them."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            name = part[:60] if part.isprintable() else ascii(part[:60])
            text += f".{name}" if text else name
    return text or "document"


def from_validation(
    failure: ValidationError, where: Callable[[Sequence[str | int]], str] = place
) -> tuple[Finding, ...]:
    """Pydantic's errors as findings, each with its place; at most 50, the rest counted in the last one.

    `where` words the place of a path such as ("lines", 0, "price"), for a reader whose places are rows or segments.
    """
    errors = failure.errors(include_url=False, include_context=False, include_input=True)
    # A list whose items failed counts as empty for pydantic: only the items' own errors are worth reading.
    inside = {item["loc"][:n] for item in errors for n in range(len(item["loc"]))}
    errors = [item for item in errors if item["type"] != "too_short" or item["loc"] not in inside]
    findings = []
    for item in errors[:50]:
        message = _WORDS.get(item["type"], item["msg"].removeprefix("Value error, "))
        value = item["input"]
        shown = f" (here: {str(value)[:60]!r})" if isinstance(value, str | int | float) and item["loc"] else ""
        findings.append(error(item["type"].replace("_", "-"), where(item["loc"]), f"{message}{shown}"))
    if len(errors) > 50:
        findings.append(error("more", "document", f"and {len(errors) - 50} more errors like these"))
    return tuple(findings)
