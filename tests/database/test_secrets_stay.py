"""Canaries: a password, a private key, a passphrase and a bearer token go in by every door and come out nowhere (fault
81); and the key that seals them changes while a worker sends."""

import base64
import hashlib
import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import Group
from django.test import Client

from orderwire.api import access
from orderwire.cli import main
from orderwire.flow import Refused, distribute, secrets
from orderwire.flow.endpoints.probe import probe
from orderwire.flow.enroll import NewEndpoint, enroll
from orderwire.records import Blob, Delivery, Endpoint, EndpointVersion, Event, Partner, User, secret
from tests.database import factories
from tests.database.canaries import CANARIES, host_key, places
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.servers.channels.http_peer import Asked, Peer, Said

pytestmark = pytest.mark.django_db(transaction=True)


def mail(**more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 1, "security": "starttls", "from_address": "orders@buyer.example",
            "recipients": ["a@supplier.example"], "timeout": 1, "username": "orders", "password": CANARIES["password"],
            **more}  # fmt: skip


def hook() -> dict[str, Any]:
    return {"url": "https://hooks.invalid/in", "secrets": [CANARIES["webhook"]], "timeout": 1}


def sftp() -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 1, "username": "orders", "private_key": CANARIES["key"], "timeout": 1,
            "host_keys": [host_key()], "out": "in"}  # fmt: skip


