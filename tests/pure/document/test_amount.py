"""Amounts are read and compared exactly; what could be meant in two ways is refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.amount import Amount, Rates

RATES = Rates("EUR", {"USD": Decimal("0.9"), "GBP": Decimal("NaN"), "CHF": Decimal(0)})


@given(st.decimals("-1e15", "1e15", places=3), st.sampled_from(["EUR", "JPY", "BHD"]))
def test_an_amount_shown_keeps_every_digit(value: Decimal, currency: str) -> None:
    code, _, number = str(Amount(value, currency)).partition(" ")
    assert (code, Decimal(number.replace(",", ""))) == (currency, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("EUR 50000", "50000"), ("EUR 50,000.50", "50000.50"), ("BHD 1.005", "1.005"), (" JPY 7 ", "7"), ("USD1", "1")],
)
def test_an_amount_is_read_as_people_write_it(text: str, value: str) -> None:
    assert Amount.parse(text).value == Decimal(value)


@pytest.mark.parametrize(
    "text", ["50000", "EUR", "EUR 50.000", "EUR 50,00", "JPY 1.5", "XYZ 1", "EUR -1", "EUR 1e9", "EUR NaN", "eur 1", ""]
)
def test_what_could_be_meant_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|currency"):
        Amount.parse(text)


def test_amounts_cross_currencies_exactly_or_not_at_all() -> None:
    dollars = Amount(Decimal("0.10"), "USD")
    assert RATES.exact(dollars, "USD") == Fraction(1, 10)
    assert RATES.exact(dollars, "EUR") == Fraction(9, 100)
    assert RATES.exact(Amount(Decimal(1), "EUR"), "USD") == Fraction(10, 9)
    assert [RATES.exact(dollars, unknown) for unknown in ("SEK", "GBP", "CHF")] == [None, None, None]
