"""Amend: a change document from the buying system becomes the next revision, which then is approved and planned like
any other order that comes in."""

from orderwire.document.order import Order as Document
from orderwire.document.order_change import DoesNotFit, OrderChange, applied
from orderwire.flow import NotYet, Refused, create
from orderwire.flow.create import Created
from orderwire.formats import Approval as Claim
from orderwire.records import Message, Order, Revision


def amend(
    change: OrderChange, *, source: str, actor: str, approval: Claim | None = None, message: Message | None = None
) -> Created:
    """Apply the change to the revision before the one that it makes. Raises Refused, naming the line that does not fit.

    A change that names no revision follows the newest one; one that changes nothing is a duplicate.
    """
    base = _base(change)
    if change.revision is None and _made(change, base):
        return Created(base.order_id, base.order.number, base.number, base.order.state, "duplicate")
    before = Document.model_validate_json(bytes(base.content))
    if change.test != before.test:
        kinds = ("test", "real") if change.test else ("real", "test")
        raise Refused(f"A {kinds[0]} change cannot change the {kinds[1]} order {base.order.number}.", kind="conflict")
    try:
        after = applied(change, before)
    except DoesNotFit as failure:
        raise Refused(
            f"The change does not fit version {base.number} of order {base.order.number}: {failure}",
            remedy="Correct the change, or send the whole order again.",
            kind="conflict",
        ) from failure
    if change.revision is None and after.model_copy(update={"revision": before.revision}) == before:
        return Created(base.order_id, base.order.number, base.number, base.order.state, "duplicate")
    return create.create(after, source=source, actor=actor, approval=approval, message=message)


def _made(change: OrderChange, newest: Revision) -> bool:
    """Whether the newest version is what this very change made of the one before: then it came again."""
    earlier = newest.order.revisions.filter(number__lt=newest.number).order_by("-number").first()
    if earlier is None:
        return False
    before, after = (Document.model_validate_json(bytes(row.content)) for row in (earlier, newest))
    if change.test != before.test:
        return False
    try:
        return applied(change, before).model_copy(update={"revision": after.revision}) == after
    except DoesNotFit:
        return False


def _base(change: OrderChange) -> Revision:
    """The revision that the change is made on."""
    name = create.kept_as(change.order_number, change.release_number)
    order = Order.objects.filter(number=name).first()
    if order is None:
        text = f"Order {name} is not known here, so nothing can be changed."
        raise NotYet(text, number=name, remedy="Send the order first.")
    wanted = order.revision if change.revision is None else change.revision - 1
    revision = order.revisions.filter(number=wanted).select_related("order").first()
    if revision is None:
        text = f"The change makes version {change.revision} of order {name}, but version {wanted} is not here."
        if not wanted:
            raise Refused(text, remedy="Number it 2 or later.", kind="conflict")
        raise NotYet(text, number=name, remedy=f"Send version {wanted} first, or the whole order.")
    return revision
