"""The LIN group that most orders have most of, matched by one regular expression: five times as quick as segment by
segment. Whatever differs from it, or is wrong, is left to `OrderBody`, which finds the same in the same segments."""

import re
from collections.abc import Sequence
from functools import lru_cache

from orderwire.formats.edifact.line import LineReader
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Marks
from orderwire.formats.edifact.units import rec20
from orderwire.formats.edifact.values import date, number

_MOST = 8
"""Segments of a plain group and the one behind it."""


def read(segments: Sequence[str], start: int, marks: Marks, profile: EdifactProfile) -> tuple[LineReader, int] | None:
    """The line whose LIN stands at the index `start`, and how many segments it has; None where it is not plain."""
    match = _pattern(marks).match("\n".join(segments[start : start + _MOST]))
    if match is None:
        return None
    said, action, value, code, products, first, second, ordered, unit, requested, amount, priced = match.groups()
    line = LineReader([["LIN"], [said], [action or ""]], start + 1, profile)
    line.quantity, line.price = number(ordered), number(priced)
    if not line.quantity or line.quantity < 0 or line.price is None or line.price < 0:
        return None
    if unit and unit.strip():
        line.unit = rec20(unit.strip(), profile.units)
        if line.unit is None:
            return None
    if requested:
        line.requested = date(requested)
        if line.requested is None:
            return None
    if amount:
        line.amount = number(amount)
        if line.amount is None:
            return None
    if first is not None:
        if not (first.strip() or (second and second.strip())):
            return None
        line.items = [[first] if second is None else [first, second]]
    if value and (value := value.strip()):
        line.product(code.strip() or "EN", value)
    if products:
        for product in products.split(marks.element):
            value, _, code = product.partition(marks.component)
            if value := value.strip():
                line.product(code.partition(marks.component)[0].strip(), value)
    line.net = True
    return line, match[0].count("\n") + 1


@lru_cache(maxsize=64)
def _pattern(marks: Marks) -> re.Pattern[str]:
    """LIN, PIA, IMD, QTY+21, DTM+2, MOA+203 and PRI+AAA, then the next line or the end of the lines."""
    c, e = re.escape(marks.component), re.escape(marks.element)
    row = rf"[^\n{re.escape(marks.release)}]*"
    v = rf"[^\n{re.escape(marks.component + marks.element + marks.release)}]*"
    return re.compile(
        rf"LIN{e}({v})(?:{e}({v})(?:{e}({v}){c}({v})(?:{c}{v})*)?)?"
        rf"(?:\nPIA{e}[15]{e}({row}))?"
        rf"(?:\nIMD{e}{v}{e}{v}{e}{v}{c}{v}{c}{v}{c}({v})(?:{c}({v}))?)?"
        rf"\nQTY{e}21{c}({v})(?:{c}({v}))?"
        rf"(?:\nDTM{e}2{c}([0-9]{{8}})(?:{c}102)?)?"
        rf"(?:\nMOA{e}203{c}([0-9.,]+)(?:{c}{v})*)?"
        rf"\nPRI{e}AAA{c}({v})(?:{c}{v}(?:{c}{v})?)?"
        rf"(?=\n(?:LIN|UNS){e})"
    )
