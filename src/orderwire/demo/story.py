"""The story: what is brought, decided and waited for, chapter by chapter, and the state in which each order ends.

Orders come in through the doors only. Two things are done by hand: the people and suppliers are made (setup.py), and
one clock is moved, because nobody wants to wait three working days to see an answer that is late.
"""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from orderwire.demo import orders
from orderwire.demo.company import SUPPLIERS
from orderwire.demo.doors import Doors
from orderwire.document.order import Order as Document
from orderwire.document.states import AnswerState as A
from orderwire.document.states import DeliveryState as D
from orderwire.document.states import OrderState as O
from orderwire.flow import clock
from orderwire.records import Delivery, Message, Order, Timer

End = tuple[O, D | None, A]

ENDS: dict[str, End] = {
    orders.ACME_REPEAT.number: (O.APPROVED, D.ANSWERED, A.ACCEPTED),
    orders.ACME_CHANGED.number: (O.APPROVED, D.DELIVERED, A.WAITING),
    orders.ACME_LATER.number: (O.APPROVED, D.DELIVERED, A.RECEIVED),
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
    orders.FASTENER.number: (O.APPROVED, D.ANSWERED, A.DIFFERENT),
    orders.FASTENER_XLSX.number: (O.PENDING_APPROVAL, None, A.NOT_ASKED),
    orders.AIGAIO.number: (O.APPROVED, D.ANSWERED, A.ACCEPTED),
    orders.VANDENBERG.number: (O.APPROVED, D.ANSWERED, A.ACCEPTED),
    orders.OSTBY.number: (O.APPROVED, D.ANSWERED, A.ACCEPTED),
    orders.KRUEGER.number: (O.HELD, None, A.NOT_ASKED),
}
"""Order, delivery and answer, as they are when all have played their part and nobody has touched anything."""

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
        for chapter in (self.export, self.people, self.approvals, self.amendments, self.budget, self.late):
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

    def amendments(self) -> None:
        """New versions: of an order that was answered, and of one that could not be handed over yet. The buying system
        also sends an order twice, which is no harm, and once with another price under the same version, which is."""
        self.wait(self.at(orders.ACME_CHANGED.number, delivery=D.ANSWERED))
        self.doors.erp_file(orders.ACME_CHANGED_2)
        self.wait(self.at(orders.OLAWSKA.number, delivery=D.RETRY))
        self.doors.erp_file(orders.OLAWSKA_2)
        self.wait(self.at(orders.ACME_REPEAT.number, delivery=D.ANSWERED))
        self.doors.erp_file(orders.ACME_REPEAT)
        self.wait(self.taken(orders.ACME_REPEAT, times=2))
        self.doors.erp_file(_dearer(orders.ACME_REPEAT))

    def budget(self) -> None:
        """An order is put on hold after it was sent."""
        if self.wait(self.at(orders.CARPENTER_HELD.number, delivery=D.DELIVERED)):
            self.doors.decide(orders.CARPENTER_HELD.number, "hold", key="ines", reason="Budget check, Dr. Yilmaz")

    def late(self) -> None:
        """One answer is late. Here the demo moves a clock, this one only: three working days would be a long wait."""
        number = orders.NINGBO_LATE.number
        if self.wait(self.at(number, delivery=D.OPENED, answer=A.WAITING)):
            place = clock.zone(SUPPLIERS["ningbo"].time_zone)
            day = timezone.now().astimezone(place).date() - datetime.timedelta(days=2)
            due = datetime.datetime.combine(day, clock.CLOSING, tzinfo=place)
            Order.objects.filter(number=number).update(answer_due_at=due)
            Timer.objects.filter(order__number=number, kind="answer_due", fired_at=None).update(due_at=due)

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
        if going := Delivery.objects.filter(state__in=[D.READY, D.SENDING]).count():
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


def _state(order: Order) -> End:
    delivery = D[order.delivery_state.upper()] if order.delivery_state else None
    return O[order.state.upper()], delivery, A[order.answer_state.upper()]


def _dearer(order: Document) -> Document:
    first = order.lines[0].model_copy(update={"price": order.lines[0].price + 1})
    return order.model_copy(update={"lines": (first, *order.lines[1:])})
