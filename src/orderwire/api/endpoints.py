"""Endpoints of partners: proposed by one person and confirmed by another, as on the pages; tested, paused, resumed."""

import datetime
from typing import Annotated, Self

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from orderwire.api.access import Caller, caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.decisions import Why
from orderwire.api.paging import Id, Word
from orderwire.api.partners import EndpointIn, EndpointOut, Name, new_endpoint
from orderwire.api.problem import problem, told
from orderwire.flow import Refused, distribute
from orderwire.flow.endpoints import change as verbs
from orderwire.flow.endpoints import content
from orderwire.flow.endpoints.probe import Probed, probe, probe_change
from orderwire.flow.enroll import Unusable
from orderwire.records import Endpoint, EndpointChange, EndpointVersion, Partner, User

router = Router(tags=["endpoints"])
SHOWN = 200


class ProbeOut(Schema):
    """How a test of a connection went, in words."""

    good: bool
    text: str
    at: datetime.datetime
    by: str
    version: int = Field(description="The version that was tested; 0 for a change that waits.")

    @classmethod
    def of(cls, found: Probed) -> Self:
        """The result of a test."""
        at = datetime.datetime.fromisoformat(found.at)
        return cls(good=found.good, text=found.text, at=at, by=found.by, version=found.version)


class ChangeOut(Schema):
    """A change of an endpoint. Only the names of the settings are told; what is in use: the partner itself."""

    id: int
    partner: str
    endpoint: str
    version: int = Field(description="The version that it was proposed against; 0 for a new endpoint.")
    state: str = Field(description="open, confirmed, declined, withdrawn")
    changed: list[str]
    reason: str = ""
    proposed_by: str
    proposed_at: datetime.datetime
    decided_by: str = ""
    decided_at: datetime.datetime | None = None
    probe: ProbeOut | None = None

    @classmethod
    def of(cls, change: EndpointChange) -> Self:
        """A change as it stands now."""
        number = content.base(change)
        versions = EndpointVersion.objects.filter(endpoint=change.endpoint_id, number=number)
        before = versions.select_related("endpoint").first() if number else None
        old = content.current(before) if before else None
        return cls(
            id=change.pk,
            partner=change.partner.number,
            endpoint=change.content["name"],
            version=number,
            state=change.state,
            changed=[each.field for each in content.differences(old, content.wanted(change))],
            reason=change.reason,
            proposed_by=change.proposed_by,
            proposed_at=change.proposed_at,
            decided_by=change.decided_by,
            decided_at=change.decided_at,
            probe=ProbeOut(**change.probed) if change.probed else None,
        )


class Changes(Schema):
    """The newest changes of a partner's endpoints."""

    changes: list[ChangeOut]


ONE = responses(ChangeOut, 404, *WRITE, 503)
EndpointName = Annotated[Name, Field(description="The endpoint's name.")]


@router.post(
    "/{number}/endpoints",
    response=responses(ChangeOut, 404, *WRITE, 503, status=201),
    **needs("partners:write"),
    summary="Propose an endpoint",
)
def propose_endpoint(request: HttpRequest, number: Word, body: EndpointIn) -> HttpResponse:
    """Propose a new endpoint, or a new version of the one that has this name. Nothing changes before another person
    confirms it. A secret that is left out stays as it is; one that stands here is kept apart at once."""
    partner = _partner(number)
    endpoint = partner.endpoints.filter(name=body.name).first()
    try:
        made = verbs.propose(partner, endpoint, new_endpoint(body), by=_person(caller(request)))
    except Unusable as failure:
        return problem(422, "invalid", failure.reason, failure.remedy, findings=told(failure.findings))
    return given(ChangeOut.of(made), 201)


@router.get(
    "/{number}/changes",
    response=responses(Changes, 404),
    **needs("partners:read"),
    summary="List changes of endpoints",
)
def list_changes(request: HttpRequest, number: Word) -> HttpResponse:
    """The newest changes, those that wait among them."""
    found = _partner(number).endpoint_changes.select_related("partner", "endpoint").order_by("-pk")[:SHOWN]
    return given(Changes(changes=[ChangeOut.of(change) for change in found]))


