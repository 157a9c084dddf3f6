"""What a cancellation writes down: its words, the ledger's subjects, the state of its order."""

from django.utils import timezone
from pydantic import TypeAdapter, ValidationError

from orderwire.document.base import Text
from orderwire.document.cancellation import REASONS
from orderwire.document.states import OrderState
from orderwire.flow import Refused
from orderwire.flow.cancel import travel
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.ledger.entry import Subject
from orderwire.records import Cancellation, Order

_WORDS: TypeAdapter[str] = TypeAdapter(Text)


def words(row: Cancellation) -> str:
    """Why, in words."""
    return f"{REASONS.get(row.code, row.code)}{f': {row.reason}' if row.reason else ''}"


def readable(text: str) -> str:
    """What a person wrote, as documents carry it; empty where nothing is written. Raises Refused."""
    try:
        return _WORDS.validate_python(text.strip()) if text.strip() else ""
    except ValidationError as failure:
        reason = "These words are too long, or have characters that no document can carry."
        raise Refused(reason, remedy="Write at most 4,000 letters, without control characters.") from failure


def about(row: Cancellation) -> dict[Subject, str | int]:
    """The ledger's subjects of a cancellation."""
    return {"revision": row.revision_id, "cancellation": row.pk}


def whole(order: Order) -> Cancellation | None:
    """The newest cancellation of the whole order."""
    found = Cancellation.objects.filter(order=order, scope=Cancellation.Scope.ORDER)
    return found.order_by("-number").first()


def ended(order: Order, why: str, *, actor: str) -> None:
    """The order is cancelled: nothing is owed or awaited any more. The caller holds the lock and wrote its event."""
    order.state, order.reason = OrderState.CANCELLED, why
    travel.clocks_stop(order)
    append(events.OrderCancelled(reason=why), actor=actor, order=order)
    told(order, f"Cancelled: {why}")


def told(order: Order, headline: str) -> None:
    """Save the state of the order with its latest event in words."""
    order.changed_at, order.last_event = timezone.now(), headline[:200]
    order.save(update_fields=["state", "reason", "changed_at", "last_event"])
