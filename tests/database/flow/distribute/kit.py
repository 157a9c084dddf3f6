"""What tests of distribution share: draining by hand, clocks that go on, workers that die."""

import datetime
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils import timezone

from orderwire import channels
from orderwire.flow import distribute
from orderwire.flow.distribute import health, parcels
from orderwire.flow.distribute.claim import claim
from orderwire.flow.distribute.claimed import Claimed, Place
from orderwire.records import (
    Attempt,
    Delivery,
    Endpoint,
    EndpointVersion,
    Order,
    Partner,
)
from orderwire.testing.smtp import MailServer
from tests.database import factories

draining = import_module("orderwire.flow.distribute.drain")
"""The module; the package gives its one verb that name."""


Serve = Callable[..., MailServer]


def mailbox(port: int, partner: Partner | None = None, **mail: Any) -> Endpoint:
    given = {"host": "127.0.0.1", "port": port, "security": "none", "from_address": "orders@buyer.example",
             "recipients": ["sales@supplier.example"], "timeout": 5, "final_timeout": 5}  # fmt: skip
    return factories.endpoint(partner or factories.supplier(), channel="email", format="order_json", **given | mail)


def drain(endpoint: Endpoint | None = None) -> None:
    """Every shard of one endpoint, or of all."""
    for each in [endpoint] if endpoint else Endpoint.objects.order_by("pk"):
        for shard in range(each.max_parallel):
            distribute.drain(each.pk, shard)


def due(order: Order | None = None) -> None:
    """The clock has gone on: what waits for another try is due."""
    found = Delivery.objects.filter(state="retry", due_at__isnull=False)
    (found.filter(order=order) if order else found).update(due_at=timezone.now() - datetime.timedelta(seconds=1))


def orders_in(folder: Path) -> list[tuple[str, int]]:
    """Number and version of every order in a folder."""
    found = [json.loads(path.read_text())["order"] for path in sorted(folder.iterdir()) if path.name[0] != "."]
    return sorted((o["number"], o.get("revision", 1)) for o in found)


def place(endpoint: Endpoint | None = None) -> Place:
    version = health.ready((endpoint or Endpoint.objects.get()).pk)
    assert version is not None
    return Place.of(version)


def claimed(endpoint: Endpoint | None = None) -> list[Claimed]:
    """What a worker would take from all shards."""
    where = place(endpoint)
    return [c for shard in range(where.shards) for c in claim(where, shard)]


def lapsed() -> None:
    """The leases of a dead worker have run out."""
    Delivery.objects.filter(state="sending").update(due_at=timezone.now() - datetime.timedelta(seconds=1))


def only(order: Order) -> Delivery:
    return Delivery.objects.get(order=order)


def changed_address(endpoint: Endpoint, **config: Any) -> None:
    old = endpoint.current
    EndpointVersion.objects.create(
        endpoint=endpoint, number=2, channel=old.channel, format=old.format, config={**old.config, **config}
    )
    Endpoint.objects.filter(pk=endpoint.pk).update(version=2)


def made(where: Place, ours: list[Claimed]) -> list[tuple[Claimed, channels.Parcel]]:
    """The parcels of what was claimed."""
    batch, held = parcels.parcels(where, ours)
    assert not held
    return batch


def died(*, started: bool) -> None:
    """A worker took everything due, wrote its attempts and died before, or after, the first byte."""
    where = place()
    draining._intended(where, made(where, claimed()))
    Attempt.objects.update(started_at=timezone.now() if started else None)
    lapsed()
