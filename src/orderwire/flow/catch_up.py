"""Catch up: what came too early is handed over again when something new is known of the order it speaks of."""

import datetime
import logging
from dataclasses import asdict
from typing import TypeVar

from django.db import transaction
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from orderwire.document.finding import error
from orderwire.document.response import Response
from orderwire.flow import DATABASE_AWAY, NotYet, Refused, acknowledge, receive
from orderwire.flow.hand_over import hand_over
from orderwire.ledger.append import append
from orderwire.ledger.events import MessageWaited
from orderwire.records import Early, Message, Order
from orderwire.records import Response as Answer

AT_ONCE = 200
PATIENCE = datetime.timedelta(days=30)
"""So long a document waits; then it stays what it is in the inbox: a matter for a person."""

OVERLAP = datetime.timedelta(seconds=30)
"""A change is dated before it is committed: what was tried meanwhile is tried again."""

Row = TypeVar("Row", Early, Answer)

logger = logging.getLogger(__name__)


def catch_up() -> int:
    """Try again whatever waits for an order of which something new is known; returns how many were used."""
    return sum(_document(row) for row in _due_documents()) + sum(_answer(row) for row in _due_answers())


def _due_documents() -> list[Early]:
    waiting = Early.objects.filter(used_at=None, since__gt=timezone.now() - PATIENCE)
    return list(_with_news(waiting, "number", "since").select_related("message__endpoint__partner")[:AT_ONCE])


def _due_answers() -> list[Answer]:
    """Answers that fitted nothing when they came, or whose version was not on its way yet."""
    fits_nothing = Q(state=Answer.State.UNMATCHED, decided_at=None)
    waiting = Answer.objects.filter(fits_nothing | Q(waits=True), received_at__gt=timezone.now() - PATIENCE)
    number = KT("content__order_number")
    full = Concat(number, Value("/"), KT("content__release_number"), output_field=TextField())
    release = When(content__has_key="release_number", then=full)
    named = waiting.annotate(names=Case(release, default=number, output_field=TextField()))
    return list(_with_news(named, "names", "received_at").select_related("supplier", "message", "link")[:AT_ONCE])


def _with_news(waiting: QuerySet[Row], number: str, since: str) -> QuerySet[Row]:
    changed = Order.objects.filter(number=OuterRef(number)).order_by("-changed_at").values("changed_at")[:1]
    known = waiting.annotate(news=Subquery(changed), tried=Coalesce(F("tried_at"), F(since)))
    return known.filter(news__gte=F("tried") - OVERLAP).order_by("pk")


def _document(row: Early) -> bool:
    message, now = row.message, timezone.now()
    result = receive.read(message)
    found = result.documents[row.position]
    told = dict(message.documents[row.position])
    try:
        if found.document is None:
            raise Refused("It cannot be read any more.", remedy="Report it with the message's number.")
        told |= hand_over(message, found, found.document, {})
    except NotYet as failure:
        Early.objects.filter(pk=row.pk).update(tried_at=now, number=failure.number[:80], why=failure.reason)
        return False
    except Refused as failure:
        told |= {"outcome": "refused", "findings": [asdict(error(failure.kind, row.number, str(failure)))]}
    except DATABASE_AWAY:
        raise
    except Exception:
        logger.exception("Message %s: a document that waited could not be processed", message.pk)
        Early.objects.filter(pk=row.pk).update(tried_at=now)
        return False
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message.pk)
        message.documents[row.position] = told
        message.state = receive.end(result, message.documents)
        message.save(update_fields=["documents", "state"])
        Early.objects.filter(pk=row.pk).update(used_at=now, tried_at=now)
        append(MessageWaited(order=row.number), actor="system:worker", subjects={"message": message.pk})
    return True


def _answer(row: Answer) -> bool:
    Answer.objects.filter(pk=row.pk).update(tried_at=timezone.now())
    try:
        took = acknowledge.take(
            Response.model_validate(row.content),
            supplier=row.supplier,
            source=row.source,
            actor=row.actor,
            message=row.message,
            link=row.link,
            means=row.means,
            note=row.note,
            again=row,
        )
    except DATABASE_AWAY:
        raise
    except Exception:
        logger.exception("Answer %s, which waited, could not be processed", row.pk)
        return False
    return took.state != Answer.State.UNMATCHED and not took.waits
