"""The clocks that the demo moves, because nobody wants to wait three working days, or for an office in China to open.

Only clocks: what then becomes late, who is reminded and what the letter says is decided by the worker.
"""

from django.db import transaction
from django.utils import timezone

from orderwire import engine
from orderwire.flow import clock, configuration, ladder
from orderwire.records import Delivery, Notice, Order, Timer


def due_two_days_ago(number: str) -> None:
    """The answer to this order was due two working days ago, so the first reminder is to leave."""
    with transaction.atomic():
        order = Order.objects.select_for_update(of=["self"]).select_related("supplier").get(number=number)
        assert order.supplier is not None  # it was sent
        calendar = clock.calendar(order.supplier)
        today = timezone.now().astimezone(calendar.zone).date()
        due = calendar.closing(calendar.shift(today, -2))
        rounds = ladder.rounds(configuration.reminders().ladders["order"], due, calendar)
        first = next(each for each in rounds if each.at > due)
        order.answer_due_at = due
        order.save(update_fields=["answer_due_at"])
        live = Timer.objects.filter(order=order, fired_at=None, stopped_at=None)
        live.update(stopped_at=timezone.now())
        Timer.objects.create(kind="answer_due", order=order, due_at=due)
        ladder.timer(ladder.kept(first), order_id=order.pk, due=due).save()


def letters_leave(number: str) -> bool:
    """What waits for the reader's office to open leaves now. True once a reminder of this order was sent."""
    now = timezone.now()
    with transaction.atomic():
        waiting = Notice.objects.filter(order__number=number, stopped_at=None, delivery__state="ready")
        early = Delivery.objects.select_for_update().filter(pk__in=waiting.values("delivery"), due_at__gt=now)
        for letter in early:
            letter.due_at, letter.says = now, {**letter.says, "at": ladder.instant(now)}
            letter.save(update_fields=["due_at", "says"])
            engine.defer_sweep()
    return Notice.objects.filter(order__number=number, delivery__accepted_at__isnull=False).exists()
