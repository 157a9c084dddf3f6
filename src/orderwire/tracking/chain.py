"""The way something took to its recipient when it went by several: "E-mail: failed, SFTP: handed over"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orderwire.document.states import DeliveryState
from orderwire.flow.fallback.chain import INSTEAD_OF
from orderwire.tracking.channels import channel_word
from orderwire.tracking.order import Trip


@dataclass(frozen=True)
class Step:
    """One way with what became of it; `why` it went on."""

    delivery: int
    channel: str
    endpoint: str
    state: DeliveryState
    why: str


def chains(trips: Iterable[Trip]) -> list[tuple[str, Sequence[Step]]]:
    """By recipient each chain of more than one way, the first way first."""
    known = {trip.delivery.pk: trip for trip in trips}
    replaced = {trip.delivery.says.get(INSTEAD_OF) for trip in known.values()}
    found: list[tuple[str, Sequence[Step]]] = []
    for trip in known.values():
        if trip.delivery.pk in replaced or INSTEAD_OF not in trip.delivery.says:
            continue
        steps: list[Step] = []
        at: Trip | None = trip
        while at is not None and len(steps) <= len(known):
            steps.append(_step(at))
            at = known.get(at.delivery.says.get(INSTEAD_OF, 0))
        found.append((f"{trip.to}, {trip.what}", steps[::-1]))
    return found


def _step(trip: Trip) -> Step:
    why = trip.delivery.reason if trip.state in (DeliveryState.WITHDRAWN, DeliveryState.FAILED) else ""
    return Step(trip.delivery.pk, channel_word(trip.channel), trip.delivery.endpoint.name, trip.state, why)
