"""The place of a field in a document, in words: "lines[20].schedules[1].requested" is "Line 20, first need-by date"."""

import re

_WORDS = {"requested": "need-by date", "unit": "unit", "price_basis": "price basis", "buyer_part": "our part",
          "supplier_part": "their part", "ship_to": "ship-to", "bill_to": "bill-to", "issued": "order date",
          "payment_terms": "payment terms", "allowances_charges": "allowance or charge", "gtin": "GTIN",
          "identifiers": "identifier", "lines": "line"}  # fmt: skip
_LINE = re.compile(r"lines\[([^\]]+)\]")
_PART = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")


def field_word(path: str) -> str:
    """A field path of `document.change` in words."""
    if path == "lines":
        return "Order of the lines"
    line = _LINE.match(path)
    rest = path[line.end() :].lstrip(".") if line else path
    parts = [(name, at) for name, at in _PART.findall(rest)]
    if len(parts) > 1 and parts[0][0] == "schedules":
        parts = parts[1:] if parts[0][1] == "1" else [(f"{parts[1][0]}", parts[0][1]), *parts[2:]]
    words = ", ".join(
        _WORDS.get(name, name.replace("_", " ")) + (f" {at}" if at and at != "1" else "") for name, at in parts
    )
    if line:
        return f"Line {line[1]}" + (f", {words}" if words else "")
    return words[:1].upper() + words[1:]
