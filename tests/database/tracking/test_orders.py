"""The list of orders: keyset pages, tabs, filters, search, and that it stays cheap at thousands of rows."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.records import Order
from orderwire.tracking.orders import OrdersQuery, matching, page, tab_counts
from tests.database.tracking import seed

pytestmark = pytest.mark.django_db


def many(count: int) -> None:
    """Orders whose times of change come in pairs, so that the id must break ties."""
    partner, now = seed.supplier(), timezone.now()
    Order.objects.bulk_create(
        Order(
            number=f"45{at:08d}", state=OrderState.DRAFT, delivery_state=None, supplier=partner,
            supplier_name=partner.name, created_by="api:erp", source="api", currency="EUR", total=Decimal(at),
            line_count=1, changed_at=now - datetime.timedelta(minutes=at // 2),
        )
        for at in range(count)
    )  # fmt: skip


def numbers(query: OrdersQuery, size: int = 50) -> list[str]:
    return [order.number for order in page(query, size).orders]


def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    many(23)
    query, seen = OrdersQuery(), []
    while True:
        found = page(query, 5)
        seen += [order.number for order in found.orders]
        if not found.after:
            break
        query = OrdersQuery.parse({"after": found.after})
    assert len(seen) == len(set(seen)) == 23
    assert seen == [o.number for o in Order.objects.order_by("-changed_at", "-id")]


@pytest.mark.parametrize(
    "after", ["x", "2026-11-01_5", "2026-11-01T00:00:00+00:00_x", "_", "'; drop table ow_order; --_1"]
)
def test_a_broken_cursor_gives_the_first_page(after: str) -> None:
    many(3)
    assert len(numbers(OrdersQuery.parse({"after": after}))) == 3


def test_a_page_costs_the_same_queries_for_few_and_many_orders() -> None:
    costs = []
    for more in (2, 60):
        for at in range(more):
            seed.order(f"46{more:03d}{at:05d}", delivery=DeliveryState.DELIVERED)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(OrdersQuery())
            tab_counts()
        costs.append(len(queries))
    assert costs == [2, 2]


def test_first_and_later_pages_use_the_index_at_thousands_of_rows() -> None:
    many(4000)
    with connection.cursor() as cursor:
        cursor.execute("analyze ow_order")
    middle = page(OrdersQuery.parse({"view": "all"}), 1500).after
    for query in (OrdersQuery(view="all"), OrdersQuery(view="all", after=middle), OrdersQuery()):
        with CaptureQueriesContext(connection) as queries:
            page(query)
        with connection.cursor() as cursor:
            cursor.execute("explain " + queries[-1]["sql"])
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "ow_order_newest" in plan and "Seq Scan on ow_order" not in plan, plan


def test_search_of_a_number_uses_the_prefix_index() -> None:
    many(4000)
    with connection.cursor() as cursor:
        cursor.execute("analyze ow_order")
        cursor.execute("explain select id from ow_order where number like '4500000012%'")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "ow_order_number_prefix" in plan, plan


@pytest.mark.parametrize(
    ("words", "found"),
    [("4500071884", True), ("45000718", True), ("71884", False), ("acme", True), ("bearings inc", True),
     ("ball bear", True),
     ("104-2208", True), ("104-22", True), ("o'brien", False),
     ("back\\slash", False), ("gasket", False), ("' or 1=1 --", False), ("&|!:*", False), ("%", False)],
)  # fmt: skip
def test_search_finds_numbers_suppliers_parts_and_words(words: str, found: bool) -> None:
    order = seed.order("4500071884")
    assert Order.objects.filter(matching(words)).filter(pk=order.pk).exists() is found


def test_views_hold_what_their_names_say() -> None:
    seed.order("1000001")
    seed.order("1000002", state=OrderState.PENDING_APPROVAL, delivery=None, answer=AnswerState.NOT_ASKED)
    seed.order("1000003", delivery=DeliveryState.FAILED, answer=AnswerState.NOT_ASKED)
    seed.order("1000004", answer=AnswerState.DIFFERENT)
    seed.order("1000005", state=OrderState.CANCELLED, delivery=None, answer=AnswerState.NOT_ASKED)
    held = {
        view: set(numbers(OrdersQuery(view=view)))
        for view in ("open", "approve", "waiting", "differences", "undelivered", "ended")
    }
    assert held == {
        "open": {"1000001", "1000002", "1000003", "1000004"},
        "approve": {"1000002"},
        "waiting": {"1000001"},
        "differences": {"1000004"},
        "undelivered": {"1000003"},
        "ended": {"1000005"},
    }
    assert {view: len(found) for view, found in held.items()} == tab_counts()


def test_tab_counts_stop_at_their_cap() -> None:
    many(9)
    assert tab_counts(cap=5)["open"] == 6


def test_filters_narrow_and_their_chips_remove_only_themselves() -> None:
    order = seed.order("1000001")
    seed.order("1000002", partner=seed.supplier("S-2", "Lindqvist Elmotor AB"), test=True)
    query = OrdersQuery.parse(
        {"supplier": str(order.supplier_id), "over": "1,000", "test": "0", "need_by": "2027-01-31"}
    )
    assert numbers(query) == ["1000001"]
    chips = {chip.field: chip for chip in query.chips()}
    assert chips["Supplier"].value == "Acme Bearings Inc."
    assert "supplier" not in chips["Supplier"].without and "over=1000" in chips["Supplier"].without
    assert numbers(OrdersQuery.parse({"state": "delivery_state:failed"})) == []


@pytest.mark.parametrize(
    "params",
    [
        {"supplier": "9" * 40},
        {"over": "NaN"},
        {"over": "1e999"},
        {"need_by": "soon"},
        {"state": "x:y"},
        {"view": "?"},
        {"q": "\x00"},
    ],
)
def test_malformed_parameters_are_left_out(params: dict[str, str]) -> None:
    assert OrdersQuery.parse(params) == OrdersQuery()
