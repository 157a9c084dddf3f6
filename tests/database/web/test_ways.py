"""A way to a supplier set up on the pages: chosen, filled in, tested, confirmed by a second person."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orderwire.document.states import AnswerState, DeliveryState
from orderwire.records import (
    Delivery,
    Endpoint,
    EndpointChange,
    EndpointVersion,
    Letter,
    Partner,
    Secret,
    Suppression,
    User,
)
from tests.database import factories
from tests.database.tracking import seed
from tests.database.web.after import notices, page, sign_in, words

pytestmark = pytest.mark.django_db
MAIL = {
    "channel": "email",
    "format": "pdf",
    "name": "order desk 2",
    "config.host": "mail.acme.example",
    "config.from_address": "orders@nordhaven.example",
    "config.recipients": "desk@acme.example\r\nsales@acme.example",
    "config.security": "starttls",
    "config.username": "nordhaven",
    "config.password": "harbour-lantern-42",
}


@pytest.fixture
def partner() -> Partner:
    return seed.supplier()


@pytest.fixture
def console(client: Client) -> Client:
    return sign_in(client, seed.buyer())


@pytest.fixture
def second() -> Client:
    return sign_in(Client(), seed.buyer("jens", "Jens Petersen"))


def new(partner: Partner) -> str:
    return reverse("way_new", args=[partner.pk])


def act(change: EndpointChange, verb: str) -> str:
    return reverse("change_act", args=[change.pk, verb])


def propose(console: Client, partner: Partner, **fields: str) -> EndpointChange:
    response = console.post(new(partner), MAIL | fields)
    assert response.status_code == 302, notices(response.content.decode())
    return EndpointChange.objects.latest("pk")


def test_the_first_step_offers_every_channel_and_writing_format(console: Client, partner: Partner) -> None:
    html = page(console, new(partner))
    for kind in ("email", "portal", "folder"):
        assert f'name="channel" value="{kind}"' in html
    assert '<option value="x12">' in html
    assert console.get(new(partner), {"channel": "email", "format": "nothing"}).status_code == 422


def test_the_form_has_a_field_for_each_setting_with_its_words(console: Client, partner: Partner) -> None:
    html = page(console, new(partner) + "?channel=folder&format=x12")
    said = words(html)
    for name in ("out", "inbox", "pattern", "settle", "done_marker", "timeout"):
        assert f'name="config.{name}"' in html
    assert "How many seconds one send may last" in said and "ISA06: our interchange id." in said


def test_a_second_person_confirms_what_the_first_proposed(console: Client, second: Client, partner: Partner) -> None:
    change = propose(console, partner)
    assert Endpoint.objects.filter(name="order desk 2").count() == 0
    mine = page(console, reverse("change", args=[change.pk]))
    assert "You proposed it, so a colleague confirms it." in words(mine) and "Confirm, use it" not in mine
    refused = console.post(act(change, "confirm"), follow=True).content.decode()
    assert "another person must confirm it" in notices(refused)
    assert "waits for a second person" in words(page(second, "/"))
    theirs = words(page(second, reverse("change", args=[change.pk])))
    assert "Ines Albrecht proposed it" in theirs and "sales@acme.example" in theirs and "Confirm, use it" in theirs
    second.post(act(change, "confirm"))
    version = EndpointVersion.objects.get(endpoint__name="order desk 2")
    assert version.config["recipients"] == ["desk@acme.example", "sales@acme.example"]
    assert version.opened()["password"] == "harbour-lantern-42"
    assert "waits for a second person" not in words(page(second, "/"))


def test_no_page_ever_holds_a_secret(console: Client, second: Client, partner: Partner) -> None:
    change = propose(console, partner)
    urls = [reverse("change", args=[change.pk])]
    second.post(act(change, "confirm"))
    way = Endpoint.objects.get(name="order desk 2")
    edit = reverse("way", args=[partner.pk, way.pk])
    again = propose(console, partner, **{"name": "third", "config.password": "quay-side-77"})
    urls += [reverse("supplier", args=[partner.pk]), edit, reverse("connections"), "/", edit + "?choose=1",
             reverse("change", args=[again.pk]), reverse("suppliers"), "/orders/"]  # fmt: skip
    wrong = console.post(edit, MAIL | {"config.password": "pier-lamp-33", "config.host": "no host at all"})
    assert wrong.status_code == 422
    for html in [wrong.content.decode(), *(page(console, url) for url in urls)]:
        assert not re.search("harbour-lantern|quay-side|pier-lamp", html) and '"secret"' not in html
    assert "Write the passwords and keys again" in notices(wrong.content.decode())
    assert "Password kept, not shown" in words(page(console, reverse("supplier", args=[partner.pk])))


def test_what_is_wrong_is_said_at_its_field_and_what_was_written_stays(console: Client, partner: Partner) -> None:
    given = MAIL | {"config.host": "", "config.port": "many", "config.recipients": "desk@acme.example\nnobody"}
    response = console.post(new(partner), given)
    html = response.content.decode()
    assert response.status_code == 422 and not EndpointChange.objects.exists()
    faults = dict(re.findall(r'id="config\.(\w+)-err">.*?</svg>(.*?)</span>', html))
    assert faults["host"].startswith("Write this") and faults["port"] == "Write a whole number."
    assert faults["recipients"].startswith("Entry 2: ")
    assert 'value="many"' in html and "nobody</textarea>" in html
    assert "3 places need" in notices(html)


def test_an_empty_secret_stays_and_a_box_removes_it(console: Client, second: Client, partner: Partner) -> None:
    second.post(act(propose(console, partner), "confirm"))
    way = Endpoint.objects.get(name="order desk 2")
    edit = reverse("way", args=[partner.pk, way.pk])
    assert "Kept. Leave it empty to keep it." in words(page(console, edit))
    assert console.post(edit, MAIL | {"config.password": "", "config.host": "mx.acme.example"}).status_code == 302
    change = EndpointChange.objects.latest("pk")
    shown = words(page(second, reverse("change", args=[change.pk])))
    assert "Host mail.acme.example mx.acme.example" in shown and "Password" not in shown
    second.post(act(change, "confirm"))
    way.refresh_from_db()
    assert (way.version, way.current.opened()["password"]) == (2, "harbour-lantern-42")
    gone = MAIL | {"config.password": "", "config.username": "", "config.password.gone": "on"}
    assert console.post(edit, gone).status_code == 302
    assert "password" not in EndpointChange.objects.latest("pk").content["config"]


def test_a_declined_change_forgets_its_secret(console: Client, second: Client, partner: Partner) -> None:
    change = propose(console, partner)
    assert Secret.objects.count() == 1
    assert "needs a reason" in notices(second.post(act(change, "decline"), follow=True).content.decode())
    second.post(act(change, "decline"), {"reason": "They know of no such mailbox"})
    assert not Secret.objects.exists()
    assert "They know of no such mailbox" in words(page(console, reverse("change", args=[change.pk])))


def test_a_test_of_a_proposal_is_kept_with_its_words(console: Client, partner: Partner, tmp_path: Path) -> None:
    folder = {"channel": "folder", "format": "x12", "name": "drop", "config.out": str(tmp_path / "none")}
    assert console.post(new(partner), folder).status_code == 302
    change = EndpointChange.objects.get()
    said = notices(console.post(act(change, "test"), follow=True).content.decode())
    assert "The connection does not work." in said
    (tmp_path / "none").mkdir()
    console.post(act(change, "test"))
    assert re.search(r"Tested \d\d:\d\d by Ines Albrecht: ", words(page(console, reverse("change", args=[change.pk]))))
    change.refresh_from_db()
    assert change.probed["good"] is True


@pytest.mark.parametrize("verb", ["test", "stop", "use", "pause", "resume", "adjust", "plan"])
def test_the_buttons_of_a_way_change_nothing_by_get(console: Client, partner: Partner, verb: str) -> None:
    way = partner.endpoints.get()
    assert console.get(reverse("endpoint_act", args=[way.pk, verb])).status_code == 405


def test_place_and_speed_are_set_at_once_and_stopping_says_so(console: Client, partner: Partner) -> None:
    way = partner.endpoints.get()
    url = reverse("endpoint_act", args=[way.pk, "adjust"])
    console.post(url, {"rank": "3", "max_parallel": "4", "per_minute": "60"})
    way.refresh_from_db()
    assert (way.rank, way.max_parallel, way.per_minute) == (3, 4, 60)
    for wrong in (
        {"rank": "x"},
        {"rank": "1", "max_parallel": "900"},
        {"rank": "1", "max_parallel": "1", "per_minute": "0"},
    ):
        assert "Not done." in notices(console.post(url, wrong, follow=True).content.decode())
    console.post(reverse("endpoint_act", args=[way.pk, "stop"]))
    assert "Not in use" in words(page(console, reverse("supplier", args=[partner.pk])))
    console.post(reverse("endpoint_act", args=[way.pk, "use"]))
    way.refresh_from_db()
    assert way.active and way.rank == 3


def _pages(partner: Partner, change: EndpointChange) -> list[tuple[str, str]]:
    way = partner.endpoints.first()
    assert way is not None
    return [
        ("get", reverse("connections")), ("get", new(partner)), ("get", reverse("way", args=[partner.pk, way.pk])),
        ("post", new(partner)), ("get", reverse("change", args=[change.pk])), ("post", act(change, "confirm")),
        ("post", act(change, "decline")), ("post", act(change, "test")),
        *(("post", reverse("endpoint_act", args=[way.pk, verb])) for verb in ("test", "stop", "adjust", "plan")),
    ]  # fmt: skip


def test_suppliers_and_strangers_reach_none_of_it(console: Client, partner: Partner) -> None:
    change = propose(console, partner)
    user = User.objects.create_user("desk", partner=partner)
    theirs = sign_in(Client(), user)
    for method, url in _pages(partner, change):
        assert getattr(theirs, method)(url)["Location"] == "/portal/"
        assert "/login" in getattr(Client(), method)(url)["Location"]
    change.refresh_from_db()
    assert change.state == "open" and partner.endpoints.get().active


def test_every_form_needs_its_token(console: Client, partner: Partner) -> None:
    change = propose(console, partner)
    strict = sign_in(Client(enforce_csrf_checks=True), User.objects.get(username="ines"))
    for method, url in _pages(partner, change):
        if method == "post":
            assert strict.post(url).status_code == 403


def test_a_way_of_another_partner_is_not_there(console: Client, partner: Partner) -> None:
    other = seed.supplier("S-200", "Tecnosellos S.L.")
    for url in (reverse("way", args=[other.pk, partner.endpoints.get().pk]), reverse("way", args=[partner.pk, 999]),
                new(Partner(pk=999)), "/changes/999/"):  # fmt: skip
        assert console.get(url).status_code == 404


def test_connections_show_every_way_and_what_fails_first(console: Client, partner: Partner) -> None:
    Endpoint.objects.update(failures=2)
    seed.supplier("S-200", "Aaron Seals")
    said = words(page(console, reverse("connections")))
    assert said.index("Acme Bearings") < said.index("Aaron Seals") and "1 needs a look." in said
    assert "Aaron" not in words(page(console, reverse("connections") + "?state=failing")).split("Load")[0]
    assert "No connection is like that." in page(console, reverse("connections") + "?channel=portal")


def test_no_connections_yet(console: Client) -> None:
    assert "No connections yet" in page(console, reverse("connections"))


def test_connections_cost_the_same_queries_for_few_and_many(console: Client, django_assert_num_queries: Any) -> None:
    login = {"username": "nordhaven", "password": "harbour-lantern-42"}
    factories.endpoint(seed.supplier(), **login)
    with django_assert_num_queries(12):
        page(console, reverse("connections"))
    for at in range(20):
        factories.endpoint(seed.supplier(f"T-{at}", f"Supplier {at}"), **login)
    with django_assert_num_queries(12):
        page(console, reverse("connections"))


def test_what_failed_is_counted_first_and_then_sent_again(console: Client) -> None:
    order = seed.order(delivery=DeliveryState.FAILED, answer=AnswerState.NOT_ASKED, due_in=None)
    trip = order.deliveries.get()
    Delivery.objects.update(changed_at=timezone.now())
    url = reverse("endpoint_again", args=[trip.endpoint_id])
    assert "1 delivery to order desk failed" in words(page(console, url))
    trip.refresh_from_db()
    assert trip.state == DeliveryState.FAILED
    assert "Nothing that is still wanted failed" in words(page(console, f"{url}?since=2100-01-01T00:00"))
    assert (
        console.get(f"{url}?since=soon").status_code == 422
        and console.get(f"{url}?since=9999-99-99").status_code == 422
    )
    said = notices(console.post(url, {"reason": "Their server is back"}, follow=True).content.decode())
    trip.refresh_from_db()
    assert "1 delivery is on the way again." in said and trip.state == DeliveryState.READY


def test_a_letter_stands_with_its_order_and_is_no_answer(console: Client) -> None:
    order = seed.order()
    letter = Letter.objects.create(
        message=factories.message(), order=order, sender="desk@acme.example", subject="New bank", text="<b>Pay here</b>"
    )
    section = reverse("order_section", args=[order.pk, "messages"])
    for url in ("/", section, reverse("message", args=[letter.message_id])):
        html = page(console, url)
        assert "<b>Pay here</b>" not in html and "Pay here" in html
    shown = words(page(console, section))
    assert "not an answer" in shown and "sender not proven" in shown
    assert "Somebody wrote about an order" in page(console, "/")
    assert console.get(reverse("letter_seen", args=[letter.pk])).status_code == 405
    console.post(reverse("letter_seen", args=[letter.pk]))
    letter.refresh_from_db()
    order.refresh_from_db()
    assert letter.seen_by == "user:ines" and order.answer_state == AnswerState.WAITING
    assert "Somebody wrote about an order" not in page(console, "/")
    assert "in.edi" in page(console, reverse("messages") + "?state=letters")


def test_a_suppressed_address_is_told_and_lifted(console: Client, second: Client, partner: Partner) -> None:
    second.post(act(propose(console, partner), "confirm"))
    row = Suppression.objects.create(address="sales@acme.example", why="bounce", text="550: no such person")
    url = reverse("supplier", args=[partner.pk])
    assert "Nothing is sent to sales@acme.example. 550: no such person" in words(page(console, url))
    console.post(reverse("lift", args=[row.pk]))
    assert "Nothing is sent to" not in words(page(console, url))
    assert console.post(reverse("lift", args=[row.pk])).status_code == 404


def test_the_chain_of_ways_is_bounded_and_told(console: Client) -> None:
    order = seed.order(delivery=DeliveryState.FAILED)
    first = order.deliveries.get()
    other = seed.endpoint(first.endpoint.partner, "drop", "folder", "x12")
    html = page(console, reverse("order", args=[order.pk]))
    assert "Send into their folder instead" in html
    said = console.post(reverse("by_another", args=[first.pk, other.pk]), follow=True).content.decode()
    assert "another way" in notices(said)
    told = words(page(console, reverse("order_section", args=[order.pk, "deliveries"])))
    assert told.index("Sent another way") < told.index("drop")
    strange = seed.endpoint(seed.supplier("S-300", "Other"), "theirs", "folder", "x12")
    answer = console.post(reverse("by_another", args=[order.deliveries.latest("pk").pk, strange.pk]), follow=True)
    assert "Not done." in notices(answer.content.decode())
    assert not Delivery.objects.filter(endpoint=strange).exists()
