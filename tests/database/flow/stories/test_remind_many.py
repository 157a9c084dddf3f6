"""A supplier who is late with very many orders, and a clock that cannot be fired."""

import datetime
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderwire.flow.remind import letters, post
from orderwire.records import Delivery, Notice, Order, Timer
from tests.database.flow.stories.test_remind import DUE, Time, asked, house, supplier, time

__all__ = ["house", "time"]
pytestmark = pytest.mark.django_db
sweeping = import_module("orderwire.flow.distribute.sweep")


def late(time: Time, count: int) -> list[Order]:
    """So many orders of one supplier, a day after their answers were due."""
    partner = supplier()
    orders = [asked(f"A-{n}", of=partner) for n in range(count)]
    Timer.objects.filter(kind="answer_due").delete()
    time.now = (DUE + datetime.timedelta(days=1)).replace(hour=7, minute=58).astimezone(datetime.UTC)
    return orders


def test_what_one_letter_does_not_hold_goes_with_the_next(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "FULL", 3)
    late(time, 7)
    time.until(DUE + datetime.timedelta(days=1))
    by_letter = [row.notices.count() for row in Delivery.objects.filter(kind="notice").order_by("due_at")]
    assert (by_letter, Notice.objects.count()) == ([3, 3, 1], 7)


def test_a_long_letter_is_written_with_few_queries_and_tells_of_all(
    time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = late(time, 8)
    sweeping._fire_timers()
    letter = Delivery.objects.get(kind="notice")
    monkeypatch.setattr(letters, "LINKED", 0)
    with CaptureQueriesContext(connection) as queries:
        posted = letters.letter(letter.pk)
    assert posted is not None and all(order.number in posted.letter.text for order in orders)
    assert len(queries) < 12


def test_a_clock_that_cannot_be_fired_keeps_no_other_waiting(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = late(time, 2)
    verb = sweeping._verb

    def one_fails(kind: str) -> Any:
        def fire(timer: Timer, order: Order) -> None:
            if order == broken:
                raise ZeroDivisionError
            verb(kind)(timer, order)

        return fire

    monkeypatch.setattr(sweeping, "_verb", one_fails)
    sweeping._fire_timers()
    assert list(Notice.objects.values_list("order", flat=True)) == [whole.pk]
    waiting = Timer.objects.get(order=broken, fired_at=None)
    assert waiting.due_at == time.now + sweeping.PATIENCE
