"""When an answer is due and when an office is open, all over the world (fault 22)."""

import datetime
from datetime import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.flow import clock
from orderwire.flow.clock import Calendar, due, next_open


def place(zone: str, **fields: object) -> Calendar:
    return Calendar(ZoneInfo(zone), **fields)  # type: ignore[arg-type]


FRIDAY_AND_SATURDAY = frozenset({5, 6})
PLACES = {
    "Bremen": place("Europe/Berlin", country="DE", region="HB"),
    "Munich": place("Europe/Berlin", country="DE", region="BY"),
    "Barcelona": place("Europe/Madrid", country="ES", region="CT"),
    "New York": place("America/New_York", country="US"),
    "Pune": place("Asia/Kolkata", country="IN", opens=time(9, 30), closes=time(18, 30)),
    "Kathmandu": place("Asia/Kathmandu", country="NP", weekend=frozenset({6})),
    "Riyadh": place("Asia/Riyadh", country="SA", weekend=FRIDAY_AND_SATURDAY),
    "Haifa": place("Asia/Jerusalem", country="IL", weekend=FRIDAY_AND_SATURDAY),
    "Ota": place("Asia/Tokyo", country="JP"),
    "Ningbo": place("Asia/Shanghai", country="CN"),
    "nowhere": place("UTC"),
    "Apia": place("Pacific/Apia"),
    "Chatham": place("Pacific/Chatham", country="NZ"),
    "night shift": place("America/New_York", opens=time(1, 30), closes=time(2, 30)),
    "every day": place("Europe/Berlin", weekend=frozenset(), opens=time(2, 30), closes=time(3, 30)),
    "short day": place("Europe/Berlin", weekend=frozenset(), opens=time(1), closes=time(2, 30)),
    "Lord Howe": place("Australia/Lord_Howe", weekend=frozenset(), opens=time(1, 45), closes=time(2, 15)),
}


@pytest.mark.parametrize(
    ("where", "start", "days", "expected", "why"),
    [
        ("Bremen", "2026-11-20T09:00+01:00", 1, "2026-11-23T17:00+01:00", "over a weekend"),
        ("Bremen", "2026-11-20T23:30+01:00", 1, "2026-11-23T17:00+01:00", "sent late on Friday"),
        ("Bremen", "2026-12-23T10:00+01:00", 2, "2026-12-28T17:00+01:00", "over Christmas"),
        ("Bremen", "2026-12-30T10:00+01:00", 1, "2026-12-31T17:00+01:00", "the last day of the year"),
        ("Bremen", "2026-12-31T16:00+01:00", 0, "2026-12-31T17:00+01:00", "the same day"),
        ("Bremen", "2026-12-31T17:30+01:00", 0, "2027-01-04T17:00+01:00", "the same day, after closing"),
        ("Bremen", "2027-01-01T10:00+01:00", 0, "2027-01-04T17:00+01:00", "the same day, a holiday"),
        ("Munich", "2026-01-05T10:00+01:00", 1, "2026-01-07T17:00+01:00", "Epiphany is kept in Bavaria"),
        ("Bremen", "2026-01-05T10:00+01:00", 1, "2026-01-06T17:00+01:00", "and not in Bremen"),
        ("Bremen", "2026-03-27T10:00+01:00", 1, "2026-03-30T17:00+02:00", "the clock goes forward between"),
        ("Bremen", "2026-10-23T10:00+02:00", 1, "2026-10-26T17:00+01:00", "the clock goes back between"),
        ("Bremen", "2026-04-02T10:00+02:00", 1, "2026-04-07T17:00+02:00", "over Easter"),
        ("Bremen", "2024-02-28T10:00+01:00", 1, "2024-02-29T17:00+01:00", "a leap day"),
        ("Barcelona", "2026-06-23T10:00+02:00", 1, "2026-06-25T17:00+02:00", "Sant Joan is kept in Catalonia"),
        ("Barcelona", "2026-12-24T10:00+01:00", 1, "2026-12-28T17:00+01:00", "Christmas on a Friday"),
        ("New York", "2026-11-25T22:00-05:00", 1, "2026-11-27T17:00-05:00", "over Thanksgiving"),
        ("New York", "2026-11-26T02:00+00:00", 1, "2026-11-27T17:00-05:00", "the same moment, told elsewhere"),
        ("New York", "2026-03-06T12:00-05:00", 1, "2026-03-09T17:00-04:00", "the clock goes forward between"),
        ("Pune", "2026-08-14T12:00+05:30", 1, "2026-08-17T18:30+05:30", "half an hour off; Independence Day"),
        ("Pune", "2026-11-20T18:29+00:00", 1, "2026-11-23T18:30+05:30", "a minute before midnight there"),
        ("Pune", "2026-11-19T18:31+00:00", 1, "2026-11-23T18:30+05:30", "a minute after midnight there"),
        ("Kathmandu", "2026-11-20T10:00+05:45", 1, "2026-11-22T17:00+05:45", "only Saturday is free"),
        ("Riyadh", "2026-11-19T10:00+03:00", 1, "2026-11-22T17:00+03:00", "Friday and Saturday are free"),
        ("Riyadh", "2026-09-22T10:00+03:00", 1, "2026-09-24T17:00+03:00", "National Day"),
        ("Haifa", "2026-11-19T10:00+02:00", 2, "2026-11-23T17:00+02:00", "a week that begins on Sunday"),
        ("Ota", "2026-05-01T10:00+09:00", 1, "2026-05-07T17:00+09:00", "Golden Week"),
        ("Ningbo", "2026-09-30T10:00+08:00", 1, "2026-10-08T17:00+08:00", "the National Day week"),
        ("nowhere", "2026-12-31T10:00+00:00", 1, "2027-01-01T17:00+00:00", "no country, no holidays"),
        ("nowhere", "2026-11-22T00:00+00:00", 0, "2026-11-23T17:00+00:00", "asked on a Sunday"),
        ("Apia", "2011-12-29T10:00-10:00", 1, "2012-01-02T17:00+14:00", "30 December 2011 never came"),
        ("Chatham", "2026-04-02T10:00+13:45", 1, "2026-04-07T17:00+12:45", "quarter hours, Easter, an hour back"),
        ("night shift", "2026-10-30T12:00-04:00", 1, "2026-11-02T02:30-05:00", "the clock went back the night before"),
        ("every day", "2026-03-28T12:00+01:00", 1, "2026-03-29T03:30+02:00", "the night of the missing hour"),
        ("short day", "2026-03-28T12:00+01:00", 1, "2026-03-29T03:30+02:00", "closes in the missing hour: after it"),
        ("short day", "2026-10-24T12:00+02:00", 1, "2026-10-25T02:30+01:00", "closes in the double hour: the second"),
        ("Lord Howe", "2026-04-04T12:00+11:00", 1, "2026-04-05T02:15+10:30", "the clock goes back half an hour"),
    ],
)  # fmt: skip
def test_an_answer_is_due_at_closing_time_of_the_suppliers_working_day(
    where: str, start: str, days: int, expected: str, why: str
) -> None:
    found = due(datetime.datetime.fromisoformat(start), working_days=days, calendar=PLACES[where])
    assert found.isoformat(timespec="minutes") == expected, why


