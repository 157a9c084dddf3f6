"""Of which deliveries bytes left, or may have left: what may have left counts as left until the contrary is known."""

from django.db.models import Exists, OuterRef, Q

from orderwire.document.states import DeliveryState
from orderwire.records import Attempt

_AT_THEIRS = (
    DeliveryState.IN_DOUBT,
    DeliveryState.ACCEPTED,
    DeliveryState.DELIVERED,
    DeliveryState.OPENED,
    DeliveryState.ANSWERED,
)
_TRIED = Attempt.objects.filter(
    Q(outcome__in=[Attempt.Outcome.ACCEPTED, Attempt.Outcome.UNKNOWN]) | Q(outcome=None),
    delivery=OuterRef("pk"),
    started_at__isnull=False,
)
LEFT = (
    Q(state__in=[state.value for state in _AT_THEIRS])
    | Q(accepted_at__isnull=False)
    | Q(proven_at__isnull=False)
    | Exists(_TRIED)
)
"""Deliveries of which bytes left, or may have left: a try that began counts until it is known how it ended."""

REST_OF = "rest_of"
"""In `Delivery.says`: the delivery whose other addresses have it already, while this one goes to the rest of them."""
