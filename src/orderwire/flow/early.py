"""Early: a document that names an order, a version or a cancellation that is not here yet waits for it, and is used as
soon as that comes (`catch_up`). So the order in which things arrive does not matter."""

from django.db import transaction

from orderwire.flow import NotYet
from orderwire.ledger.append import append
from orderwire.ledger.events import MessageWaiting
from orderwire.records import Early, Message


def wait(message: Message, position: int, what: NotYet) -> None:
    """Let the document at this position of a kept message wait; once, however often the message is read."""
    with transaction.atomic():
        row, new = Early.objects.get_or_create(
            message=message, position=position, defaults={"number": what.number[:80], "why": what.reason}
        )
        if new:
            waiting = MessageWaiting(order=row.number, reason=what.reason)
            append(waiting, actor=message.actor, subjects={"message": message.pk})
