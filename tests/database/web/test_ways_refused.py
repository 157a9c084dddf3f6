"""What the pages of connections say when something is not as it should be: what was typed stays, nothing is claimed of
a secret that is not kept, what strangers wrote is only text, and nobody else reaches any of it."""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orderwire import plugins
from orderwire.document.states import AnswerState, DeliveryState
from orderwire.flow import expiry
from orderwire.flow.endpoints import change as verbs
from orderwire.flow.enroll import NewEndpoint
from orderwire.records import Delivery, Endpoint, EndpointChange, Letter, Partner, Suppression, User
from orderwire.tracking.channels import channel_word
from orderwire.web.console import endpoint as pages
from tests import stations
from tests.database import factories
from tests.database.flow.feed.ledger_erp import PaperErp
from tests.database.ledger.settled import sealed
from tests.database.tracking import seed
from tests.database.web.after import notices, page, sign_in, words
from tests.database.web.test_ways import MAIL, act, new, propose

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def partner() -> Partner:
    return seed.supplier()


@pytest.fixture
def console(client: Client) -> Client:
    return sign_in(client, seed.buyer())


@pytest.fixture
def second() -> Client:
    return sign_in(Client(), seed.buyer("jens", "Jens Petersen"))


def field(html: str, name: str) -> str:
    """The input of this name."""
    found = re.search(rf'<input[^>]* name="{re.escape(name)}"[^>]*>', html)
    assert found is not None, name
    return found.group()


@pytest.mark.parametrize(
    ("name", "text"), [("receipt_minutes", "an hour"), ("receipt_minutes", "0"), ("receipt_minutes", "1000000"),
                       ("rank", "first"), ("rank", "1001")]
)  # fmt: skip
def test_a_number_that_is_none_is_refused_and_stays(console: Client, partner: Partner, name: str, text: str) -> None:
    response = console.post(new(partner), MAIL | {name: text})
    html = response.content.decode()
    assert response.status_code == 422 and not EndpointChange.objects.exists()
    assert f'value="{text}"' in field(html, name) and 'aria-invalid="true"' in field(html, name)
    assert "This must be a whole number from" in words(html)


def test_a_form_that_is_refused_does_not_claim_that_a_typed_secret_is_kept(console: Client, partner: Partner) -> None:
    html = console.post(new(partner), MAIL | {"config.host": ""}).content.decode()
    assert "Kept. Leave it empty" not in html and 'name="config.password.gone"' not in html
    assert "Write the passwords and keys again" in notices(html) and "harbour-lantern" not in html


def test_a_form_that_is_refused_knows_which_secret_is_kept_and_which_is_to_go(
    console: Client, second: Client, partner: Partner
) -> None:
    second.post(act(propose(console, partner), "confirm"))
    edit = reverse("way", args=[partner.pk, Endpoint.objects.get(name="order desk 2").pk])
    wrong = MAIL | {"config.password": "", "config.host": ""}
    kept = console.post(edit, wrong).content.decode()
    assert "Kept. Leave it empty" in kept and "checked" not in field(kept, "config.password.gone")
    gone = console.post(edit, wrong | {"config.password.gone": "on"}).content.decode()
    assert "checked" in field(gone, "config.password.gone")


def test_who_confirms_a_new_way_sees_that_it_has_a_password(console: Client, second: Client, partner: Partner) -> None:
    html = page(second, reverse("change", args=[propose(console, partner).pk]))
    assert "Password set not shown" in words(html)


@pytest.mark.usefixtures("secretive")
def test_no_profile_of_a_format_takes_a_secret(console: Client, partner: Partner) -> None:
    """It would stand readable in every version and in every document that is kept."""
    secret = "profile.cxml.password"
    given = MAIL | {"format": "cxml", "profile.cxml.from_identity": "NORDHAVEN", "profile.cxml.to_identity": "TECNO"}
    html = page(console, f"{new(partner)}?channel=email&format=cxml")
    assert "profile.cxml.from_identity" in html and secret not in html
    refused = console.post(new(partner), given | {secret: "wharf-crane-55"})
    assert refused.status_code == 422 and not EndpointChange.objects.exists()
    html = refused.content.decode()
    assert "wharf-crane" not in html
    assert "Would stand readable in what is kept" in words(html)
    assert console.post(new(partner), given).status_code == 302


def test_certificates_are_kept_as_they_were_written_and_shown_by_their_fingerprints(
    console: Client, second: Client, partner: Partner
) -> None:
    pem = stations.keypair("ACME", ends=9)[1] + stations.keypair("ACME", ends=400)[1]
    given = {"channel": "as2", "format": "x12", "name": "station", "config.url": "https://as2.acme.example/as2",
             "config.our_id": "NORDHAVEN", "config.partner_id": "ACME",
             "config.our_key": "".join(stations.keypair("Nordhaven Pumpen")).replace("\n", "\r\n"),
             "config.partner_certificates": pem.replace("\n", "\r\n")}  # fmt: skip
    assert console.post(new(partner), given).status_code == 302
    change = EndpointChange.objects.get()
    assert change.content["config"]["partner_certificates"] == pem.strip()
    shown = words(page(second, reverse("change", args=[change.pk])))
    assert shown.count("CN=ACME, until ") == 2 and re.search(r"SHA-256 ([0-9a-f]{4} ){15}[0-9a-f]{4}", shown)
    assert "BEGIN CERTIFICATE" not in shown
    second.post(act(change, "confirm"))
    way = Endpoint.objects.get(name="station")
    assert way.current.opened()["our_key"] == "".join(stations.keypair("Nordhaven Pumpen"))
    expiry.look(timezone.now())
    inbox = page(console, "/")
    assert f'href="{reverse("supplier", args=[partner.pk])}#way-{way.pk}"' in inbox
    assert "A certificate or key ends soon Acme Bearings Inc." in words(inbox)


