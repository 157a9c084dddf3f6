"""The list, one order and an exact search, in the API's own time (through all of Django, in process), at 1,000 and at
100,000 orders of ten lines. The many are copies of one, made in SQL."""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench import seed

SIZES = (1_000, 100_000)
REPEATS = 60

CLONE = """
with o as (
  insert into ow_order (entity, number, state, delivery_state, answer_state, reason, supplier_id, created_by, source,
    test, revision, kind, supplier_name, buyer_name, currency, total, line_count, need_by, channel, created_at,
    changed_at, last_event)
  select entity, 'c' || n, state, delivery_state, (array['not_asked', 'waiting', 'accepted', 'different'])[1 + n %% 4],
    reason, supplier_id, created_by, source, test, revision, kind, supplier_name, buyer_name, currency, total + n,
    line_count, need_by, channel, created_at, changed_at - n * interval '1 minute', last_event
  from ow_order, generate_series(%(first)s, %(last)s) n where number = 'first'
  returning id
), r as (
  insert into ow_revision (order_id, number, content, sha256, currency, total, created_by, created_at)
  select o.id, x.number, content, sha256, currency, total, created_by, created_at
  from o, ow_revision x where x.order_id = (select id from ow_order where number = 'first')
  returning id, order_id
), l as (
  insert into ow_order_line (revision_id, position, number, description, quantity, unit, price, price_basis, amount,
    need_by, buyer_part, supplier_part)
  select r.id, position, x.number, description, quantity, unit, price, price_basis, amount, need_by, buyer_part,
    supplier_part
  from r, ow_order_line x join ow_revision y on y.id = x.revision_id
  where y.order_id = (select id from ow_order where number = 'first')
), a as (
  insert into ow_approval (revision_id, revision_sha256, decision, approver, source, reference, reason, approved_at,
    recorded_at)
  select r.id, revision_sha256, decision, approver, source, reference, reason, approved_at, recorded_at
  from r, ow_approval x join ow_revision y on y.id = x.revision_id
  where y.order_id = (select id from ow_order where number = 'first')
)
insert into ow_delivery (kind, order_id, revision_id, endpoint_id, endpoint_version, "primary", shard_key, state, fence,
  tries, failures, reason, duplicate, message_id)
select kind, r.order_id, r.id, endpoint_id, endpoint_version, "primary", shard_key, 'accepted', 1, 1, 0, '', false, 'c'
from r, ow_delivery x where x.order_id = (select id from ow_order where number = 'first')
"""


def run() -> Iterator[dict[str, Any]]:
    seed.ready()
    from django.db import connection
    from django.test import Client

    with seed.folder("out") as out:
        seed.supplier("page", channel="folder", config={"out": str(out)}, format="order_json")
    seed.create(seed.order("first", "page"))
    client = Client(SERVER_NAME="localhost", headers={"authorization": f"Bearer {_key()}"})
    have, medians = 1, {}
    for size in SIZES:
        with connection.cursor() as cursor:
            cursor.execute(CLONE, {"first": have, "last": size - 1})
            cursor.execute("vacuum analyze")
        have = size
        number = f"c{size // 2}"
        for name, path in (
            ("list", "/api/v1/orders?limit=50"),
            ("open", f"/api/v1/orders/{number}"),
            ("search", f"/api/v1/orders?number={number}"),
        ):
            values = _timed(lambda path=path: _get(client, path))
            medians[name, size] = values[0]
            grown = ""
            if size != SIZES[0]:
                grown = f"; {values[0] / medians[name, SIZES[0]]:.2f} times its time at {SIZES[0]:,} orders"
            yield seed.figure(f"api_{name}_{size}", "ms", values, REPEATS, f"Django and the API's schema{grown}")


def _key() -> str:
    from orderwire.api import access

    return access.make("bench", ["orders:read"])[1]


def _get(client: Any, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code, response.content[:300])


def _timed(work: Callable[[], None]) -> tuple[float, float, float]:
    """Median, 5th and 95th percentile in milliseconds, after ten rounds of warming."""
    for _ in range(10):
        work()
    found = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(found, n=20)
    return statistics.median(found), cuts[0], cuts[-1]
