"""Route: the published rules decide who gets a revision and how; the plan, its legs and deliveries are written down
with the explanation. What cannot be decided holds the order for a person; nothing is skipped."""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from orderwire import engine, plugins
from orderwire.document.order import Order as Document
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.flow import Refused, configuration, hold, in_force
from orderwire.flow.fallback import lead
from orderwire.flow.find import Look
from orderwire.flow.left import LEFT, REST_OF
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Delivery, Leg, Order, Plan, Revision
from orderwire.records.recipients import PartnerRow
from orderwire.records.write import LegRow
from orderwire.routing import plan as planning
from orderwire.routing.evaluate import evaluate
from orderwire.routing.facts import Supplier, facts

UNSENT = (DeliveryState.READY, DeliveryState.RETRY, DeliveryState.HELD, DeliveryState.FAILED, DeliveryState.IN_DOUBT)
"""Deliveries of an older version in these states are not sent any more once a newer one is planned."""

GONE = (DeliveryState.SUPERSEDED, DeliveryState.CANCELLED, DeliveryState.WITHDRAWN)


@dataclass(frozen=True)
class Decided:
    """What the rules say about a document: the plan, or its problem, and which published version said it."""

    plan: planning.Plan
    rules: configuration.Published
    binding: str
    legs: tuple[LegRow, ...]

    @property
    def problem(self) -> str:
        """Why a person must act, empty where the plan can be carried out."""
        return "; ".join(self.plan.problems)

    @property
    def channel(self) -> str:
        """Channel and format of the supplier's leg, in words for lists."""
        first = next((leg for leg, row in zip(self.plan.legs, self.legs, strict=True) if row.is_primary), None)
        return f"{plugins.channel(first.channel).label} · {plugins.format(first.format).label}" if first else ""

    def event(self) -> events.PlanMade | events.PlanHeld:
        """What the ledger remembers of it."""
        if self.plan.problems:
            return events.PlanHeld(problems=self.plan.problems)
        return events.PlanMade(
            rule_set="rules",
            version=self.rules.number,
            sha256=self.rules.sha256,
            rules=tuple(dict.fromkeys(leg.rule for leg in self.plan.legs)),
            legs=tuple(f"{leg.recipient} by {leg.channel} as {leg.format}" for leg in self.plan.legs),
        )


def decide(document: Document, sha256: str, *, number: str, supplier_id: int | None, look: Look) -> Decided:
    """Ask the rules about a document; writes nothing. Raises Refused where there are no usable rules at all."""
    rule_set, version = look.rules
    if supplier_id is None:
        problem = f"The supplier {document.supplier.name} is not known here. Add it with an endpoint, then plan again."
        made = planning.Plan((), (problem,), (), {"problems": [problem]})
        return Decided(made, version, _binding(sha256, made), ())
    partners = look.recipients(supplier_id)
    choices = list(_choices(partners, supplier_id))
    supplier = _as_fact(next(p for p in partners if p.id == supplier_id), choices)
    today = timezone.now().date()
    known = facts(document, supplier, on_date=today, rates=look.policy.exchange)
    made = planning.make_plan(evaluate(rule_set, known, today), choices)
    owners = {c.id: c.partner for c in choices}
    return Decided(made, version, _binding(sha256, made), tuple(_leg_rows(made, owners, number)))


def plan(order: Order, revision: Revision, document: Document, *, actor: str) -> Plan:
    """Plan an approved revision inside the caller's transaction: its deliveries are due when that commits."""
    look = Look()
    if order.supplier_id is None:
        order.supplier_id = look.supplier(document.supplier)
    decided = decide(document, revision.sha256, number=order.number, supplier_id=order.supplier_id, look=look)
    made = Plan.objects.create(
        revision=revision,
        rules_id=decided.rules.id,
        binding=decided.binding,
        explanation=dict(decided.plan.explanation),
        problem=decided.problem,
    )
    has, doubtful = _reached(revision)
    _supersede(order, revision, actor=actor)
    _write_legs(order, revision, made, decided, has=has, doubtful=doubtful)
    order.state = OrderState.HELD if decided.problem else OrderState.APPROVED
    order.reason, order.last_event = decided.problem, headline(decided)
    order.channel = decided.channel or order.channel
    if (order.supplier_id, "order") not in has:
        order.delivery_state = DeliveryState.READY.value if decided.channel else None
        order.answer_state, order.answer_due_at = AnswerState.NOT_ASKED, None
    else:
        _lead(order, revision)
    order.changed_at = timezone.now()
    order.save()
    append(decided.event(), actor=actor, order=order, subjects={"revision": revision.pk, "plan": made.pk})
    if not decided.problem:
        in_force.begins(order, revision, actor=actor)
    engine.defer_sweep()
    return made


