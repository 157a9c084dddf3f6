"""A link opens one version of one order for a while; only its hash is kept, only a person's look proves anything."""

import datetime
import secrets
import uuid
from typing import Any

import pytest
from django.utils import timezone

from orderwire.document.states import DeliveryState
from orderwire.flow import Refused, distribute, links
from orderwire.flow.renew import renew
from orderwire.records import AnswerLink, Delivery, Event
from tests.database import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> Delivery:
    return factories.delivery(factories.order())


def make(delivery: Delivery) -> tuple[AnswerLink, str]:
    return links.make(delivery, answer_by=None, recipient="orders@tecnosellos.example")


def test_a_link_is_bound_to_supplier_order_and_version(sent: Delivery) -> None:
    link, token = make(sent)
    assert (link.order, link.revision, link.partner) == (sent.order, sent.revision, sent.order.supplier)
    assert links.find(token) == link
    assert links.url(token).endswith(f"/a/{token}")
    assert Event.objects.get().kind == "link.created"


def test_a_token_has_256_bits_and_only_its_hash_is_kept(sent: Delivery) -> None:
    link, token = make(sent)
    assert len(token) == 43
    row = AnswerLink.objects.filter(pk=link.pk).values().get()
    assert token not in str(row)
    assert row["token_sha256"] == links.digest(token)


def test_the_same_delivery_rendered_again_gets_the_same_link(sent: Delivery) -> None:
    assert make(sent) == make(sent)
    assert AnswerLink.objects.count() == 1


def test_a_new_link_is_made_where_the_old_one_ended(sent: Delivery) -> None:
    link, old = make(sent)
    AnswerLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    _, new = make(sent)
    assert links.find(old) is None
    assert links.find(new) is not None


def test_ten_thousand_guesses_find_nothing(sent: Delivery) -> None:
    _, token = make(sent)
    guesses = [token[:-1], token + "A", token.swapcase(), "", "../" + token, "\x00" * 43, "é" * 43]
    assert not any(links.find(guess) for guess in guesses)
    hashes = [links.digest(secrets.token_urlsafe(32)) for _ in range(10_000)]
    assert not AnswerLink.objects.filter(token_sha256__in=hashes).exists()


def test_only_a_person_opens_and_only_once(sent: Delivery) -> None:
    link, _ = make(sent)
    links.opened(link, actor="supplier:S1", by_person=False)
    sent.refresh_from_db()
    assert sent.state == "accepted"
    for _ in range(2):
        links.opened(link, actor="supplier:S1", by_person=True)
    sent.refresh_from_db()
    link.refresh_from_db()
    assert (sent.state, sent.order.delivery_state, link.opens) == ("opened", "opened", 2)
    assert Event.objects.filter(kind="receipt.opened").count() == 1
    assert sent.receipts.count() == 1


def test_opening_takes_no_stronger_proof_back(sent: Delivery) -> None:
    link, _ = make(sent)
    sent.state = DeliveryState.ANSWERED
    sent.save()
    links.opened(link, actor="supplier:S1", by_person=True)
    sent.refresh_from_db()
    assert sent.state == "answered"


def test_a_revoked_link_works_no_longer(sent: Delivery) -> None:
    link, token = make(sent)
    links.revoke(link.pk, actor="user:ines", reason="Sent to the wrong person")
    links.revoke(link.pk, actor="user:ines", reason="again")
    assert links.find(token) is None
    assert Event.objects.filter(kind="link.revoked").count() == 1
    with pytest.raises(Refused):
        links.revoke(uuid.uuid4(), actor="user:ines", reason="none")


@pytest.fixture
def resent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []

    def resend(delivery_id: int, *, actor: str, reason: str) -> Delivery:
        calls.append(delivery_id)
        return Delivery.objects.get(pk=delivery_id)

    monkeypatch.setattr(distribute, "resend", resend)
    return calls


def test_a_fresh_link_is_mailed_again_at_most_every_ten_minutes(sent: Delivery, resent: list[int]) -> None:
    link, _ = make(sent)
    Delivery.objects.update(parcel={"files": []})
    AnswerLink.objects.update(expires_at=timezone.now())
    renewed = renew(link.pk, actor="supplier:S1")
    assert renewed is not None
    assert renewed.parcel is None  # rendered again, so that the mail carries a link that works
    assert renew(link.pk, actor="supplier:S1") is None
    assert resent == [sent.pk]
    AnswerLink.objects.update(renewed_at=timezone.now() - datetime.timedelta(minutes=11))
    assert renew(link.pk, actor="supplier:S1") is not None
    with pytest.raises(Refused):
        renew(uuid.uuid4(), actor="supplier:S1")


def test_an_old_versions_link_asks_for_the_newest_that_was_sent(sent: Delivery, resent: list[int]) -> None:
    link, _ = make(sent)
    order: Any = sent.order
    factories.revision(order, factories.document(revision=2))
    newer = factories.delivery(order, to=sent.endpoint)
    renew(link.pk, actor="supplier:S1")
    assert resent == [newer.pk]


def test_no_more_than_five_links_a_day(sent: Delivery, resent: list[int]) -> None:
    link, _ = make(sent)
    for _ in range(4):
        AnswerLink.objects.update(expires_at=timezone.now())
        link, _ = make(sent)
    assert renew(link.pk, actor="supplier:S1") is None
    assert resent == []


def test_a_held_order_is_not_mailed_again(sent: Delivery, resent: list[int]) -> None:
    link, _ = make(sent)
    order: Any = sent.order
    order.state = "held"
    order.save()
    assert renew(link.pk, actor="supplier:S1") is None
    assert resent == []


def test_asking_for_a_fresh_link_really_sends_again(sent: Delivery) -> None:
    link, old = make(sent)
    Delivery.objects.update(parcel={"files": []})
    AnswerLink.objects.update(expires_at=timezone.now())
    renew(link.pk, actor="supplier:S1")
    sent.refresh_from_db()
    assert (sent.state, sent.parcel) == ("ready", None)
    assert sent.due_at is not None
    _, new = make(sent)
    assert new != old
    assert links.find(new) is not None
    assert Event.objects.filter(kind="delivery.resent").count() == 1
