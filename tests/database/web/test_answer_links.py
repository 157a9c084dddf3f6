"""Links that are old, unknown, revoked or another's open nothing, and say nothing about why."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from orderwire.flow import distribute, links
from orderwire.records import AnswerLink, Order, Response
from tests.database import factories
from tests.database.web.visit import Visit

pytestmark = pytest.mark.django_db
NEED = factories.NEED_BY.isoformat()
LATER = (factories.NEED_BY + datetime.timedelta(days=12)).isoformat()


def test_an_old_versions_link_takes_no_answer_and_shows_what_changed(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = visit.fields() | {"way": "accept", "step": "send"}
    lines = (factories.line("10", quantity=80), factories.line("20", quantity=60))
    factories.revision(visit.order, factories.document(revision=2, lines=lines))
    newer = factories.delivery(visit.order, to=visit.delivery.endpoint)
    page = visit.client.get(visit.base).content.decode()
    assert "This version was replaced by version 2" in page
    assert "<del><bdi>100\xa0piece</bdi></del>" in page and "<ins><bdi>80\xa0piece</bdi></ins>" in page
    for _ in range(2):
        late = visit.client.post(visit.base, fields)
        assert late.status_code == 409
        assert "Your answer is kept with version 1." in late.content.decode()
    kept = Response.objects.get()
    assert kept.revision is not None and kept.revision.number == 1
    visit.order.refresh_from_db()
    assert visit.order.answer_state == "waiting", "the newer version is still to be answered"
    called: list[int] = []
    monkeypatch.setattr(distribute, "resend", lambda pk, **_: called.append(pk))
    assert visit.client.post(f"{visit.base}/newest").status_code == 200
    assert called == [newer.pk]


def test_a_version_that_is_not_sent_yet_is_not_shown(visit: Visit) -> None:
    factories.revision(visit.order, factories.document(revision=2, lines=(factories.line("10", quantity=7),)))
    page = visit.client.get(visit.base).content.decode()
    assert "is changing order 4500071791" in page
    assert "quantity" not in page


def test_a_cancelled_order_takes_no_answer(visit: Visit) -> None:
    fields = visit.fields() | {"way": "accept", "step": "send"}
    Order.objects.update(state="cancelled")
    assert "has withdrawn" in visit.client.get(visit.base).content.decode()
    assert visit.client.post(visit.base, fields).status_code == 409
    assert Response.objects.count() == 0


def _same(page: bytes) -> str:
    text = re.sub(r'value="[^"]*"', "", page.decode())
    return text


def test_unknown_expired_and_revoked_links_look_alike(visit: Visit) -> None:
    unknown = Client().get("/a/" + "x" * 43, follow=True)
    other = Visit(factories.delivery(factories.order(factories.document("2"))))
    AnswerLink.objects.filter(pk=other.link.pk).update(expires_at=timezone.now())
    expired = Client().get(f"/a/{other.token}", follow=True)
    links.revoke(visit.link.pk, actor="user:ines", reason="wrong person")
    revoked = Client().get(f"/a/{visit.token}", follow=True)
    at_once = visit.client.get(visit.base)
    assert {r.status_code for r in (unknown, expired, revoked, at_once)} == {404}
    assert _same(unknown.content) == _same(expired.content) == _same(revoked.content) == _same(at_once.content)
    assert "Send me a fresh link" in unknown.content.decode()


def test_a_fresh_link_is_mailed_and_the_page_says_nothing_about_it(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[int] = []
    monkeypatch.setattr(distribute, "resend", lambda pk, **_: called.append(pk))
    pages = [
        Client().post("/a/fresh-link", {"link": link})
        for link in (str(visit.link.pk), str(visit.link.pk), "00000000-0000-4000-8000-000000000000", "nonsense", "")
    ]
    assert {page.status_code for page in pages} == {200}
    assert len({_same(page.content) for page in pages}) == 1
    assert called == [visit.delivery.pk]
    assert Client().get("/a/fresh-link").status_code == 405


def test_a_cookie_opens_no_other_order(visit: Visit) -> None:
    other = Visit(factories.delivery(factories.order(factories.document("2"))))
    visit.client.cookies["ow_answer"]["path"] = "/"
    for path in ("", "/order/order_json"):
        assert visit.client.get(other.base + path).status_code == 404
    assert visit.client.post(other.base, {"way": "accept", "step": "send"}).status_code == 404
    assert Response.objects.count() == 0


def test_csrf_is_asked_for(visit: Visit) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get(f"/a/{visit.token}")
    assert strict.post(visit.base, {"way": "accept", "step": "send"}).status_code == 403
    assert Response.objects.count() == 0
