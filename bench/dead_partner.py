"""What one dead partner with 50,000 waiting does to everybody else: orders to 20 partners while a worker sends, first
without him, then with him; his server takes connections and never says a word."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench import seed

PARTNERS = 20
ORDERS = 400
BACKLOG = 50_000
EVERY = 0.06
"""Seconds between two orders: about half of what one worker sends here."""

COPY_ORDERS = """
insert into ow_order ({columns})
select {copied} from ow_order o, generate_series(1, %s) n where o.id = %s
"""
COPY_DELIVERIES = """
insert into ow_delivery (kind, leg_id, order_id, revision_id, endpoint_id, endpoint_version, "primary", shard_key,
  state, due_at, fence, tries, failures, reason, duplicate, message_id)
select d.kind, leg_id, o.id, revision_id, endpoint_id, endpoint_version, true, mod(o.id, 1000000), 'ready', now(), 0, 0,
  0, '', false, message_id || '.' || o.id
from ow_delivery d, ow_order o where d.id = %s and o.number like 'dead-0.%%'
"""


def run() -> Iterator[dict[str, Any]]:
    seed.ready()
    with seed.folder("alive") as out, socket.create_server(("127.0.0.1", 0), backlog=512) as dead:
        for n in range(PARTNERS):
            seed.supplier(f"d{n}", channel="folder", config={"out": str(out)}, format="x12")
        _measure("warm", 40)
        alone = _measure("a", ORDERS)
        waiting = _dead(dead.getsockname()[1])
        beside = _measure("b", ORDERS)
        why = f"{EVERY:.2f} s between orders; a worker of eight threads, sweeping each second"
        yield _line("p99_without_a_dead_partner", alone, why)
        yield _line(f"p99_beside_{waiting}_waiting_for_a_dead_one", beside, why)
        moved = (_p99(beside) / _p99(alone) - 1) * 100
        yield seed.figure("p99_moved", "%", (moved, moved, moved), 1, "the machine's other work, where it is above 10")


def _dead(port: int) -> int:
    """The partner that never answers, with all that waits for him; how much that is."""
    from django.db import connection

    from orderwire.records import Delivery, Endpoint, Order

    config = {"host": "127.0.0.1", "port": port, "security": "none", "from_address": "orders@nordhaven.example",
              "recipients": ["orders@dead.example"], "timeout": 10}  # fmt: skip
    partner = seed.supplier("dead", channel="email", config=config, format="order_json")
    seed.create(seed.order("dead-0", "dead"))
    first = Delivery.objects.get(endpoint__partner=partner)
    names = [f.column for f in Order._meta.concrete_fields if f.column != "id"]
    copied = ", ".join("o.number || '.' || n" if name == "number" else f"o.{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            "alter table ow_order disable trigger needs_approval"
        )  # the copies have no versions of their own
        cursor.execute(COPY_ORDERS.format(columns=", ".join(names), copied=copied), [BACKLOG - 1, first.order_id])
        cursor.execute("alter table ow_order enable trigger needs_approval")
        cursor.execute(COPY_DELIVERIES, [first.pk])
        cursor.execute("analyze ow_delivery, ow_order")
    return Delivery.objects.filter(endpoint__in=Endpoint.objects.filter(partner=partner), state="ready").count()


def _measure(name: str, orders: int) -> list[float]:
    """Seconds from each order's release to its partner having it, with a worker of its own."""
    from orderwire.records import Delivery

    worker = subprocess.Popen([sys.executable, "-m", "orderwire.cli", "worker"], env=dict(os.environ))
    try:
        time.sleep(5)
        for n in range(orders):
            started = time.perf_counter()
            seed.create(seed.order(f"{name}-{n}", f"d{n % PARTNERS}", lines=3))
            time.sleep(max(0.0, EVERY - (time.perf_counter() - started)))
        ends = time.monotonic() + 120
        mine = Delivery.objects.filter(order__number__startswith=f"{name}-")
        while mine.filter(accepted_at=None).exists() and time.monotonic() < ends:
            time.sleep(0.5)
        return [(d.accepted_at - d.created_at).total_seconds() for d in mine if d.accepted_at]
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=60)


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]


def _line(name: str, seconds: list[float], bounded_by: str) -> dict[str, Any]:
    ordered = sorted(seconds)
    return seed.figure(name, "s", (_p99(seconds), ordered[len(ordered) // 2], ordered[-1]), len(seconds), bounded_by)
