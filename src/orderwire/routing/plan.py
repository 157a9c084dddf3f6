"""The plan: the legs that a decision asks for, each with its endpoint and fallback ladder, or why it cannot be made."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from orderwire.routing.evaluate import Decision, label
from orderwire.routing.table import LegRule, Via


@dataclass(frozen=True)
class EndpointChoice:
    """An endpoint that a leg may use. `recipient` is supplier (of this order) or group:NAME; lower `rank` is better."""

    id: int
    partner: int
    partner_name: str
    recipient: str
    name: str
    channel: str
    format: str
    version: int
    rank: int = 0
    active: bool = True


@dataclass(frozen=True)
class Leg:
    """What one recipient gets. `ladder` are the endpoint ids to try after `endpoint`, in their order, and
    `ladder_versions` their versions.

    `redaction` names what is left out (prices); `dispatch_after` is the wait after the approval; `answer_due_days` are
    working days and None where no answer is asked.
    """

    rule: str
    recipient: str
    purpose: Literal["order", "copy"]
    endpoint: int
    endpoint_version: int
    channel: str
    format: str
    profile: Mapping[str, Any] = field(default_factory=dict)
    redaction: tuple[str, ...] = ()
    dispatch_after: datetime.timedelta = datetime.timedelta()
    answer_required: bool = False
    answer_due_days: int | None = None
    answer_level: Literal["document", "line"] = "document"
    ladder: tuple[int, ...] = ()
    ladder_versions: tuple[int, ...] = ()

    @property
    def ways(self) -> tuple[tuple[int, int], ...]:
        """Every endpoint that may be used, the first choice first, each with its version."""
        fallbacks = zip(self.ladder, self.ladder_versions, strict=True)
        return ((self.endpoint, self.endpoint_version), *fallbacks)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; the wait in seconds."""
        return {
            **asdict(self),
            "dispatch_after": int(self.dispatch_after.total_seconds()),
            "redaction": list(self.redaction),
            "ladder": list(self.ladder),
            "ladder_versions": list(self.ladder_versions),
        }


@dataclass(frozen=True)
class Plan:
    """Who gets what and how. With a problem there are no legs, and the order waits for a person.

    `notes` say what was left out on purpose; `explanation` is plain JSON that names the version, facts and rules.
    """

    legs: tuple[Leg, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    explanation: Mapping[str, Any]


def make_plan(decision: Decision, endpoints: Iterable[EndpointChoice]) -> Plan:
    """The plan for a decision with the endpoints of the supplier and of the groups. Never raises for missing ones."""
    by_recipient: dict[str, list[EndpointChoice]] = {}
    for endpoint in sorted(endpoints, key=lambda e: (e.rank, e.id)):
        by_recipient.setdefault(endpoint.recipient, []).append(endpoint)
    legs: dict[tuple[str, int], Leg] = {}
    problems = [decision.problem] if decision.problem else []
    notes: list[str] = []
    for rule in decision.hits if not problems else ():
        named = label(decision.rule_set, rule)
        for asked in rule.then:
            known = by_recipient.get(asked.to, [])
            leg = _leg(rule.id, asked, [e for e in known if e.active])
            if leg is None:
                reason = _missing(asked, known, named)
                (problems if asked.required else notes).append(reason)
                continue
            other = legs.setdefault((leg.recipient, leg.endpoint), leg)
            if other is not leg and other.to_json() | {"rule": ""} != leg.to_json() | {"rule": ""}:
                first = label(decision.rule_set, decision.rule_set.rule(other.rule)[1])
                problems.append(
                    f"{first} and {named} send to the same endpoint of {_who(asked.to, known)} in two ways; keep one"
                )
    problems += _ordered_twice(tuple(legs.values()), decision)
    if not legs and not problems:
        problems.append("no recipient is left for this order; make one leg of a rule required: true")
    made = () if problems else tuple(legs.values())
    explanation = {**decision.to_json(), "legs": [leg.to_json() for leg in made], "problems": problems, "notes": notes}
    return Plan(made, tuple(problems), tuple(notes), explanation)


def _ordered_twice(legs: Sequence[Leg], decision: Decision) -> list[str]:
    """An order that a supplier gets over two ways is two orders to him."""
    orders = [leg for leg in legs if (leg.recipient, leg.purpose) == ("supplier", "order")]
    if len(orders) < 2:
        return []
    named = dict.fromkeys(label(decision.rule_set, decision.rule_set.rule(leg.rule)[1]) for leg in orders)
    remedy = "keep one, and name the others as its fallback or as copies"
    return [f"{' and '.join(named)} would send the supplier the order over {len(orders)} ways; {remedy}"]


def _leg(rule: str, asked: LegRule, active: Sequence[EndpointChoice]) -> Leg | None:
    chosen = next((e for e in active if _fits(asked.via, e)), None)
    if chosen is None:
        return None
    ladder: list[EndpointChoice] = []
    for via in asked.fallback:
        found = [e for e in active if _fits(via, e) and e is not chosen and e not in ladder]
        ladder += found if via.others else found[:1]
    return Leg(
        rule=rule,
        recipient=asked.to,
        purpose=asked.purpose,
        endpoint=chosen.id,
        endpoint_version=chosen.version,
        channel=chosen.channel,
        format=chosen.format,
        profile=asked.profile,
        redaction=() if asked.prices else ("prices",),
        dispatch_after=asked.delay,
        answer_required=asked.answer_within is not None,
        answer_due_days=asked.answer_within,
        answer_level=asked.answer,
        ladder=tuple(e.id for e in ladder),
        ladder_versions=tuple(e.version for e in ladder),
    )


def _fits(via: Via, endpoint: EndpointChoice) -> bool:
    if via.endpoint is not None:
        return via.endpoint == endpoint.name
    return via.channel in (None, endpoint.channel) and via.format in (None, endpoint.format)


def _missing(asked: LegRule, known: Sequence[EndpointChoice], named: str) -> str:
    via = asked.via
    wanted = [f"called {via.endpoint}"] if via.endpoint else []
    wanted += [f"for the channel {via.channel}"] if via.channel else []
    wanted += [f"for the format {via.format}"] if via.format else []
    text = " ".join([f"{_who(asked.to, known)} has no active endpoint", *wanted])
    if not asked.required:
        return f"{text}; the {asked.purpose} was left out, as {named} allows"
    paused = next((e.name for e in known if not e.active and _fits(via, e)), None)
    remedy = f"activate {paused}" if paused else "add one"
    return f"{text}; {remedy}, or change {named}"


def _who(recipient: str, known: Sequence[EndpointChoice]) -> str:
    if known:
        return known[0].partner_name
    return "the supplier" if recipient == "supplier" else f"the group {recipient.removeprefix('group:')}"
