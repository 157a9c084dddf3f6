"""What a cancellation says to one recipient: which version is withdrawn, why, and until when he is to answer."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Order
from orderwire.flow.distribute.claimed import Claimed
from orderwire.formats.letter import reason_words
from orderwire.records import Cancellation as Row
from orderwire.records import Delivery, Partner

_PAYLOAD = "payload"
"""Control under which cXML knows the document that a cancellation follows."""


@dataclass(frozen=True)
class Withdrawn:
    """A claimed cancellation. `number` counts those of the order; `asks`: the recipient is to agree, by `due_at`.
    `previous` are the numbers that the order traveled under."""

    number: int
    code: str
    reason: str
    asked_at: datetime.datetime
    due_at: datetime.datetime | None
    asks: bool
    previous: Mapping[str, str]

    def document(self, order: Order, language: str) -> Cancellation:
        """The document for a recipient of this language, about the version that he has."""
        why = reason_words(self.code, language)
        name = f"{order.number}-C{self.number}"
        return Cancellation(
            order_number=order.number,
            release_number=order.release_number,
            revision=order.revision,
            number=name if len(name) <= LONGEST else None,
            sequence=min(order.revision + self.number - 1, 99_999),
            issued=self.asked_at.date(),
            order_issued=order.issued,
            buyer=order.buyer,
            supplier=order.supplier,
            currency=order.currency,
            reason=f"{why}: {self.reason}"[:MOST] if self.reason else why,
            test=order.test,
        )

    def links(self) -> dict[str, str]:
        """What writers repeat of the order's own document."""
        return {"previous_payload": self.previous[_PAYLOAD]} if _PAYLOAD in self.previous else {}


MOST = 4000
"""Characters of a text (document.base.Text); the buyer's own words may fill it."""
LONGEST = 30
"""Characters of a number that every standard carries (X12 BCH08 has the fewest)."""


def withdrawn(claimed: Iterable[Claimed]) -> dict[int, Withdrawn]:
    """By delivery: what the cancellations among these say."""
    ours = [c for c in claimed if c.kind == Delivery.Kind.CANCELLATION]
    if not ours:
        return {}
    rows = Row.objects.in_bulk({int(c.says["cancellation"]) for c in ours})
    partners = Partner.objects.in_bulk({c.recipient_id for c in ours if c.recipient_id})
    sent = Delivery.objects.filter(
        order__in={c.order_id for c in ours}, kind=Delivery.Kind.ORDER, parcel__isnull=False
    ).select_related("leg")
    before: dict[tuple[int | None, int | None], Mapping[str, str]] = {}
    for delivery in sent.order_by("revision__number", "pk"):
        before[delivery.revision_id, delivery.leg.recipient_id if delivery.leg else None] = (delivery.parcel or {}).get(
            "controls", {}
        )
    found = {}
    for c in ours:
        row, partner = rows[int(c.says["cancellation"])], partners.get(c.recipient_id or 0)
        asks = partner is not None and partner.role == Partner.Role.SUPPLIER
        found[c.id] = Withdrawn(
            row.number, row.code, row.reason, row.asked_at, row.due_at if asks else None, asks,
            before.get((c.revision_id, c.recipient_id), {}),
        )  # fmt: skip
    return found
