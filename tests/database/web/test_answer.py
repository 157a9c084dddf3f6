"""The answer page: what a supplier sees, types and sends; a GET changes nothing and a POST acts once."""

import datetime
import io
import re

import pytest
from django.test import Client
from pypdf import PdfReader

from orderwire.document.order import Schedule
from orderwire.document.response import HeaderStatus
from orderwire.document.response import Response as Answer
from orderwire.flow.decide import decide, every_line
from orderwire.records import Event, Response
from tests.database import factories
from tests.database.web.visit import Visit

pytestmark = pytest.mark.django_db
NEED = factories.NEED_BY.isoformat()
LATER = (factories.NEED_BY + datetime.timedelta(days=12)).isoformat()


def test_the_token_leaves_the_address_and_the_cookie_is_for_this_order_only(visit: Visit) -> None:
    response = Client().get(f"/a/{visit.token}")
    assert response.headers["Location"] == visit.base
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store"
    cookie = response.cookies["ow_answer"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (visit.base, True, "Lax")
    assert visit.token not in cookie.value


def test_the_page_says_who_asks_for_what_by_when(visit: Visit) -> None:
    page = visit.open().content.decode()
    text = re.sub(r"<[^>]+>", "", page)
    assert "Please answer order 4500071791" in text
    assert re.search(r"Nordhaven Pumpen GmbH asks for 2 items, EUR\s8,330.00, in Bremen by", text)
    assert "Opening this page accepts nothing" in text
    assert visit.token not in page


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_follows_every_link_changes_nothing(visit: Visit, method: str) -> None:
    for path in (
        f"/a/{visit.token}",
        visit.base,
        f"{visit.base}?correct=1",
        f"{visit.base}/seen",
        f"{visit.base}/count",
    ):
        getattr(visit.client, method)(path)
    visit.delivery.refresh_from_db()
    visit.order.refresh_from_db()
    assert (visit.delivery.state, visit.order.answer_state) == ("accepted", "waiting")
    assert Response.objects.count() == 0
    assert set(Event.objects.values_list("kind", flat=True)) == {"link.created"}
    visit.link.refresh_from_db()
    assert visit.link.opens == 0


def test_a_person_on_the_page_is_recorded_as_opened(visit: Visit) -> None:
    assert visit.client.post(f"{visit.base}/seen").status_code == 204
    visit.delivery.refresh_from_db()
    assert visit.delivery.state == "opened"


def test_accept_all(visit: Visit) -> None:
    response = visit.send("accept", message="Gladly")
    assert (response.status_code, response.headers["Location"]) == (303, visit.base)
    row = Response.objects.get()
    assert (row.state, row.link, row.source) == ("accepted", visit.link, "answer page")
    assert row.content["reason"] == "Gladly"
    page = visit.client.get(visit.base).content.decode()
    assert "You accepted order 4500071791 as ordered" in page
    assert "Correct your answer" in page
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True))[1:] == [
        "receipt.opened",
        "answer.received",
        "answer.accepted",
    ]


def test_accept_with_changes_of_every_kind(visit: Visit) -> None:
    response = visit.send(
        "changes",
        price_10="13,25",
        part_10="X-1",
        reason_10="New series",
        q_20_0="40",
        q_20_1="20",
        d_20_1=LATER,
    )
    assert response.status_code == 303
    row = Response.objects.get()
    assert (row.state, row.problem) == ("open", "")
    assert [(d["line"], d["field"]) for d in row.differences] == [("10", "part"), ("10", "price"), ("20", "date")]
    page = visit.client.get(visit.base).content.decode()
    assert "with 2 changes" in page
    assert "2 dates" in page


def test_decline_needs_a_reason(visit: Visit) -> None:
    refused = visit.send("decline")
    assert refused.status_code == 422
    assert "Say why, so that Nordhaven Pumpen GmbH can act." in refused.content.decode()
    assert visit.send("decline", message="Plant closed").status_code == 303
    visit.order.refresh_from_db()
    assert visit.order.answer_state == "rejected"


def test_a_line_that_cannot_be_supplied(visit: Visit) -> None:
    visit.send("changes", cannot_20="on", reason_20="Discontinued")
    row = Response.objects.get()
    assert [(d["line"], d["field"], d["reason"]) for d in row.differences] == [("20", "line", "Discontinued")]


