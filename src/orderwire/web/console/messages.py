"""Messages: the files and calls that came in, what became of each, and what is wrong with one, with places."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from orderwire.records import Letter, Message, Order, Response
from orderwire.tracking.channels import source_word
from orderwire.tracking.people import name
from orderwire.tracking.readable import readable
from orderwire.tracking.words import when
from orderwire.web.access import actor, buyer

PAGE = 50
LETTERS = "letters"
"""The view of what people wrote, proven or not."""

DOCUMENTS, FINDINGS = 200, 100
"""More documents of a file, and more findings of a document, are counted on its page and not listed."""


@require_GET
@buyer
def messages(request: HttpRequest) -> HttpResponse:
    """Newest first, by keyset."""
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    found = Message.objects.order_by("-id").defer("documents", "findings")
    if state == LETTERS:
        found = found.filter(letter__isnull=False)
    elif state in Message.State.values:
        found = found.filter(state=state)
    if after.isascii() and after.isdigit() and len(after) < 18:
        found = found.filter(pk__lt=int(after))
    list_ = list(found[: PAGE + 1])
    context = {
        "list": list_[:PAGE],
        "more": list_[PAGE - 1].pk if len(list_) > PAGE else "",
        "state": state,
        "states": [*Message.State.choices, (LETTERS, "Letters")],
    }
    return render(request, "console/messages.html", context)


@require_GET
@buyer
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: its documents, findings, and the bytes raw and readable."""
    found = _message(pk)
    blob = found.blob
    orders = {
        o.number: o.pk
        for o in Order.objects.filter(number__in=[d["number"] for d in found.documents[:DOCUMENTS] if d.get("number")])
    }
    documents = [
        {
            **d,
            "type": str(d.get("type", "")).replace("_", " "),
            "order_id": d.get("order_id") or orders.get(d.get("number") or ""),
            "word": _outcome(d),
            "more": max(0, len(d.get("findings", [])) - FINDINGS),
            "findings": d.get("findings", [])[:FINDINGS],
        }
        for d in found.documents[:DOCUMENTS]
    ]
    context = {
        "message": found,
        "by": name(found.actor).rstrip("."),
        "at": when(found.received_at),
        "came": source_word(found.source),
        "letter": Letter.objects.filter(message=found).select_related("order").first(),
        "documents": documents,
        "held_in_it": len(found.documents),
        "more": max(0, len(found.documents) - DOCUMENTS),
        "answers": list(Response.objects.filter(message=found).select_related("order")),
        "file": readable(
            blob.open_bytes(),
            name=found.name,
            media_type=blob.media_type,
            findings=[d.get("findings", []) for d in found.documents],
        ),
        "reply": readable(found.reply.open_bytes(), name="reply", media_type=found.reply.media_type)
        if found.reply
        else None,
        "unseen": found.state in (Message.State.REFUSED, Message.State.PARTLY) and found.seen_at is None,
    }
    return render(request, "console/message.html", context)


@require_GET
@buyer
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they came in."""
    found = _message(pk)
    headers = {
        "Content-Disposition": content_disposition_header(True, found.name) or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(found.blob.open_bytes(), content_type="application/octet-stream", headers=headers)


@require_POST
@buyer
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a refused message rest: it leaves the inbox and stays here."""
    Message.objects.filter(pk=_message(pk).pk, seen_at=None).update(seen_at=timezone.now(), seen_by=actor(request))
    return redirect("inbox")


@require_POST
@buyer
def letter_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter was read: it leaves the inbox and stays with its order."""
    found = Letter.objects.filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such letter.")
    Letter.objects.filter(pk=pk, seen_at=None).update(seen_at=timezone.now(), seen_by=actor(request))
    if found.order_id is None:
        return redirect("message", found.message_id)
    return redirect(f"{reverse('order_section', args=[found.order_id, 'messages'])}#letter-{pk}")


_OUTCOMES = {"created": ("New order", "done", "quiet"), "revised": ("New version", "done", "quiet"),
             "not_sent": ("Kept, not sent", "held", "warn"), "late": ("Older version, kept", "end", "quiet"),
             "waiting": ("Waits for its order", "move", "move"),
             "duplicate": ("Known already", "end", "quiet"), "conflict": ("Other content than ours", "fail", "bad"),
             "refused": ("Refused", "fail", "bad"), "held": ("Order on hold", "held", "warn"),
             "cancelled": ("Order cancelled", "end", "quiet"),
             "unproven": ("Not proven, nothing changed", "ask", "warn"),
             "kept": ("Kept; it is no answer", "end", "quiet"),
             "rejected": ("They refuse it", "fail", "bad")}  # fmt: skip


def _outcome(document: dict[str, str]) -> tuple[str, str, str]:
    outcome = document.get("outcome", "")
    return _OUTCOMES.get(outcome, (outcome.replace("_", " ").capitalize() or "Read", "done", "quiet"))


def _message(pk: int) -> Message:
    found = Message.objects.select_related("blob", "reply").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such message.")
    return found
