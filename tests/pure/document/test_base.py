"""Numbers, texts and dates as a document takes them; findings in words with their place."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from orderwire.document.base import Date, Document, Exact, Label, Text, plain
from orderwire.document.codes import UNIT_WORDS, UNITS, unit_word
from orderwire.document.finding import Severity, error, from_validation, has_errors, info, place, warning
from orderwire.document.order import Order
from tests.pure.document.test_canonical import WHOLE

exact, date = TypeAdapter(Exact), TypeAdapter(Date)


class Words(Document):
    text: Text = "x"
    label: Label = "x"


@pytest.mark.parametrize(
    ("given", "shown"),
    [("12.50", "12.5"), ("0012", "12"), ("+3", "3"), ("-0.0", "0"), (" 7 ", "7"), (5, "5"), (".5", "0.5"),
     (Decimal("1E+3"), "1000"), ("1.000000000000", "1"), ("123456789012345.123456789", "123456789012345.123456789")],
)  # fmt: skip
def test_equal_numbers_have_one_text(given: Any, shown: str) -> None:
    value = exact.validate_python(given)
    assert exact.dump_python(value, mode="json") == shown
    assert str(value) == shown


@pytest.mark.parametrize(
    "wrong",
    [1.5, True, "1e3", "1,5", "1 000", "", "٣", "+-5", "NaN", "Infinity", Decimal("NaN"), None, "1.0000000001",
     "1234567890123456", "0x1F", "12.5 EUR"],
)  # fmt: skip
def test_what_is_not_exact_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        exact.validate_python(wrong)


@given(st.decimals(-(10**14), 10**14, places=9))
def test_a_number_survives_its_text(number: Decimal) -> None:
    assert exact.validate_python(plain(number)) == number


@pytest.mark.parametrize("wrong", [20260131, "20260131", "1767225600", "2026-02-30", "31.01.2026", "2026-1-3", True, 0])
def test_a_date_is_year_month_day_and_never_seconds(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        date.validate_python(wrong)
    assert date.validate_python("2026-01-31") == datetime.date(2026, 1, 31)


def test_texts_keep_line_feeds_and_lose_carriage_returns() -> None:
    assert Words(text=" a\r\nb\rc\td ").text == "a\nb\nc\td"


@pytest.mark.parametrize("wrong", ["a\x00b", "a\x1bb", "a\x85b", "a\ufffeb", "a\ud800b", "", "   "])
def test_control_characters_and_empty_texts_are_refused(wrong: str) -> None:
    for field in ("text", "label"):
        with pytest.raises(ValidationError):
            Words.model_validate({field: wrong})


def test_a_label_is_one_line() -> None:
    with pytest.raises(ValidationError):
        Words(label="a\nb")


def findings(**fields: Any) -> list[tuple[str, str]]:
    data = Order.model_validate_json(WHOLE).model_dump(mode="json", exclude_defaults=True)
    with pytest.raises(ValidationError) as failure:
        Order.model_validate(data | fields)
    return [(f.where, f.text) for f in from_validation(failure.value)]


LINE = {
    "number": "1",
    "description": "x",
    "quantity": "2",
    "unit": "C62",
    "price": "1",
    "schedules": [{"quantity": "2"}],
}


def test_places_are_counted_from_one() -> None:
    assert place(("lines", 1, "schedules", 0, "quantity")) == "lines[2].schedules[1].quantity"
    assert place(()) == "document"
    assert place(("a\x1b",)).isprintable()


@pytest.mark.parametrize(
    ("fields", "where", "words"),
    [
        ({"lines": [LINE, LINE | {"unit": "pcs"}]}, "lines[2].unit", "Recommendation 20"),
        ({"lines": [LINE, LINE]}, "document", "line number 1 stands on several lines"),
        ({"lines": [LINE | {"quantity": "3"}]}, "lines[1]", "schedules add up to 2, but 3 is ordered"),
        ({"lines": []}, "lines", "is empty; give at least one"),
        ({"currency": "XXQ"}, "currency", "not an ISO 4217 currency code"),
        ({"kind": "release", "references": []}, "document", "names its blanket order or contract"),
        ({"suplier": {}}, "suplier", "check its spelling or remove it"),
        ({"buyer": {}}, "buyer.name", "is missing; add it"),
        ({"buyer": {"name": 7}}, "buyer.name", "must be text"),
        ({"buyer": "x"}, "buyer", "must be an object"),
        ({"lines": "x"}, "lines", "must be a list"),
        ({"issued": "31.01.2026"}, "issued", "year-month-day"),
        ({"lines": [LINE | {"price": 1.5}]}, "lines[1].price", 'write decimals as text, for example "12.50"'),
        ({"lines": [LINE | {"price": None}]}, "lines[1].price", "must be a number written as text"),
    ],
)
def test_a_fault_has_its_place_and_the_remedy(fields: dict[str, Any], where: str, words: str) -> None:
    [(found, said)] = findings(**fields)
    assert found == where
    assert words in said


def test_hundreds_of_faults_are_counted_and_not_listed() -> None:
    found = findings(lines=[{"number": str(n)} for n in range(100)])
    assert len(found) == 51
    assert found[-1] == ("document", "and 450 more errors like these")


def test_only_errors_make_a_document_unusable() -> None:
    assert not has_errors([warning("a", "b", "c"), info("a", "b", "c")])
    assert has_errors([error("a", "b", "c")])
    assert error("a", "b", "c").severity is Severity.ERROR


def test_every_unit_with_words_is_a_unit() -> None:
    assert set(UNIT_WORDS) <= UNITS
    assert unit_word("KGM") == "kg" and unit_word("ZZZ") == "ZZZ"
