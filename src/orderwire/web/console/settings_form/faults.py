"""Findings about settings, each at the field that it speaks of, in words for who fills in the form."""

import re
from collections.abc import Iterable

from orderwire.document.finding import Finding
from orderwire.web.console.settings_form.fields import Setting

_WORDS = {
    "missing": "Write this: the connection needs it.",
    "int-parsing": "Write a whole number.",
    "int-type": "Write a whole number.",
    "int-from-float": "Write a whole number.",
    "float-parsing": "Write a number.",
    "float-type": "Write a number.",
    "decimal-parsing": "Write a number.",
    "literal-error": "Choose one of these.",
    "enum": "Choose one of these.",
    "too-short": "Write at least one.",
    "string-too-short": "This is too short: write it in full.",
    "string-pattern-mismatch": "This is not how it is written: check it for spaces and other signs.",
    "dict-type": "Write it as JSON: {\"name\": \"value\"}.",
    "tuple-type": "Write it as JSON: [\"one\", \"another\"].",
    "list-type": "Write it as JSON: [\"one\", \"another\"].",
    "model-type": "Write it as JSON: {\"name\": \"value\"}.",
}  # fmt: skip
_STARTS = ("is ", "may ", "needs ", "has ", "must ", "cannot ", "refers ", "can ")


def at_fields(findings: Iterable[Finding], fields: Iterable[Setting]) -> tuple[dict[str, str], list[str]]:
    """By the name of the field what is wrong there, and what is wrong with no field."""
    names = set(_names(fields)) | {"channel", "format", "also", "name", "receipt_minutes", "rank", "max_parallel",
                                   "per_minute"}  # fmt: skip
    found: dict[str, list[str]] = {}
    rest: list[str] = []
    for finding in findings:
        place = _field(finding.where, names)
        if place:
            found.setdefault(place, []).append(_worded(finding, place))
        else:
            rest.append(_sentence(finding.text))
    return {place: " ".join(dict.fromkeys(texts)) for place, texts in found.items()}, rest


def _names(fields: Iterable[Setting]) -> Iterable[str]:
    for field in fields:
        yield field.name
        yield from _names(field.inner)


def _field(where: str, names: set[str]) -> str:
    """The nearest field around a place: a list's entry belongs to the list."""
    place = re.sub(r"\[\d+\]", "", where)
    while place and place not in names:
        place = place.rpartition(".")[0]
    return place


def _worded(finding: Finding, place: str) -> str:
    inside = finding.where.removeprefix(place)
    entry = re.match(r"\[(\d+)\]", inside)
    text = _WORDS.get(finding.code) or _sentence(finding.text)
    if entry:
        return f"Entry {entry.group(1)}: {text}"
    return f"{inside.strip('.')}: {text}" if inside.strip(".") else text


def _sentence(text: str) -> str:
    text = text.replace("Input should be", "This must be").replace("String should", "This must").replace(
        "Value should", "This must"
    )  # fmt: skip
    text = f"This {text}" if text.startswith(_STARTS) else text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