def test_the_inbox_names_whose_address_would_change(console: Client, second: Client, partner: Partner) -> None:
    propose(console, partner)
    assert "waits for a second person Acme Bearings Inc." in words(page(second, "/"))


def test_the_list_of_what_failed_begins_with_the_first_failure(console: Client) -> None:
    order = seed.order(delivery=DeliveryState.FAILED, answer=AnswerState.NOT_ASKED, due_in=None)
    trip = order.deliveries.get()
    Delivery.objects.update(changed_at=timezone.now() - datetime.timedelta(days=40))
    url = reverse("endpoint_again", args=[trip.endpoint_id])
    assert "1 delivery to order desk failed" in words(page(console, url))
    assert url in page(console, reverse("supplier", args=[trip.endpoint.partner_id]))


@pytest.mark.parametrize("since", ["0001-01-01T00:00Z", "9999-12-31T23:59-23:00", "2026-13-01T00:00", "x" * 5000])
def test_no_moment_that_anybody_asks_for_breaks_the_page(console: Client, partner: Partner, since: str) -> None:
    url = reverse("endpoint_again", args=[partner.endpoints.get().pk])
    for answer in (console.get(url, {"since": since}), console.post(url, {"since": since})):
        assert answer.status_code == 422 and "Write a day and a time" in answer.content.decode()
    assert console.get(url, {"since": "2026-01-01T00:00+20:00"}).status_code == 200, "further off than databases know"


def test_what_is_in_doubt_is_not_offered_to_be_sent_again_in_one_go(console: Client) -> None:
    trip = seed.order(delivery=DeliveryState.IN_DOUBT).deliveries.get()
    html = page(console, reverse("supplier", args=[trip.endpoint.partner_id]))
    assert "1 delivery waits for a decision." in words(html) and "Each stands in the inbox" in html
    assert reverse("endpoint_again", args=[trip.endpoint_id]) not in html + page(console, reverse("connections"))


@pytest.fixture
def erp(monkeypatch: pytest.MonkeyPatch, config: Path) -> Iterator[PaperErp]:
    """An ERP with two orders of today that nobody has read."""
    made = PaperErp()
    installed, everything = plugins.channel, plugins.channels()
    monkeypatch.setattr(plugins, "channel", lambda kind: made if kind == "paper" else installed(kind))
    monkeypatch.setattr(plugins, "channels", lambda: (*everything, made))
    monkeypatch.setattr("tests.database.flow.feed.ledger_erp.AT", timezone.now() - datetime.timedelta(hours=1))
    made.put("r1", factories.document("4500071001"))
    made.put("r2", factories.document("4500071002"))
    channel_word.cache_clear()
    yield made
    channel_word.cache_clear()


@pytest.fixture
def books(erp: PaperErp) -> Endpoint:
    partner = Partner.objects.create(number="ERP", name="Our ERP", role=Partner.Role.INTERNAL)
    return factories.endpoint(partner, channel="paper", format="order_json", since="2020-01-01", every=0)


def compared(console: Client, books: Endpoint) -> str:
    return console.post(reverse("endpoint_compare", args=[books.pk])).content.decode()


def test_what_the_erp_has_and_we_have_not_is_named_and_read_again_by_one_button(
    console: Client, erp: PaperErp, books: Endpoint
) -> None:
    html = compared(console, books)
    assert "Of 2 orders that changed in Paper ERP in the last 7 days, 0 are here. 2 are missing." in words(html)
    assert "4500071001" in html and "4500071002" in html
    read = reverse("endpoint_act", args=[books.pk, "read"])
    assert f'action="{read}"' in html
    said = notices(console.post(read, follow=True).content.decode())
    books.refresh_from_db()
    assert "is read again by the next round" in said and books.cursor
    erp.away = True
    assert "Paper ERP could not be asked. The paper ERP is on holiday." in words(compared(console, books))


