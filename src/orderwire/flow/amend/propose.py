"""Propose: a person, or a decision made here, gives an order its next version, on top of any version that it had.

Nothing is cancelled for it: the supplier gets the change from the version that he holds, under the order's own number.
"""

from django.db import transaction

from orderwire.document.order import Order as Document
from orderwire.document.states import OrderState
from orderwire.flow import Refused, create
from orderwire.flow.approve import Accepted
from orderwire.flow.create import Created, Proposed
from orderwire.records import Order, Response, Revision

NOT_NOW = {
    OrderState.DRAFT: "Complete it first.",
    OrderState.CANCELLING: "Wait for the supplier's answer, or withdraw the cancellation first.",
    OrderState.CANCELLED: "Create a new order.",
    OrderState.CLOSED: "Open it again first.",
}
"""What to do where an order takes no new version now."""

_SAME = {"number": "number", "release_number": "release number", "supplier": "supplier", "test": "test mark"}
"""Fields that tell an order from others, in words."""


def propose(
    order_id: int,
    document: Document,
    *,
    base: int,
    actor: str,
    reason: str,
    seen: int | None = None,
    decides: Response | None = None,
    accepted: Accepted = (),
) -> Created:
    """Make the next version, whose content is `document`: version `base` as it was edited.

    Its number is one more than the newest version's, whatever the document says. `seen` is the newest version that the
    person looked at; leave it out where the caller holds the order's lock. `decides` is the answer whose decision this
    version tells the supplier, `accepted` the differences (line, field) of it that the policy accepted. An order that a
    person put on hold stays on hold.

    What was not approved may be proposed again unchanged, with a better reason.

    Raises Refused: nothing changed, somebody else made a version meanwhile (conflict), the document is another order's,
    or the order takes no new version now.
    """
    if not reason.strip():
        raise Refused("A new version needs a reason.", remedy="Write one sentence for who approves it.")
    with transaction.atomic():
        order = _locked(order_id)
        newest = _version(order)
        if seen is not None and seen != newest.number:
            raise Refused(
                f"Order {order.number} has version {newest.number} by now, and you looked at version {seen}.",
                remedy=f"Look at version {newest.number}, then change that.",
                kind="conflict",
            )
        _same_order(document, _content(_version(order, base)))
        after = document.model_copy(update={"revision": newest.number + 1})
        if order.state != OrderState.REFUSED and after == _content(newest).model_copy(
            update={"revision": after.revision}
        ):
            raise Refused(
                f"Nothing changed: this is version {newest.number} as it stands.", remedy="Change something first."
            )
        return create.revise(
            order, after, source="here", actor=actor, proposed=Proposed(base, reason, decides, accepted)
        )


def take_back(order_id: int, to: int, *, actor: str, reason: str, seen: int | None = None) -> Created:
    """Make a version that says again what version `to` said, such as the one that the supplier kept to. Raises Refused
    as `propose` does."""
    with transaction.atomic():
        order = _locked(order_id)
        document = _content(_version(order, to))
        return propose(order.pk, document, base=to, actor=actor, reason=reason, seen=seen)


def _locked(order_id: int) -> Order:
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise Refused("There is no such order.", kind="not_found")
    state = OrderState(order.state)
    if state in NOT_NOW:
        reason = f"Order {order.number} is {state.label.lower()} and takes no new version."
        raise Refused(reason, remedy=NOT_NOW[state], kind="conflict")
    return order


def _version(order: Order, number: int | None = None) -> Revision:
    """This version, or the newest one: a version may be kept that is newer than the one in force."""
    found = order.revisions.order_by("-number")
    row = (found if number is None else found.filter(number=number)).first()
    if row is None:
        raise Refused(f"Order {order.number} has no version {number}.", kind="not_found")
    return row


def _content(revision: Revision) -> Document:
    return Document.model_validate_json(bytes(revision.content))


def _same_order(document: Document, base: Document) -> None:
    for name, words in _SAME.items():
        if _identity(document, name) != _identity(base, name):
            raise Refused(
                f"A new version keeps the order's {words}, and this one has another.",
                remedy="Create a new order for that.",
            )


def _identity(document: Document, name: str) -> object:
    """A supplier stays the same one when his address or contact changes."""
    if name == "supplier":
        return document.supplier.name, document.supplier.identifiers
    return getattr(document, name)
