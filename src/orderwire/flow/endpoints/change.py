"""Propose a new endpoint or another version of one; confirm, decline or take it back. An address is where the money's
paper goes: one person proposes, another confirms, whichever door they use."""

import dataclasses

from django.db import transaction
from django.utils import timezone

from orderwire import engine
from orderwire.flow import Refused
from orderwire.flow.distribute.health import FOREVER
from orderwire.flow.endpoints import content, secrets
from orderwire.flow.enroll import NewEndpoint, Unusable, problems
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Endpoint, EndpointChange, EndpointVersion, Partner, Secret, User, secret

_S = EndpointChange.State


def propose(partner: Partner, endpoint: Endpoint | None, new: NewEndpoint, *, by: User) -> EndpointChange:
    """Keep a change for another person to confirm; a secret that is not written again stays as it is.

    Raises enroll.Unusable with findings by field, and Refused where a change of the endpoint waits already, the name is
    taken, or nothing differs.
    """
    _buyer(by)
    actor = f"user:{by.username}"
    with transaction.atomic():
        Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
        now = _now(endpoint) if endpoint else None
        former = now.config if now and now.channel == new.channel else {}
        _free(partner, endpoint, new.name)
        if now is not None:  # these are set at once (`operate.adjust`) and are no part of a version
            same = {name: getattr(now, name) for name in ("name", "rank", "max_parallel", "per_minute")}
            new = dataclasses.replace(new, **same)
        findings = secrets.foreign(new.channel, new.config, former)
        new = dataclasses.replace(new, config=secrets.kept(new.channel, new.config, former))
        if findings := findings or problems(new):
            raise Unusable(findings)
        new = dataclasses.replace(new, config=secret.sealed(new.channel, new.config, by=actor))
        differs = content.differences(now, new)
        if not differs:
            raise Refused("Nothing is different from what is in use.", remedy="Change a setting, or leave it.")
        made = EndpointChange.objects.create(
            partner=partner,
            endpoint=endpoint,
            content=content.kept(new, base=endpoint.version if endpoint else 0),
            proposed_by=actor,
        )
        told = events.EndpointProposed(name=new.name, changed=tuple(each.field for each in differs))
        append(told, actor=actor, subjects={"partner": partner.pk})
    return made


def confirm(change_id: int, *, by: User) -> Endpoint:
    """Put a proposed change in use. Raises Refused for who proposed it, and when it cannot be used any more."""
    actor = f"user:{by.username}"
    with transaction.atomic():
        change = _open(change_id)
        _another(change, by)
        new, endpoint = content.wanted(change), change.endpoint
        now = _now(endpoint) if endpoint else None
        if endpoint is not None and endpoint.version != content.base(change):
            raise Refused("The address changed since this was proposed.", remedy="Propose it again.", kind="conflict")
        if findings := problems(new):
            raise Unusable(findings)
        if endpoint is None:
            _free(change.partner, None, new.name, but=change)
            endpoint = Endpoint(partner=change.partner, name=new.name, version=0, rank=new.rank)
            endpoint.max_parallel, endpoint.per_minute = new.max_parallel, new.per_minute
        endpoint.version += 1
        endpoint.probed = {**change.probed, "version": endpoint.version} if change.probed else {}
        if endpoint.paused_until != FOREVER:
            endpoint.paused_until, endpoint.pause_reason, endpoint.failures = None, "", 0
        if now is None or (now.channel, secrets.without(now.config)) != (new.channel, secrets.without(new.config)):
            endpoint.cursor = ""  # how far another inbox was read says nothing about this one
        endpoint.save()
        EndpointVersion.objects.create(
            endpoint=endpoint,
            number=endpoint.version,
            channel=new.channel,
            config=dict(new.config),
            format=new.format,
            also=list(new.also),
            profile=dict(new.profile),
            retry=_retry(endpoint) if now else [],
            receipt_minutes=new.receipt_minutes,
            created_by=change.proposed_by[:120],
        )
        change.endpoint = endpoint
        _decided(change, _S.CONFIRMED, actor)
        fields = tuple(each.field for each in content.differences(now, new))
        changed = events.EndpointChanged(version=endpoint.version, changed=fields)
        append(changed, actor=actor, subjects={"partner": change.partner_id, "endpoint": endpoint.pk})
        engine.defer_sweep()
    return endpoint


