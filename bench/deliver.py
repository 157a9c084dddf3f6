"""Approved orders of ten lines leave: as X12 850 into partners' folders, and as tagged PDF/A-3 by e-mail to a local
SMTP server; each read back, with attempts before the first byte and results afterwards."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench import seed

ENDPOINTS = 20
FOLDER_ORDERS = 2000
MAILS = 200
X12 = {"x12": {"isa_sender": "NORDHAVEN", "isa_receiver": "ACME"}}


def run() -> Iterator[dict[str, Any]]:
    seed.ready()
    yield from _folder()
    yield from _single()
    yield from _mail()


def _folder() -> Iterator[dict[str, Any]]:
    with seed.folder("edi") as out:
        for n in range(ENDPOINTS):
            seed.supplier(f"x{n}", channel="folder", config={"out": str(out)}, format="x12", profile=X12)

        def drained(repeat: int) -> float:
            for n in range(FOLDER_ORDERS):
                seed.create(seed.order(f"x{repeat}-{n}", f"x{n % ENDPOINTS}"))
            return FOLDER_ORDERS / _drain_here()

        values = [drained(repeat) for repeat in range(3)]
        yield _line(
            "x12_to_folder_backlog",
            "deliveries/s",
            values,
            "one process; rendering and read-back about half of it, file sync and results the rest",
        )


def _single() -> Iterator[dict[str, Any]]:
    """Each endpoint has one due: what a drain costs without a backlog to share it."""
    with seed.folder("edi1") as out:
        for n in range(300):
            seed.supplier(f"y{n}", channel="folder", config={"out": str(out)}, format="x12", profile=X12)

        def drained(repeat: int) -> float:
            for n in range(300):
                seed.create(seed.order(f"y{repeat}-{n}", f"y{n}"))
            return 300 / _drain_here()

        values = [drained(repeat) for repeat in range(3)]
        yield _line("x12_to_folder_one_each", "deliveries/s", values, "one process; claim and connection per delivery")


def _mail() -> Iterator[dict[str, Any]]:
    with seed.folder("mail") as folder:
        sink = subprocess.Popen(
            [sys.executable, "-m", "orderwire.testing.smtp", "--journal", str(folder / "journal")],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert sink.stdout is not None
            port = int(sink.stdout.readline().split(":")[-1].split()[0].strip())
            for n in range(ENDPOINTS):
                config = {
                    "host": "127.0.0.1",
                    "port": port,
                    "security": "none",
                    "from_address": "orders@nordhaven.example",
                    "recipients": [f"orders{n}@supplier.example"],
                }
                seed.supplier(f"m{n}", channel="email", config=config, format="pdf")
            values = [_mails(repeat) for repeat in range(3)]
        finally:
            sink.terminate()
            sink.wait()
        yield _line("pdf_by_email", "mails/s", values, "two processes; typst lays out the page")


def _mails(repeat: int) -> float:
    for n in range(MAILS):
        seed.create(seed.order(f"m{repeat}-{n}", f"m{n % ENDPOINTS}"))
    started = time.perf_counter()
    code = "from bench.deliver import half; import sys; half(int(sys.argv[1]))"
    halves = [subprocess.Popen([sys.executable, "-c", code, str(n)]) for n in (0, 1)]
    for process in halves:
        assert process.wait() == 0
    return MAILS / (time.perf_counter() - started - _start_up())


def half(shard: int) -> None:
    """Every second endpoint, in a process of its own."""
    from orderwire.installation import prepare

    prepare()
    _drain_here(lambda endpoint: endpoint % 2 == shard)


def _start_up() -> float:
    """Seconds that such a process takes before it sends, measured with nothing to send."""
    started = time.perf_counter()
    code = "from bench.deliver import half; half(0)"
    halves = [subprocess.Popen([sys.executable, "-c", code]) for _ in (0, 1)]
    for process in halves:
        process.wait()
    return time.perf_counter() - started


def _drain_here(wanted: Any = lambda endpoint: True) -> float:
    """Drain every shard with something due, as the sweep asks for them; the seconds it took. Nothing may be left."""
    from orderwire.flow.distribute.drain import drain
    from orderwire.records import Delivery, Endpoint

    parallel = dict(Endpoint.objects.values_list("pk", "max_parallel"))
    due = Delivery.objects.filter(state="ready").values_list("endpoint_id", "shard_key")
    shards = sorted({(endpoint, key % parallel[endpoint]) for endpoint, key in due if wanted(endpoint)})
    started = time.perf_counter()
    for endpoint, shard in shards:
        drain(endpoint, shard)
    took = time.perf_counter() - started
    left = Delivery.objects.filter(state="ready", endpoint__in=[endpoint for endpoint, _ in shards]).count()
    assert left == 0, f"{left} deliveries were not sent"
    return took


def _line(name: str, unit: str, values: list[float], bounded_by: str) -> dict[str, Any]:
    ordered = sorted(values)
    return seed.figure(name, unit, (ordered[len(ordered) // 2], ordered[0], ordered[-1]), len(values), bounded_by)
