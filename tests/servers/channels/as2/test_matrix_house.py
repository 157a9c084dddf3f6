"""All 40 runs with ourselves over real HTTP: our channel sends to our own door in the ASGI application, which keeps
each message before its receipt goes out; what the door sends afterwards goes out by our channel too."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from django.db import connections

from orderwire.channels import Proof
from orderwire.channels.as2 import As2, door
from orderwire.channels.as2.settings import As2Config
from orderwire.flow.compared import sent
from orderwire.records import Delivery, Endpoint, Message
from tests import stations
from tests.database import factories

from .matrix import CONTENTS, RUNS, Outcomes, Run
from .station import Letterbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Our own application with a web server around it; its address. A request closes what it opened."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    from orderwire.asgi import django

    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(django, lifespan="off", log_config=None)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/exchange/as2/"
    server.should_exit = True
    thread.join(10)
    listener.close()


def one(run: Run, number: int, content: bytes, url: str, box: Letterbox, endpoint: Endpoint) -> str:
    settings = {**run.settings, "receipt_url": box.url if run.later else ""}
    config = stations.buyer(url=url, **settings)
    what = stations.parcel(content, number=number)
    with As2().open(config) as session:
        proof = session.send(what).proof
    message = Message.objects.filter(parent=None).latest("pk")
    (part,) = message.parts.all()
    if part.blob.open_bytes() != content:
        return "other bytes were kept"
    if run.later:
        proof = later(message, what, config, box, endpoint)
    wanted = Proof.DELIVERED if run.receipt == "signed" else Proof.HANDED_OVER
    return "" if proof is wanted else f"proves {proof}"


def later(message: Message, what: Any, config: As2Config, box: Letterbox, endpoint: Endpoint) -> Proof | None:
    queued = Delivery.objects.get(message_id=f"later.{message.pk}")
    theirs = As2Config.model_validate(endpoint.current.opened())
    with As2().open(theirs) as session:
        session.send(replace(sent(queued), to=tuple(queued.says["to"])))
    came = box.came.pop()
    (report,) = door.hear(door.kept(stations.request(came.headers, came.body)), config).reports
    return door.compare(report, what, config).proof


def test_forty_ways_with_ourselves_over_http(house: str, tell: Callable[[str], None]) -> None:
    outcomes = Outcomes("ourselves over HTTP")
    with Letterbox() as box:
        plain = stations.plain(
            stations.SUPPLIER, stations.BUYER, url=box.url, require_signed=False, require_encrypted=False
        )
        endpoint = factories.endpoint(factories.supplier(), channel="as2", format="x12", **plain)
        runs = [(run, name, content) for name, content in CONTENTS.items() for run in RUNS]
        for number, (run, name, content) in enumerate(runs):
            outcomes.add(name, "to the door and back", one(run, number, content, house, box, endpoint))
    tell(outcomes.table)
    assert not outcomes.reasons, outcomes.table
    assert Message.objects.filter(parent=None).count() == len(runs)
