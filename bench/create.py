"""Orders of ten lines, created, approved by a trusted source and planned, durable one by one."""

from collections.abc import Iterator
from typing import Any

from bench import seed

EACH = 400


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
    yield seed.figure("create_one_by_one", "orders/s", values, 5, "one connection; PostgreSQL and Python share the CPU")
