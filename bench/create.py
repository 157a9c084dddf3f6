"""Orders of ten lines, created, approved by a trusted source and planned, durable: one by one, and in bulk."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench import seed

EACH = 400
BULK = 3000
TOGETHER = 200


def run() -> Iterator[dict[str, Any]]:
    seed.ready()
    with seed.folder("out") as out:
        for n in range(20):
            seed.supplier(f"s{n}", channel="folder", config={"out": str(out)}, format="order_json")

    def one_by_one(repeat: int) -> int:
        for n in range(EACH):
            seed.create(seed.order(f"{repeat}-{n}", f"s{n % 20}"))
        return EACH

    one_by_one(99)
    values = seed.rates(one_by_one, 5)
    yield seed.figure("create_one_by_one", "orders/s", values, 5, "one connection; PostgreSQL and Python share a core")
    for processes in (1, 2):
        ordered = sorted(_bulk(processes, repeat) for repeat in range(3))
        figures = (ordered[1], ordered[0], ordered[2])
        yield seed.figure(
            f"create_bulk_{processes}", "orders/s", figures, 3, "Python and PostgreSQL share the cores that there are"
        )


def _bulk(processes: int, repeat: int) -> float:
    """Loaders that each bring BULK orders, timed from when all are ready; documents are read from JSON as they come."""
    code = "from bench.create import load; import sys; load(sys.argv[1])"
    command = [sys.executable, "-c", code]
    loaders = [
        subprocess.Popen([*command, f"b{processes}{repeat}{n}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for n in range(processes)
    ]
    for loader in loaders:
        assert loader.stdout is not None and loader.stdout.readline() == b"ready\n"
    started = time.perf_counter()
    for loader in loaders:
        assert loader.stdin is not None
        loader.stdin.close()
    for loader in loaders:
        assert loader.wait() == 0
    return processes * BULK / (time.perf_counter() - started)


def load(name: str) -> None:
    """One loader: validates and writes its orders, a transaction for each TOGETHER of them."""
    from orderwire.document.order import Order
    from orderwire.installation import prepare

    prepare()
    from orderwire.flow.create import Incoming, create_new

    texts = [seed.order(f"{name}-{n}", f"s{n % 20}").model_dump_json() for n in range(BULK)]
    create_new([Incoming(seed.order(f"{name}-warm", "s1"), seed.APPROVAL)], source=seed.SOURCE, actor="api:bench")
    print("ready", flush=True)
    sys.stdin.read()
    for start in range(0, BULK, TOGETHER):
        batch = [Incoming(Order.model_validate_json(t), seed.APPROVAL) for t in texts[start : start + TOGETHER]]
        assert len(create_new(batch, source=seed.SOURCE, actor="api:bench")) == len(batch)
