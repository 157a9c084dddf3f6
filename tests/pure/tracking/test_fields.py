"""Places of fields in words."""

import pytest

from orderwire.tracking.fields import field_word


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("lines[20].price", "Line 20, price"),
        ("lines[20].schedules[1].requested", "Line 20, need-by date"),
        ("lines[20].schedules[2].quantity", "Line 20, quantity 2"),
        ("lines[30]", "Line 30"),
        ("lines", "Order of the lines"),
        ("ship_to.name", "Ship-to, name"),
        ("notes[2].text", "Notes 2, text"),
    ],
)
def test_a_path_becomes_words(path: str, words: str) -> None:
    assert field_word(path) == words