@pytest.mark.parametrize(
    ("where", "at", "expected", "why"),
    [
        ("Bremen", "2026-11-20T09:00+01:00", "2026-11-20T09:00+01:00", "it is open"),
        ("Bremen", "2026-11-20T17:00+01:00", "2026-11-23T08:00+01:00", "it closes this moment"),
        ("Bremen", "2026-11-20T06:00+01:00", "2026-11-20T08:00+01:00", "before it opens"),
        ("Bremen", "2026-12-24T18:00+01:00", "2026-12-28T08:00+01:00", "over Christmas"),
        ("Riyadh", "2026-11-19T18:00+03:00", "2026-11-22T08:00+03:00", "Thursday evening there"),
        ("Pune", "2026-11-20T04:00+00:00", "2026-11-20T09:30+05:30", "the very moment it opens"),
        ("night shift", "2026-03-06T12:00-05:00", "2026-03-09T01:30-04:00", "over the night of the missing hour"),
        ("every day", "2026-03-28T12:00+01:00", "2026-03-29T03:30+02:00", "opens in the missing hour: after it"),
        ("every day", "2026-10-24T12:00+02:00", "2026-10-25T02:30+02:00", "opens in the double hour: at its first"),
        ("New York", "2026-07-03T08:00-04:00", "2026-07-06T08:00-04:00", "Independence Day, observed on a Friday"),
        ("Ota", "2026-12-31T23:00+09:00", "2027-01-04T08:00+09:00", "over New Year"),
    ],
)
def test_mail_waits_until_the_office_opens(where: str, at: str, expected: str, why: str) -> None:
    found = next_open(datetime.datetime.fromisoformat(at), PLACES[where])
    assert found.isoformat(timespec="minutes") == expected, why


moments = st.datetimes(datetime.datetime(2015, 1, 1), datetime.datetime(2035, 1, 1), timezones=st.just(datetime.UTC))


@given(moments, st.sampled_from(sorted(PLACES)))
def test_the_next_opening_is_never_before_and_always_in_office_hours(at: datetime.datetime, where: str) -> None:
    calendar = PLACES[where]
    opened = next_open(at, calendar).astimezone(datetime.UTC)
    day = opened.astimezone(calendar.zone).date()
    assert opened >= at and calendar.works(day)
    assert calendar.opening(day).astimezone(datetime.UTC) <= opened <= calendar.closing(day).astimezone(datetime.UTC)
    assert next_open(opened, calendar) == opened


@given(moments, st.sampled_from(sorted(PLACES)), st.integers(0, 15))
def test_more_working_days_are_never_due_earlier_and_always_on_a_working_day(
    at: datetime.datetime, where: str, days: int
) -> None:
    calendar = PLACES[where]
    first, second = (due(at, working_days=n, calendar=calendar) for n in (days, days + 1))
    assert at <= first.astimezone(datetime.UTC) <= second.astimezone(datetime.UTC)
    assert calendar.works(first.date()) and calendar.works(second.date())


@given(
    st.dates(datetime.date(2015, 1, 1), datetime.date(2035, 1, 1)), st.sampled_from(sorted(PLACES)), st.integers(1, 20)
)
def test_working_days_back_and_forth_end_where_they_began(day: datetime.date, where: str, days: int) -> None:
    calendar = PLACES[where]
    begun = calendar.shift(day, 0)
    assert calendar.shift(calendar.shift(begun, days), -days) == begun


def test_a_region_or_country_without_a_list_of_holidays_has_those_of_the_country_or_none() -> None:
    assert clock.holidays("DE", "XX", 2026) == clock.holidays("DE", "", 2026) != frozenset()
    assert clock.holidays("XX", "", 2026) == frozenset()


@pytest.mark.parametrize("wrong", [{"weekend": frozenset(range(1, 8))}, {"opens": time(17), "closes": time(8)}])
def test_a_calendar_in_which_nobody_ever_works_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="needs a working day"):
        place("UTC", **wrong)


def test_a_zone_that_is_none_is_utc() -> None:
    assert clock.zone("Europe/Bremen").key == clock.zone("").key == "UTC"
