"""The story: what is brought, decided and waited for, chapter by chapter, and the state in which each order ends.

Orders come in through the doors only. Two things are done by hand: the people and suppliers are made (setup.py), and
the clocks of two late answers are moved (clocks.py).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.db.models import QuerySet

from orderwire.demo import clocks, orders
from orderwire.demo.doors import Doors
from orderwire.document.order import Order as Document
from orderwire.document.states import AnswerState as A
from orderwire.document.states import CancellationState
from orderwire.document.states import DeliveryState as D
from orderwire.document.states import OrderState as O
from orderwire.records import Cancellation, Delivery, GoodsDocument, Message, Need, Order

End = tuple[O, D | None, A]

ENDS: dict[str, End] = {
    orders.ACME_REPEAT.number: (O.APPROVED, D.ANSWERED, A.ACCEPTED),
    orders.ACME_CHANGED.number: (O.APPROVED, D.DELIVERED, A.WAITING),
    orders.ACME_LATER.number: (O.APPROVED, D.DELIVERED, A.OVERDUE),
    orders.TECNOSELLOS.number: (O.APPROVED, D.ANSWERED, A.DIFFERENT),
    orders.TECNOSELLOS_CSV.number: (O.PENDING_APPROVAL, None, A.NOT_ASKED),
    orders.NINGBO_LATE.number: (O.APPROVED, D.OPENED, A.OVERDUE),
    orders.NINGBO.number: (O.APPROVED, D.ANSWERED, A.ACCEPTED),
    orders.ALNOOR.number: (O.APPROVED, D.ACCEPTED, A.WAITING),
    orders.BHARAT.number: (O.APPROVED, D.IN_DOUBT, A.NOT_ASKED),
    orders.RHEINTAL.number: (O.APPROVED, D.FAILED, A.NOT_ASKED),
    orders.CARPENTER.number: (O.PENDING_APPROVAL, None, A.NOT_ASKED),
    orders.CARPENTER_HELD.number: (O.HELD, D.DELIVERED, A.WAITING),
    orders.MARCHAND.number: (O.APPROVED, D.ANSWERED, A.REJECTED),
    orders.MARCHAND_REFUSED.number: (O.REFUSED, None, A.NOT_ASKED),
    orders.OLAWSKA.number: (O.APPROVED, D.RETRY, A.NOT_ASKED),
    orders.TANAKA.number: (O.APPROVED, D.ANSWERED, A.ACCEPTED),
    orders.LINDQVIST.number: (O.APPROVED, D.ANSWERED, A.DIFFERENT),
    orders.FASTENER.number: (O.APPROVED, D.ACCEPTED, A.ACCEPTED),
    orders.FASTENER_SHORT.number: (O.APPROVED, D.ACCEPTED, A.ACCEPTED),
    orders.FASTENER_XLSX.number: (O.PENDING_APPROVAL, None, A.NOT_ASKED),
    orders.AIGAIO.number: (O.CANCELLING, D.ANSWERED, A.ACCEPTED),
    orders.VANDENBERG.number: (O.CANCELLED, D.ANSWERED, A.ACCEPTED),
    orders.OSTBY.number: (O.PENDING_APPROVAL, None, A.NOT_ASKED),
    orders.KRUEGER.number: (O.HELD, None, A.NOT_ASKED),
}
"""Order, delivery and answer, as they are when all have played their part and nobody has touched anything."""

WITHDRAWN = {
    orders.VANDENBERG.number: CancellationState.ACCEPTED,
    orders.AIGAIO.number: CancellationState.ACCEPTED_AT_COST,
    orders.NINGBO.number: CancellationState.REFUSED,
}
"""What became of the cancellations."""

BAD_FILE = (
    "order_number;order_date;currency;supplier_buyer_id;supplier_name;buyer_name;line_number;description;quantity;unit;"
    "price;order_total\n"
    "4500071940;2026-11-16;EUR;102848;Fastener House Ltd.;Nordhaven Pumpen GmbH;10;Threaded rod M12;400;PIECES;1.10;"
    "500\n"
)
"""A unit that nobody knows, and a total that does not add up."""


@dataclass
class Story:
    """Told once in the life of a data folder; a start that was cut short goes on where it stopped."""

    doors: Doors
    patience: float = 60
    told: set[str] = field(default_factory=set)

    def tell(self) -> None:
        """All chapters that were not told before."""
        self.told = set(self.doors.house.notes().get("told", ()))
        for chapter in (
            self.export, self.people, self.approvals, self.late, self.amendments, self.cancellations, self.elsewhere,
            self.goods, self.budget, self.reminded,
        ):  # fmt: skip
            if chapter.__name__ not in self.told:
                chapter()
                self.told.add(chapter.__name__)
                self.doors.house.note(told=sorted(self.told))

    def export(self) -> None:
        """The buying system exports what was approved there, by folder and by API; one of it in another standard."""
        for order in (
            orders.LINDQVIST, orders.TECNOSELLOS, orders.ACME_REPEAT, orders.ACME_CHANGED, orders.ACME_LATER,
            orders.NINGBO_LATE, orders.NINGBO, orders.ALNOOR, orders.BHARAT, orders.RHEINTAL, orders.OLAWSKA,
            orders.VANDENBERG, orders.OSTBY,
        ):  # fmt: skip
            self.doors.erp_file(order)
        for order in (
            orders.TANAKA, orders.FASTENER, orders.MARCHAND, orders.KRUEGER, orders.CARPENTER_HELD,
            orders.FASTENER_SHORT,
        ):  # fmt: skip
            self.doors.bring(order, key="erp", approved_by="Jens Petersen")
        self.doors.erp_file(orders.AIGAIO, "x12")

    def people(self) -> None:
        """Ines and Jens bring orders of their own, which have to be approved here; and one file is wrong."""
        self.doors.bring(orders.TECNOSELLOS_CSV, key="ines", kind="csv")
        self.doors.bring(orders.MARCHAND_REFUSED, key="ines", kind="csv")
        self.doors.bring(orders.FASTENER_XLSX, key="jens", kind="xlsx")
        self.doors.bring(orders.CARPENTER, key="erp")
        self.doors.upload("threaded-rods.csv", BAD_FILE.encode(), key="jens")

    def approvals(self) -> None:
        """Jens approves two, one of which needs a second person, and refuses one."""
        if self.wait(self.at(orders.AIGAIO.number)):
            self.doors.decide(orders.AIGAIO.number, "approve", key="jens")
        self.doors.decide(orders.CARPENTER.number, "approve", key="jens", reason="Price checked against the index")
        reason = "The special tool is ours already, see project P-118."
        self.doors.decide(orders.MARCHAND_REFUSED.number, "refuse", key="jens", reason=reason)

    def late(self) -> None:
        """Two answers are late: a person looked and said nothing; a system said that it has the order, and no more."""
        if self.wait(self.at(orders.NINGBO_LATE.number, delivery=D.OPENED, answer=A.WAITING)):
            clocks.due_two_days_ago(orders.NINGBO_LATE.number)
        if self.wait(self.at(orders.ACME_LATER.number, answer=A.RECEIVED)):
            clocks.due_two_days_ago(orders.ACME_LATER.number)

    def amendments(self) -> None:
        """New versions: of an order that was answered, approved by a colleague; one that waits for that; and one of the
        buying system, whose first version could not be handed over yet. The buying system also sends an order twice,
        which is no harm, and once with another price under the same version, which is."""
        if self.wait(self.at(orders.ACME_CHANGED.number, answer=A.ACCEPTED)):
            reason = "Order 60018823 grew by 20 pumps, and is wanted two weeks sooner"
            self.doors.amend(orders.ACME_CHANGED_2, key="ines", reason=reason)
            self.doors.decide(orders.ACME_CHANGED.number, "approve", key="jens")
        if self.wait(self.at(orders.OSTBY.number, answer=A.ACCEPTED)):
            reason = "Six shafts more for the spare parts store; the hubs have time"
            self.doors.amend(orders.OSTBY_2, key="jens", reason=reason)
        self.wait(self.at(orders.OLAWSKA.number, delivery=D.RETRY))
        self.doors.erp_file(orders.OLAWSKA_2)
        self.wait(self.at(orders.ACME_REPEAT.number, answer=A.ACCEPTED))
        self.doors.erp_file(orders.ACME_REPEAT)
        self.wait(self.taken(orders.ACME_REPEAT, times=2))
        self.doors.erp_file(_dearer(orders.ACME_REPEAT))

    def cancellations(self) -> None:
        """Three suppliers are asked: one agrees, one agrees at a cost, one cannot any more."""
        for order, code, reason in (
            (orders.VANDENBERG, "project", "The customer took order P-204 back."),
            (orders.AIGAIO, "project", "The customer took order P-204 back."),
            (orders.NINGBO, "not_needed", "The seals are in stock."),
        ):
            if self.wait(self.at(order.number, answer=A.ACCEPTED)):
                self.doors.decide(order.number, "cancel", key="ines", code=code, reason=reason)

    def elsewhere(self) -> None:
        """A supplier does not make one of two lines any more: Ines takes the other, Jens approves it, and the first one
        is to be ordered from somebody else."""
        if self.wait(self.at(orders.FASTENER_SHORT.number, answer=A.DIFFERENT)):
            reason = "We order the tie rods elsewhere."
            self.doors.resource(orders.FASTENER_SHORT.number, "20", key="ines", reason=reason)
            self.doors.decide(orders.FASTENER_SHORT.number, "approve", key="jens")

    def goods(self) -> None:
        """A part of an order was shipped and came in, and four pieces of it are rejected."""
        number = orders.ACME_REPEAT.number
        if self.wait(lambda: GoodsDocument.objects.filter(lines__order__number=number).exists()):
            arrived = (
                {"number": "10", "received": "400", "unit": "C62"},
                {"number": "20", "received": "200", "rejected": "4", "unit": "C62", "reason": "Rust on the rings"},
            )
            self.doors.receive(number, arrived, key="erp")

    def budget(self) -> None:
        """An order is put on hold after it was sent."""
        if self.wait(self.at(orders.CARPENTER_HELD.number, delivery=D.DELIVERED)):
            self.doors.decide(orders.CARPENTER_HELD.number, "hold", key="ines", reason="Budget check, Dr. Yilmaz")

    def reminded(self) -> None:
        """The reminders of the late answers leave at any hour of the day, and with them all is sent."""
        for order in (orders.NINGBO_LATE, orders.ACME_LATER):
            self.wait(partial(clocks.letters_leave, order.number))
        self.wait(self.at(orders.FASTENER.number, answer=A.ACCEPTED))
        self.wait(lambda: not _on_their_way().exists())

    def unsettled(self) -> list[str]:
        """What is not yet as it will be, in words; empty at the end of the story."""
        found = {o.number: o for o in Order.objects.all()}
        missing = [f"{number} did not come in" for number in ENDS if number not in found]
        for number, end in ENDS.items():
            if number in found and _state(found[number]) != end:
                is_now, will_be = (" / ".join(s or "none" for s in states) for states in (_state(found[number]), end))
                missing.append(f"{number} is {is_now}, not {will_be}")
        if not Message.objects.filter(documents__contains=[{"outcome": "conflict"}]).exists():
            missing.append("the conflicting order did not come in")
        if not Need.objects.filter(order__number=orders.FASTENER_SHORT.number).exists():
            missing.append("nothing is to be ordered elsewhere")
        for number, state in WITHDRAWN.items():
            if not Cancellation.objects.filter(order__number=number, state=state).exists():
                missing.append(f"the cancellation of {number} is not {state}")
        if going := _on_their_way().count():
            missing.append(f"deliveries on their way: {going}")
        if unread := Message.objects.filter(state=Message.State.STORED).count():
            missing.append(f"files not read yet: {unread}")
        return missing

    def wait(self, until: Callable[[], bool]) -> bool:
        """Wait for it; False when patience runs out, because the person at the screen did something else with it."""
        deadline = time.monotonic() + self.patience
        while not until():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def at(self, number: str, **states: D | A) -> Callable[[], bool]:
        """A question: is the order there, and in these states?"""
        wanted = {f"{axis}_state": state for axis, state in states.items()}
        return lambda: Order.objects.filter(number=number, **wanted).exists()

    def taken(self, order: Document, *, times: int) -> Callable[[], bool]:
        """A question: was this order's file taken that often?"""
        name = f"{order.number}-{order.revision}."
        settled = Message.objects.filter(name__startswith=name).exclude(state=Message.State.STORED)
        return lambda: settled.count() >= times


def _on_their_way() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state__in=[D.READY, D.SENDING])


def _state(order: Order) -> End:
    delivery = D[order.delivery_state.upper()] if order.delivery_state else None
    return O[order.state.upper()], delivery, A[order.answer_state.upper()]


def _dearer(order: Document) -> Document:
    first = order.lines[0].model_copy(update={"price": order.lines[0].price + 1})
    return order.model_copy(update={"lines": (first, *order.lines[1:])})
