"""Payment terms travel in words: ours are read back exactly, a stranger's stay words."""

from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.terms import TermsPart
from orderwire.formats.order_x.payment import said, understood
from tests.pure.orders import terms_parts


@given(st.lists(terms_parts(), min_size=1, max_size=3))
def test_terms_are_read_back_as_they_were_said(parts: list[TermsPart]) -> None:
    once = understood(said(parts))
    assert understood(said(once)) == once
    if len(parts) > 1:
        assert once == tuple(parts)


def test_a_person_understands_them() -> None:
    part = TermsPart(days=60, discount_percent="2", discount_days=14)
    assert said([part]) == "net 60 days from date of invoice, 2% discount, discount within 14 days"
    assert understood(said([part])) == (part,)


def test_words_of_others_are_kept() -> None:
    text = "30 Tage netto\n2 % Skonto bei Zahlung innerhalb von 8 Tagen"
    assert understood(text) == (TermsPart(text=text),)


def test_a_text_of_several_lines_stays_with_its_part() -> None:
    parts = (TermsPart(days=30, text="to\n\n  the bank"), TermsPart(percent="40", basis="delivery"))
    assert understood(said(parts)) == parts


def test_nonsense_in_our_own_words_is_kept_as_words() -> None:
    text = "net 9999 days from delivery"
    assert understood(text) == (TermsPart(text=text),)
