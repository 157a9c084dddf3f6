"""Everything that one order's page shows, loaded with a fixed number of queries."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from orderwire.document.order import Order as Document
from orderwire.document.states import AnswerState, CancellationState, DeliveryState
from orderwire.flow.holding import Holding, holding
from orderwire.records import (
    Approval,
    Attempt,
    Cancellation,
    Delivery,
    DeliveryRecipient,
    EndpointVersion,
    Event,
    Letter,
    Order,
    Plan,
    Receipt,
    Response,
    Revision,
    Timer,
)
from orderwire.tracking.channels import channel_word, format_word, taken_word

PROOF = {
    DeliveryState.ACCEPTED: 2,
    DeliveryState.DELIVERED: 3,
    DeliveryState.OPENED: 4,
    DeliveryState.ANSWERED: 4,
    DeliveryState.IN_DOUBT: 1,
}
"""How many proof bars a state earns: 1 sent, 2 handed over, 3 receipt proven, 4 seen or answered."""

_WORDS = {0: "nothing yet", 1: "sent, no word from them", 2: "handed over", 3: "receipt proven",
          4: "seen or answered"}  # fmt: skip
EVIDENCE = {
    "sent": (1, "sent"),
    "handed_over": (2, "handed over"),
    "delivered": (3, "delivery proven"),
    "functional_ack": (3, "functional acknowledgment"),
    "application_advice": (3, "taken in by their application"),
    "opened": (4, "opened by a person"),
    "answer": (4, "their answer"),
    "bounced": (1, "it came back"),
    "delayed": (1, "it is late"),
    "complaint": (1, "a reader complained"),
}
"""What a receipt of each kind proves, in bars and words."""

LETTERS = 100
"""Letters from people that an order's page shows, the newest."""

WAITS = (CancellationState.ASKED, CancellationState.OVERDUE)
"""States of a cancellation that waits for the supplier's word."""


def their_zone(order: Order) -> str:
    """The time zone of the order's supplier, in which what he owes is due."""
    return order.supplier.time_zone if order.supplier else "UTC"


@dataclass(frozen=True)
class Trip:
    """One delivery with its tries and proofs. `version` is the endpoint's as it was planned; `recipients` are the
    addresses of a mail, where it has several or one had trouble."""

    delivery: Delivery
    version: EndpointVersion | None
    attempts: Sequence[Attempt]
    receipts: Sequence[Receipt]
    recipients: Sequence[DeliveryRecipient] = ()

    @property
    def state(self) -> DeliveryState:
        """The delivery's state."""
        return DeliveryState(self.delivery.state)

    @property
    def channel(self) -> str:
        """The kind of channel."""
        return self.version.channel if self.version else ""

    @property
    def carries(self) -> str:
        """Channel and formats in words: "E-mail · PDF, X12"."""
        if self.version is None:
            return ""
        formats = ", ".join(format_word(kind) for kind in [self.version.format, *self.version.also])
        return f"{channel_word(self.version.channel)} · {formats}"

    @property
    def what(self) -> str:
        """What it carries: "version 2", "version 1, copy", "the cancellation", "a reminder", or the status of the
        order for the ERP that it came from."""
        if self.delivery.kind == Delivery.Kind.CANCELLATION:
            return "the cancellation"
        if self.delivery.kind == Delivery.Kind.NOTICE:
            return "a reminder"
        if self.delivery.kind == Delivery.Kind.STATUS:
            return "how the order stands"
        version = f"version {self.delivery.revision.number}" if self.delivery.revision else ""
        return version if self.original or not version else f"{version}, copy"

    @property
    def original(self) -> bool:
        """True for a version on its way to the supplier, also where it went once more since; False for a copy."""
        leg, order = self.delivery.leg, self.delivery.order
        if leg is None or order is None or self.delivery.kind != Delivery.Kind.ORDER:
            return False
        return leg.recipient_id == order.supplier_id and leg.purpose == "order"

    @property
    def to(self) -> str:
        """Who receives."""
        leg = self.delivery.leg
        partner = leg.recipient if leg else self.delivery.endpoint.partner
        return partner.name

    @property
    def proof(self) -> tuple[int, str]:
        """Bars and the word of the strongest evidence; never more than the state itself proves."""
        level = PROOF.get(self.state, 0)
        known = [EVIDENCE[r.kind] for r in self.receipts if r.kind in EVIDENCE]
        best = max((e for e in known if e[0] <= max(level, 1)), default=None)
        if level == 0 and best is None:
            return 0, _WORDS[0]
        bars, words = max((level, _WORDS[level]), best or (0, ""), key=lambda e: (e[0], e == best))
        return bars, taken_word(self.channel) if bars == 2 else words

    @property
    def held_by(self) -> bool:
        """True when evidence says that the recipient's side has it."""
        return self.state in (
            DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED
        )  # fmt: skip


