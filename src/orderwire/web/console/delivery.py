"""One delivery: what happened in words, each try, each proof, and the bytes that travelled, raw and readable."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from orderwire.document.states import DeliveryState
from orderwire.flow import Refused, distribute, fallback
from orderwire.records import Blob
from orderwire.tracking.channels import by_channel, resendable
from orderwire.tracking.evidence import KINDS, evidence_file
from orderwire.tracking.order import EVIDENCE, Trip, load_trip
from orderwire.tracking.readable import Readable, readable
from orderwire.tracking.words import sentence_time, short, when
from orderwire.web.access import actor, buyer, typed
from orderwire.web.console.done import done


@require_GET
@buyer
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """The page."""
    trip = _trip(pk)
    kept = (trip.delivery.parcel or {}).get("files", [])
    blobs = Blob.objects.in_bulk({f["sha256"] for f in kept} | {a.sent_sha256 for a in trip.attempts if a.sent_sha256})
    files = [
        (n, f, _open(blobs[f["sha256"]], f["filename"], f["media_type"]), blobs[f["sha256"]].sealed)
        for n, f in enumerate(kept)
        if f["sha256"] in blobs
    ]
    sent = next((blobs[a.sent_sha256] for a in reversed(trip.attempts) if a.sent_sha256 in blobs), None)
    context = {
        "trip": trip,
        "delivery": trip.delivery,
        "order": trip.delivery.order,
        "says": _says(trip),
        "files": files,
        "mail": _open(sent, "the mail", sent.media_type) if sent else None,
        "findings": (trip.delivery.parcel or {}).get("findings", []),
        "proves": trip.delivery.kind in KINDS and bool(trip.attempts),
        "in_doubt": trip.state is DeliveryState.IN_DOUBT,
        "may_resend": trip.state not in _BUSY,
        "twice": trip.held_by and not resendable(trip.channel),
        "tries": [(a, when(a.started_at or a.intent_at)) for a in trip.attempts],
        "proofs": [(_kind(r.kind), when(r.at), r.text) for r in trip.receipts],
    }
    return render(request, "console/delivery.html", context)


@require_GET
@buyer
def file(request: HttpRequest, pk: int, n: int) -> HttpResponse:
    """One file of the parcel as it was sent; refused where it carries the supplier's answer link."""
    kept = (_trip(pk).delivery.parcel or {}).get("files", [])
    blob = Blob.objects.filter(pk=kept[n]["sha256"]).first() if n < len(kept) else None
    if blob is None or blob.sealed:
        raise Http404("There is no such file to give out.")
    headers = {
        "Content-Disposition": content_disposition_header(True, kept[n]["filename"]) or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(blob.open_bytes(), content_type=kept[n]["media_type"], headers=headers)


@require_GET
@buyer
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about this version and this recipient as one file that anybody can check without us."""
    try:
        name, content = evidence_file(_trip(pk).delivery)
    except Refused as refusal:
        messages.error(request, f"No evidence file. {refusal}", extra_tags="bad")
        return redirect("delivery", pk)
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/zip", headers=headers)


@require_POST
@buyer
def deliver(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Send again, or settle a doubt."""
    trip, by = _trip(pk), actor(request)
    reason = typed(request.POST, "reason")
    back = reverse("order", args=[trip.delivery.order_id]) if trip.delivery.order_id else reverse("delivery", args=[pk])
    page = reverse("delivery", args=[pk])
    match verb:
        case "resend":
            said = f"On its way to {short(trip.to)} again."
            why = reason or "asked for by a person"
            return done(request, said, lambda: distribute.resend(pk, actor=by, reason=why), back=back, undone=page)
        case "arrived" | "again":
            arrived = verb == "arrived"
            said = "Settled: it arrived." if arrived else "Sent again, marked as a possible duplicate."
            settle = lambda: distribute.settle_doubt(pk, arrived=arrived, actor=by, reason=reason)  # noqa: E731
            return done(request, said, settle, back=back, undone=page)
        case _:
            raise Http404("There is no such action.")


@require_POST
@buyer
def by_another(request: HttpRequest, pk: int, way: int) -> HttpResponse:
    """Send it another way; what waits here is withdrawn."""
    trip, by = _trip(pk), actor(request)
    why = typed(request.POST, "reason") or "asked for by a person"
    back = reverse("order", args=[trip.delivery.order_id]) if trip.delivery.order_id else reverse("delivery", args=[pk])
    said = f"It goes to {short(trip.to)} another way."
    verb = lambda: fallback.climb(pk, actor=by, reason=why, endpoint_id=way)  # noqa: E731
    return done(request, said, verb, back=back, undone=reverse("delivery", args=[pk]))


_BUSY = (DeliveryState.SENDING, DeliveryState.READY, DeliveryState.SUPERSEDED, DeliveryState.CANCELLED,
         DeliveryState.IN_DOUBT)  # fmt: skip


def _trip(pk: int) -> Trip:
    trip = load_trip(pk)
    if trip is None:
        raise Http404("There is no such delivery.")
    return trip


def _kind(kind: str) -> tuple[int, str]:
    level, words = EVIDENCE.get(kind, (1, kind.replace("_", " ")))
    return level, words[:1].upper() + words[1:]


def _open(blob: Blob, name: str, media_type: str) -> Readable:
    return readable(blob.open_bytes(), name=name, media_type=media_type, secret=blob.sealed)


def _says(trip: Trip) -> tuple[str, str]:
    """What became of it: the words before, and the strong ones."""
    to, by, now = short(trip.to), by_channel(trip.channel), timezone.now()
    at = trip.delivery.accepted_at
    reason = trip.delivery.reason.rstrip(".")
    match trip.state:
        case DeliveryState.FAILED | DeliveryState.HELD | DeliveryState.IN_DOUBT | DeliveryState.RETRY:
            return f"To {to} {by}: {reason or 'no reason was given'}.", f"{trip.state.label}."
        case DeliveryState.READY | DeliveryState.SENDING:
            return f"To {to} {by}.", f"{trip.state.label}."
        case DeliveryState.SUPERSEDED | DeliveryState.CANCELLED:
            return f"To {to} {by}. {reason}", f"{trip.state.label}."
        case _:
            on = f" {sentence_time(at, now=now)}" if at else ""
            return f"Sent to {to} {by}{on}.", f"{trip.proof[1][:1].upper()}{trip.proof[1][1:]}."
