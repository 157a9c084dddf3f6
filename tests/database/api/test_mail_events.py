"""A provider's web hook reports bounces and complaints about what was sent through it; nobody else can."""

import base64
import json
import sys
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import clear_url_caches, include, path

from orderwire.api import mail_events
from orderwire.flow.token import token
from orderwire.records import Delivery, DeliveryRecipient, Message, Suppression
from tests.database import factories

pytestmark = pytest.mark.django_db

US = "sales@supplier.example"


@pytest.fixture
def hook(settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the web hook, in an installation that has one."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": "provider:secret"}
    roads = ModuleType("roads")
    roads.urlpatterns = [path("hooks/mail/", include(mail_events.urlpatterns()))]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "roads", roads)
    settings.ROOT_URLCONF = "roads"
    clear_url_caches()
    return "/hooks/mail/postmark/tracking/"


@pytest.fixture
def sent() -> Delivery:
    delivery = factories.delivery(factories.order())
    DeliveryRecipient.objects.create(delivery=delivery, address=US, state="taken", at=delivery.created_at)
    return delivery


def call(hook: str, sign_in: str = "provider:secret", **event: Any) -> int:
    given = {"Authorization": "Basic " + base64.b64encode(sign_in.encode()).decode()}
    posted = Client().post(hook, json.dumps(event), content_type="application/json", headers=given)
    return posted.status_code


def bounce(**more: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "Email": US, "BouncedAt": "2026-11-23T10:00:00Z",
        "Details": "smtp;550 5.1.1 no such user", "MessageID": "their-own-id",
    } | more  # fmt: skip


def now(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.state


def test_a_bounce_under_our_mark_fails_the_delivery_once(hook: str, sent: Delivery) -> None:
    event = bounce(Metadata={"orderwire": token(sent.pk)})
    assert call(hook, **event) == call(hook, **event) == 200
    assert now(sent) == "failed" and "550 5.1.1 no such user" in sent.reason
    assert Suppression.objects.get().address == US
    assert sent.receipts.count() == 1
    kept = Message.objects.order_by("pk")[0]
    assert (kept.state, kept.source, json.loads(kept.blob.open_bytes())["ID"]) == ("processed", "email:provider", 42)


def test_a_provider_that_keeps_the_message_id_needs_no_mark(hook: str, sent: Delivery) -> None:
    call(hook, **bounce(MessageID=f"<{sent.message_id}@buyer.example>"))
    assert now(sent) == "failed"


def test_a_call_without_the_secret_and_a_forged_mark_change_nothing(hook: str, sent: Delivery) -> None:
    event = bounce(Metadata={"orderwire": token(sent.pk)})
    assert call(hook, "provider:guess", **event) == 400
    assert call(hook, **bounce(Metadata={"orderwire": f"{sent.pk}-aaaaaaaaaaaaaaaa"})) == 200
    assert now(sent) == "accepted" and not Suppression.objects.exists()
    assert Message.objects.get().state == "refused"


def test_a_complaint_blocks_a_delay_is_told_a_loaded_picture_is_nothing(hook: str, sent: Delivery) -> None:
    mark = {"Metadata": {"orderwire": token(sent.pk)}}
    call(hook, RecordType="Open", Recipient=US, **mark)
    assert not Message.objects.exists() and now(sent) == "accepted"
    call(hook, **bounce(Type="Transient", ID=1, Details="", **mark))
    assert DeliveryRecipient.objects.get().state == "later"
    call(hook, RecordType="Delivery", Recipient=US, DeliveredAt="2026-11-23T10:00:00Z", Details="250 ok", **mark)
    assert now(sent) == "accepted" and DeliveryRecipient.objects.get().state == "taken"
    call(hook, **bounce(RecordType="SpamComplaint", Type="SpamComplaint", ID=2, Details="", **mark))
    assert now(sent) == "accepted" and Suppression.objects.get().why == "complaint"


def test_without_its_setting_there_is_no_web_hook_and_one_without_a_secret_does_not_start(settings: Any) -> None:
    settings.ANYMAIL = {}
    assert mail_events.urlpatterns() == []
    assert Client().post("/hooks/mail/postmark/tracking/").status_code == 404
    settings.ANYMAIL = {"MAILGUN_API_KEY": "x"}
    with pytest.raises(ImproperlyConfigured, match="WEBHOOK_SECRET"):
        mail_events.urlpatterns()
