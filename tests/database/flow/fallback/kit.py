"""A supplier with several ways to him, each of which does what the test says, and writes down what reached it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from orderwire import channels, plugins
from orderwire.channels import Gone, Parcel, Proof, Receipt, Refused, Unavailable, Unknown
from orderwire.document.finding import Finding
from orderwire.document.states import DeliveryState
from orderwire.flow import evidence
from orderwire.records import Delivery, Endpoint, EndpointVersion, Order, Partner
from tests.database import factories

FAULTS = {"refused": Refused("The address is not known."), "gone": Gone("It is switched off for good."),
          "later": Unavailable("Try later."), "unknown": Unknown("The connection broke.")}  # fmt: skip


class Killed(BaseException):
    """The worker is gone, as after kill -9."""


@dataclass
class Ways:
    """All channels of the test: `said` is what each way does next, by its name; "ok" once that is used up."""

    said: dict[str, list[str]] = field(default_factory=dict)
    has: list[tuple[str, str, bool]] = field(default_factory=list)
    resendable: bool = False
    proof: Proof = Proof.HANDED_OVER
    kind: str = "folder"
    label: str = "Folder"
    version: str = "1"
    for_people: bool = False
    receives: bool = False
    batch: int = 20
    retry: tuple[int, ...] = (0,)
    config_model: Any = None
    at: str = ""

    def __post_init__(self) -> None:
        self.config_model = plugins.channel("folder").config_model

    def timeout(self, config: Any) -> float:
        return 1

    @contextmanager
    def open(self, config: Any) -> Iterator[channels.Session]:
        self.at = Path(config.out).name
        yield self

    def send(self, parcel: Parcel) -> Receipt:
        said = self.said.get(self.at, [])
        outcome = said.pop(0) if said else "ok"
        if outcome == "death_before":
            raise Killed
        if outcome in ("refused", "gone", "later"):
            raise FAULTS[outcome]
        cancels = "" if b"orderwire/order/" in parcel.files[0].content else "cancel "
        if outcome != "lost":
            self.has.append((self.at, f"{cancels}{parcel.reference}", parcel.duplicate))
        if outcome == "death_after":
            raise Killed
        if outcome in ("unknown", "lost"):
            raise FAULTS["unknown"]
        return Receipt(self.proof, "taken")


def ways(folder: Path, *names: str, partner: Partner | None = None, **version: Any) -> list[Endpoint]:
    """Endpoints of one supplier, the best first; the first has what `version` says."""
    partner = partner or factories.supplier()
    made = []
    for rank, name in enumerate(names):
        endpoint = Endpoint.objects.create(partner=partner, name=name, rank=rank)
        config = {"out": str(folder / name)}
        more = version if rank == 0 else {}
        EndpointVersion.objects.create(
            endpoint=endpoint, number=1, channel="folder", format="order_json", config=config, **more
        )
        made.append(endpoint)
    return made


def trips(order: Order) -> list[tuple[str, str]]:
    """The order's deliveries, the oldest first: where to, and what became of each."""
    rows = Delivery.objects.filter(order=order).select_related("endpoint").order_by("pk")
    return [(row.endpoint.name, row.state) for row in rows]


def came_back(delivery: Delivery, words: str = "It came back.") -> list[Finding]:
    """The partner's side says no to what it was handed."""
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=delivery.order_id)
        return list(evidence.disprove(delivery, order, words))


def proven(delivery: Delivery, state: str = "delivered", external_id: str = "late") -> None:
    """A proof of receipt comes."""
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=delivery.order_id)
        evidence.prove(
            delivery,
            order=order,
            state=DeliveryState[state.upper()],
            kind="delivered",
            external_id=external_id,
            text="In their mailbox.",
            actor="system:worker",
        )
