"""What a delivery says: the order, or how it changes to a partner who holds an earlier version, if he wants that. Where
the buyer insists it is the version that he holds himself, as a change of nothing: a new order it must not be."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange, between
from orderwire.document.states import DocumentType
from orderwire.flow.distribute.claimed import Claimed
from orderwire.flow.holding import refused_since
from orderwire.formats import Format
from orderwire.formats.fit import ChangeForm
from orderwire.records import Delivery, EndpointVersion, Response

_PAYLOAD = "payload"
"""Control under which cXML knows the document that a change follows."""

INSISTS, COUNTERS, AGREES = "insists", "counters", "agrees"
"""What a delivery says of the supplier's answer (Delivery.says)."""

_ARRIVED = Q(accepted_at__isnull=False) | Q(proven_at__isnull=False)


@dataclass(frozen=True)
class Held:
    """An earlier version that the recipient was handed, in which formats, and the numbers that it traveled under."""

    order: Order
    formats: frozenset[str]
    controls: Mapping[str, str] = field(default_factory=dict)


def held(claimed: Sequence[Claimed]) -> dict[int, tuple[Held, ...]]:
    """By delivery: the earlier versions that its recipient was handed, the newest first; where the buyer insists, also
    the very one that goes out again."""
    later = {c.id: c for c in claimed if c.revision is not None and (c.revision > 1 or INSISTS in c.says)}
    if not later:
        return {}
    found = Delivery.objects.filter(
        _ARRIVED, order__in={c.order_id for c in later.values()}, kind=Delivery.Kind.ORDER
    ).select_related("revision", "leg")
    rows = list(found.order_by("-revision__number", "-pk"))
    arrived: dict[tuple[int | None, int | None], list[Delivery]] = {}
    refused = refused_since(rows)
    for row in rows:
        if row.pk in refused:
            continue
        arrived.setdefault((row.order_id, row.leg.recipient_id if row.leg else None), []).append(row)
    formats = _formats(rows)
    return {
        c.id: _newest_of_each_format(
            [
                r
                for r in arrived.get((c.order_id, c.recipient_id), [])
                if r.revision and r.revision.number < c.revision + (INSISTS in c.says)
            ],
            formats,
        )
        for c in later.values()
        if c.revision is not None
    }


def _newest_of_each_format(
    rows: Iterable[Delivery], formats: Mapping[tuple[int, int], frozenset[str]]
) -> tuple[Held, ...]:
    found: list[Held] = []
    seen: frozenset[str] = frozenset()
    for row in rows:
        kinds = formats.get((row.endpoint_id, row.endpoint_version), frozenset())
        if row.revision is not None and (not found or kinds - seen):
            order = Order.model_validate_json(bytes(row.revision.content))
            found.append(Held(order, kinds, (row.parcel or {}).get("controls", {})))
            seen |= kinds
    return tuple(found)


def _formats(rows: Iterable[Delivery]) -> dict[tuple[int, int], frozenset[str]]:
    """The formats of the addresses that these deliveries went to, as they were then."""
    versions = EndpointVersion.objects.filter(endpoint__in={row.endpoint_id for row in rows})
    return {(v.endpoint_id, v.number): frozenset({v.format, *v.also}) for v in versions}


def before(held: Sequence[Held], fmt: Format) -> Held | None:
    """What a change in this format starts from: a system knows only what reached it in its own format, while a person
    reads whatever came."""
    return next((each for each in held if not fmt.reads or fmt.kind in each.formats), None)


def said(
    order: Order,
    before: Held | None,
    *,
    fmt: Format,
    profile: Mapping[str, Any],
    on: datetime.date,
    says: Mapping[str, Any] | None = None,
) -> Order | OrderChange:
    """The document to write, dated `on` where it is a change; a change also says why the buyer does not agree. Raises
    pydantic.ValidationError for a broken profile."""
    if before is None or DocumentType.CHANGE not in fmt.writes:
        return order
    form: ChangeForm = getattr(fmt.profile_model.model_validate(dict(profile)), "change", "order")
    if form == "order":
        return order
    change = between(before.order, order, form)
    if not change.lines:  # only the header differs, or nothing, and some standards know no change without a line
        change = between(before.order, order, "full")
    answer = answering(says or {})
    reason = answer.get(INSISTS) or answer.get(COUNTERS) or None
    return change.model_copy(update={"issued": on, "reason": reason, "confirms": AGREES in answer})


def replaces(held: Sequence[Held], revision: int) -> int:
    """The version that the recipient has instead of this one, 0 where he has none."""
    return next((each.order.revision for each in held if each.order.revision < revision), 0)


def answering(says: Mapping[str, Any]) -> dict[str, str]:
    """What a document or letter says of the supplier's answer: `insists` and `counters` with the buyer's reason,
    `agrees` without."""
    if INSISTS in says:
        return {INSISTS: says[INSISTS]}
    if COUNTERS in says:
        return {COUNTERS: says.get("reason", "")}
    return {AGREES: "yes"} if AGREES in says else {}


def proposed_on(says: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """By answer that these deliveries agree to: its day (ISO 8601), where it states one."""
    agreed = {each[AGREES] for each in says if AGREES in each}
    rows = (
        Response.objects.filter(pk__in=agreed, content__answered__isnull=False) if agreed else Response.objects.none()
    )
    return dict(rows.values_list("pk", "content__answered"))


def links(before: Held) -> dict[str, str]:
    """What writers of a change may print or repeat of the version that the recipient holds."""
    texts = {"previous": before.order.model_dump_json(exclude_defaults=True)}
    return texts | {"previous_payload": before.controls[_PAYLOAD]} if _PAYLOAD in before.controls else texts
