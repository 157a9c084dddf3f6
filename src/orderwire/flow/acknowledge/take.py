"""Take in one answer: find its order and version, say what it changes, and close the loop or ask the buyer."""

from typing import Any

from django.db import transaction

from orderwire.document.response import Response
from orderwire.document.states import CANCELLATION_WAITS
from orderwire.flow import cancel
from orderwire.flow.acknowledge.came import Came
from orderwire.flow.acknowledge.keep import content_of, fits, repeated, same_as_before
from orderwire.flow.acknowledge.match import NoMatch, of_cancellation, order_for, revision_for
from orderwire.flow.acknowledge.meaning import digest
from orderwire.ledger.append import append
from orderwire.ledger.events import AnswerDuplicate, AnswerReceived, AnswerUnmatched
from orderwire.records import AnswerLink, Message, Order, Partner
from orderwire.records import Response as Row


def take(
    response: Response,
    *,
    supplier: Partner | None,
    source: str,
    actor: str,
    message: Message | None = None,
    link: AnswerLink | None = None,
    adds: bool | None = None,
    means: str = "",
    note: str = "",
    again: Row | None = None,
) -> Row:
    """Keep the answer of `supplier` (None: the sender is not known) and do what it means.

    `means`: the buyer recorded it, and heard of it so; without `supplier` it is the word of the order's supplier.
    `adds`: to earlier answers, instead of replacing them; None: as the profile of the endpoint that brought it says.
    `again` is the row of an answer that fitted nothing, or whose version was not on its way yet: it is judged anew.
    Returns the answer as kept; for a repeated one, the first. What fits no order is kept as unmatched; nothing here
    raises for the content of an answer, and nothing changes what was ordered. Serialized by a lock on the order.
    """
    came = Came(source, actor, message, link, means or (again.means if again else ""), note, again)
    with transaction.atomic():
        try:
            found = order_for(response, supplier=supplier, link=link, on_behalf=bool(came.means))
            order = Order.objects.select_for_update().get(pk=found.pk)  # as whoever decides will lock it
            if again is not None and same_as_before(again):
                return again
            if of_cancellation(order, response):
                return _cancellation(order, response, came)
            revision = revision_for(order, response, link=link)
        except NoMatch as failure:
            return _unmatched(response, supplier, str(failure), came)
        if adds is None:
            adds = _adds(message) or (again is not None and again.standing is not None)
        return fits(response, order, revision, adds, came)


def _adds(message: Message | None) -> bool:
    if message is None or message.endpoint is None:
        return False
    profile: dict[str, Any] = message.endpoint.current.profile.get(message.format, {})
    return profile.get("answers") == "add"


def _unmatched(response: Response, supplier: Partner | None, problem: str, came: Came) -> Row:
    if came.again is not None:
        came.again.problem = problem
        came.again.save(update_fields=["problem"])
        return came.again
    content = content_of(response)
    sha256 = digest({"supplier": supplier.pk if supplier else None, **content})
    earlier = Row.objects.filter(state=Row.State.UNMATCHED, meaning_sha256=sha256).first()
    if earlier is not None:
        append(AnswerDuplicate(source=came.source), actor=came.actor, subjects=came.subjects(response=earlier.pk))
        return earlier
    row = came.keep(
        supplier=supplier,
        content=content,
        meaning_sha256=sha256,
        status=response.status.value,
        state=Row.State.UNMATCHED,
        problem=problem,
    )
    append(AnswerUnmatched(reason=problem), actor=came.actor, subjects=came.subjects(response=row.pk))
    return row


def _cancellation(order: Order, response: Response, came: Came) -> Row:
    """An answer to a withdrawal is none to the order. Raises NoMatch where none was asked for."""
    asked = cancel.meant(order, response)
    if asked is None:
        text = f"{order.supplier_name} answers a cancellation of order {order.number}, and none was asked for."
        raise NoMatch(text)
    response = response.model_copy(update={"answers": "cancellation"})  # EDIFACT only names the change that it was
    kept = {"number", "code", "answered", "supplier", "supplier_order_number", "contact", "revision"}
    said = response.model_dump(mode="json", exclude_defaults=True, exclude=kept)
    sha256 = digest({"cancellation": asked.number, **said})
    earlier = asked.response
    if earlier is not None and earlier.meaning_sha256 == sha256 and asked.state not in CANCELLATION_WAITS:
        return repeated(earlier, order, came)
    row = came.keep(
        order=order,
        revision=asked.revision,
        supplier=order.supplier,
        content=content_of(response),
        meaning_sha256=sha256,
        status=response.status.value,
        state=Row.State.DECIDED,
        problem="",
    )
    current = asked.revision.number == order.revision
    received = AnswerReceived(status=response.status.value, source=came.source, current=current, means=came.means)
    about = came.subjects(revision=asked.revision_id, response=row.pk)
    append(received, actor=came.actor, order=order, subjects=about)
    cancel.answered(order, response, row)
    return row
