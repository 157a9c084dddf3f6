"""Seven documents of one order can arrive in 5,040 orders. Each ends as when they come one after the other: the order,
its second version, the cancellation that the supplier refuses, his answers to both versions and his ship notice."""

import datetime
import json
import math
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from orderwire import plugins
from orderwire.document.cancellation import Cancellation
from orderwire.document.fulfillment import ShipNotice, ShippedLine
from orderwire.document.order_change import between
from orderwire.document.response import HeaderStatus, Response
from orderwire.flow import approve, catch_up, receive
from orderwire.flow.create import create
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.flow.holding import holding
from orderwire.formats import Content
from orderwire.records import Cancellation as Asked
from orderwire.records import Delivery, Early, Endpoint, GoodsLine, Order, User
from orderwire.records import Response as Answer
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.alike import state
from tests.database.flow.distribute.kit import drain

pytestmark = pytest.mark.django_db

Arrivals = dict[str, Callable[[], object]]

FIRST = factories.document("4500071791")
SECOND = type(FIRST).model_validate(
    {**FIRST.model_dump(), "revision": 2, "lines": [{**FIRST.lines[0].model_dump(), "price": 13}, FIRST.lines[1]]}
)
LONG_AGO = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
TODAY = datetime.date.today()


def yes(revision: int) -> Response:
    """The supplier accepts this version as it is."""
    return Response(
        order_number=FIRST.number, revision=revision, number=f"AB-{revision}", status=HeaderStatus.ACCEPTED,
        answered=TODAY,
    )  # fmt: skip


NO = Response(order_number=FIRST.number, answers="cancellation", number="AB-9", status=HeaderStatus.REJECTED)
SHIPPED = ShipNotice(
    number="LS-1", order_number=FIRST.number, shipped=TODAY, lines=(ShippedLine(number="10", quantity=Decimal(40)),)
)


THOROUGH = os.environ.get("ORDERWIRE_HYPOTHESIS") == "thorough"


@pytest.fixture(params=["whole orders", "changes"] if THOROUGH else ["whole orders"])
def arrivals(request: Any, config: Path) -> Arrivals:
    """What can arrive, each by the door through which it really comes."""
    supplier = factories.supplier()
    road.person("k.holm", "finance-leads")
    endpoint = factories.endpoint(supplier, channel="portal", format="order_json")
    Endpoint.objects.update(max_parallel=1)

    def theirs(document: Content) -> Callable[[], object]:
        return lambda: receive.receive(
            written(document), name="theirs.json", source=f"portal:{supplier.number}",
            actor=f"supplier:{supplier.number}", endpoint=endpoint,
        )  # fmt: skip

    def ours(document: Content) -> Callable[[], object]:
        return lambda: receive.receive(written(document), name="ours.json", source=road.SOURCE, actor=road.ACTOR)

    def order(document: Any) -> Callable[[], object]:
        return lambda: create(document, source=road.SOURCE, actor=road.ACTOR, approval=road.claim())

    return {
        "order": order(FIRST),
        "version 2": order(SECOND) if request.param == "whole orders" else ours(between(FIRST, SECOND, "delta")),
        "cancellation": ours(Cancellation(order_number=FIRST.number, reason="Not needed", number="C-1")),
        "answer 1": theirs(yes(1)),
        "answer 2": theirs(yes(2)),
        "refusal": theirs(NO),
        "ship notice": theirs(SHIPPED),
    }


def test_every_order_of_arrival_ends_as_one_after_the_other(arrivals: Arrivals, tell: Callable[[str], None]) -> None:
    """What follows two states that are alike is played once; ORDERWIRE_HYPOTHESIS=thorough plays all of it."""
    told = Told(merge=not THOROUGH)
    found = told.ends(arrivals)
    serial = next(iter(found))
    assert json.loads(serial)["order"] == ["approved", 2, "accepted"]
    assert len(found) == 1, "\n".join(
        f"{n} orders of arrival, such as {told.how[end]}: {end}" for end, n in found.items()
    )
    assert found[serial] == math.factorial(len(arrivals))
    tell(f"{found[serial]:,} orders of arrival end alike, {told.steps} arrivals were played: {serial}")


class Told:
    """Every order in which what is left can arrive."""

    def __init__(self, *, merge: bool):
        self.merge, self.steps = merge, 0
        self.how: dict[str, str] = {}
        self.known: dict[tuple[frozenset[str], str], Counter[str]] = {}

    def ends(self, left: Arrivals, before: tuple[str, ...] = ()) -> Counter[str]:
        """How many orders of arrival end how."""
        if not left:
            self.how.setdefault(reached := end(), " > ".join(before))
            return Counter([reached])
        key = frozenset(left), state() if self.merge else " ".join(before)
        if key not in self.known:
            self.known[key] = Counter()
            for name, arrive in left.items():
                self.steps += 1
                with undone():
                    arrive()
                    settle()
                    self.known[key] += self.ends({n: left[n] for n in left if n != name}, (*before, name))
        return self.known[key]


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def settle() -> None:
    """Everything that goes on: what waits is approved. The database's clock stands still in one transaction."""
    catch_up.catch_up()
    for order in Order.objects.filter(state="pending_approval"):
        approve.grant(order.pk, user=User.objects.get(), sha256=road.sha256(order))
        catch_up.catch_up()
    Delivery.objects.filter(state="ready").update(due_at=LONG_AGO)
    drain()


def written(document: Content) -> bytes:
    return plugins.format("order_json").write(document, {}, WriteContext(Numbers("test"))).content


def end() -> str:
    """What counts of the end, in words that do not depend on ids and times."""
    order = Order.objects.get()
    counts = {
        "order": (order.state, order.revision, order.answer_state),
        "versions": sorted(order.revisions.values_list("number", flat=True)),
        "answers": sorted(
            (row.content["number"], row.state, row.revision and row.content.get("revision"), row.waits)
            for row in Answer.objects.select_related("revision")
        ),
        "cancellation": list(Asked.objects.values_list("scope", "state")),
        "goods": list(GoodsLine.objects.values_list("document__number", "line", "quantity", "problem")),
        "holds": holding(order).version,
        "waiting": Early.objects.filter(used_at=None).count(),
    }
    return json.dumps(counts, default=str)
