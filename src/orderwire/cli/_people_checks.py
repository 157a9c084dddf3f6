"""What can be wrong between the files and the people: groups without members, approvals that nobody can give,
recipients and suppliers that cannot be reached."""

from collections.abc import Iterator
from typing import Any

from orderwire.cli._setup_checks import Fault


def approvals(policy: Any) -> Iterator[Fault]:
    """Groups of the policy without members, and totals that nobody may approve."""
    from orderwire.records import User

    people = User.objects.filter(is_active=True, partner=None)
    never = set(people.filter(groups__name__in=policy.never_approve).values_list("username", flat=True))
    able: list[tuple[Any, set[str]]] = []
    for limit in policy.limits:
        if limit.group:
            members = set(people.filter(groups__name=limit.group).values_list("username", flat=True))
        else:
            members = set(people.filter(username__iexact=limit.person).values_list("username", flat=True))
        name = f"the group {limit.group}" if limit.group else f"the person {limit.person}"
        if not members:
            remedy = "Make one with orderwire user create, or change the policy."
            yield Fault(f"{name} has a limit, but there is no active person in it", "policy.yaml limits", remedy)
        able.append((limit, members - never))
    whole = [(limit, who) for limit, who in able if who and not limit.entities and not limit.categories]
    unlimited = set().union(*(who for limit, who in whole if limit.up_to == "unlimited"))
    if not unlimited:
        tops = sorted({str(limit.up_to) for limit, _ in whole})
        text = f"nobody can approve orders above {' or '.join(tops)}" if tops else "nobody can approve every order"
        yield Fault(text, "policy.yaml limits", "Give somebody a higher limit, or a group with one a member.")
    for row in policy.approvers:
        enough = {name for limit, who in whole for name in who if _covers(policy, limit.up_to, row.start)}
        if len(enough) < row.persons:
            text = f"orders from {row.start} need {row.persons} persons, but {len(enough)} can approve them"
            yield Fault(text, "policy.yaml approvers", "Give more people a limit that high.")


def _covers(policy: Any, limit: Any, start: Any) -> bool:
    if limit == "unlimited":
        return True
    value = policy.exchange.exact(start, limit.currency)
    return value is not None and value <= limit.value


def recipients(rules: Any) -> Iterator[Fault]:
    """Groups that a rule names and that have no partner of that number, or no endpoint."""
    from orderwire.records import Endpoint, Partner

    named = {leg.to.removeprefix("group:"): rule.id for rule in rules.rules for leg in rule.then
             if leg.to.startswith("group:")}  # fmt: skip
    known = Partner.objects.filter(role=Partner.Role.INTERNAL, active=True)
    for group, rule in sorted(named.items()):
        where = f"rules.yaml rule {rule}"
        if not known.filter(number=group).exists():
            remedy = f"Add a partner with the number {group} and the role internal."
            yield Fault(f"names group:{group}, and there is no such internal recipient", where, remedy)
        elif not Endpoint.objects.filter(partner__number=group, active=True).exists():
            yield Fault(f"names group:{group}, which has no active endpoint", where, "Add one.")


def suppliers(changes: Any) -> Iterator[Fault]:
    """Suppliers that a row of the policy of changes names and that do not exist: the row would never fit."""
    from orderwire.records import Partner

    known = set(Partner.objects.filter(role=Partner.Role.SUPPLIER).values_list("number", flat=True))
    for row in changes.answers:
        for number in sorted(set(row.suppliers) - known):
            where = f"changes.yaml row {row.id}"
            yield Fault(f"names the supplier {number}, whom nobody knows", where, "Correct the number, or add him.")


def reminded(reminders: Any) -> Iterator[Fault]:
    """Groups that the operator's reminders name and that have nobody, and suppliers whom nobody knows."""
    from django.contrib.auth.models import Group

    from orderwire.records import Endpoint, Partner

    mails = Endpoint.objects.filter(active=True, versions__channel="email", partner__role=Partner.Role.INTERNAL)
    senders = set(mails.values_list("partner__number", flat=True))
    through = (reminders.mail_through or "").removeprefix("group:")
    if through and through not in senders:
        text = f"names group:{through}, which is no internal recipient with an e-mail endpoint"
        yield Fault(text, "reminders.yaml mail_through", "Add one: reminders to your own house need its mail server.")
    people = Group.objects.filter(user__is_active=True).exclude(user__email="").values_list("name", flat=True)
    reached = {*people, *Partner.objects.filter(role=Partner.Role.INTERNAL).values_list("number", flat=True)}
    known = set(Partner.objects.filter(role=Partner.Role.SUPPLIER).values_list("number", flat=True))
    for step in reminders.steps:
        to = reminders.manager if step.to == "manager" else step.to
        where = f"reminders.yaml step {step.id}"
        if to.startswith("group:") and to.removeprefix("group:") not in reached:
            yield Fault(f"speaks to {to}, where nobody has an e-mail address", where, "Correct the name, or add them.")
        for number in sorted(set(step.suppliers) - known):
            yield Fault(f"names the supplier {number}, whom nobody knows", where, "Correct the number, or add him.")


def partners(*, probe: bool) -> Iterator[Fault]:
    """Suppliers that cannot receive, endpoints that cannot work; with `probe` each connection is tried."""
    from orderwire.flow.enroll import NewEndpoint, problems
    from orderwire.records import EndpointVersion, Partner

    unreachable = Partner.objects.filter(role=Partner.Role.SUPPLIER, active=True).exclude(endpoints__active=True)
    for partner in unreachable.order_by("number"):
        yield Fault("has no active endpoint, so its orders are held", f"supplier {partner.number}", "Add one.")
    current = EndpointVersion.objects.select_related("endpoint__partner").filter(
        endpoint__active=True, endpoint__partner__active=True
    )
    for version in current.order_by("endpoint__partner__number", "endpoint__rank", "pk").iterator():
        endpoint = version.endpoint
        if version.number != endpoint.version:
            continue
        where = f"partner {endpoint.partner.number}, endpoint {endpoint.name}"
        new = NewEndpoint(
            endpoint.name, version.channel, version.format, version.config, tuple(version.also), version.profile
        )
        faults = problems(new)
        for finding in faults:
            yield Fault(f"{finding.where} {finding.text}", where, "Correct the endpoint.")
        if endpoint.paused_until is not None and endpoint.pause_reason:
            yield Fault(f"is paused: {endpoint.pause_reason}", where, "Put that right and resume it.")
        if probe and not faults:
            yield from _probe(version, where)


def _probe(version: Any, where: str) -> Iterator[Fault]:
    from orderwire import plugins
    from orderwire.channels import Refused, Unavailable

    channel = plugins.channel(version.channel)
    try:
        channel.probe(channel.config_model.model_validate(version.opened()))
    except (Refused, Unavailable) as failure:
        yield Fault(f"cannot be reached: {failure.reason}", where, "Correct the endpoint, or ask the partner.")
    except Exception as failure:  # noqa: BLE001 - a stranger's code may raise anything; it is reported, never hidden
        text = f"the probe of {version.channel} failed ({type(failure).__name__}: {failure})"
        yield Fault(text, where, "Report it to the maker of the channel.")
