"""Times, ages and money as people say them."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.tracking.words import Money, age, brief_age, due, plural, sentence_time, short, split_number, when

NOW = datetime.datetime(2026, 11, 18, 15, 2, tzinfo=datetime.UTC)
BREMEN, CHICAGO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Chicago")


def ago(**span: float) -> datetime.datetime:
    return NOW - datetime.timedelta(**span)


@pytest.mark.parametrize(
    ("span", "words"),
    [({"seconds": 20}, "a moment"), ({"minutes": 42}, "42 min"), ({"hours": 4, "minutes": 15}, "4 h 15 min"),
     ({"hours": 7}, "7 h"), ({"hours": 26}, "26 h"), ({"days": 2, "hours": 1}, "2 d 1 h"),
     ({"days": 16, "hours": 5}, "16 d"),
     ({"seconds": -5}, "a moment")],
)  # fmt: skip
def test_an_age_has_two_units_at_most(span: dict[str, float], words: str) -> None:
    assert age(datetime.timedelta(**span)) == words


@given(st.timedeltas(datetime.timedelta(0), datetime.timedelta(days=4000)))
def test_a_brief_age_is_never_longer_than_the_full_one(span: datetime.timedelta) -> None:
    assert len(brief_age(span)) <= len(age(span))


def test_near_days_have_names_and_far_ones_dates() -> None:
    said = [
        when(at, now=NOW, zone=BREMEN) for at in (ago(hours=1), ago(hours=24), ago(days=3), ago(days=30), ago(days=400))
    ]
    assert said == ["15:02", "yesterday 16:02", "Sun 16:02", "19 Oct 17:02", "14 Oct ’25 17:02"]


def test_in_narrow_columns_yesterday_is_a_weekday() -> None:
    assert when(ago(hours=24), now=NOW, zone=BREMEN, brief=True) == "Tue 16:02"


def test_a_due_time_is_said_in_the_place_of_whoever_must_keep_it() -> None:
    at = datetime.datetime(2026, 11, 19, 17, tzinfo=CHICAGO)
    assert due(at, "America/Chicago", now=NOW) == "tomorrow 17:00 in Chicago"
    assert due(at, "UTC", now=NOW) == "tomorrow 23:00 UTC"
    assert due(at.replace(day=18), "America/Chicago", now=NOW) == "today 17:00 in Chicago"


def test_in_a_sentence_days_take_their_preposition() -> None:
    assert sentence_time(ago(hours=1), now=NOW, zone=BREMEN) == "today 15:02"
    assert sentence_time(ago(days=2), now=NOW, zone=BREMEN) == "on Monday 16:02"


@pytest.mark.parametrize(("currency", "text"), [("EUR", "1,234.50"), ("JPY", "1,235"), ("BHD", "1,234.500")])
def test_money_has_the_decimals_of_its_currency(currency: str, text: str) -> None:
    money = Money(Decimal("1234.5"), currency)
    assert money.text == text and str(money) == f"{currency}\u00a0{text}"


@given(st.text(max_size=60))
def test_any_number_splits_into_what_it_was(number: str) -> None:
    assert "".join(split_number(number)) == number


def test_companies_are_called_without_their_legal_form() -> None:
    assert [short(n) for n in ("Acme Bearings Inc.", "Nordhaven Pumpen GmbH", "Inc.", "Oławska")] == [
        "Acme Bearings", "Nordhaven Pumpen", "Inc.", "Oławska",
    ]  # fmt: skip
    assert [short(n) for n in ("Carpenter & Voss Steel Co.", "Krüger & Co. KG")] == ["Carpenter & Voss", "Krüger"]


def test_counts_agree_with_their_noun() -> None:
    assert [plural(1, "line"), plural(1200, "line"), plural(2, "try", "tries")] == ["1 line", "1,200 lines", "2 tries"]
