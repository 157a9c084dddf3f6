"""The list of orders: one frozen query per address, its filters as chips, keyset pages, capped tab counts, search.

Newest change first. The seek follows the index (changed_at, id); nothing counts or skips over the whole table.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.records import Delivery, Order, OrderLine, Partner, Response
from orderwire.tracking.counted import capped_counts
from orderwire.tracking.words import Money, day

PAGE = 50
TAB_CAP = 1000
SEARCH_CAP = 5000
"""At most this many lines are looked through for words; more need another word to narrow the search."""

LINE_WORDS = SearchVector("description", "buyer_part", "supplier_part", config="simple")
ORDER_WORDS = SearchVector("supplier_name", config="simple")
"""What the two full-text indexes hold; a search must say exactly the same."""

_OPEN = [state.value for state in OrderState if state.open]
_ENDED = [state.value for state in OrderState if not state.open]
_UNDELIVERED = [state.value for state in DeliveryState if state.open]
_GOING = [OrderState.APPROVED, OrderState.HELD]

VIEWS: Mapping[str, tuple[str, Callable[[], Q]]] = {
    "open": ("All open", lambda: Q(state__in=_OPEN)),
    "approve": ("To approve", lambda: Q(state=OrderState.PENDING_APPROVAL)),
    "waiting": (
        "Waiting for answer",
        lambda: Q(answer_state__in=[AnswerState.WAITING, AnswerState.OVERDUE], state__in=_GOING),
    ),
    "differences": (
        "Differences",
        lambda: Q(answer_state__in=[AnswerState.DIFFERENT, AnswerState.REJECTED], state__in=_GOING),
    ),
    "undelivered": ("Not delivered", lambda: Q(delivery_state__in=_UNDELIVERED, state__in=_GOING)),
    "ended": ("Closed", lambda: Q(state__in=_ENDED)),
    "all": ("All", lambda: Q()),
}
"""Saved views: the word of the tab and what it holds."""


@dataclass(frozen=True)
class Chip:
    """One active filter: "Supplier **Acme** ×"; `without` is the address that removes only this one."""

    field: str
    value: str
    without: str


@dataclass(frozen=True)
class OrdersQuery:
    """What the address asks for. Unknown or malformed parameters are left out, never an error."""

    view: str = "open"
    q: str = ""
    supplier: int | None = None
    state: str = ""
    over: Decimal | None = None
    need_by: datetime.date | None = None
    test: str = ""
    after: str = ""

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> "OrdersQuery":
        """From the parameters of an address."""
        view = params.get("view", "open")
        supplier = params.get("supplier", "")
        state = params.get("state", "")
        return cls(
            view=view if view in VIEWS else "open",
            q=" ".join(params.get("q", "").replace("\x00", "").split())[:120],
            supplier=int(supplier) if supplier.isascii() and supplier.isdigit() and len(supplier) < 18 else None,
            state=state if state in _STATE_WORDS else "",
            over=_decimal(params.get("over", "")),
            need_by=_date(params.get("need_by", "")),
            test=params.get("test", "") if params.get("test", "") in ("1", "0") else "",
            after=params.get("after", "")[:60],
        )

    def url(self, **changes: Any) -> str:
        """The address of this query with some parts changed; a new first page unless `after` is given."""
        other = replace(self, **{"after": "", **changes})
        given = {
            "view": other.view if other.view != "open" else "",
            "q": other.q,
            "supplier": other.supplier or "",
            "state": other.state,
            "over": other.over if other.over is not None else "",
            "need_by": other.need_by or "",
            "test": other.test,
            "after": other.after,
        }
        return "?" + urlencode({name: str(value) for name, value in given.items() if value != ""})

    def chips(self) -> list[Chip]:
        """The active filters in words."""
        found = []
        if self.q:
            found.append(Chip("Search", self.q, self.url(q="")))
        if self.supplier:
            name = Partner.objects.filter(pk=self.supplier).values_list("name", flat=True).first()
            found.append(Chip("Supplier", name or "unknown", self.url(supplier=None)))
        if self.state:
            found.append(Chip("State", _STATE_WORDS[self.state], self.url(state="")))
        if self.over is not None:
            found.append(Chip("Total", f"over {self.over:,f}", self.url(over=None)))
        if self.need_by:
            found.append(Chip("Need by", f"before {day(self.need_by)}", self.url(need_by=None)))
        if self.test:
            found.append(Chip("Test orders", "only" if self.test == "1" else "left out", self.url(test="")))
        return found

    def orders(self) -> QuerySet[Order]:
        """All orders that match, newest change first, without the page."""
        found = Order.objects.filter(VIEWS["all" if self.q else self.view][1]())
        if self.q:
            found = found.filter(matching(self.q))
        if self.supplier:
            found = found.filter(supplier=self.supplier)
        if self.state:
            axis, value = self.state.split(":")
            found = found.filter(**{axis: value})
        if self.over is not None:
            found = found.filter(total__gt=self.over)
        if self.need_by:
            found = found.filter(need_by__lt=self.need_by)
        if self.test:
            found = found.filter(test=self.test == "1")
        return found.order_by("-changed_at", "-id")

    @property
    def narrowed(self) -> bool:
        """True when something besides the view filters."""
        return self != OrdersQuery(view=self.view, after=self.after)


@dataclass(frozen=True)
class Page:
    """One page of orders; `after` is the cursor of the next one, empty at the end."""

    orders: list[Order]
    after: str


def page(query: OrdersQuery, size: int = PAGE) -> Page:
    """The page that the query's cursor points at. One statement."""
    found = _with_delivery(query.orders()).select_related("supplier")
    if cursor := _cursor(query.after):
        at, pk = cursor
        found = found.filter(Q(changed_at__lte=at) & (Q(changed_at__lt=at) | Q(id__lt=pk)))
    rows = list(found[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], f"{last.changed_at.isoformat()}_{last.pk}" if last else "")