@router.post("/{number}/changes/{id}/confirm", response=ONE, **needs("partners:write"), summary="Confirm a change")
def confirm_change(request: HttpRequest, number: Word, id: Id) -> HttpResponse:
    """The yes of a second person, whose key this is: refused for the person who proposed it."""
    change = _change(number, id)
    try:
        verbs.confirm(change.pk, by=_person(caller(request)))
    except Unusable as failure:
        return problem(422, "invalid", failure.reason, failure.remedy, findings=told(failure.findings))
    return given(ChangeOut.of(_change(number, id)))


@router.post("/{number}/changes/{id}/decline", response=ONE, **needs("partners:write"), summary="Decline a change")
def decline_change(request: HttpRequest, number: Word, id: Id, body: Why) -> HttpResponse:
    """The no of a second person. Its new secrets are forgotten."""
    verbs.decline(_change(number, id).pk, by=_person(caller(request)), reason=body.reason)
    return given(ChangeOut.of(_change(number, id)))


@router.post("/{number}/changes/{id}/withdraw", response=ONE, **needs("partners:write"), summary="Take a change back")
def withdraw_change(request: HttpRequest, number: Word, id: Id) -> HttpResponse:
    """Who proposed it takes it back."""
    verbs.withdraw(_change(number, id).pk, by=_person(caller(request)))
    return given(ChangeOut.of(_change(number, id)))


@router.post(
    "/{number}/changes/{id}/probe",
    response=responses(ProbeOut, 404, *WRITE, 503),
    **needs("partners:write"),
    summary="Test a change",
)
def probe_proposed(request: HttpRequest, number: Word, id: Id) -> HttpResponse:
    """Test what is proposed, for 20 seconds at most; no order is sent. Refused where it would send a stored secret to
    an address that nobody confirmed yet."""
    return given(ProbeOut.of(probe_change(_change(number, id).pk, actor=caller(request).actor)))


@router.post(
    "/{number}/endpoints/{name}/probe",
    response=responses(ProbeOut, 404, *WRITE, 503),
    **needs("partners:write"),
    summary="Test an endpoint",
)
def probe_endpoint(request: HttpRequest, number: Word, name: EndpointName) -> HttpResponse:
    """Test the connection of the version in use, for 20 seconds at most; no order is sent."""
    return given(ProbeOut.of(probe(_endpoint(number, name).pk, actor=caller(request).actor)))


@router.post(
    "/{number}/endpoints/{name}/pause",
    response=responses(EndpointOut, 404, *WRITE, 503),
    **needs("partners:write"),
    summary="Pause an endpoint",
)
def pause_endpoint(request: HttpRequest, number: Word, name: EndpointName, body: Why) -> HttpResponse:
    """Nothing is sent there until somebody resumes it."""
    endpoint = _endpoint(number, name)
    distribute.pause(endpoint.pk, actor=caller(request).actor, reason=body.reason)
    return given(_shown(endpoint))


@router.post(
    "/{number}/endpoints/{name}/resume",
    response=responses(EndpointOut, 404, *WRITE, 503),
    **needs("partners:write"),
    summary="Resume an endpoint",
)
def resume_endpoint(request: HttpRequest, number: Word, name: EndpointName) -> HttpResponse:
    """Sending goes on with whatever waits."""
    endpoint = _endpoint(number, name)
    distribute.resume_endpoint(endpoint.pk, actor=caller(request).actor)
    return given(_shown(endpoint))


def _partner(number: str) -> Partner:
    partner = Partner.objects.filter(number=number).first()
    if partner is None:
        raise Refused("There is no such partner.", kind="not_found")
    return partner


def _endpoint(number: str, name: str) -> Endpoint:
    endpoint = Endpoint.objects.filter(partner=_partner(number), name=name).first()
    if endpoint is None:
        raise Refused("There is no such endpoint of this partner.", kind="not_found")
    return endpoint


def _change(number: str, id: int) -> EndpointChange:
    found = EndpointChange.objects.select_related("partner", "endpoint")
    change = found.filter(pk=id, partner=_partner(number)).first()
    if change is None:
        raise Refused("There is no such change of this partner's endpoints.", kind="not_found")
    return change


def _shown(endpoint: Endpoint) -> EndpointOut:
    endpoint.refresh_from_db()
    return EndpointOut.of(endpoint.versions.select_related("endpoint").get(number=endpoint.version))


def _person(who: Caller) -> User:
    if who.user is None:
        reason, remedy = "Only people change addresses.", "Use a key that belongs to a user."
        raise Refused(reason, remedy=remedy, kind="not_allowed")
    return who.user