def replan(order_id: int, *, actor: str) -> Plan:
    """Plan the current version again: after a supplier, an endpoint or a rule was put right. Raises Refused.

    Who has this version already does not get it again.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(pk=order_id).first()
        if order is None:
            raise Refused("There is no such order.", kind="not_found")
        if order.state not in (OrderState.APPROVED, OrderState.HELD):
            raise Refused("Only an approved order can be planned.", remedy="Approve it first.", kind="conflict")
        revision = order.revisions.get(number=order.revision)
        if hold.by_hand(order):
            raise Refused(f"The order is on hold: {order.reason}", remedy="Resume it first.", kind="conflict")
        orders = revision.deliveries.filter(kind=Delivery.Kind.ORDER).exclude(says__has_key=REST_OF)
        out = orders.exclude(state__in=[*UNSENT, *GONE]).exists()
        if out and not orders.filter(state__in=UNSENT).exists():
            raise Refused("This version was sent already.", remedy="Send a delivery again instead.", kind="conflict")
        return plan(order, revision, Document.model_validate_json(bytes(revision.content)), actor=actor)


def headline(decided: Decided) -> str:
    """The plan as the latest event of an order, in words for lists."""
    if decided.problem:
        return f"Held: {decided.problem}"[:200]
    rules = dict.fromkeys(leg.rule for leg in decided.plan.legs)
    return f"Planned by {', '.join(rules)}"[:200]


def shard_key(number: str) -> int:
    """A stable hash of the order: its deliveries keep their order by always using the same shard."""
    return zlib.crc32(number.encode()) & 0x7FFFFFFF


def _choices(partners: list[PartnerRow], supplier_id: int) -> Iterator[planning.EndpointChoice]:
    """The endpoints of the supplier and of every group in the house, in their current versions."""
    for partner in partners:
        for endpoint in partner.endpoints:
            yield planning.EndpointChoice(
                id=endpoint.id,
                partner=partner.id,
                partner_name=partner.name,
                recipient="supplier" if partner.id == supplier_id else f"group:{partner.number}",
                name=endpoint.name,
                channel=endpoint.channel,
                format=endpoint.format,
                version=endpoint.version,
                rank=endpoint.rank,
                active=endpoint.active and partner.active,
            )


def _as_fact(partner: PartnerRow, choices: list[planning.EndpointChoice]) -> Supplier:
    usable = [c for c in choices if c.recipient == "supplier" and c.active]
    return Supplier(
        number=partner.number,
        country=partner.country or None,
        language=partner.language,
        categories=frozenset(partner.categories),
        channels=frozenset(c.channel for c in usable),
        formats=frozenset(c.format for c in usable),
    )


def _binding(sha256: str, made: planning.Plan) -> str:
    """What the approval covers: this content, to these versions of these addresses, and of those it falls back to."""
    parts = [sha256, *sorted(",".join(f"{id}@{version}" for id, version in leg.ways) for leg in made.legs)]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _leg_rows(made: planning.Plan, partners: dict[int, int], number: str) -> Iterator[LegRow]:
    now, key, primary_seen = timezone.now(), shard_key(number), False
    for position, leg in enumerate(made.legs, 1):
        primary = leg.recipient == "supplier" and leg.purpose == "order" and not primary_seen
        primary_seen |= primary
        dispatch_at = now + leg.dispatch_after if leg.dispatch_after > timedelta() else None
        yield LegRow(
            position=position,
            recipient_id=partners[leg.endpoint],
            purpose=leg.purpose,
            endpoint_id=leg.endpoint,
            endpoint_version=leg.endpoint_version,
            profile={leg.format: dict(leg.profile)} if leg.profile else {},
            prices="prices" not in leg.redaction,
            dispatch_at=dispatch_at,
            answer_required=leg.answer_required,
            answer_due_days=leg.answer_due_days,
            answer_level=leg.answer_level,
            ladder=leg.ladder,
            ladder_versions=leg.ladder_versions,
            is_primary=primary,
            due_at=dispatch_at or now,
            shard_key=key,
        )


Served = frozenset[tuple[int | None, str]]
"""Recipients, each with the purpose for which something is on its way to them."""


def _reached(revision: Revision) -> tuple[Served, Served]:
    """Who has this version or is being sent it now, and who may have it: a connection broke, or no receipt came."""
    orders = revision.deliveries.filter(kind=Delivery.Kind.ORDER)
    unproven = Q(state__in=UNSENT, duplicate=True) | (Q(state__in=(*UNSENT, DeliveryState.WITHDRAWN)) & LEFT)
    sent, doubtful = orders.exclude(state__in=[*UNSENT, *GONE]), orders.filter(unproven)
    has, may_have = (found.values_list("leg__recipient_id", "leg__purpose") for found in (sent, doubtful))
    return frozenset(has), frozenset(may_have)


def _write_legs(
    order: Order, revision: Revision, made: Plan, decided: Decided, *, has: Served, doubtful: Served
) -> None:
    legs, deliveries = [], []
    says = in_force.says(revision)
    for row in decided.legs:
        leg = Leg(
            plan=made,
            position=row.position,
            recipient_id=row.recipient_id,
            purpose=row.purpose,
            endpoint_id=row.endpoint_id,
            endpoint_version=row.endpoint_version,
            profile=row.profile,
            prices=row.prices,
            dispatch_at=row.dispatch_at,
            answer_required=row.answer_required,
            answer_due_days=row.answer_due_days,
            answer_level=row.answer_level,
            ladder=list(row.ladder),
            ladder_versions=list(row.ladder_versions),
        )
        legs.append(leg)
        if (row.recipient_id, row.purpose) in has:
            continue
        deliveries.append(
            Delivery(
                leg=leg,
                order=order,
                revision=revision,
                endpoint_id=row.endpoint_id,
                endpoint_version=row.endpoint_version,
                primary=row.is_primary,
                shard_key=row.shard_key,
                due_at=row.due_at,
                says=says if row.recipient_id == order.supplier_id else {},
                duplicate=(row.recipient_id, row.purpose) in doubtful,
                message_id=f"{revision.sha256[:24]}.{row.endpoint_id}.{made.pk}",
            )
        )
    Leg.objects.bulk_create(legs)
    Delivery.objects.bulk_create(deliveries)


def _lead(order: Order, revision: Revision) -> None:
    """Where what stood for the version is not sent any more, what the supplier has stands for it."""
    to_him = revision.deliveries.filter(
        leg__recipient=order.supplier_id, leg__purpose="order", kind=Delivery.Kind.ORDER
    )
    old = to_him.filter(primary=True, state=DeliveryState.SUPERSEDED).first()
    new = to_him.exclude(Q(state__in=[*UNSENT, *GONE]) | Q(says__has_key=REST_OF)).order_by("-pk").first()
    if old is not None and new is not None:
        lead.hand_over(old, new)
        order.delivery_state = new.state


def _supersede(order: Order, revision: Revision, *, actor: str) -> None:
    older = Delivery.objects.select_for_update().filter(order=order, kind=Delivery.Kind.ORDER, state__in=UNSENT)
    ended = {delivery.pk for delivery in older}
    for delivery in older:
        if delivery.revision_id == revision.pk and delivery.says.get(REST_OF, delivery.pk) not in ended:
            continue  # the others have this version, and the rest of them still gets it
        delivery.state, delivery.due_at = DeliveryState.SUPERSEDED, None
        delivery.reason = f"Replaced by the plan of version {revision.number}."
        delivery.save()
        append(
            events.DeliverySuperseded(by_revision=revision.number),
            actor=actor,
            order=order,
            subjects={"revision": delivery.revision_id or 0, "delivery": delivery.pk},
        )
