"""When letters go: in office hours, never two in an hour, and together where they can."""

import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from orderwire.flow.clock import Calendar, next_open
from orderwire.flow.remind.post import HOUR, Mail, Post

BERLIN = Calendar(ZoneInfo("Europe/Berlin"), country="DE")
MONDAY = datetime.datetime(2026, 11, 23, 8, tzinfo=BERLIN.zone)
EARLIER = MONDAY - datetime.timedelta(days=3)


def post(*mails: Mail) -> Post:
    return Post(lambda _: list(mails))


def test_orders_that_are_due_together_travel_in_one_letter() -> None:
    desk = post()
    first = desk.place("a@example.com", 1, MONDAY, BERLIN, EARLIER)
    assert desk.place("a@example.com", 1, MONDAY, BERLIN, EARLIER) is first
    assert desk.place("b@example.com", 1, MONDAY, BERLIN, EARLIER) is not first


def test_who_had_a_letter_waits_an_hour_for_the_next_and_over_night_where_the_office_closes() -> None:
    half_past_four = MONDAY.replace(hour=16, minute=30)
    desk = post(Mail(half_past_four, 1, open=False))
    made = desk.place("a@example.com", 1, half_past_four.replace(minute=45), BERLIN, half_past_four)
    assert made.at == MONDAY + datetime.timedelta(days=1)


def test_a_letter_that_is_leaving_takes_nothing_along() -> None:
    leaving = Mail(MONDAY, 1, open=False)
    assert post(leaving).place("a@example.com", 1, MONDAY, BERLIN, EARLIER).at == MONDAY + HOUR


def test_a_letter_through_another_server_takes_nothing_along_but_counts() -> None:
    assert post(Mail(MONDAY, 2)).place("a@example.com", 1, MONDAY, BERLIN, EARLIER).at == MONDAY + HOUR


wishes = st.lists(st.tuples(st.integers(0, 14 * 24 * 60), st.integers(1, 2)), min_size=1, max_size=25)


@given(wishes)
def test_nobody_gets_two_letters_in_an_hour_or_outside_office_hours_and_none_before_its_time(
    wanted: list[tuple[int, int]],
) -> None:
    desk, found = post(), []
    for minutes, endpoint in wanted:
        at = MONDAY + datetime.timedelta(minutes=minutes)
        mail = desk.place("a@example.com", endpoint, at, BERLIN, EARLIER)
        assert mail.at >= at and mail.endpoint_id == endpoint
        found.append(mail)
    times = sorted({id(mail): mail.at for mail in found}.values())
    assert all(next_open(at, BERLIN) == at for at in times)
    assert all(later - earlier >= HOUR for earlier, later in pairwise(times))
