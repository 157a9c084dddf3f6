"""What providers of mail report to our web hooks (bounces, complaints, delays), for houses that send through one.

django-anymail knows the providers' forms and signatures; only its signal tells of them, hence the one receiver here.
"""

import json
import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.urls import URLPattern
from django.utils import timezone

from orderwire.channels import Proof, Report
from orderwire.flow import receive, reported
from orderwire.flow.token import token
from orderwire.records import Delivery, Message

METADATA = "orderwire"
"""The name under which a provider repeats our token: `token_header` of the endpoint puts it into the mail."""

_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_CODES = {"timed_out": "4.4.7", "blocked": "5.7.1", "spam": "5.7.1", "unsubscribed": "5.7.1", "other": "5.3.0"}
"""A status (RFC 3463) for what a provider says without one; none means that the address takes no mail."""


def urlpatterns() -> list[URLPattern]:
    """The web hooks, where ORDERWIRE_ANYMAIL is set; from then on their events are heard."""
    if not settings.ANYMAIL:
        return []
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise ImproperlyConfigured(
            "ORDERWIRE_ANYMAIL needs a WEBHOOK_SECRET like user:password; anybody could call else"
        )
    try:
        from anymail import signals, urls
    except ImportError as failure:
        text = "ORDERWIRE_ANYMAIL is set, and django-anymail is not installed: pip install 'orderwire[anymail]'"
        raise ImproperlyConfigured(text) from failure
    signals.tracking.connect(_heard, dispatch_uid="orderwire.mail_events")
    return [found for found in urls.urlpatterns if "tracking" in found.name or found.name == "mandrill_webhook"]


def _heard(sender: Any, *, event: Any, esp_name: str, **more: Any) -> None:
    """Keep one event and apply what it reports, together: the provider calls again where this fails."""
    said = _report(event)
    if said is None:
        return
    raw = json.dumps(event.esp_event, sort_keys=True, default=str).encode()
    with transaction.atomic():
        kept = receive.store(raw, name=f"{esp_name} {event.event_type}", source="email:provider", actor="system:email")
        told = reported.report(kept, said, None)
        kept.documents, kept.settled_at = [told], timezone.now()
        kept.state = Message.State.PROCESSED if told["outcome"] == "used" else Message.State.REFUSED
        kept.save(update_fields=["documents", "settled_at", "state"])


def _report(event: Any) -> Report | None:
    """What an event reports; None for what proves nothing, such as a pixel that was loaded: scanners load them too."""
    words = " ".join(str(event.mta_response or event.description or "").split())[:400]
    who = str(event.recipient or "").lower()
    found = _CODE.search(words)
    common: dict[str, Any] = {
        "token": _token(event),
        "address": who,
        "external_id": f"{event.event_id or event.timestamp or ''} {event.event_type} {who}".strip(),
        "code": found[0] if found else _CODES.get(event.reject_reason or "", ""),
    }
    match event.event_type:
        case "bounced":
            return Report(f"It came back from {who}. Their words: {words or 'none'}", **common)
        case "rejected" | "failed":
            common["code"] = common["code"] or "5.3.0"
            return Report(f"The mail provider did not send it to {who}: {words or event.reject_reason}", **common)
        case "deferred":
            return Report(f"It has not reached {who} yet; the provider still tries. {words}", final=False, **common)
        case "delivered":
            return Report(f"The mail server of {who} took it over. {words}", Proof.HANDED_OVER, **common)
        case "complained":
            return Report(f"{who} reported our mail as unwanted", complaint=True, **common)
    return None


def _token(event: Any) -> str:
    """Ours where the provider repeats it, else that of the mail whose Message-ID the provider kept. The web hook's
    signature vouches for both."""
    given = str((event.metadata or {}).get(METADATA, ""))
    if given or not event.message_id:
        return given
    named = str(event.message_id).strip("<>")
    sent = Delivery.objects.filter(message_id__in=(named, named.rpartition("@")[0])).order_by("pk").first()
    return token(sent.pk) if sent is not None else ""
