"""May this person approve this order? Pure: the same policy, order and people give the same verdict for ever.

What cannot be told, such as a total without a rate, is a refusal with its remedy and never a yes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from orderwire.document.amount import Amount
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.governance.policy import UNLIMITED, Limit, Policy, Scope


@dataclass(frozen=True)
class Case:
    """What is to be approved. `categories` has "" for lines without one; `binding` is exactly what is approved.

    `total` may be more than this order's, where parts of one need are counted together.
    """

    total: Amount
    entity: str
    categories: frozenset[str]
    binding: str


@dataclass(frozen=True)
class Person:
    """Somebody who wants to approve: `id` is the sign-in name, compared without regard to case."""

    id: str
    name: str
    groups: frozenset[str] = frozenset()
    active: bool = True


@dataclass(frozen=True)
class Approval:
    """A yes given earlier: by whom (the sign-in name) and to exactly what (`binding`)."""

    person: str
    binding: str


@dataclass(frozen=True)
class Requirement:
    """How many different persons must approve the case. `problem`: it cannot be told, so nobody may."""

    case: Case
    persons: int
    reason: str
    problem: str | None = None


@dataclass(frozen=True)
class Verdict:
    """The answer with its reason and, for a no, the remedy. `missing` counts approvals still needed after a yes."""

    allowed: bool
    reason: str
    missing: int = field(default=0)


def case(order: Order, *, bound_to: str) -> Case:
    """The case of an order; the entity is the buyer's number (scheme buyer, gln, duns) or its name."""
    entity = next(filter(None, (order.buyer.identifier(s) for s in ("buyer", "gln", "duns"))), order.buyer.name)
    categories = frozenset(line.category or "" for line in order.lines)
    return Case(Amount(totals(order).total, order.currency), entity, categories, bound_to)


def required_approvals(policy: Policy, order: Case) -> Requirement:
    """How many persons must approve, and by which row of the policy."""
    persons, reason = 1, "every order needs one approval"
    for row in policy.approvers:
        concerned = not row.categories or bool(order.categories & set(row.categories))
        if not concerned or not _in_entity(row, order):
            continue
        reached = _at_least(policy, order.total, row.start)
        if reached is None:
            problem = f"{_no_rate(order.total, row.start)}, so nobody can tell how many persons must approve"
            return Requirement(order, row.persons, "the total cannot be compared with the policy", problem)
        if reached and row.persons > persons:
            persons, reason = row.persons, f"orders from {row.start} need {row.persons} persons"
    return Requirement(order, persons, reason)


def may_approve(
    policy: Policy,
    requirement: Requirement,
    person: Person,
    *,
    prior: Iterable[Approval],
    creator: str,
    involved: Mapping[str, str] | None = None,
) -> Verdict:
    """Whether this person may approve now.

    `creator` is who made this version. `involved` are others that must stay apart, with what they did, such as
    {"ines": "changed the supplier's e-mail address"}.
    """
    order = requirement.case
    if requirement.problem:
        return Verdict(False, f"{requirement.problem}.")
    if not person.active:
        return Verdict(False, "This account is closed. Another person must approve.")
    if _same(person.id, creator):
        return Verdict(False, "You made this version, and nobody approves their own. Another person must approve.")
    for other, did in (involved or {}).items():
        if _same(person.id, other):
            return Verdict(False, f"You {did}, so another person must approve.")
    if kept_apart := person.groups & set(policy.never_approve):
        return Verdict(False, f"The group {min(kept_apart)} never approves orders. Another person must approve.")
    given = _given(requirement, prior, creator)
    if person.id.casefold() in given:
        return Verdict(False, "You approved this version already. Another person must approve too.")
    missing = requirement.persons - len(given)
    if missing <= 0:
        return Verdict(False, "This version has all approvals that it needs.")
    refusal = _limit_refusal(policy, order, person)
    if refusal:
        return Verdict(False, refusal)
    left = missing - 1
    after = (
        "this completes the approval"
        if not left
        else f"{left} more {'person' if left == 1 else 'persons'} must approve"
    )
    return Verdict(True, f"You may approve this order; {after} ({requirement.reason}).", left)


def _given(requirement: Requirement, approvals: Iterable[Approval], creator: str) -> frozenset[str]:
    """The different persons, other than the creator, who said yes to exactly this."""
    bound_to = requirement.case.binding
    return frozenset(a.person.casefold() for a in approvals if a.binding == bound_to and not _same(a.person, creator))


def _limit_refusal(policy: Policy, order: Case, person: Person) -> str | None:
    mine = [limit for limit in policy.limits if _has(limit, person)]
    applicable = [limit for limit in mine if _covers_scope(limit, order)]
    results = [(limit, _within(policy, order.total, limit.up_to)) for limit in applicable]
    if any(within for _, within in results):
        return None
    able = _who_can(policy, order)
    who = f"{able} can." if able else "No limit in the policy is high enough; add one."
    for limit, within in results:
        if within is None and isinstance(limit.up_to, Amount):
            return f"{_no_rate(order.total, limit.up_to)}. {who if able else ''}".rstrip()
    highest = [limit.up_to for limit in applicable if isinstance(limit.up_to, Amount)]
    if highest:
        shown = " or ".join(str(amount) for amount in dict.fromkeys(highest))
        return f"You may approve up to {shown}; this order is {order.total}. {who}"
    if mine:
        return f"Your limits are for other entities or categories. {who}"
    return f"You have no approval limit. {who}"


def _who_can(policy: Policy, order: Case) -> str:
    able = [
        limit.person or f"the group {limit.group}"
        for limit in policy.limits
        if _covers_scope(limit, order) and _within(policy, order.total, limit.up_to)
    ]
    names = list(dict.fromkeys(able))[:5]
    text = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)
    return text[:1].upper() + text[1:]


def _has(limit: Limit, person: Person) -> bool:
    if limit.person is not None:
        return _same(limit.person, person.id)
    return limit.group in person.groups


def _covers_scope(limit: Limit, order: Case) -> bool:
    return _in_entity(limit, order) and (not limit.categories or order.categories <= set(limit.categories))


def _in_entity(row: Scope, order: Case) -> bool:
    return not row.entities or order.entity in row.entities


def _within(policy: Policy, total: Amount, limit: Amount | str) -> bool | None:
    """Whether the total is at most the limit; None where there is no rate."""
    if not isinstance(limit, Amount):
        return limit == UNLIMITED
    value = policy.exchange.exact(total, limit.currency)
    return None if value is None else value <= Fraction(limit.value)


def _at_least(policy: Policy, total: Amount, start: Amount) -> bool | None:
    value = policy.exchange.exact(total, start.currency)
    return None if value is None else value >= Fraction(start.value)


def _no_rate(total: Amount, limit: Amount) -> str:
    return (
        f"This order is {total} and there is no rate from {total.currency} to {limit.currency};"
        f" add the rate or a limit in {total.currency} to the policy"
    )


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
