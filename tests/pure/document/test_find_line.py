"""Which line a partner means: by its number, else by the one part that fits; goods rather by their part."""

from typing import Any

import pytest

from orderwire.document.find_line import LineIndex
from orderwire.document.order import Line, Schedule


def line(number: str, **parts: Any) -> Line:
    schedules = (Schedule(quantity=1),)
    return Line(number=number, description="Seal", quantity=1, unit="H87", price=1, schedules=schedules, **parts)


INDEX = LineIndex([
    line("10", supplier_part="A"), line("20", supplier_part="B", buyer_part="b"), line("007", supplier_part="C"),
    line("1", supplier_part="X"), line("01", supplier_part="X"),
])  # fmt: skip


@pytest.mark.parametrize(
    ("number", "parts", "found"),
    [
        ("10", {}, "10"),
        ("00010", {}, "10"),
        ("7", {}, "007"),
        ("01", {}, "01"),
        ("001", {}, None),
        (None, {"supplier_part": "B"}, "20"),
        ("99", {"supplier_part": "Z", "buyer_part": "b"}, "20"),
        (None, {"supplier_part": "X"}, None),
        (None, {}, None),
    ],
)
def test_a_line_is_found_by_its_number_or_by_the_one_part_that_fits(number: Any, parts: Any, found: Any) -> None:
    for find in (INDEX.find, INDEX.find_goods):
        hit = find(number, parts.items())
        assert (hit.number if hit else None) == found


def test_goods_that_count_their_own_lines_are_found_by_their_part() -> None:
    assert (hit := INDEX.find("10", [("supplier_part", "B")])) and hit.number == "10"
    assert (hit := INDEX.find_goods("10", [("supplier_part", "B")])) and hit.number == "20"
    assert (hit := INDEX.find_goods("10", [("supplier_part", "unknown")])) and hit.number == "10"
