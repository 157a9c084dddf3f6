"""Which record of an ERP an order is. A record is read again whenever it changes and has no version numbers as orders
have here: what it says decides whether that is a new version."""

from django.db import transaction

from orderwire import plugins
from orderwire.channels.erp import ErpChannel
from orderwire.document.order import Order as Document
from orderwire.flow import Refused, create
from orderwire.flow.create import Created
from orderwire.formats import Approval
from orderwire.records import Counterpart, Endpoint, EndpointVersion, Message, Order


def told(version: EndpointVersion) -> str:
    """In which form the orders that this endpoint brought are told back: as our JSON (order_json), as a table (csv); ""
    where they are not. An ERP's own channel always is, other endpoints where their profile says `status`."""
    if _erp(version):
        return "order_json"
    return next((kind for kind in ("order_json", "csv") if version.profile.get(kind, {}).get("status")), "")


def of_erp(message: Message) -> Endpoint | None:
    """The endpoint of the ERP whose record is in this message."""
    endpoint = message.endpoint
    return endpoint if endpoint is not None and message.parent_id and _erp(endpoint.current) else None


def _erp(version: EndpointVersion) -> bool:
    try:
        return isinstance(plugins.channel(version.channel), ErpChannel)
    except KeyError:  # a channel that is not installed any more
        return False


def take(
    content: Document, external_id: str, *, endpoint: Endpoint, message: Message, source: str, actor: str,
    approval: Approval | None,
) -> Created:  # fmt: skip
    """Create an order from a record, or its next version where the record says something new. Raises Refused."""
    number = create.number_of(content)
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(number=number).first()
        known = _known(endpoint, external_id, number, order)
        if order is not None:
            if known is not None and overtaken(known, message):
                return Created(order.pk, number, order.revision, order.state, "duplicate")
            content = _numbered(order, known, content)
        made = create.create(content, source=source, actor=actor, approval=approval, message=message)
        keep(made.order_id, external_id, endpoint=endpoint, message=message, revision=made.revision)
    return made


def keep(order_id: int, external_id: str, *, endpoint: Endpoint, message: Message, revision: int) -> None:
    """Remember the record of an order, and which message told of it."""
    Counterpart.objects.update_or_create(
        endpoint=endpoint,
        order_id=order_id,
        defaults={
            "external_id": external_id,
            "message": message.parent or message,
            "revision": revision,
            "stale": True,
        },
    )


def overtaken(known: Counterpart, message: Message) -> bool:
    """A later state of the record was used already: this one waited behind a crash."""
    return known.message_id is not None and known.message_id > (message.parent_id or message.pk)


def find(endpoint: Endpoint, external_id: str) -> Counterpart | None:
    """The order that a record is, if it ever was one here."""
    found = Counterpart.objects.select_related("order").filter(endpoint=endpoint, external_id=external_id)
    return found.first()


def _known(endpoint: Endpoint, external_id: str, number: str, order: Order | None) -> Counterpart | None:
    """The order's counterpart. Raises Refused where the ERP gave one number to two records."""
    known = find(endpoint, external_id)
    if known is not None and (order is None or known.order_id != order.pk):
        text = f"The record {external_id} was order {known.order.number} here and is now numbered {number}."
        raise Refused(text, remedy="Give it its number back, or make a new record.", kind="conflict")
    if order is not None:
        foreign = Counterpart.objects.exclude(endpoint__partner=endpoint.partner_id).filter(order=order).first()
        if foreign is not None:
            text = f"Order {number} came from {foreign.endpoint}, another system with numbers of its own."
            raise Refused(text, remedy="Give the orders of each system a prefix.", kind="conflict")
    if known is None and order is not None:
        other = Counterpart.objects.filter(endpoint=endpoint, order=order).first()
        if other is not None:
            text = f"Order {number} is the record {other.external_id} of this system, not {external_id}."
            raise Refused(text, remedy="Give the new record a number of its own.", kind="conflict")
    return known


def _numbered(order: Order, known: Counterpart | None, content: Document) -> Document:
    """The document with the number of the version that it repeats, or else with the next one.

    It is compared with the newest version and with what this record said last: what was changed here since, with the
    supplier, is not undone because somebody touched the record.
    """
    numbers = {order.revision, known.revision if known is not None and known.revision else order.revision}
    for revision in order.revisions.filter(number__in=numbers).order_by("-number"):
        numbered = content.model_copy(update={"revision": revision.number})
        if numbered == Document.model_validate_json(bytes(revision.content)):
            return numbered
    newest = order.revisions.order_by("-number").values_list("number", flat=True)[0]
    return content.model_copy(update={"revision": newest + 1})
