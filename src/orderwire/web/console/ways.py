"""A new way to reach a partner, or another version of one: channel and format first, then the settings of both. What
is sent from here waits for a second person."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orderwire import plugins
from orderwire.channels import Channel
from orderwire.document.finding import error
from orderwire.flow import Refused
from orderwire.flow.endpoints import change, content
from orderwire.flow.enroll import NewEndpoint, Unusable
from orderwire.formats import Format
from orderwire.records import Endpoint, Partner
from orderwire.tracking.channels import channel_says, is_erp
from orderwire.web.access import buyer, person, typed
from orderwire.web.console import settings_form

MOST_TEXT = 80


@dataclass(frozen=True)
class Chosen:
    """The plug-ins that a form is for."""

    channel: Channel
    format: Format
    also: tuple[Format, ...]

    @property
    def formats(self) -> tuple[Format, ...]:
        """The first format and those that travel beside it."""
        return (self.format, *self.also)


@require_http_methods(["GET", "HEAD", "POST"])
@buyer
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """A way that the partner does not have yet."""
    return _way(request, _partner(pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
@buyer
def edit(request: HttpRequest, pk: int, way: int) -> HttpResponse:
    """Another version of one that he has."""
    endpoint = Endpoint.objects.filter(pk=way, partner=pk).select_related("partner").first()
    if endpoint is None:
        raise Http404("There is no such endpoint.")
    return _way(request, endpoint.partner, endpoint)


def _way(request: HttpRequest, partner: Partner, endpoint: Endpoint | None) -> HttpResponse:
    now = content.current(endpoint.current) if endpoint else None
    given = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(given, now)
    if chosen is None:
        return _choose(request, partner, endpoint, now, given)
    start = now if now and now.channel == chosen.channel.kind else _blank(chosen, now)
    if request.method != "POST":
        return _page(request, partner, endpoint, chosen, start, start)
    wanted = _read(request.POST, chosen, now)
    try:
        _whole_numbers(request.POST)
        made = change.propose(partner, endpoint, wanted, by=person(request))
    except Unusable as failure:
        return _page(request, partner, endpoint, chosen, wanted, start, faults=failure, status=422)
    except Refused as failure:
        return _page(request, partner, endpoint, chosen, wanted, start, problem=str(failure), status=422)
    messages.success(request, "Proposed. It is used when another person has confirmed it.", extra_tags="ok")
    return redirect("change", made.pk)


def _choose(
    request: HttpRequest, partner: Partner, endpoint: Endpoint | None, now: NewEndpoint | None, given: QueryDict
) -> HttpResponse:
    """The first step: how it travels and what it says."""
    erps = [c for c in plugins.channels() if is_erp(c.kind)]
    partners = [c for c in plugins.channels() if not is_erp(c.kind)]
    context = {
        "partner": partner,
        "endpoint": endpoint,
        "groups": [
            (words, [(c.kind, c.label, channel_says(c.kind, settings_form.intro(c.config_model))) for c in found])
            for words, found in (("How it travels", partners), ("Or your own ERP, where orders come from", erps))
            if found
        ],
        "formats": [(f.kind, f.label) for f in plugins.formats() if f.writes],
        "channel": given.get("channel") or (now.channel if now else ""),
        "format": given.get("format") or (now.format if now else ""),
        "also": given.getlist("also") or (list(now.also) if now else []),
        "problem": "Choose both, of those that are installed." if "channel" in given else "",
    }
    return render(request, "console/way_choose.html", context, status=422 if context["problem"] else 200)


def _page(
    request: HttpRequest,
    partner: Partner,
    endpoint: Endpoint | None,
    chosen: Chosen,
    values: NewEndpoint,
    now: NewEndpoint,
    *,
    faults: Unusable | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The second step, with what was written and what is wrong with it; `now` has the secrets that are kept."""
    settings, profiles = _fields(chosen, values, {}, now)
    at: dict[str, str] = {}
    rest: list[str] = []
    if faults is not None:
        every = [*settings, *(field for _, fields in profiles for field in fields)]
        at, rest = settings_form.at_fields(faults.findings, every)
        settings, profiles = _fields(chosen, values, at, now)
    if status == 422 and _has_secret(request.POST, settings):
        rest.append("Write the passwords and keys again: a page never shows them.")
    context = {
        "partner": partner,
        "endpoint": endpoint,
        "chosen": chosen,
        "values": values,
        "typed": request.POST if status == 422 else values,
        "first": sorted((each for each in settings if not each.usual), key=lambda each: not each.required),
        "more": [each for each in settings if each.usual],
        "more_open": any(_faulty(each) for each in settings if each.usual),
        "profiles": [(format.label, fields, any(_faulty(each) for each in fields)) for format, fields in profiles],
        "at": at,
        "rest": rest,
        "wrong": len(at),
        "problem": problem,
        "intro": channel_says(chosen.channel.kind, settings_form.intro(chosen.channel.config_model)),
    }
    return render(request, "console/way.html", context, status=status)


