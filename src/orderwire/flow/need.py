"""Needs: quantities that a supplier does not deliver wait in a pool until somebody orders them from another one, or
nobody needs them any more."""

import itertools
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.order import Line
from orderwire.document.order import Order as Document
from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.document.states import OrderState
from orderwire.document.terms import Reference
from orderwire.flow import Refused, create
from orderwire.flow.create import Created
from orderwire.ledger.append import append
from orderwire.ledger.events import NeedClosed, NeedOrdered
from orderwire.records import Cancellation, Need, Order, Partner

LONGEST = 35
"""Characters that an order number may have."""

_FAILED = (OrderState.REFUSED, OrderState.CANCELLED)
"""States of an order that covers nothing: its need is to be ordered again."""


_KEPT = (
    Exists(Cancellation.objects.filter(order=OuterRef("order"), code="elsewhere"))
    & Q(revision__number=F("order__revision"))
    & ~Q(order__state__in=(OrderState.CANCELLING, OrderState.CANCELLED))
)
"""All of an order was to come from elsewhere, but its cancellation was withdrawn or refused: its supplier delivers."""


def uncovered() -> QuerySet[Need]:
    """The needs that nothing covers: open ones, and those whose order was refused or cancelled."""
    open_ones = Q(state=Need.State.OPEN) | Q(state=Need.State.ORDERED, ordered__state__in=_FAILED)
    return Need.objects.filter(open_ones).exclude(_KEPT)


def waiting() -> list[Need]:
    """What nothing covers, the oldest first."""
    found = uncovered().select_related("order", "order__supplier", "revision", "ordered")
    return list(found.order_by("opened_at", "pk"))


def others() -> list[Partner]:
    """Every supplier who can be sent an order, by name."""
    found = Partner.objects.filter(role=Partner.Role.SUPPLIER, active=True, endpoints__active=True)
    return list(found.distinct().order_by("name", "pk"))


def ranked(need: Need, suppliers: Iterable[Partner]) -> list[Partner]:
    """These without the one who does not deliver it, those for the line's category first."""
    line = Line.model_validate(need.content)
    found = [partner for partner in suppliers if partner.pk != need.order.supplier_id]
    return sorted(found, key=lambda partner: line.category not in partner.categories)


def next_number(number: str) -> str:
    """The first number that is free for an order that covers a part of this one: 4711-A, 4711-B …"""
    letters = (chr(ord("A") + n) for n in range(26))
    for ending in itertools.chain(letters, map(str, itertools.count(27))):
        found = f"{number[: LONGEST - 1 - len(ending)]}-{ending}"
        if not Order.objects.filter(number=found).exists():
            return found
    raise AssertionError("there is always one more number")


def order_from(
    need_id: int, *, supplier_id: int, actor: str, number: str | None = None, price: Decimal | None = None
) -> Created:
    """Order the quantity from another supplier: a new order with a reference to the first one, which is approved and
    sent like any other.

    `number` is the order's own (None: the next free one after the first order's), `price` is for the line's price
    basis (None: as before). Raises Refused: covered or closed already, the first order in force again, the same
    supplier, a number that is taken.
    """
    with transaction.atomic():
        need = _open(need_id)
        if Need.objects.filter(_KEPT, pk=need.pk).exists():
            reason = f"{need.order.supplier_name} delivers it after all: order {need.order.number} was not cancelled."
            raise Refused(reason, remedy="Close the need, or cancel that order first.", kind="conflict")
        partner = Partner.objects.filter(pk=supplier_id, role=Partner.Role.SUPPLIER).first()
        if partner is None or not partner.active:
            raise Refused("There is no such supplier that gets orders.", remedy="Choose another one.", kind="not_found")
        if partner.pk == need.order.supplier_id:
            reason = f"{partner.name} does not deliver it."
            raise Refused(reason, remedy="Choose another supplier, or make a new version of his order.")
        name = number or next_number(need.order.number.partition("/")[0])
        made = create.create(_document(need, partner, name, price), source="here", actor=actor)
        if made.outcome != "created":
            reason = f"There is an order {made.number} already."
            raise Refused(reason, remedy="Choose another number.", kind="conflict")
        need.state, need.ordered_id = Need.State.ORDERED, made.order_id
        need.save(update_fields=["state", "ordered"])
        append(NeedOrdered(order=made.number), actor=actor, order=need.order, subjects={"need": need.pk})
        return made


def close(need_id: int, *, actor: str, reason: str) -> Need:
    """Nobody needs it any more. Raises Refused without a reason, or where it is ordered or closed already."""
    if not reason.strip():
        raise Refused("Closing a need wants a reason.", remedy="Say why nobody needs it.")
    with transaction.atomic():
        need = _open(need_id)
        need.state, need.closed_by, need.closed_at = Need.State.CLOSED, actor, timezone.now()
        need.save(update_fields=["state", "closed_by", "closed_at"])
        append(NeedClosed(reason=reason), actor=actor, order=need.order, subjects={"need": need.pk})
        return need


def _open(need_id: int) -> Need:
    """The need, its order locked. One whose new order was refused or cancelled is open again."""
    known = Need.objects.filter(pk=need_id).values_list("order_id", flat=True).first()
    if known is None:
        raise Refused("There is no such need.", kind="not_found")
    Order.objects.select_for_update().get(pk=known)
    need = Need.objects.select_related("order", "revision", "ordered").get(pk=need_id)
    if need.state == Need.State.CLOSED:
        raise Refused("Nobody needs it any more.", remedy="Order it as a new order.", kind="conflict")
    if need.ordered is not None and need.ordered.state not in _FAILED:
        raise Refused(f"It is ordered already, as {need.ordered.number}.", kind="conflict")
    return need


def _document(need: Need, partner: Partner, number: str, price: Decimal | None) -> Document:
    """The new order: what the first one says of the goods and of where they go, nothing that was agreed with its
    supplier. Raises Refused for a number or a price that no order can have."""
    first = Document.model_validate_json(bytes(need.revision.content))
    line = Line.model_validate(need.content)
    ours = {"supplier_part": None, "allowances_charges": (), "references": (), "price": line.price}
    try:
        return Document(
            number=number,
            issued=timezone.now().date(),
            currency=first.currency,
            buyer=first.buyer,
            supplier=_party(partner),
            ship_to=first.ship_to,
            bill_to=first.bill_to,
            incoterm=first.incoterm,
            references=(Reference(kind="other", number=need.order.number, line=line.number, code="ON"),),
            test=first.test,
            lines=(Line.model_validate(dict(line) | ours | ({} if price is None else {"price": price})),),
        )
    except ValidationError as failure:
        found = from_validation(failure)[0]
        raise Refused(f"{found.where}: {found.text}", remedy="Correct the number or the price.") from failure


def _party(partner: Partner) -> Party:
    """The supplier as his orders name him: under our own number for him."""
    contact = partner.contact_name or partner.contact_email
    return Party(
        name=partner.name,
        identifiers=(
            Identifier(scheme="buyer", value=partner.number),
            *(Identifier(scheme=i.scheme, value=i.value) for i in partner.identifiers.all()),
        ),
        address=Address(country=partner.country) if partner.country else None,
        contact=Contact(name=partner.contact_name or None, email=partner.contact_email or None) if contact else None,
    )
