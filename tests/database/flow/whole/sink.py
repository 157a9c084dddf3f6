"""A partner in memory: he writes down which documents reach him, and complains where one should not have left."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from orderwire import channels, plugins
from orderwire.channels import File, Parcel, Proof, Receipt, Refused, Unavailable, Unknown
from orderwire.document.canonical import fingerprint
from orderwire.document.order import Order as Document
from orderwire.records import Approval, Order, Revision

OUTCOMES = ("ok", "delivered", "refused", "unavailable", "unknown_arrived", "unknown_lost", "death_before",
            "death_after")  # fmt: skip
ARRIVES = ("ok", "delivered", "unknown_arrived", "death_after")


class Killed(BaseException):
    """The worker is gone: nothing of it runs any more, as after kill -9."""


@dataclass(frozen=True)
class Had:
    """One document that reached a partner, or may have: `kind` is order, order_change or cancellation."""

    number: str
    kind: str
    version: int
    address: str
    arrived: bool


@dataclass
class Sink:
    """Stands in for the channel `folder`. `script` is what becomes of the next parcels, then ok."""

    resendable: bool = True
    script: list[str] = field(default_factory=list)
    meanwhile: Callable[[], None] | None = None
    journal: list[Had] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    kind: str = "folder"
    label: str = "Sink"
    version: str = "1"
    config_model: Any = None
    for_people: bool = False
    receives: bool = False
    batch: int = 5
    retry: tuple[int, ...] = (0, 0, 0)
    address: str = ""

    def __post_init__(self) -> None:
        self.config_model = plugins.channel("folder").config_model

    def timeout(self, config: Any) -> float:
        return 1

    @contextmanager
    def open(self, config: Any) -> Iterator[channels.Session]:
        self.address = str(config.out)
        yield self

    def send(self, parcel: Parcel) -> Receipt:
        what = _what(parcel.files)
        self.wrong += _should_not_leave(what, parcel.files)
        outcome = self.script.pop(0) if self.script else "ok"
        self.journal.append(Had(*what, self.address, outcome in ARRIVES))
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            act()
        match outcome:
            case "refused":
                raise Refused("No such mailbox.")
            case "unavailable":
                raise Unavailable("Come back later.")
            case "unknown_arrived" | "unknown_lost":
                raise Unknown("The line broke.")
            case "death_before" | "death_after":
                raise Killed
        return Receipt(Proof.DELIVERED if outcome == "delivered" else Proof.HANDED_OVER, "taken")


def _document(files: Sequence[File]) -> tuple[str, dict[str, Any]]:
    found = json.loads(files[0].content)
    kind = found["schema"].split("/")[1]
    return kind, found[kind]


def _what(files: Sequence[File]) -> tuple[str, str, int]:
    kind, content = _document(files)
    return content.get("order_number") or content["number"], kind, content.get("revision", 1)


def _should_not_leave(what: tuple[str, str, int], files: Sequence[File]) -> Iterator[str]:
    """Only the newest version leaves, exactly as it was approved, while the order is approved."""
    number, kind, version = what
    order = Order.objects.get(number=number)
    if kind == "cancellation":
        if order.state not in ("cancelling", "cancelled"):
            yield f"a cancellation leaves while order {number} is {order.state}"
        return
    if order.state != "approved":
        yield f"version {version} leaves while order {number} is {order.state}"
    if order.revision != version:
        yield f"version {version} leaves though version {order.revision} is here"
    revision = Revision.objects.get(order=order, number=version)
    if not Approval.objects.filter(revision=revision, revision_sha256=revision.sha256, decision="granted").exists():
        yield f"version {version} leaves without an approval"
    if kind == "order":
        _, content = _document(files)
        known = Document.model_fields.keys()
        if fingerprint(Document.model_validate({k: v for k, v in content.items() if k in known})) != revision.sha256:
            yield f"version {version} leaves with other content than was approved"
