"""A proposed change of an address: what was and what would be, who proposed it, the test of it, and the second
person's word."""

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from orderwire.flow.endpoints import change as verbs
from orderwire.flow.endpoints import content, operate
from orderwire.flow.endpoints.probe import probe_change
from orderwire.flow.enroll import NewEndpoint
from orderwire.records import EndpointChange, EndpointVersion, User
from orderwire.tracking import connections
from orderwire.tracking.channels import channel_word, format_word
from orderwire.tracking.people import names
from orderwire.tracking.words import day, plural, sentence_time
from orderwire.web.access import actor, buyer, person, typed
from orderwire.web.console import settings_form
from orderwire.web.console.done import done
from orderwire.web.console.endpoint import tell


@require_GET
@buyer
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """The page."""
    found = _found(pk)
    now = timezone.now()
    old = _before(found)
    new = content.wanted(found)
    people = names([found.proposed_by, found.decided_by, found.probed.get("by", found.proposed_by)])
    mine = found.proposed_by == actor(request)
    waits = found.state == EndpointChange.State.OPEN
    before = operate.planned_before(found.endpoint).count() if found.endpoint and not waits else 0
    context = {
        "change": found,
        "partner": found.partner,
        "carries": f"{channel_word(new.channel)} · {', '.join(format_word(f) for f in (new.format, *new.also))}",
        "name": new.name,
        "rows": [_row(each) for each in content.differences(old, new) if each.secret or not _idle(each, old is None)],
        "by": people[found.proposed_by],
        "at": sentence_time(found.proposed_at, now=now),
        "decided_by": people.get(found.decided_by, ""),
        "decided_at": sentence_time(found.decided_at, now=now) if found.decided_at else "",
        "mine": mine,
        "waits": waits,
        "alone": mine and not User.objects.filter(is_active=True, partner=None).exclude(pk=person(request).pk).exists(),
        "tested": connections.tested(found.probed, people, now=now),
        "before": before,
        "before_words": plural(before, "order was", "orders were"),
    }
    return render(request, "console/change.html", context)


@require_POST
@buyer
def change_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm, decline, take back or test it."""
    found, by = _found(pk), person(request)
    page, supplier = reverse("change", args=[pk]), reverse("supplier", args=[found.partner_id])
    reason = typed(request.POST, "reason")[:2000]
    match verb:
        case "confirm":
            said = f"In use: orders to {found.partner.name} may go there from now on."
            return done(request, said, lambda: verbs.confirm(pk, by=by), back=page)
        case "decline":
            return done(
                request, "Declined.", lambda: verbs.decline(pk, by=by, reason=reason), back=supplier, undone=page
            )
        case "withdraw":
            return done(request, "Taken back.", lambda: verbs.withdraw(pk, by=by), back=supplier, undone=page)
        case "test":
            return tell(request, lambda: probe_change(pk, actor=actor(request)), back=page)
        case _:
            raise Http404("There is no such action.")


def _found(pk: int) -> EndpointChange:
    found = EndpointChange.objects.select_related("partner", "endpoint").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such change.")
    return found


def _before(found: EndpointChange) -> NewEndpoint | None:
    """The version that it was proposed against."""
    versions = EndpointVersion.objects.filter(endpoint=found.endpoint, number=content.base(found))
    version = versions.select_related("endpoint").first() if content.base(found) else None
    return content.current(version) if version else None


def _idle(each: content.Differs, new: bool) -> bool:
    """What a new way has like every other."""
    return new and (each.new in (None, [], "", {}) or (each.field, each.new) in (("rank", 0), ("max_parallel", 2)))


def _row(each: content.Differs) -> dict[str, Any]:
    parts = each.field.split(".")
    words = [format_word(parts[1]), *parts[2:]] if parts[0] == "profile" else parts[1:] or parts
    label = " · ".join(part if at == 0 and parts[0] == "profile" else settings_form.label(part)
                       for at, part in enumerate(words))  # fmt: skip
    if each.secret:
        return {"label": label, "secret": True}
    return {"label": label, "old": _shown(each.field, each.old), "new": _shown(each.field, each.new)}


def _shown(field: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if field == "channel":
        return channel_word(str(value))
    if field == "format":
        return format_word(str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if "-----BEGIN CERTIFICATE-----" in str(value):
        return _certificates(value if isinstance(value, str) else "\n".join(map(str, value)))
    if isinstance(value, list):
        return "\n".join(format_word(str(one)) if field == "also" else str(one) for one in value)
    return str(value)


def _certificates(pem: str) -> str:
    """What two people can compare on the telephone: whose each is, until when, and its fingerprint."""
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        return pem
    return "\n".join(
        f"{each.subject.rfc4514_string()}, until {day(each.not_valid_after_utc.date())}\n"
        f"SHA-256 {each.fingerprint(SHA256()).hex(' ', 2)}"
        for each in found
    )
