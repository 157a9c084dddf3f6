"""Which version the supplier holds, in words: one sentence, how well it is proven, and what to look at."""

from collections.abc import Iterable
from dataclasses import dataclass

from orderwire.document.holding import PROVEN, Doubt, Holding
from orderwire.document.states import DeliveryState, OrderState
from orderwire.flow.holding import holdings
from orderwire.records import Order
from orderwire.tracking.words import short


@dataclass(frozen=True)
class Held:
    """A sentence in three parts, of which `strong` is emphasized; `bars` of proof, 0 to 4; `warn` where it needs a
    look; `notes` are the other things to look at, as sentences."""

    before: str
    strong: str
    after: str
    bars: int
    warn: bool
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.before}{self.strong}{self.after}"


_SAID = (Doubt.OLDER_THAN_CURRENT, Doubt.NEWER_IN_DOUBT)
"""What the sentence itself says."""


def held(
    found: Holding,
    supplier_name: str,
    *,
    state: OrderState = OrderState.APPROVED,
    delivery: DeliveryState | None = None,
) -> Held | None:
    """What the evidence says that the supplier has; None before anything may have left, and nothing needs a look.

    `state` is the order's, `delivery` that of the newest version to him: why a newer version is not with him.
    """
    who, newest = short(supplier_name), found.newest
    notes = tuple(w.text for w in found.warnings if w.kind not in _SAID)
    level, warn = found.proof_level, bool(found.warnings)
    if found.version is None:
        if found.possibly:
            return Held(f"{who} may hold ", f"version {found.possibly}", "; nothing proves it", level, warn, notes)
        return Held(f"{who} holds ", "no version", " that is proven", level, warn, notes) if notes else None
    version = f"version {found.version}"
    if not found.current:
        fates = [f"version {found.possibly} is not proven"] if found.possibly else []
        if found.possibly != newest:
            fates.append(f"version {newest} {_unsent(state, delivery)}")
        return Held(f"{who} holds ", version, f"; {', '.join(fates)}", level, warn, notes)
    last = "the newest" if newest > 1 else "the only one"
    if level < PROVEN:
        return Held("", version.capitalize(), f", {last}, is handed over; receipt not proven", level, warn, notes)
    return Held(f"{who} holds ", version, f", {last}", level, warn, notes)


def _unsent(state: OrderState, delivery: DeliveryState | None) -> str:
    """Why nothing of the newest version can be with him."""
    match state:
        case OrderState.PENDING_APPROVAL:
            return "waits for approval and is not sent"
        case OrderState.DRAFT:
            return "is a draft and is not sent"
        case OrderState.REFUSED:
            return "was not approved and is not sent"
        case OrderState.CANCELLING | OrderState.CANCELLED | OrderState.CLOSED:
            return "was not sent"
        case _:
            return "was not delivered" if delivery is DeliveryState.FAILED else "is not sent yet"


def in_short(orders: Iterable[Order]) -> dict[int, str]:
    """For rows of a list, where a newer version than the one that is held is not proven: "holds 1 of 2", by order.

    Only orders that have several versions are looked at, all of them together.
    """
    found = holdings(order for order in orders if order.revision > 1)
    return {pk: f"holds {h.version} of {h.newest}" for pk, h in found.items() if h.version and not h.current}
