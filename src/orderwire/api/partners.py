"""Suppliers and internal recipients: what an integrator needs to start. Their endpoints change in `endpoints`, where
two people look at them."""

import datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema

from orderwire import plugins
from orderwire.api.access import caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.paging import Body, Filters, Word, only
from orderwire.api.problem import problem, told
from orderwire.document.base import Country, Label, no_control
from orderwire.flow import Refused
from orderwire.flow.endpoints.secrets import foreign, shared
from orderwire.flow.enroll import NewEndpoint, Unusable, enroll
from orderwire.records import EndpointVersion, Partner
from orderwire.records.partner import saturday_and_sunday
from orderwire.records.secret import NoSecret

router = Router(tags=["partners"])


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is not a time zone such as Europe/Berlin")
    return name


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$")]
Kind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Line = Annotated[str, Field(max_length=120), AfterValidator(no_control)]


def _of_a_day(value: datetime.time) -> datetime.time:
    if value.tzinfo is not None:
        raise ValueError("is a time of the partner's own place, such as 08:00; leave the offset out")
    return value


_OF_DAY = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "examples": ["08:00"]}
"""Without an offset, which RFC 3339 asks of the format `time`."""

Clock = Annotated[datetime.time, AfterValidator(_of_a_day), WithJsonSchema(_OF_DAY)]
Mail = Annotated[str, Field(pattern=r"^([^@\s]{1,64}@[A-Za-z0-9.-]{1,189})?$"), AfterValidator(no_control)]


def _storable(value: Any) -> Any:
    """JSON that the database keeps as it is: no control characters anywhere."""
    if isinstance(value, str):
        no_control(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            no_control(name)
            _storable(item)
    elif isinstance(value, list):
        for item in value:
            _storable(item)
    return value


Settings = Annotated[dict[str, Any], AfterValidator(_storable)]


class EndpointIn(Body):
    """Where and how the partner receives; settings by channel and format: docs/reference."""

    name: Name
    channel: Kind
    config: Settings = Field(default_factory=dict, description="Settings of the channel.")
    format: Kind
    also: list[Kind] = Field(default_factory=list, max_length=5, description="Further formats in the same parcel.")
    profile: Settings = Field(default_factory=dict, description="The partner's settings of each format, by its name.")
    rank: int = Field(0, ge=0, le=1000, description="The active endpoint with the lowest rank is preferred.")
    max_parallel: int = Field(2, ge=1, le=64, description="How many orders travel at once.")
    per_minute: int | None = Field(None, ge=1, le=100_000, description="At most so many parcels a minute.")
    receipt_minutes: int | None = Field(
        None, ge=1, le=99_999, description="How long a proof of receipt may take before the next way is tried."
    )


class PartnerIn(Body):
    """A new partner. `number` is the buyer's own number for it; of an internal recipient the name of its group."""

    number: Name
    name: Label
    role: Literal["supplier", "internal"] = "supplier"
    language: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    country: Country | None = Field(None, description="Its public holidays count in working days.")
    region: Annotated[str, Field(max_length=10), AfterValidator(no_control)] = Field(
        "", description="ISO 3166-2 without the country, such as BY: the holidays of that region too."
    )
    weekend: list[Annotated[int, Field(ge=1, le=7)]] = Field(
        default_factory=saturday_and_sunday, max_length=6, description="Days of rest: 1 Monday … 7 Sunday."
    )
    opens: Clock = datetime.time(8)
    closes: Clock = datetime.time(17)
    categories: list[Annotated[str, Field(min_length=1, max_length=80), AfterValidator(no_control)]] = Field(
        default_factory=list, max_length=100
    )
    contact_name: Line = ""
    contact_email: Mail = ""
    second_contact_name: Line = ""
    second_contact_email: Mail = Field("", description="Whom a reminder goes to when the first contact is silent.")
    identifiers: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9:._-]{1,35}$")], Label] = Field(
        default_factory=dict, description="Further identifiers by scheme, such as gln, duns, vat."
    )
    endpoints: list[EndpointIn] = Field(default_factory=list, max_length=20)


class EndpointOut(Schema):
    """An endpoint in its current version. Secrets are starred out."""

    name: str
    version: int
    channel: str
    config: dict[str, Any] | None = Field(None, description="Absent where the channel is not installed.")
    format: str
    also: list[str]
    profile: dict[str, Any]
    rank: int
    max_parallel: int
    per_minute: int | None = None
    receipt_minutes: int | None = None
    active: bool
    paused: str = Field("", description="Why nothing is sent now.")

    @classmethod
    def of(cls, version: EndpointVersion) -> Self:
        """An endpoint as it stands now."""
        endpoint = version.endpoint
        return cls(
            name=endpoint.name,
            version=version.number,
            channel=version.channel,
            config=_shown(version),
            format=version.format,
            also=version.also,
            profile=version.profile,
            rank=endpoint.rank,
            max_parallel=endpoint.max_parallel,
            per_minute=endpoint.per_minute,
            receipt_minutes=version.receipt_minutes,
            active=endpoint.active,
            paused=endpoint.pause_reason if endpoint.paused_until else "",
        )


