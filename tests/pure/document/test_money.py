"""Worked numbers, and laws that hold for every order."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from orderwire.document.money import exponent, line_amount, rounded, totals
from orderwire.document.order import Line, Order
from orderwire.document.terms import AllowanceCharge, Tax
from tests.pure.document.test_canonical import WHOLE
from tests.pure.orders import orders

D = Decimal


def line(quantity: str, price: str, **fields: Any) -> Line:
    return Line.model_validate(
        {"number": "1", "description": "x", "quantity": quantity, "unit": "C62", "price": price,
         "schedules": [{"quantity": quantity}], **fields}
    )  # fmt: skip


def order(currency: str, *lines: Line, **fields: Any) -> Order:
    numbered = tuple(item.model_copy(update={"number": str(n)}) for n, item in enumerate(lines, 1))
    base = Order.model_validate_json(WHOLE).model_copy(update={"allowances_charges": ()})
    return base.model_copy(update={"currency": currency, "lines": numbered, **fields})


def allowance(**fields: Any) -> AllowanceCharge:
    return AllowanceCharge.model_validate({"kind": "allowance", **fields})


@pytest.mark.parametrize(
    ("currency", "smallest"), [("EUR", "0.01"), ("JPY", "1"), ("BHD", "0.001"), ("CLF", "0.0001"), ("XAU", "0.01")]
)
def test_the_smallest_amount_is_that_of_the_currency(currency: str, smallest: str) -> None:
    assert exponent(currency) == D(smallest)


@pytest.mark.parametrize(
    ("amount", "currency", "result"),
    [("2.675", "EUR", "2.68"), ("-2.675", "EUR", "-2.68"), ("0.5", "JPY", "1"), ("1.0005", "BHD", "1.001"),
     ("0.004", "EUR", "0.00")],
)  # fmt: skip
def test_halves_are_rounded_away_from_zero(amount: str, currency: str, result: str) -> None:
    assert str(rounded(D(amount), currency)) == result


@pytest.mark.parametrize(
    ("quantity", "price", "basis", "currency", "amount"),
    [
        ("12", "0.25", "1", "EUR", "3.00"),
        ("3", "33.335", "1", "EUR", "100.01"),
        ("7", "9.99", "100", "EUR", "0.70"),
        ("3", "33.5", "1", "JPY", "101"),
        ("1.5", "1.0005", "1", "BHD", "1.501"),
        ("1", "1", "3", "EUR", "0.33"),
    ],
)
def test_a_line_is_quantity_times_price_by_basis(
    quantity: str, price: str, basis: str, currency: str, amount: str
) -> None:
    assert line_amount(line(quantity, price, price_basis=basis), currency) == D(amount)


def test_allowances_and_charges_of_a_line_are_rounded_each_by_itself() -> None:
    item = line("1", "99.99", allowances_charges=[
        {"kind": "allowance", "percent": "3.335"}, {"kind": "charge", "amount": "1.005"},
    ])  # fmt: skip
    assert line_amount(item, "EUR") == D("99.99") - D("3.33") + D("1.01")


def test_a_hundred_in_allowances_comes_off_the_total_before_tax() -> None:
    vat = Tax(percent=D(19))
    found = totals(
        order(
            "EUR", line("10", "50", taxes=[vat]), line("1", "600", taxes=[vat]),
            allowances_charges=(allowance(amount="100.00", tax=vat),),
        )
    )  # fmt: skip
    assert (found.lines, found.adjustments, found.tax, found.total) == (D(1100), D(-100), D(190), D(1190))


def test_a_percent_allowance_of_the_order_is_of_its_lines() -> None:
    found = totals(order("EUR", line("1", "33.33"), allowances_charges=(allowance(percent="2.5"),)))
    assert (found.adjustments, found.total) == (D("-0.83"), D("32.50"))


def test_tax_is_rounded_once_for_each_rate() -> None:
    lines = [line("1", "0.33", taxes=[Tax(percent=D(7))]) for _ in range(3)]
    assert totals(order("EUR", *lines)).tax == D("0.07")
    assert sum(rounded(D("0.33") * 7 / 100, "EUR") for _ in range(3)) == D("0.06")


def test_yen_and_dinar_have_their_own_decimals() -> None:
    yen = totals(order("JPY", line("3", "33.4", taxes=[Tax(percent=D(10))])))
    assert (yen.lines, yen.tax, yen.total) == (D(100), D(10), D(110))
    dinar = totals(order("BHD", line("3", "1.2345", taxes=[Tax(percent=D(10))])))
    assert (dinar.lines, dinar.tax, dinar.total) == (D("3.704"), D("0.370"), D("4.074"))


def test_the_largest_numbers_are_multiplied_exactly() -> None:
    item = line("123456789012345.123456789", "0.000000001", price_basis="0.000000001")
    assert line_amount(item, "EUR") == D("123456789012345.12")
    tie = line("99999999999999.005", "1")
    assert line_amount(tie, "EUR") == D("99999999999999.01")


def test_an_order_worth_more_than_anything_is_a_slip() -> None:
    data = Order.model_validate_json(WHOLE).model_dump(mode="json")
    data["lines"][0] |= {"price": "999999999999999", "quantity": "1000", "schedules": [{"quantity": "1000"}]}
    with pytest.raises(ValidationError, match="check quantities, prices and price bases"):
        Order.model_validate(data)


@pytest.mark.parametrize("fields", [{}, {"amount": "1", "percent": "1"}])
def test_an_allowance_has_an_amount_or_a_percent(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="either an amount or a percent, and not both"):
        allowance(**fields)


@given(orders())
@settings(max_examples=25, deadline=None)
def test_totals_add_up_and_have_the_decimals_of_the_currency(some: Order) -> None:
    found = totals(some)
    assert found.total == found.lines + found.adjustments + found.tax
    assert found.lines == sum(line_amount(item, some.currency) for item in some.lines)
    for amount in (found.lines, found.adjustments, found.tax, found.total):
        assert amount == rounded(amount, some.currency)


@given(orders(), st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_lines_does_not_matter(some: Order, random: Any) -> None:
    lines = list(some.lines)
    random.shuffle(lines)
    assert totals(some.model_copy(update={"lines": tuple(lines)})) == totals(some)
