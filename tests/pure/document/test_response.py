"""The price of an answer is compared with the order's for the same number of units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.response import LineAnswer, LineStatus

EXACT = st.decimals("0.000000001", "999999999999999.999999999", places=9)


def answer(price: str | Decimal | None, basis: str | Decimal | None) -> LineAnswer:
    return LineAnswer.model_validate({"status": LineStatus.CHANGED, "price": price, "price_basis": basis})


@pytest.mark.parametrize(
    ("price", "basis", "for_hundred"),
    [("1250", "100", "1250"), ("12.5", "1", "1250"), ("12.5", None, "12.5"), ("10", "3", "333.333333333")],
)
def test_a_price_is_told_for_as_many_units_as_asked(price: str, basis: str | None, for_hundred: str) -> None:
    assert str(answer(price, basis).price_for(Decimal(100))) == for_hundred


def test_no_price_is_none_for_any_number_of_units() -> None:
    assert answer(None, "100").price_for(Decimal(1)) is None


@given(EXACT, EXACT, EXACT)
def test_any_price_can_be_told_for_any_number(price: Decimal, basis: Decimal, asked: Decimal) -> None:
    said = answer(price, basis)
    assert said.price_for(basis) == price
    found = said.price_for(asked)
    assert found is not None and abs(found * basis - price * asked) <= basis * Decimal("1e-9") + price * asked / 10**20
