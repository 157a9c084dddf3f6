"""Ways on which a person may send something instead: the rest of the ladder, then what else the recipient has in use.
Each was confirmed by two people; no way that only one of them knows is ever offered."""

from orderwire.flow.fallback import chain
from orderwire.records import Delivery, Endpoint


def ways(delivery: Delivery) -> list[tuple[Endpoint, int]]:
    """Endpoints with the version that would be used, the best first; none where it goes another way already."""
    if delivery.leg is None or any(other.state in chain.LIVE for other in chain.others(delivery)):
        return []
    first = chain.next_way(delivery)
    tried = [delivery.endpoint_id, *(other.endpoint_id for other in chain.others(delivery))]
    usable = Endpoint.objects.filter(active=True, gone=False, partner=delivery.leg.recipient_id, partner__active=True)
    rest = usable.exclude(pk__in=tried).order_by("rank", "pk")
    found = [first] if first is not None else []
    return [*found, *((each, each.version) for each in rest if first is None or each.pk != first[0].pk)]