@pytest.mark.parametrize(
    ("way", "fields", "told"),
    [
        ("", {}, "Choose one of the three answers."),
        ("accept", {"price_10": "13"}, "You changed line 10."),
        ("changes", {}, "Nothing differs from the order."),
        ("changes", {"q_10_0": "many"}, "“many” is not a number"),
        ("changes", {"q_10_0": "1,00,0"}, "“1,00,0” is not a number"),
        ("changes", {"q_10_0": "0"}, "Write more than zero"),
        ("changes", {"q_10_0": ""}, "Write how much arrives"),
        ("changes", {"d_10_0": "2027-11-31"}, "That month has 30 days."),
        ("changes", {"d_10_0": "31 November"}, "“31 November” is not a date"),
        ("changes", {"d_10_0": "2001-01-01"}, "1 January 2001 is past."),
        ("changes", {"d_10_0": "2999-01-01"}, "is far away"),
        ("changes", {"d_10_0": ""}, "Write when this part arrives."),
        ("changes", {"price_10": "-1"}, "“-1” is not a number"),
        ("changes", {"part_10": "x" * 200}, "Write 100 characters at most"),
        ("changes", {"reason_10": "a\x00b"}, "cannot be sent"),
        ("accept", {"message": "x" * 2001}, "Write 2000 characters at most"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(visit: Visit, way: str, fields: dict[str, str], told: str) -> None:
    response = visit.send(way, **fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    assert "Not sent. 1 place needs your attention." in page
    assert 'class="err' in page
    assert Response.objects.count() == 0
    assert Event.objects.exclude(kind="link.created").count() == 0


def test_hostile_text_stays_text(visit: Visit) -> None:
    bad = "<script>alert(1)</script>{{ 7*7 }}"
    page = visit.send("changes", q_10_0=bad[:60], reason_10=bad).content.decode()
    assert "<script>alert" not in page
    visit.send("changes", price_10="13", reason_10=bad, message=bad)
    page = visit.client.get(visit.base).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_rows_are_added_and_removed_without_script(visit: Visit) -> None:
    page = visit.client.post(visit.base, visit.fields() | {"add": "10"}).content.decode()
    assert 'name="q.10.1"' in page
    assert page.count("<details open>") == 1
    assert 'class="err' not in page
    fields = visit.fields(q_10_1="5", d_10_1=LATER)
    page = visit.client.post(visit.base, fields | {"remove": "10.1"}).content.decode()
    assert 'name="q.10.1"' not in page
    page = visit.client.post(visit.base, visit.fields(price_10="99") | {"back": "10"}).content.decode()
    assert 'value="12.50"' in page
    for nonsense in ("10.99", "10.x", "nobody.1", "..", "10"):
        assert visit.client.post(visit.base, visit.fields() | {"remove": nonsense}).status_code == 200
    assert Response.objects.count() == 0


def test_enter_in_a_field_does_not_send(visit: Visit) -> None:
    page = visit.client.get(visit.base).content.decode()
    first = re.search(r"<button [^>]+>", page[page.index('<form method="post"') :])
    assert first is not None
    assert 'value="draw"' in first[0]


def test_a_double_click_is_one_answer(visit: Visit) -> None:
    fields = visit.fields(price_10="13") | {"way": "changes", "step": "send"}
    for _ in range(2):
        assert visit.client.post(visit.base, fields).status_code == 303
    assert Response.objects.count() == 1
    assert Event.objects.filter(kind="answer.different").count() == 1


def test_an_answer_can_be_corrected_until_the_buyer_decided(visit: Visit) -> None:
    visit.send("changes", price_10="13")
    page = visit.client.get(f"{visit.base}?correct=1").content.decode()
    assert 'value="13.00"' in page
    assert "What you send now replaces that answer." in page
    visit.send("accept", price_10="12.50")
    visit.order.refresh_from_db()
    assert visit.order.answer_state == "accepted"
    assert list(Response.objects.order_by("pk").values_list("state", flat=True)) == ["superseded", "accepted"]


def test_after_the_decision_the_page_says_that_a_new_version_follows(visit: Visit) -> None:
    visit.send("changes", price_10="13")
    said = Response.objects.get()
    decide(said.pk, actor="user:ines", decisions=every_line(said.differences, "accept"))
    page = visit.client.get(visit.base).content.decode()
    assert "A new version will follow. You need not answer this one." in page
    assert "Correct your answer" not in page


def test_a_buyer_who_insists_asks_again(visit: Visit) -> None:
    visit.send("changes", price_10="13")
    said = Response.objects.get()
    decide(said.pk, actor="user:ines", decisions=every_line(said.differences, "insist"), reason="No")
    page = visit.client.get(visit.base).content.decode()
    assert "did not take your changes" in page


def test_the_script_hears_what_the_page_would_say(visit: Visit) -> None:
    fields = visit.fields(q_20_0="40", q_20_1="20", d_20_1=LATER, price_10="13") | {"way": "changes"}
    told = visit.client.post(f"{visit.base}/count", fields).json()
    assert (told["changes"], told["same"], told["button"]) == (2, "0 items", "Send answer with 2 changes")
    assert "8,380.00" in told["total"]
    assert told["lines"]["20"]["placed"].startswith("60 of 60 piece")
    assert "the last 12 days after" in told["lines"]["20"]["placed"]
    assert Response.objects.count() == 0


def test_a_schedule_of_the_order_is_shown_and_kept() -> None:
    days = (Schedule(quantity=60, requested=factories.NEED_BY), Schedule(quantity=40, requested=LATER))
    content = factories.document(lines=(factories.line("10", schedules=days),))
    visit = Visit(factories.delivery(factories.order(content)))
    assert 'name="q.10.1"' in visit.open().content.decode()
    visit.send("accept")
    assert Response.objects.get().state == "accepted"


def test_more_than_an_answer_can_hold_is_refused(visit: Visit) -> None:
    assert visit.client.post(visit.base, {"message": "x" * (1024 * 1024)}).status_code == 413


def test_the_order_can_be_downloaded(visit: Visit) -> None:
    response = visit.client.get(f"{visit.base}/order/order_json")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert b'"4500071791"' in response.content
    assert visit.client.get(f"{visit.base}/order/x12").status_code == 404
    assert visit.client.get(f"{visit.base}/order/nothing").status_code == 404


def test_the_page_speaks_the_suppliers_language() -> None:
    partner = factories.supplier(language="ar", country="AE", time_zone="Asia/Dubai")
    visit = Visit(factories.delivery(factories.order(partner=partner)))
    page = visit.open().content.decode()
    assert 'dir="rtl"' in page
    assert '<option value="ar" lang="ar" selected>' in page
    assert "4500071791" in page
    told = visit.client.post(f"{visit.base}/count", visit.fields(price_10="13") | {"language": "ar"}).json()
    assert "8,380.00" in told["total"]
    assert told["lines"]["10"]["summary"].startswith("السعر")
    german = visit.client.post(visit.base, visit.fields(price_10="13,00") | {"step": "draw", "language": "de"})
    assert '<html lang="de"' in german.content.decode()
    assert german.cookies["ow_language"].value == "de"


def test_a_large_order_can_be_answered_as_a_whole() -> None:
    many = tuple(factories.line(str(n)) for n in range(1, 502))
    visit = Visit(factories.delivery(factories.order(factories.document(lines=many))))
    page = visit.open().content.decode()
    assert page.count('class="aline"') == 400
    assert "The first 400 lines can be changed here" in page
    assert visit.send("accept").status_code == 303
    assert Response.objects.get().state == "accepted"


def test_what_the_page_sends_is_a_complete_answer(visit: Visit) -> None:
    visit.send("accept")
    sent = Answer.model_validate(Response.objects.get().content)
    assert (sent.status, sent.revision, sent.order_number) == (HeaderStatus.ACCEPTED, 1, "4500071791")


def test_a_printed_version_that_agrees_is_downloaded_without_a_day_to_answer_by(visit: Visit) -> None:
    visit.send("changes", price_10="13")
    row = Response.objects.get()
    factories.revision(visit.order, factories.document(revision=2), decides=row)
    newer = Visit(factories.delivery(visit.order, says={"agrees": row.pk}))
    newer.open()
    pdf = PdfReader(io.BytesIO(newer.client.get(f"{newer.base}/order/pdf").content))
    text = " ".join("".join(page.extract_text() for page in pdf.pages).split())
    assert "This version takes up your proposal of" in text
    assert "answer by" not in text


def test_the_page_is_offered_in_russian() -> None:
    partner = factories.supplier(language="ru", country="KZ", time_zone="Asia/Almaty")
    visit = Visit(factories.delivery(factories.order(partner=partner)))
    page = visit.open().content.decode()
    assert '<option value="ru" lang="ru" selected>Русский</option>' in page
    assert "Просим ответить на заказ 4500071791" in page
    assert re.search(r"2\s+позиции, EUR\s8\s330,00", re.sub(r"<[^>]+>", "", page))
    told = visit.client.post(f"{visit.base}/count", visit.fields(price_10="13,00") | {"language": "ru"}).json()
    assert re.search(r"8\s380,00", told["total"])
    assert told["button"] == "Отправить ответ с 1 изменением"