@dataclass
class OrderView:
    """The order with its versions (newest first), trips (supplier's first), answers (newest first) and clocks.

    `requested` is the newest call for approval, with how many persons are needed and by which limits;
    `cancellations` and `letters` are newest first.
    """

    order: Order
    revisions: list[Revision]
    plans: list[Plan]
    trips: list[Trip]
    answers: list[Response]
    approvals: list[Approval]
    timers: list[Timer]
    holding: Holding
    requested: Event | None = None
    cancellations: list[Cancellation] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    documents: dict[int, Document] = field(default_factory=dict, repr=False)

    @cached_property
    def revision(self) -> Revision:
        """The current version."""
        return next(r for r in self.revisions if r.number == self.order.revision)

    @cached_property
    def document(self) -> Document:
        """The content of the current version."""
        return self.content(self.revision)

    def content(self, revision: Revision) -> Document:
        """The content of a version."""
        if revision.pk not in self.documents:
            self.documents[revision.pk] = Document.model_validate_json(bytes(revision.content))
        return self.documents[revision.pk]

    @cached_property
    def plan(self) -> Plan | None:
        """The newest plan of the current version."""
        return next((p for p in self.plans if p.revision_id == self.revision.pk), None)

    @cached_property
    def current(self) -> list[Trip]:
        """Deliveries of the current version."""
        return [t for t in self.trips if t.delivery.revision_id == self.revision.pk]

    @cached_property
    def main(self) -> Trip | None:
        """The delivery to the supplier of the current version."""
        return next((t for t in self.current if t.delivery.primary), None)

    @cached_property
    def replies(self) -> list[Response]:
        """Answers to versions of the order; those to a cancellation are told with it."""
        return [a for a in self.answers if a.content.get("answers") != "cancellation"]

    @cached_property
    def agreed(self) -> bool:
        """True where the current version only says what the supplier answered and the buyer accepted."""
        return self.revision.decides_id is not None and self.order.answer_state == AnswerState.ACCEPTED

    @cached_property
    def answer(self) -> Response | None:
        """The newest answer to the current version that counts."""
        dead = (Response.State.SUPERSEDED, Response.State.OLD_VERSION)
        return next((a for a in self.replies if a.revision_id == self.revision.pk and a.state not in dead), None)

    @cached_property
    def cancellation(self) -> Cancellation | None:
        """The newest cancellation on which somebody still has to say something."""
        return next((c for c in self.cancellations if CancellationState(c.state).open), None)

    @cached_property
    def undecided(self) -> Cancellation | None:
        """The cancellation of the whole order that the supplier answered, and on which the buyer has the last word."""
        row = self.cancellation
        whole = row is not None and row.scope == Cancellation.Scope.ORDER
        return row if row is not None and whole and row.state not in WAITS else None

    @cached_property
    def approved_at(self) -> datetime.datetime | None:
        """When the current version's approval was complete."""
        granted = [a for a in self.approvals if a.revision_id == self.revision.pk and a.decision == "granted"]
        return max((a.approved_at for a in granted), default=None)


def load(pk: int) -> OrderView | None:
    """The order's page by its id, or None where there is none."""
    order = Order.objects.select_related("supplier").filter(pk=pk).first()
    if order is None:
        return None
    deliveries = list(_deliveries().filter(order=order).order_by("-revision__number", "-primary", "id"))
    return OrderView(
        order=order,
        revisions=list(order.revisions.order_by("-number")),
        plans=list(Plan.objects.filter(revision__order=order).select_related("rules").order_by("-id")),
        trips=trips(deliveries),
        answers=list(
            Response.objects.filter(order=order).select_related("revision", "message").order_by("-received_at", "-id")
        ),
        approvals=list(Approval.objects.filter(revision__order=order).select_related("user").order_by("recorded_at")),
        requested=order.events.filter(kind="approval.requested").order_by("-id").first(),
        cancellations=list(order.cancellations.order_by("-number")),
        letters=list(order.letters.order_by("-at")[:LETTERS]),
        holding=holding(order),
        timers=list(order.timers.filter(fired_at=None, stopped_at=None).order_by("due_at")),
    )


def load_trip(pk: int) -> Trip | None:
    """One delivery by its id."""
    return next(iter(trips(list(_deliveries().filter(pk=pk)))), None)


def trips(deliveries: list[Delivery]) -> list[Trip]:
    """Deliveries with the endpoint versions they were planned for. One query."""
    wanted = {(d.endpoint_id, d.endpoint_version) for d in deliveries}
    versions = {
        (v.endpoint_id, v.number): v
        for v in EndpointVersion.objects.filter(endpoint__in={endpoint for endpoint, _ in wanted})
    }
    return [
        Trip(
            d,
            versions.get((d.endpoint_id, d.endpoint_version)),
            list(d.attempts.all()),
            list(d.receipts.all()),
            _several(list(d.recipients.all())),
        )
        for d in deliveries
    ]


def _deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("endpoint__partner", "leg__recipient", "revision", "order").prefetch_related(
        Prefetch("attempts", Attempt.objects.order_by("number")),
        Prefetch("receipts", Receipt.objects.order_by("at")),
        Prefetch("recipients", DeliveryRecipient.objects.order_by("address")),
    )


def _several(found: list[DeliveryRecipient]) -> list[DeliveryRecipient]:
    """One address that took the mail says no more than the delivery itself."""
    fine = (DeliveryRecipient.State.TAKEN, DeliveryRecipient.State.DELIVERED)
    return found if len(found) > 1 or any(each.state not in fine for each in found) else []