def decline(change_id: int, *, by: User, reason: str) -> EndpointChange:
    """Another person's no. Its new secrets are forgotten. Raises Refused, also without a reason."""
    if not reason.strip():
        raise Refused("A no needs a reason.", remedy="Write one sentence for the person who proposed it.")
    with transaction.atomic():
        change = _open(change_id)
        _another(change, by)
        return _dropped(change, _S.DECLINED, by, reason.strip())


def withdraw(change_id: int, *, by: User) -> EndpointChange:
    """Who proposed it takes it back. Its new secrets are forgotten. Raises Refused for anybody else."""
    with transaction.atomic():
        change = _open(change_id)
        if change.proposed_by != f"user:{by.username}":
            remedy = "Decline it instead, with a reason."
            raise Refused("Only who proposed it can take it back.", remedy=remedy, kind="not_allowed")
        return _dropped(change, _S.WITHDRAWN, by, "Taken back by the person who proposed it.")


def _buyer(by: User) -> None:
    if not by.is_active or by.partner_id is not None:
        raise Refused("Only people of the buying company change addresses.", kind="not_allowed")


def _another(change: EndpointChange, by: User) -> None:
    _buyer(by)
    if change.proposed_by != f"user:{by.username}":
        return
    others = User.objects.filter(is_active=True, partner=None).exclude(pk=by.pk).exists()
    remedy = "Ask a colleague to look at it."
    if not others:
        remedy = "Nobody else has an account yet: add a second person with orderwire user create, who then confirms it."
    raise Refused("You proposed it, so another person must confirm it.", remedy=remedy, kind="not_allowed")


def _free(partner: Partner, endpoint: Endpoint | None, name: str, *, but: EndpointChange | None = None) -> None:
    waiting = EndpointChange.objects.filter(partner=partner, state=_S.OPEN)
    if endpoint is not None:
        if endpoint.partner_id != partner.pk:
            raise Refused("There is no such endpoint of this partner.", kind="not_found")
        if waiting.filter(endpoint=endpoint).exists():
            remedy = "Confirm or decline that one first."
            raise Refused(f"A change of {endpoint.name} waits already.", remedy=remedy, kind="conflict")
        return
    others = waiting.exclude(pk=but.pk if but else 0).filter(endpoint=None, content__name=name).exists()
    if others or Endpoint.objects.filter(partner=partner, name=name).exists():
        raise Refused(f"{partner.name} has a way in named {name} already.", remedy="Choose another name.")


def _open(change_id: int) -> EndpointChange:
    found = EndpointChange.objects.select_for_update().filter(pk=change_id).first()
    if found is None:
        raise Refused("There is no such change.", kind="not_found")
    if found.state != _S.OPEN:
        words = _S(found.state).label.lower()
        raise Refused(f"It waits no longer: {words}.", remedy="Look at the supplier's page.", kind="conflict")
    return found


def _now(endpoint: Endpoint) -> NewEndpoint:
    """What is in use, read again under a lock."""
    endpoint.refresh_from_db(from_queryset=Endpoint.objects.select_for_update())
    return content.current(endpoint.versions.select_related("endpoint").get(number=endpoint.version))


def _retry(endpoint: Endpoint) -> list[int]:
    return endpoint.versions.get(number=endpoint.version - 1).retry


def _dropped(change: EndpointChange, state: EndpointChange.State, by: User, reason: str) -> EndpointChange:
    used = EndpointVersion.objects.filter(endpoint=change.endpoint).values_list("config", flat=True)
    own = secrets.references(change.content["config"]) - {n for config in used for n in secrets.references(config)}
    Secret.objects.filter(pk__in=own, name=None).delete()
    change.reason = reason
    _decided(change, state, f"user:{by.username}")
    declined = events.EndpointDeclined(name=change.content["name"], reason=reason)
    append(declined, actor=change.decided_by, subjects={"partner": change.partner_id})
    return change


def _decided(change: EndpointChange, state: EndpointChange.State, actor: str) -> None:
    change.state, change.decided_by, change.decided_at = state, actor, timezone.now()
    change.save()