def test_a_slow_erp_is_left_after_a_while_and_what_it_listed_is_told(
    console: Client, books: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LIMIT_S", -1.0)
    said = words(compared(console, books))
    assert "could not be asked to the end." in said and "orderwire erp check" in said
    assert "Of those that it listed, 0 of 1 are here." in said and "4500071002" not in said


def test_only_an_erp_is_compared_and_only_by_a_post(console: Client, partner: Partner) -> None:
    way = partner.endpoints.get()
    url = reverse("endpoint_compare", args=[way.pk])
    assert (console.get(url).status_code, console.post(url).status_code) == (405, 404)
    assert console.post(reverse("endpoint_act", args=[way.pk, "read"])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_evidence_file_is_one_button_where_something_was_tried(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path / "data"
    console = sign_in(client, seed.buyer())
    with transaction.atomic():
        trip = seed.order(delivery=DeliveryState.DELIVERED).deliveries.get()
    untried = factories.delivery(factories.order(factories.document("4500071999")))
    shown, url = reverse("delivery", args=[trip.pk]), reverse("delivery_evidence", args=[trip.pk])
    assert f'href="{url}"' in page(console, shown)
    early = notices(console.get(url, follow=True).content.decode())
    assert "The ledger is not sealed yet. Try again in a few seconds" in early
    sealed()
    answer = console.get(url)
    assert answer.headers["Content-Disposition"].startswith("attachment") and answer.content.startswith(b"PK")
    assert "Evidence file" not in page(console, reverse("delivery", args=[untried.pk]))


def everything(partner: Partner) -> list[tuple[str, str]]:
    """Every address of connections that `test_ways` does not try yet."""
    way, trip = partner.endpoints.get(), seed.order(delivery=DeliveryState.FAILED).deliveries.get()
    letter = Letter.objects.create(message=factories.message(), sender="x", subject="y", text="z")
    row = Suppression.objects.create(address="desk@acme.example", why="bounce")
    return [
        ("get", reverse("endpoint_again", args=[way.pk])), ("post", reverse("endpoint_again", args=[way.pk])),
        ("post", reverse("endpoint_compare", args=[way.pk])), ("post", reverse("endpoint_act", args=[way.pk, "read"])),
        ("post", reverse("endpoint_act", args=[way.pk, "pause"])), ("post", reverse("lift", args=[row.pk])),
        ("post", reverse("endpoint_act", args=[way.pk, "resume"])), ("post", reverse("letter_seen", args=[letter.pk])),
        ("get", reverse("delivery_evidence", args=[trip.pk])), ("get", reverse("delivery", args=[trip.pk])),
        ("post", reverse("by_another", args=[trip.pk, way.pk])), ("get", reverse("supplier", args=[partner.pk])),
        ("get", reverse("message", args=[letter.message_id])),
        ("get", reverse("message_raw", args=[letter.message_id])),
    ]  # fmt: skip


def test_neither_suppliers_nor_strangers_nor_who_left_reach_the_rest_of_it(partner: Partner) -> None:
    theirs = sign_in(Client(), User.objects.create_user("desk", partner=partner))
    left = sign_in(Client(), seed.buyer("left", "Lea Former"))
    User.objects.filter(username="left").update(is_active=False)
    for method, url in everything(partner):
        assert getattr(theirs, method)(url)["Location"] == "/portal/", url
        for nobody in (Client(), left):
            assert "/login" in getattr(nobody, method)(url)["Location"], url
    assert Suppression.objects.get().lifted_at is None and Letter.objects.get().seen_at is None
    assert partner.endpoints.get().paused_until is None


def test_the_rest_of_the_forms_need_their_token_too(partner: Partner) -> None:
    strict = sign_in(Client(enforce_csrf_checks=True), seed.buyer())
    for method, url in everything(partner):
        if method == "post":
            assert strict.post(url).status_code == 403, url


def test_what_strangers_wrote_is_text_on_every_page(console: Client) -> None:
    ines, jens = User.objects.get(username="ines"), seed.buyer("jens", "Jens Petersen")
    order = seed.order(partner=seed.supplier("S-100", HOSTILE), delivery=DeliveryState.FAILED)
    trip = order.deliveries.get()
    way = trip.endpoint
    probed: dict[str, Any] = {"good": False, "text": HOSTILE, "by": "user:ines", "version": 1}
    Endpoint.objects.update(probed=probed | {"at": timezone.now().isoformat()}, failures=3, pause_reason=HOSTILE)
    Delivery.objects.update(reason=HOSTILE)
    letter = Letter.objects.create(message=factories.message(), order=order, sender=HOSTILE, subject=HOSTILE,
                                   text=HOSTILE)  # fmt: skip
    folder = NewEndpoint(HOSTILE, "folder", "x12", config={"out": f"/srv/{HOSTILE}"})
    change = verbs.propose(way.partner, None, folder, by=jens)
    verbs.decline(change.pk, by=ines, reason=HOSTILE)
    urls = ["/", reverse("connections"), reverse("connections") + "?channel=%22%3E%3Cscript%3E&q=%3Cscript%3Ealert(1)",
            reverse("supplier", args=[way.partner_id]), reverse("change", args=[change.pk]), reverse("suppliers"),
            reverse("endpoint_again", args=[way.pk]), reverse("delivery", args=[trip.pk]),
            reverse("order_section", args=[order.pk, "messages"]), reverse("message", args=[letter.message_id]),
            reverse("order_section", args=[order.pk, "deliveries"]), new(way.partner)]  # fmt: skip
    for url in urls:
        assert "<script>alert" not in page(console, url), url
