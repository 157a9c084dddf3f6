"""The table turned by its cells: every distinct cell is tested once for an order, however many rules ask it.

Rules are bits of a whole number, the first rule the lowest. A set of 200 rules is then decided by a few dozen tests.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orderwire.routing.cell import Cell, Test
from orderwire.routing.facts import FACTS, Facts, FactType

Days = tuple[datetime.date | None, datetime.date | None]


@dataclass(frozen=True)
class Index:
    """`words`: per fact, the rules that want one of some words, and by word those that are content with it.

    `tests`: every other distinct cell with the rules that ask it. `days`: every distinct validity with its rules.
    """

    rules: int
    words: tuple[tuple[str, int, Mapping[str, int]], ...]
    tests: tuple[tuple[str, Test, int], ...]
    days: tuple[tuple[datetime.date | None, datetime.date | None, int], ...]

    def scan(self, facts: Facts, day: datetime.date) -> tuple[int, int]:
        """The rules that fit, and those of which it cannot be told (no cell says no, at least one does not know)."""
        value, rates = facts.values.get, facts.rates
        out = unknown = 0
        for start, end, mask in self.days:
            if (start is not None and day < start) or (end is not None and day > end):
                out |= mask
        for name, mask, by_word in self.words:
            word = value(name)
            if word is None:
                unknown |= mask
            else:
                out |= mask & ~by_word.get(word, 0)  # type: ignore[arg-type]  # Facts checks that it is text
        for name, test, mask in self.tests:
            fits = test(value(name), rates)
            if fits is None:
                unknown |= mask
            elif not fits:
                out |= mask
        alive = self.rules & ~out
        return alive & ~unknown, alive & unknown


def build(rows: Iterable[tuple[int, Iterable[Cell], Days]]) -> Index:
    """Index of rows given as (place of the rule from 0, its cells, its first and last day)."""
    rules = 0
    wanting: dict[str, int] = defaultdict(int)
    words: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    tests: dict[Cell, int] = defaultdict(int)
    days: dict[Days, int] = defaultdict(int)
    for place, cells, valid in rows:
        bit = 1 << place
        rules |= bit
        if valid != (None, None):
            days[valid] |= bit
        for cell in cells:
            if cell.one_of and cell.is_set is None and FACTS[cell.fact].type is FactType.TEXT:
                wanting[cell.fact] |= bit
                for word in dict.fromkeys(cell.one_of):
                    words[cell.fact][word] |= bit
            else:
                tests[cell] |= bit
    return Index(
        rules,
        tuple((fact, mask, dict(words[fact])) for fact, mask in wanting.items()),
        tuple((cell.fact, cell.test(), mask) for cell, mask in tests.items()),
        tuple((start, end, mask) for (start, end), mask in days.items()),
    )
