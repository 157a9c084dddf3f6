"""A limit reads as it is written, includes itself, and says in words how far something went."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.amount import NO_RATES, Amount
from orderwire.governance.changes.limit import NOTHING, Limit, Step, money, parsed, percent, stand

ALL = ("percent", "amount", "number", "days")
percents = st.decimals(0, 500, places=4).map(lambda value: +value)


@pytest.mark.parametrize(
    "text", ["2 %", "EUR 50", "10", "3 days", "2.5 % and EUR 50.25", "any", "none", "0 %", "5 % and 10"]
)
def test_a_limit_reads_back_as_it_was_written(text: str) -> None:
    assert str(parsed(text, *ALL)) == text


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("two percent", "is not a limit; write 2 %, EUR 50, 10, 3 days, any or none"),
        ("-2 %", "write it like 2 %"),
        ("1.5 days", "write it like 3 days"),
        ("EU 50", "write it like EUR 50000"),
        ("EUR 0.001", "more decimals than EUR has"),
        ("2 % and 3 %", "two limits of one kind"),
        ("", "is not a limit"),
    ],
)
def test_what_is_no_limit_is_told_with_the_remedy(text: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        parsed(text, *ALL)


def test_a_measure_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="'3 days' cannot be a limit here; write 2 %, 10, any or none"):
        parsed("3 days", "percent", "number")


@pytest.mark.parametrize(
    ("value", "limit", "words"),
    [
        (Fraction(41, 10), "2", "4.1 %"),
        (Fraction(2), "2", "2 %"),
        (Fraction(20001, 10000), "2", "2.0001 %"),
        (Fraction(1, 100000), "2", "0.00001 %"),
        (Fraction(19999, 10000), "2", "1.9999 %"),
        (2 + Fraction(1, 10**12), "2", "a little more than 2 %"),
        (Fraction(1234), "2", "1,234 %"),
        (None, "2", "from nothing"),
    ],
)
def test_a_percentage_is_never_rounded_onto_its_limit(value: Fraction | None, limit: str, words: str) -> None:
    assert percent(value, Decimal(limit)) == words


@given(percents, percents)
def test_a_percentage_in_words_stands_on_the_same_side_of_its_limit(value: Decimal, limit: Decimal) -> None:
    said = percent(Fraction(value), limit)
    shown = Decimal(said.removesuffix(" %").replace(",", ""))
    assert (shown > limit, shown == limit) == (value > limit, value == limit)


@given(percents, percents)
def test_a_limit_includes_itself_and_nothing_more(value: Decimal, limit: Decimal) -> None:
    found = stand(Limit(percent=limit), Step(percent=Fraction(value)), NO_RATES)
    assert found.inside is (value <= limit)


def test_both_limits_must_hold_and_the_one_that_does_not_is_told() -> None:
    limit = parsed("2 % and EUR 50", *ALL)
    small = stand(limit, Step(percent=Fraction(1), amount=Amount(Decimal(50), "EUR")), NO_RATES)
    assert (small.inside, small.size, small.allowed) == (True, "1 %", "limit 2 %")
    dear = stand(limit, Step(percent=Fraction(1), amount=Amount(Decimal("50.01"), "EUR")), NO_RATES)
    assert (dear.inside, dear.size, dear.allowed) == (False, "EUR 50.01", "limit EUR 50")
    both = stand(limit, Step(percent=Fraction(3), amount=Amount(Decimal(60), "EUR")), NO_RATES)
    assert (both.inside, both.size, both.allowed) == (False, "3 %", "limit 2 %, and EUR 60, limit EUR 50")


def test_without_a_rate_nothing_is_inside_yet_what_is_beyond_one_limit_is_beyond() -> None:
    limit = parsed("2 % and USD 50", *ALL)
    cheap = Amount(Decimal(1), "EUR")
    untold = stand(limit, Step(percent=Fraction(1), amount=cheap), NO_RATES)
    assert untold.inside is None
    assert "no rate from EUR to USD" in untold.allowed
    assert stand(limit, Step(percent=Fraction(3), amount=cheap), NO_RATES).inside is False


def test_nothing_allows_nothing_and_any_allows_all() -> None:
    tiny = Step(percent=Fraction(1, 10**6))
    assert stand(NOTHING, tiny, NO_RATES).inside is False
    assert stand(parsed("any", *ALL), Step(percent=None), NO_RATES).inside is True


@given(st.fractions(0, 10**12))
def test_money_is_rounded_half_up_to_the_minor_unit(value: Fraction) -> None:
    for currency, unit in (("EUR", Fraction(1, 100)), ("JPY", Fraction(1)), ("BHD", Fraction(1, 1000))):
        found = Fraction(money(value, currency).value)
        assert (found / unit).denominator == 1
        assert -unit / 2 < found - value <= unit / 2
