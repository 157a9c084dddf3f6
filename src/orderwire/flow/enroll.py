"""Enroll: a supplier or a group of the house is added with the endpoints through which it receives. What could not be
sent later is refused now, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from pydantic import BaseModel, ValidationError

from orderwire import plugins
from orderwire.document.finding import Finding, error, from_validation, place
from orderwire.flow import Refused, clock
from orderwire.flow.endpoints.secrets import foreign
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Endpoint, EndpointVersion, Partner, PartnerIdentifier, secret


@dataclass(frozen=True)
class NewEndpoint:
    """Where and how a partner receives. `profile` has the settings of each format under the format's name."""

    name: str
    channel: str
    format: str
    config: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    profile: Mapping[str, Any] = field(default_factory=dict)
    rank: int = 0
    max_parallel: int = 2
    per_minute: int | None = None
    receipt_minutes: int | None = None


class Unusable(Refused):
    """An endpoint cannot be used; `findings` say which of its settings and why."""

    def __init__(self, findings: tuple[Finding, ...]):
        super().__init__("The endpoint cannot be used.", remedy="Correct what the findings name.")
        self.findings = findings


def enroll(
    partner: Partner, *, identifiers: Mapping[str, str], endpoints: Iterable[NewEndpoint], actor: str
) -> Partner:
    """Save a new partner with its endpoints in their first versions. Raises Refused, also for a number in use."""
    _works(partner)
    endpoints = list(endpoints)
    findings = [
        Finding(f.severity, f.code, f"endpoints[{n}].{f.where}", f.text)
        for n, new in enumerate(endpoints, 1)
        for f in foreign(new.channel, new.config, {}) or problems(new)
    ]
    if findings:
        raise Unusable(tuple(findings))
    names = [new.name for new in endpoints]
    if len(set(names)) < len(names):
        raise Refused("Two endpoints have one name.", remedy="Give each its own.")
    try:
        with transaction.atomic():
            _free(partner, identifiers)
            partner.save()
            PartnerIdentifier.objects.bulk_create(
                PartnerIdentifier(partner=partner, scheme=scheme, value=value) for scheme, value in identifiers.items()
            )
            for new in endpoints:
                _add(partner, new, actor=actor)
    except IntegrityError as failure:  # somebody took the number or an identifier this very moment
        reason = "The number or an identifier is in use."
        raise Refused(reason, remedy="Look at the partners that there are.", kind="conflict") from failure
    return partner


def _works(partner: Partner) -> None:
    """His calendar must be one: a region that is known, and office hours on some day of the week."""
    known = clock.regions(partner.country)
    if partner.region and partner.region not in known:
        remedy = f"Known are {', '.join(known)}." if known else "Leave the region out; its holidays are not known."
        raise Refused(f"{partner.country or 'No country'} has no region {partner.region}.", remedy=remedy)
    try:
        clock.calendar(partner)
    except ValueError as failure:
        raise Refused(
            f"The office hours cannot be: {failure}.", remedy="Correct weekend, opens or closes."
        ) from failure


def problems(new: NewEndpoint) -> tuple[Finding, ...]:
    """What keeps an endpoint from working: a channel or format that is not installed, settings that do not fit."""
    found: list[Finding] = []
    try:
        channel = plugins.channel(new.channel)
    except KeyError as failure:
        found.append(error("no-channel", "channel", str(failure.args[0])))
    else:
        try:
            found += _invalid(channel.config_model, secret.opened(new.config), "config")
        except secret.NoSecret as failure:
            found.append(error("no-secret", "config", str(failure)))
    kinds = (new.format, *new.also)
    for kind in kinds:
        try:
            format = plugins.format(kind)
        except KeyError as failure:
            found.append(error("no-format", "format" if kind == new.format else "also", str(failure.args[0])))
            continue
        if not format.writes:
            found.append(error("cannot-write", "format", f"{kind} can only be read; choose another"))
        model: type[BaseModel] = format.profile_model
        found += _invalid(model, new.profile.get(kind, {}), f"profile.{kind}")
        for name in sorted(secret.fields(model)[0] & new.profile.get(kind, {}).keys()):
            text = "would stand readable in what is kept; choose a channel that puts it in while sending"
            found.append(error("secret-in-profile", f"profile.{kind}.{name}", text))
    for kind in new.profile:
        if kind not in kinds:
            text = f"is a profile of a format that the endpoint does not use; it uses {', '.join(kinds)}"
            found.append(error("unused-profile", f"profile.{kind}", text))
    return tuple(found)


def _invalid(model: Any, values: Any, where: str) -> tuple[Finding, ...]:
    try:
        model.model_validate(values)
    except ValidationError as failure:
        # The words of a finding must not repeat a password.
        return tuple(
            Finding(f.severity, f.code, f.where, f.text.partition(" (here: ")[0])
            for f in from_validation(failure, lambda path: f"{where}.{place(path)}" if path else where)
        )
    return ()


def _free(partner: Partner, identifiers: Mapping[str, str]) -> None:
    if Partner.objects.filter(number=partner.number).exists():
        raise Refused(f"There is a partner {partner.number} already.", remedy="Use its own number.", kind="conflict")
    for scheme, value in identifiers.items():
        other = PartnerIdentifier.objects.filter(scheme=scheme, value=value).select_related("partner").first()
        if other:
            reason = f"{scheme} {value} belongs to partner {other.partner.number}."
            raise Refused(reason, remedy="Correct either.", kind="conflict")


def _add(partner: Partner, new: NewEndpoint, *, actor: str) -> None:
    endpoint = Endpoint.objects.create(
        partner=partner,
        name=new.name,
        rank=new.rank,
        max_parallel=new.max_parallel,
        per_minute=new.per_minute,
        version=1,
    )
    EndpointVersion.objects.create(
        endpoint=endpoint,
        number=1,
        channel=new.channel,
        config=dict(new.config),
        format=new.format,
        also=list(new.also),
        profile=dict(new.profile),
        receipt_minutes=new.receipt_minutes,
        created_by=actor,
    )
    changed = events.EndpointChanged(version=1, changed=("channel", "format", *sorted(new.config)))
    append(changed, actor=actor, subjects={"partner": partner.pk, "endpoint": endpoint.pk})
