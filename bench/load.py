"""An hour of 100,000 orders, two minutes of it: from an order's release to the first byte that leaves, with a worker as
it is installed; then the API of a server of its own, asked at fixed rates whether or not it keeps up."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import seed

PER_HOUR = 100_000
SECONDS = 120
PARTNERS = 40
API_RATES = (25, 50, 100)
API_SECONDS = 10
API_CLIENTS = 32
X12 = {"x12": {"isa_sender": "NORDHAVEN", "isa_receiver": "ACME"}}


def run() -> Iterator[dict[str, Any]]:
    seed.ready()
    with seed.folder("load") as out:
        for n in range(PARTNERS):
            seed.supplier(f"l{n}", channel="folder", config={"out": str(out)}, format="x12", profile=X12)
    yield _released()
    yield from _asked()


def _released() -> dict[str, Any]:
    from django.db.models import Min

    from orderwire.records import Delivery

    with _running("orderwire.cli", "worker"):
        time.sleep(5)
        begin, orders = time.perf_counter(), PER_HOUR * SECONDS // 3600
        for n in range(orders):
            time.sleep(max(0.0, begin + n * 3600 / PER_HOUR - time.perf_counter()))
            seed.create(seed.order(f"load-{n}", f"l{n % PARTNERS}"))
        rate = orders / (time.perf_counter() - begin) * 3600
        ends = time.monotonic() + 300
        while Delivery.objects.filter(accepted_at=None).exists() and time.monotonic() < ends:
            time.sleep(0.5)
    rows = Delivery.objects.annotate(first=Min("attempts__started_at")).values_list("created_at", "first")
    waits = [(first - created).total_seconds() for created, first in rows if first]
    why = (
        f"{rate:,.0f} orders of ten lines an hour made beside the worker; {orders - len(waits)} never left; p50, p99.9"
    )
    return _line("release_to_first_byte_p99", "s", waits, why)


def _asked() -> Iterator[dict[str, Any]]:
    from orderwire.api import access

    key = access.make("load", ["orders:read"])[1]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with _running("uvicorn", "orderwire.asgi:application", "--port", str(port), "--log-level=error"):
        _until_up(port)
        _calls(port, key, 20, 2.0)
        for rate in API_RATES:
            waits, failed = _calls(port, key, rate, API_SECONDS)
            why = f"one web process; asked {rate} times a second by the same machine, {failed} failed; p50, p99.9"
            yield _line(f"api_order_p99_at_{rate}_per_second", "ms", [wait * 1000 for wait in waits], why)


def _calls(port: int, key: str, rate: int, seconds: float) -> tuple[list[float], int]:
    """How long each answer took after it was due, so that a server that falls behind cannot hide it."""
    waits: list[float] = []
    failed: list[int] = []
    begin, calls = time.perf_counter() + 0.2, iter(range(int(rate * seconds)))
    turn = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with turn:
                n = next(calls, None)
            if n is None:
                connection.close()
                return
            due = begin + n / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("GET", f"/api/v1/orders/load-{n % 1000}", headers={"Authorization": f"Bearer {key}"})
            answer = connection.getresponse()
            answer.read()
            waits.append(time.perf_counter() - due)
            if answer.status != 200:
                failed.append(answer.status)

    clients = [threading.Thread(target=client) for _ in range(API_CLIENTS)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return waits, len(failed)


@contextmanager
def _running(*module: str) -> Iterator[None]:
    environment = os.environ | {"ORDERWIRE_API_PER_MINUTE": "1000000"}
    process = subprocess.Popen([sys.executable, "-m", *module], env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _until_up(port: int) -> None:
    ends = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def _line(name: str, unit: str, found: list[float], bounded_by: str) -> dict[str, Any]:
    """The 99th percentile, with the median and the 99.9th as its spread."""
    ordered = sorted(found)
    p50, p99, p999 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99, 0.999))
    return seed.figure(name, unit, (p99, p50, p999), len(ordered), bounded_by)
