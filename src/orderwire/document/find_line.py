"""Which line of an order a partner's document means: by its number (leading zeros aside), else by the one part that
fits. The same for answers, ship notices and receipts."""

from collections import defaultdict
from collections.abc import Iterable

from orderwire.document.order import Line

PARTS = ("buyer_part", "supplier_part", "gtin")
"""What a line is known by beside its number."""


class LineIndex:
    """The lines of one order, to be found by what others call them."""

    def __init__(self, lines: Iterable[Line]):
        self._numbers: dict[str, Line] = {}
        self._bare: dict[str, list[Line]] = defaultdict(list)
        self._parts: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in lines:
            self._numbers[line.number] = line
            self._bare[line.number.lstrip("0")].append(line)
            for name in PARTS:
                if value := getattr(line, name):
                    self._parts[name, value].append(line)

    def find(self, number: str | None, parts: Iterable[tuple[str, str | None]]) -> Line | None:
        """The line; None where none fits, or several. `parts` are pairs of one of PARTS and its value."""
        return self._numbered(number) or self._of_part(parts)

    def find_goods(self, number: str | None, parts: Iterable[tuple[str, str | None]]) -> Line | None:
        """The same for what moves: ship notices may count their own lines (X12 LIN01, EDIFACT LIN 1082), so the part
        counts where the line of that number is of another one."""
        named = [(name, value) for name, value in parts if value]
        hit = self._numbered(number)
        if hit and not any(getattr(hit, name) and getattr(hit, name) != value for name, value in named):
            return hit
        return self._of_part(named) or hit

    def _numbered(self, number: str | None) -> Line | None:
        if not number:
            return None
        alike = self._bare.get(number.lstrip("0"), [])
        return self._numbers.get(number) or (alike[0] if len(alike) == 1 else None)

    def _of_part(self, parts: Iterable[tuple[str, str | None]]) -> Line | None:
        alike = (self._parts.get((name, value), []) for name, value in parts if value)
        return next((found[0] for found in alike if len(found) == 1), None)