class PartnerOut(Schema):
    """A partner with its endpoints, the preferred first."""

    number: str
    name: str
    role: str
    language: str
    time_zone: str
    country: str = ""
    region: str = ""
    weekend: list[int]
    opens: Clock
    closes: Clock
    categories: list[str]
    contact_name: str = ""
    contact_email: str = ""
    second_contact_name: str = ""
    second_contact_email: str = ""
    active: bool
    identifiers: dict[str, str]
    endpoints: list[EndpointOut]

    @classmethod
    def of(cls, partner: Partner) -> Self:
        """A partner as it stands now."""
        versions = EndpointVersion.objects.filter(endpoint__partner=partner).select_related("endpoint")
        current = [v for v in versions.order_by("endpoint__rank", "endpoint__pk") if v.number == v.endpoint.version]
        return cls(
            number=partner.number,
            name=partner.name,
            role=partner.role,
            language=partner.language,
            time_zone=partner.time_zone,
            country=partner.country,
            region=partner.region,
            weekend=partner.weekend,
            opens=partner.opens,
            closes=partner.closes,
            categories=partner.categories,
            contact_name=partner.contact_name,
            contact_email=partner.contact_email,
            second_contact_name=partner.second_contact_name,
            second_contact_email=partner.second_contact_email,
            active=partner.active,
            identifiers={i.scheme: i.value for i in partner.identifiers.order_by("pk")},
            endpoints=[EndpointOut.of(v) for v in current],
        )


class Partners(Schema):
    """A page of partners, by number."""

    partners: list[PartnerOut]
    next: str | None = None


class PartnerFilters(Filters):
    """Which partners."""

    role: Literal["supplier", "internal"] | None = None


@router.get("", response=responses(Partners), **needs("partners:read"), summary="List partners")
def list_partners(request: HttpRequest, filters: Query[PartnerFilters]) -> HttpResponse:
    """Suppliers and internal recipients by number."""
    only(request, PartnerFilters)
    found = Partner.objects.order_by("number")
    if filters.role is not None:
        found = found.filter(role=filters.role)
    if filters.cursor is not None:
        found = found.filter(number__gt=filters.cursor)
    rows = list(found[: filters.limit + 1])
    page = rows[: filters.limit]
    after = page[-1].number if len(rows) > len(page) else None
    return given(Partners(partners=[PartnerOut.of(row) for row in page], next=after))


@router.post("", response=responses(PartnerOut, *WRITE, status=201), **needs("partners:write"), summary="Add a partner")
def add_partner(request: HttpRequest, body: PartnerIn) -> HttpResponse:
    """Add a supplier or an internal recipient with its endpoints. Settings that could not be used are refused."""
    given_fields = body.model_dump(exclude={"identifiers", "endpoints", "country"})
    partner = Partner(**given_fields, country=body.country or "")
    new = [new_endpoint(each) for each in body.endpoints]
    if any(each.config.get("allow_private") for each in body.endpoints):
        reason = "A way into your own network is opened by two people, not by a key of the API."
        return problem(422, "invalid", reason, "Leave allow_private out, and propose that endpoint in the console.")
    if any(shared(each.config) and not foreign(each.channel, each.config, {}) for each in new):
        reason = (
            "A secret that endpoints share goes to a new address by the word of two people, not by a key of the API."
        )
        return problem(422, "invalid", reason, "Write a secret of its own, or propose that endpoint afterwards.")
    try:
        enroll(partner, identifiers=body.identifiers, endpoints=new, actor=caller(request).actor)
    except Unusable as failure:
        return problem(422, "invalid", failure.reason, failure.remedy, findings=told(failure.findings))
    return given(PartnerOut.of(partner), 201)


@router.get("/{number}", response=responses(PartnerOut, 404), **needs("partners:read"), summary="Read one partner")
def read_partner(request: HttpRequest, number: Word) -> HttpResponse:
    """One partner with its endpoints."""
    partner = Partner.objects.filter(number=number).first()
    if partner is None:
        raise Refused("There is no such partner.", kind="not_found")
    return given(PartnerOut.of(partner))


def new_endpoint(given: EndpointIn) -> NewEndpoint:
    """As the flow takes it."""
    return NewEndpoint(**{**given.model_dump(), "also": tuple(given.also)})


def _shown(version: EndpointVersion) -> dict[str, Any] | None:
    """The settings as their model shows them, which stars secrets out."""
    try:
        config = plugins.channel(version.channel).config_model.model_validate(version.opened())
    except (KeyError, ValidationError, NoSecret):
        return None
    shown: dict[str, Any] = config.model_dump(mode="json", exclude_unset=True)
    return shown