@pytest.fixture
def boss() -> Client:
    user = User.objects.create_user("boss", is_superuser=True, is_staff=True)
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in ("admin", "buyer", "approver")])
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_no_secret_comes_out_of_any_table_answer_or_log(
    config: Path, boss: Client, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    monkeypatch.setattr("orderwire.installation.prepare", lambda: None)
    # By command.
    monkeypatch.setattr("sys.stdin", io.StringIO(CANARIES["token"] + "\n"))
    assert main(["secret", "set", "their token"]) == 0
    main(["secret", "list"])
    main(["secret", "list", "--json"])
    # By the API: what fits, what does not, and what is somebody else's.
    _, key = access.make("erp", list(access.SCOPES))
    headers = {"Authorization": f"Bearer {key}"}
    for number, channel, settings in (
        ("M1", "email", mail()),
        ("M2", "email", mail(port="no port")),
        ("W1", "webhook", hook()),
        ("W2", "webhook", hook() | {"url": CANARIES["token"]}),
        ("F1", "sftp", sftp()),
        ("F2", "sftp", sftp() | {"passphrase": CANARIES["token"], "host": 7}),
        ("X1", "nothing", mail()),
    ):
        body = {
            "number": number,
            "name": "Tecnosellos" if number == "M1" else f"Supplier {number}",
            "endpoints": [{"name": "first", "channel": channel, "format": "order_json", "config": settings}],
        }
        answer = boss.post("/api/v1/partners", json.dumps(body), content_type="application/json", headers=headers)
        said.append(answer.content.decode())
        got = boss.get(f"/api/v1/partners/{number}", headers=headers)
        said.append(got.content.decode())
    # A test of the connection and a sending that fail.
    for endpoint in Endpoint.objects.all():
        try:
            said.append(repr(probe(endpoint.pk, actor="user:boss")))
        except Refused as refusal:
            said.append(str(refusal))
        said += [repr(endpoint.current), repr(endpoint.current.config), str(endpoint)]
    road.approved()
    drain()
    distribute.sweep()
    # Pages, also of faults.
    pages = ["/", "/connections/", "/suppliers/", "/inbox/", *(f"/suppliers/{p.pk}/" for p in Partner.objects.all())]
    for page in pages:
        said.append(boss.get(page).content.decode(errors="replace"))
    # A fault of ours with the settings at hand.
    try:
        version = EndpointVersion.objects.filter(channel="email").first()
        assert version is not None
        EndpointVersion(endpoint=version.endpoint, number=9, channel="email", config=mail(port=[])).opened()
    except Exception as failure:  # noqa: BLE001 - whatever it is, it tells no secret
        said.append(repr(failure))
    out, err = capsys.readouterr()
    hits = places(*said, caplog.text, out, err)
    assert Endpoint.objects.count() >= 3 and secret.Secret.objects.count() >= 4, "the canaries did go in"
    assert Event.objects.filter(kind="secret.changed").count() == 1
    assert hits == []


@pytest.mark.parametrize("status", [201, 403, 429, 500])
def test_a_partner_who_repeats_our_password_tells_nobody(
    config: Path, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    def repeat(asked: Asked) -> Said:
        said = " ".join([*asked.headers.values(), CANARIES["password"]])
        return Said(status, f'{{"id": "{said}"}}'.encode())

    with Peer(repeat) as peer:
        given = {"url": peer.url, "allow_private": True, "username": "orders", "password": CANARIES["password"],
                 "secret_header": "X-Key", "secret_header_value": CANARIES["token"], "external_id": "/id"}  # fmt: skip
        endpoint = factories.endpoint(factories.supplier(), channel="rest", format="order_json", **given)
        road.approved()
        drain()
        said = [probe(endpoint.pk, actor="user:boss").text, caplog.text]
        assert len(peer.documents()) == 1
    kept = [blob.open_bytes().decode(errors="replace") for blob in Blob.objects.all()]
    assert "•••" in " ".join([*kept, Delivery.objects.get().reason])
    assert places(*said) == []


def test_the_search_would_find_one(config: Path) -> None:
    """A search that cannot find is no proof."""
    made = factories.endpoint(factories.supplier(), channel="email", **mail())
    Endpoint.objects.filter(pk=made.pk).update(pause_reason=f"login with {CANARIES['password']} failed")
    assert places() == ["ow_endpoint"]
    assert places(f"x {CANARIES['token']}")[1:] == [f"x {CANARIES['token']}"]


def sealing(*texts: str) -> list[bytes]:
    return [base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()) for text in texts]


def test_the_key_changes_while_a_worker_sends(
    config: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("orderwire.installation.prepare", lambda: None)
    settings.ORDERWIRE_VAULT_KEYS = sealing("old")
    with Peer() as peer:
        secrets.keep("a", CANARIES["webhook"], actor="system:command")
        given: dict[str, Any] = {"url": peer.url, "allow_private": True, "secrets": [{"secret": "a"}], "timeout": 5}
        endpoint = factories.endpoint(factories.supplier(), channel="webhook", format="order_json", **given)

        def sends(number: str) -> None:
            road.approved(number=number)
            drain()
            assert Delivery.objects.get(order__number=number).state == "accepted"

        sends("N-1")
        settings.ORDERWIRE_VAULT_KEYS = sealing("new", "old")
        sends("N-2")
        assert main(["secret", "rotate"]) == 0
        sends("N-3")
        settings.ORDERWIRE_VAULT_KEYS = sealing("new")
        sends("N-4")
        assert endpoint.current.opened()["secrets"] == [CANARIES["webhook"]] and len(peer.documents()) == 4
    sealed = [bytes(row.sealed) for row in secret.Secret.objects.all()]
    assert all(Fernet(sealing("new")[0]).decrypt(each) for each in sealed)
    assert "Sealed 1" in capsys.readouterr().out


def test_a_secret_in_use_is_not_removed_and_one_that_is_not_is(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("orderwire.installation.prepare", lambda: None)
    secrets.keep("relay", "hush", actor="system:command")
    made = factories.endpoint(factories.supplier(), channel="email", **mail(password={"secret": "relay"}))
    assert main(["secret", "remove", "relay"]) == 1
    assert str(made) in capsys.readouterr().err
    assert main(["secret", "list"]) == 0
    assert f"used by {made}" in capsys.readouterr().out
    secrets.keep("spare", "hush", actor="system:command")
    assert main(["secret", "remove", "spare"]) == 0 and main(["secret", "remove", "spare"]) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["secret", "set", "empty"]) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("x"))
    assert main(["secret", "set", "../name"]) == 1
    for stdin in (io.TextIOWrapper(io.BytesIO(b"\x30\x82\xff"), "utf-8"), io.StringIO("\udcff")):
        monkeypatch.setattr("sys.stdin", stdin)
        assert main(["secret", "set", "a key file"]) == 1 and "no text in UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize("config_of", [lambda id: {"secret": id}, lambda id: {"secret": str(id)}])
def test_nobody_names_the_secret_of_another_endpoint(config: Path, config_of: Any) -> None:
    theirs = factories.endpoint(factories.supplier(), channel="email", **mail()).current
    stolen = theirs.config["password"]["secret"]
    new = NewEndpoint("mine", "email", "order_json", mail(host="thief.example", password=config_of(stolen)))
    with pytest.raises(Refused):
        enroll(Partner(number="T1", name="Thief"), identifiers={}, endpoints=[new], actor="api:erp")
    assert not Partner.objects.filter(number="T1").exists()
