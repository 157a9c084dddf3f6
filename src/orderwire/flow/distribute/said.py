"""What a delivery says: the order, or how it changes to a partner who holds an earlier version, if he wants that."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange, between
from orderwire.document.states import DocumentType
from orderwire.flow.distribute.claimed import Claimed
from orderwire.formats import Format
from orderwire.formats.fit import ChangeForm
from orderwire.records import Delivery

_PAYLOAD = "payload"
"""Control under which cXML knows the document that a change follows."""

_ARRIVED = Q(accepted_at__isnull=False) | Q(proven_at__isnull=False)


@dataclass(frozen=True)
class Held:
    """The newest earlier version that the recipient was handed, and the numbers that it traveled under."""

    order: Order
    controls: Mapping[str, str] = field(default_factory=dict)


def held(claimed: Sequence[Claimed]) -> dict[int, Held]:
    """By delivery: what its recipient holds, where that is an earlier version."""
    later = {c.id: c for c in claimed if c.revision is not None and c.revision > 1}
    if not later:
        return {}
    found = Delivery.objects.filter(
        _ARRIVED, order__in={c.order_id for c in later.values()}, kind=Delivery.Kind.ORDER
    ).select_related("revision", "leg")
    newest: dict[tuple[int | None, int | None], list[Delivery]] = {}
    for row in found.order_by("-revision__number", "-pk"):
        newest.setdefault((row.order_id, row.leg.recipient_id if row.leg else None), []).append(row)
    holdings = {}
    for c in later.values():
        rows = newest.get((c.order_id, c.recipient_id), [])
        earlier = next((r for r in rows if r.revision and c.revision and r.revision.number < c.revision), None)
        if earlier is not None and earlier.revision is not None:
            controls = (earlier.parcel or {}).get("controls", {})
            holdings[c.id] = Held(Order.model_validate_json(bytes(earlier.revision.content)), controls)
    return holdings


def said(
    order: Order, before: Held | None, *, fmt: Format, profile: Mapping[str, Any], on: datetime.date
) -> Order | OrderChange:
    """The document to write, dated `on` where it is a change. Raises pydantic.ValidationError for a broken profile."""
    if before is None or DocumentType.CHANGE not in fmt.writes:
        return order
    form: ChangeForm = getattr(fmt.profile_model.model_validate(dict(profile)), "change", "order")
    if form == "order":
        return order
    return between(before.order, order, form).model_copy(update={"issued": on})


def links(before: Held) -> dict[str, str]:
    """What writers of a change may print or repeat of the version that the recipient holds."""
    texts = {"previous": before.order.model_dump_json(exclude_defaults=True)}
    return texts | {"previous_payload": before.controls[_PAYLOAD]} if _PAYLOAD in before.controls else texts
