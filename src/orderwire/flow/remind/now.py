"""A person reminds the supplier at once."""

import datetime

from django.db import transaction
from django.utils import timezone

from orderwire import engine
from orderwire.flow import Refused, ladder
from orderwire.flow.remind.desk import desk
from orderwire.flow.remind.fire import concerns, follow, lock, queue
from orderwire.flow.remind.post import HOUR, Mail
from orderwire.flow.remind.turn import Call
from orderwire.flow.remind.waiting import waiting
from orderwire.governance.reminding import SUPPLIERS, Rung, Step
from orderwire.records import Notice, Order, Timer
from orderwire.yaml_file import Unreadable

BY_HAND = Step(id="by-hand", at=0, to="supplier", say="reminder")
"""What a person sends where the ladder has no step for the supplier."""


def now(order_id: int, *, actor: str) -> tuple[Notice, ...]:
    """Send the next step that speaks to the supplier now, also outside his office hours; without one left, the last.

    Raises Refused: nothing is awaited, somebody was reminded in the last hour, nobody is on record to be reminded.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(pk=order_id).first()
        if order is None:
            raise Refused("There is no such order.", kind="not_found")
        found = waiting([order]).get(order.pk)
        if found is None:
            raise Refused(f"No answer of {order.supplier_name} is awaited.", kind="conflict")
        try:
            table = desk([found.supplier.pk])
        except Unreadable as failure:
            remedy = "Run orderwire check and correct the line that it names."
            raise Refused("reminders.yaml cannot be used.", remedy=remedy, kind="conflict") from failure
        lock()
        moment = timezone.now()
        live = Timer.objects.select_for_update().filter(order=order, kind=ladder.KIND, fired_at=None, stopped_at=None)
        timer = next((each for each in live if concerns(each, found)), None)
        planned = datetime.datetime.fromisoformat(timer.data["at"]) if timer else moment
        rounds = table.ladder(found)
        speaks = [(each, rung) for each in rounds for rung in each.rungs if rung.step.to in SUPPLIERS]
        ahead = [pair for pair in speaks if pair[0].at >= planned]
        of, rung = ahead[0] if ahead else speaks[-1] if speaks else (None, Rung(BY_HAND, 1, 0))
        calls, skipped = table.calls(found, [rung], moment, moment)
        if skipped:
            raise Refused(skipped[0].reason, remedy=skipped[0].remedy, kind="conflict")
        _not_again(order, [call.target.address for call in calls], moment)
        calls = tuple(Call(c.rung, c.target, Mail(moment, c.target.way.endpoint_id)) for c in calls)
        queue(found, calls, actor=actor)
        if timer is not None and of is not None and of.at == planned:
            timer.stopped_at = moment
            timer.save(update_fields=["stopped_at"])
            if following := next((each for each in rounds if each.at > planned), None):
                follow(found, following)
        engine.defer_sweep()
        made = [call.mail.delivery_id for call in calls]
        return tuple(Notice.objects.filter(order=order, delivery__in=made).order_by("pk"))


def _not_again(order: Order, addresses: list[str], moment: datetime.datetime) -> None:
    """Also what is waiting to go out within the hour counts: it says the same."""
    recent = Notice.objects.filter(
        order=order, recipient__in=addresses, stopped_at=None, queued_at__gt=moment - HOUR
    ).order_by("-queued_at")
    last = recent.first()
    if last is not None:
        raise Refused(
            f"{last.recipient} was reminded in the last hour.",
            remedy="Wait until the hour is over, or call them.",
            kind="conflict",
        )
