"""Payment terms in words, since the standard has only a description for them, and back: what our words say is read
again exactly; anybody else's words stay words."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from orderwire.document.base import plain
from orderwire.document.terms import TermsPart

_BASES = {
    "invoice": "date of invoice", "invoice_receipt": "receipt of invoice", "goods_receipt": "receipt of goods",
    "delivery": "delivery", "shipment": "shipment", "order": "date of order", "fixed": "a fixed date",
}  # fmt: skip
_BASES_READ = {words: basis for basis, words in _BASES.items()}
_EOM = {"before": "from the end of the month", "after": "to the end of the month"}
_EOM_READ = {words: code for code, words in _EOM.items()}
_PART = re.compile(
    r"(?:(?P<percent>[\d.]{1,12})% of the total: )?net (?P<days>\d{1,4}) days"
    r"(?: and (?P<months>\d{1,3}) months)? from (?P<basis>" + "|".join(_BASES_READ) + ")"
    r"(?: (?P<eom>" + "|".join(_EOM_READ) + "))?"
    r"(?:, due (?P<due>\d{4}-\d\d-\d\d))?"
    r"(?:, (?P<discount>[\d.]{1,12})% discount)?(?:, discount within (?P<within>\d{1,4}) days)?(?: - (?P<text>.*))?"
)


def said(parts: Sequence[TermsPart]) -> str:
    """All parts, one to a line; further lines of a part's own text are indented by two blanks."""
    if len(parts) == 1 and parts[0].text and parts[0] == TermsPart(text=parts[0].text):
        return parts[0].text
    return "\n".join(_said(part) for part in parts)


def _said(part: TermsPart) -> str:
    head = f"{plain(part.percent)}% of the total: " if part.percent is not None else ""
    text = f"{head}net {part.days} days"
    text += f" and {part.months} months" if part.months else ""
    text += f" from {_BASES[part.basis]}"
    text += f" {_EOM[part.end_of_month]}" if part.end_of_month else ""
    text += f", due {part.due.isoformat()}" if part.due else ""
    text += f", {plain(part.discount_percent)}% discount" if part.discount_percent is not None else ""
    text += f", discount within {part.discount_days} days" if part.discount_days is not None else ""
    return text + (" - " + part.text.replace("\n", "\n  ") if part.text else "")


def understood(text: str) -> tuple[TermsPart, ...]:
    """The parts that a description says; one part with the words themselves where they are not ours."""
    groups: list[list[str]] = []
    for line in text.split("\n"):
        if groups and line.startswith("  "):
            groups[-1].append(line[2:])
        else:
            groups.append([line])
    parts = [_understood(group) for group in groups]
    known = tuple(part for part in parts if part is not None)
    return known if len(known) == len(parts) else (TermsPart(text=text[:4000].strip()),)


def _understood(lines: list[str]) -> TermsPart | None:
    match = _PART.fullmatch(lines[0])
    if match is None or (len(lines) > 1 and match["text"] is None):
        return None
    fields: dict[str, Any] = {
        "basis": _BASES_READ[match["basis"]],
        "percent": match["percent"],
        "days": int(match["days"]),
        "months": int(match["months"] or 0),
        "end_of_month": _EOM_READ[match["eom"]] if match["eom"] else None,
        "due": match["due"],
        "discount_percent": match["discount"],
        "discount_days": int(match["within"]) if match["within"] else None,
        "text": "\n".join([match["text"], *lines[1:]])[:4000] if match["text"] else None,
    }
    try:
        return TermsPart.model_validate(fields)
    except ValidationError:
        return None
