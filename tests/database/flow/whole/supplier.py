"""What a supplier can say in a story, and how: by his system, on a page, on the phone."""

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from orderwire.document.fulfillment import Receipt, ReceivedLine, ShipNotice, ShippedLine
from orderwire.flow import (
    acknowledge,
    cancel,
    catch_up,
    fulfill,
    links,
)
from orderwire.flow.left import LEFT
from orderwire.records import Delivery
from tests.database.flow.whole.documents import GoodsNumber, about_cancellation, content, functional, linked, said
from tests.database.flow.whole.story import INES, Story, which

ANSWERS = ("yes", "received", "declined", "price", "price within", "short", "short within", "late", "split",
           "line declined", "one line only", "charge", "substitute", "contradiction", "foreign line")  # fmt: skip
WORDS = ("accepted", "refused", "at cost", "partly", "partly a line", "received")


class Supplier(Story):
    """His side of the road."""

    @rule(n=which, good=st.sampled_from([True, True, False]))
    def functional(self, n: int, good: bool) -> None:
        """The partner's translator speaks of something that left, or may have."""
        left = list(Delivery.objects.filter(LEFT, order__isnull=False).order_by("-pk"))
        if not left:
            return
        delivery = left[n % len(left)]
        self.does("functional", lambda: functional(delivery, good))
        if good and delivery.revision:
            self.proven.add((delivery.order_id or 0, delivery.revision.number))

    @rule(n=which)
    def opened(self, n: int) -> None:
        """A person at the supplier's opens the page of something that left."""
        left = list(Delivery.objects.filter(LEFT, kind="order", order__isnull=False).order_by("-pk"))
        if left:
            delivery = left[n % len(left)]
            link = linked(delivery)
            self.proven.add((delivery.order_id or 0, delivery.revision.number if delivery.revision else 0))
            self.does("opened", lambda: links.opened(link, actor="supplier:sales", by_person=True))

    @rule(
        n=which, kind=st.sampled_from(ANSWERS), named=st.sampled_from(["newest", "newest", "none", "older"]),
        by=st.sampled_from(["edi", "link", "phone"]), twice=st.booleans(),
    )  # fmt: skip
    def answer(self, n: int, kind: str, named: str, by: str, twice: bool) -> None:
        """The supplier answers a version that reached him, or that we think of."""
        order = self.order(n)
        versions = sorted(order.revisions.values_list("number", flat=True))
        version = versions[-2] if named == "older" and len(versions) > 1 else order.revision
        response = said(content(order, version), kind, None if named == "none" else version)
        how: dict[str, Any] = {"supplier": order.supplier, "source": "folder", "actor": "supplier:S"}
        if by == "phone":
            how = {"supplier": None, "source": "here", "actor": INES, "means": "phone"}
        if by == "link":
            left = Delivery.objects.filter(LEFT, kind="order", order=order, revision__number=version).first()
            if left is None:
                return
            how["link"] = linked(left)
        self.proven.add((order.pk, version))
        if named == "none":
            self.proven |= {(order.pk, each) for each in versions}
        for _ in range(2 if twice else 1):
            self.does(f"answer {kind}", lambda: acknowledge.take(response, **how))
        catch_up.catch_up()

    @rule(n=which, word=st.sampled_from(WORDS), here=st.booleans())
    def word_about_cancellation(self, n: int, word: str, here: bool) -> None:
        order = self.order(n)
        row = cancel.whole(order)
        if here and row is not None and word in ("accepted", "refused", "at cost"):
            charge = Decimal(350) if word == "at cost" else None
            outcome: Any = "refused" if word == "refused" else "accepted"
            self.does(
                f"they say {word}", lambda: cancel.reply(row.pk, outcome=outcome, charge=charge, actor="supplier:S")
            )
            return
        response = about_cancellation(content(order, order.revision), word)
        take = {"supplier": order.supplier, "source": "folder", "actor": "supplier:S"}
        self.does(f"they say {word}", lambda: acknowledge.take(response, **take))  # type: ignore[arg-type]

    @rule(n=which, quantity=st.sampled_from([10, 40, 100]), arrives=st.booleans())
    def goods(self, n: int, quantity: int, arrives: bool) -> None:
        order, today = self.order(n), datetime.date.today()
        self.proven |= {(order.pk, each) for each in order.revisions.values_list("number", flat=True)}
        number = f"G{GoodsNumber.next()}"
        if arrives:
            arrived = Receipt(number=number, order_number=order.number, received=today,
                              lines=(ReceivedLine(number="10", received=Decimal(quantity)),))  # fmt: skip
            self.does("receipt", lambda: fulfill.received(arrived, partner=None, source="api:wms", actor="api:wms"))
        else:
            notice = ShipNotice(number=number, order_number=order.number, shipped=today,
                                lines=(ShippedLine(number="10", quantity=Decimal(quantity)),))  # fmt: skip
            self.does(
                "ship notice", lambda: fulfill.shipped(notice, partner=order.supplier, source="edi", actor="supplier:S")
            )