Fields = tuple[settings_form.Setting, ...]


def _fields(
    chosen: Chosen, values: NewEndpoint, at: dict[str, str], now: NewEndpoint
) -> tuple[Fields, list[tuple[Format, Fields]]]:
    model = chosen.channel.config_model
    config = settings_form.settings(model, values.config, where="config", problems=at, kept=now.config)
    profiles = [
        (
            each,
            tuple(
                field
                for field in settings_form.settings(
                    each.profile_model, values.profile.get(each.kind, {}), where=f"profile.{each.kind}", problems=at
                )
                if field.kind != "secret"  # no profile keeps one (flow.enroll)
            ),
        )
        for each in chosen.formats
    ]
    return config, profiles


def _faulty(field: settings_form.Setting) -> bool:
    return bool(field.problem) or any(_faulty(each) for each in field.inner)


def _has_secret(given: QueryDict, fields: Fields) -> bool:
    return any(
        (field.kind == "secret" and bool(given.get(field.name, "").strip())) or _has_secret(given, field.inner)
        for field in fields
    )


def _read(given: QueryDict, chosen: Chosen, now: NewEndpoint | None) -> NewEndpoint:
    config = settings_form.read(chosen.channel.config_model, given, where="config")
    profile = {f.kind: settings_form.read(f.profile_model, given, where=f"profile.{f.kind}") for f in chosen.formats}
    return NewEndpoint(
        name=typed(given, "name")[:MOST_TEXT] or (now.name if now else chosen.channel.label),
        channel=chosen.channel.kind,
        format=chosen.format.kind,
        config=config,
        also=tuple(f.kind for f in chosen.also),
        profile={kind: settings for kind, settings in profile.items() if settings},
        rank=_number(given, "rank") or 0,
        receipt_minutes=_number(given, "receipt_minutes"),
    )


def _blank(chosen: Chosen, now: NewEndpoint | None) -> NewEndpoint:
    """An empty form for this channel; what is said of the way itself stays."""
    return NewEndpoint(
        name=now.name if now else chosen.channel.label,
        channel=chosen.channel.kind,
        format=chosen.format.kind,
        profile=now.profile if now else {},
        receipt_minutes=now.receipt_minutes if now else None,
    )


def _number(given: QueryDict, name: str) -> int | None:
    text = typed(given, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


_SPAN = {"receipt_minutes": (1, 99_999), "rank": (0, 1000)}


def _whole_numbers(given: QueryDict) -> None:
    """Raises Unusable for what would otherwise be left out in silence."""
    wrong = []
    for name, (least, most) in _SPAN.items():
        number = _number(given, name)
        if typed(given, name) and (number is None or not least <= number <= most):
            wrong.append(error("no-number", name, f"must be a whole number from {least} to {most}"))
    if wrong:
        raise Unusable(tuple(wrong))


def _chosen(given: QueryDict, now: NewEndpoint | None) -> Chosen | None:
    """The plug-ins that were chosen, or those in use; None while something is open."""
    if "choose" in given:
        return None
    first = given.get("format", now.format if now and "channel" not in given else "")
    also = given.getlist("also") if "format" in given else list(now.also) if now else []
    try:
        channel = plugins.channel(given.get("channel", now.channel if now else ""))
        formats = [plugins.format(kind) for kind in dict.fromkeys([first, *also])]
    except KeyError:
        return None
    usable = all(f.writes for f in formats) and len(formats) <= 5
    return Chosen(channel, formats[0], tuple(formats[1:])) if usable else None


def _partner(pk: int) -> Partner:
    partner = Partner.objects.filter(pk=pk).first()
    if partner is None:
        raise Http404("There is no such supplier.")
    return partner