def tab_counts(cap: int = TAB_CAP) -> dict[str, int]:
    """How many orders each saved view holds, up to the cap. One statement."""
    return capped_counts({name: Order.objects.filter(q()) for name, (_, q) in VIEWS.items() if name != "all"}, cap)


def matching(words: str) -> Q:
    """Orders with this number or beginning of a number, or with all these words in the supplier's name or a line."""
    numbers = Q(number__startswith=words) if " " not in words else Q(number=words)
    text = SearchQuery(_prefixes(words), search_type="raw", config="simple") if _prefixes(words) else None
    if text is None:
        return numbers
    lines = (
        OrderLine.objects.alias(words=LINE_WORDS)
        .filter(words=text)
        .order_by("-id")
        .values_list("revision__order_id", flat=True)[:SEARCH_CAP]
    )
    names = Order.objects.alias(words=ORDER_WORDS).filter(words=text).order_by().values("pk")[:SEARCH_CAP]
    by_number = Order.objects.filter(numbers).order_by().values("pk")[:SEARCH_CAP]
    ids = set(lines) | {row["pk"] for row in names.union(by_number, all=True)}
    return Q(pk__in=sorted(ids))


def _prefixes(words: str) -> str:
    """A tsquery in which every word may go on: "ball bear" finds ball bearings, "104-22" the part 104-2208.

    Quoted, so that PostgreSQL takes a word apart as it did when it was stored.
    """
    tokens = [word.replace("\\", " ").replace("'", "''") for word in words.split() if any(map(str.isalnum, word))]
    return " & ".join(f"'{token}':*" for token in tokens[:8])


def _with_delivery(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With what a row says besides the order itself: the supplier's delivery and the open answer's differences."""
    delivery = Delivery.objects.filter(order=OuterRef("pk"), primary=True).order_by("-id")
    answer = Response.objects.filter(order=OuterRef("pk"), state=Response.State.OPEN).order_by("-id")
    return orders.annotate(
        sent_at=Subquery(delivery.values("accepted_at")[:1]),
        tries=Subquery(delivery.values("tries")[:1]),
        differing=Subquery(
            answer.annotate(
                n=Func(F("differences"), function="jsonb_array_length", output_field=IntegerField())
            ).values("n")[:1]
        ),
    )


def _cursor(text: str) -> tuple[datetime.datetime, int] | None:
    at, _, pk = text.rpartition("_")
    try:
        found = datetime.datetime.fromisoformat(at.replace(" ", "+"))
        return (found, int(pk)) if timezone.is_aware(found) else None
    except ValueError:
        return None


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < Decimal(10) ** 15 else None


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def money(order: Order) -> Money:
    """The total of an order."""
    return Money(order.total, order.currency)


_STATE_WORDS = {
    **{f"state:{s.value}": f"order: {s.label}" for s in OrderState},
    **{f"delivery_state:{s.value}": f"delivery: {s.label}" for s in DeliveryState},
    **{f"answer_state:{s.value}": f"answer: {s.label}" for s in AnswerState},
}
STATE_CHOICES = tuple(_STATE_WORDS.items())
"""Every state of the three axes as (value, words) for the filter."""
