"""Canaries in the settings of every channel (fault 81): the form, the proposal, the pages, the API and a test of the
connection that fails tell none of them, and neither does the evidence of what was sent with them."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orderwire import plugins
from orderwire.api import access
from orderwire.cli import main
from orderwire.ledger import seal
from orderwire.ledger.evidence.check import check
from orderwire.records import ApiKey, Delivery, Endpoint, EndpointChange, Event, Order, secret
from orderwire.testing.smtp import MailServer
from orderwire.tracking.evidence import evidence_file
from orderwire.web.console.order import SECTIONS
from tests import stations
from tests.database import factories
from tests.database.canaries import CANARIES, NOWHERE, needles, of_channel, places, unpacked
from tests.database.flow import road
from tests.database.flow.distribute import kit
from tests.database.flow.fallback.kit import came_back
from tests.database.ledger.settled import sealed
from tests.database.tracking import seed
from tests.database.web.after import sign_in
from tests.servers.channels.as2.station import Station
from tests.servers.channels.http_peer import Asked, Peer, Said

WITH_SECRETS = sorted(
    c.kind for c in plugins.channels() if any(secret.fields(c.config_model)) and c.kind not in ("folder", "portal")
)
OVER_HTTP = sorted({*WITH_SECRETS} - {"email", "sftp"})


def repeat(asked: Asked) -> Said:
    """A partner who says everything again that he was told."""
    told = " ".join([asked.path, *asked.headers.values(), asked.body.decode("latin-1")])
    headers = {"Content-Type": "application/json", "X-Said": " ".join(told.split())[:500]}
    return Said(500 if asked.method == "POST" else 401, json.dumps({"error": told}).encode(), headers)


def typed(values: Any, where: str = "config") -> Iterator[tuple[str, str]]:
    """The settings as a browser sends them."""
    for name, value in values.items():
        match value:
            case dict():
                yield from typed(value, f"{where}.{name}")
            case bool():
                yield from [(f"{where}.{name}.asked", "1"), *([(f"{where}.{name}", "on")] if value else [])]
            case list():
                yield f"{where}.{name}", "\r\n".join(value)
            case _:
                yield f"{where}.{name}", str(value).replace("\n", "\r\n")


@pytest.fixture
def ines(client: Client) -> Client:
    return sign_in(client, seed.buyer())


@pytest.fixture
def jens() -> Client:
    return sign_in(Client(), seed.buyer("jens", "Jens Petersen"))


def said_by_the_api(*paths: str) -> list[str]:
    _, key = access.make(f"erp{ApiKey.objects.count()}", list(access.SCOPES))
    headers = {"Authorization": f"Bearer {key}"}
    answers = [Client().get(f"/api/v1{path}", headers=headers) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content.decode() for answer in answers]


def of_command(folder: Path, order: Order, more: list[str]) -> list[str]:
    """The evidence file as the command writes it."""
    file = folder / "evidence.zip"
    assert main(["audit", "evidence", order.number, "-o", str(file), *more]) == 0
    return unpacked(file.read_bytes())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "base"), [*((kind, NOWHERE) for kind in WITH_SECRETS), *((kind, "repeats") for kind in OVER_HTTP)]
)
def test_neither_form_nor_proposal_nor_pages_nor_a_failing_test_tell_it(
    ines: Client, jens: Client, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str],
    kind: str, base: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    partner = factories.supplier()
    with Peer(repeat) as peer:
        settings = of_channel(kind, peer.url if base == "repeats" else base)
        form = {"channel": kind, "format": "order_json", "name": "first", **dict(typed(settings))}
        said = []

        def keep(answer: Any, status: int = 200) -> None:
            assert answer.status_code == status, answer.content.decode()
            said.append(answer.content.decode())

        new = reverse("way_new", args=[partner.pk])
        keep(ines.post(new, form | {"rank": "first"}), 422)
        keep(ines.post(new, form | {"config.timeout": "soon"}), 422)
        assert ines.post(new, form).status_code == 302, "the settings of the test fit"
        change = EndpointChange.objects.get()
        proposal = reverse("change", args=[change.pk])
        keep(ines.get(proposal))
        keep(ines.post(reverse("change_act", args=[change.pk, "test"]), follow=True))
        change.refresh_from_db()
        assert change.probed["good"] is False
        keep(jens.get(proposal))
        keep(jens.get("/"))
        keep(jens.post(reverse("change_act", args=[change.pk, "confirm"]), follow=True))
        endpoint = Endpoint.objects.get()
        model = plugins.channel(kind).config_model
        kept = model.model_validate(endpoint.current.opened())
        assert kept == model.model_validate(settings), "the canaries did go in"
        keep(ines.post(reverse("endpoint_act", args=[endpoint.pk, "test"]), follow=True))
        endpoint.refresh_from_db()
        assert endpoint.probed["good"] is False and endpoint.probed["version"] == 1
        way = reverse("way", args=[partner.pk, endpoint.pk])
        for url in (proposal, way, f"{way}?choose=1", reverse("supplier", args=[partner.pk]), "/connections/", "/"):
            keep(ines.get(url))
        keep(ines.post(way, form | {"rank": "first"}), 422)
        said += said_by_the_api(f"/partners/{partner.number}", f"/partners/{partner.number}/changes", "/events",
                                f"/events/{Event.objects.latest('pk').pk}")  # fmt: skip
        if base == "repeats":
            assert peer.asked, "it was repeated"
    assert places(*said, caplog.text, *capsys.readouterr(), repr(endpoint.current), repr(endpoint.current.config)) == []


def test_every_channel_with_a_secret_is_tried() -> None:
    assert {"as2", "email", "sftp", "webhook", "rest", "peppol", "cxml_http", "tryton"} <= {*WITH_SECRETS}
    for kind in WITH_SECRETS:
        text = json.dumps(of_channel(kind))
        assert any(json.dumps(needle)[1:-1] in text for needle in needles()), kind
        plugins.channel(kind).config_model.model_validate(of_channel(kind))


@pytest.mark.django_db(transaction=True)
def test_the_evidence_the_events_and_the_timeline_tell_no_secret_of_the_ways_that_it_went(
    config: Path, settings: Any, tmp_path: Path, ines: Client, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Refused by an interface that repeats our keys, taken by a station, then sent by mail as well."""
    caplog.set_level(logging.DEBUG)
    settings.DATA = tmp_path / "data"
    monkeypatch.setattr("orderwire.installation.prepare", lambda: None)
    partner = factories.supplier()
    refuse = lambda asked: Said(403, repeat(asked).body)  # noqa: E731
    with Peer(refuse) as peer, Station() as station, MailServer(tmp_path / "mails.jsonl") as mail:
        interface = of_channel("rest", peer.url)
        del interface["oauth"]
        factories.endpoint(partner, channel="rest", format="order_json", **interface,
                           username="orders", password=CANARIES["password"])  # fmt: skip
        factories.endpoint(partner, channel="as2", format="order_json",
                           **stations.plain(url=f"{station.peer.url}/as2"))  # fmt: skip
        kit.mailbox(mail.port, partner)
        for rank, endpoint in enumerate(Endpoint.objects.order_by("pk")):
            Endpoint.objects.filter(pk=endpoint.pk).update(rank=rank)
        order = road.approved()
        for _ in range(2):
            kit.drain()
        second = Delivery.objects.latest("pk")
        assert (second.state, len(station.files)) == ("delivered", 1)
        came_back(second)
        kit.drain()
    sealed()
    states = list(Delivery.objects.order_by("pk").values_list("endpoint__versions__channel", "state"))
    assert states == [("rest", "withdrawn"), ("as2", "withdrawn"), ("email", "accepted")]
    made = Delivery.objects.latest("pk")
    said = []
    for with_links in (False, True):
        data = evidence_file(made, with_links=with_links)[1]
        assert check(data, key=seal.signing_key().id).holds
        said += unpacked(data)
    whole = "".join(said)
    assert "disposition-notification" in whole and "•••" in whole, "proof and refusal are in it"
    said += [unpacked_text for links in ([], ["--with-links"]) for unpacked_text in of_command(tmp_path, order, links)]
    numbers = [event.pk for event in Event.objects.all()]
    said += said_by_the_api("/events?limit=200", *(f"/events/{n}/proof" for n in numbers),
                            f"/orders/{order.number}/deliveries")  # fmt: skip
    pages = [reverse("order_section", args=[order.pk, name]) for name in SECTIONS]
    for trip in Delivery.objects.all():
        pages.append(reverse("delivery", args=[trip.pk]))
        said += said_by_the_api(f"/deliveries/{trip.pk}")
        said += unpacked(ines.get(reverse("delivery_evidence", args=[trip.pk])).content)
    for url in pages:
        answer = ines.get(url)
        assert answer.status_code == 200
        said.append(answer.content.decode())
    assert places(*said, caplog.text, *capsys.readouterr()) == []
