"""Everything that can happen to an order, in any sequence, through the real verbs of the flow."""

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orderwire import plugins
from orderwire.document.cancellation import Cancellation as Withdrawal
from orderwire.document.fulfillment import Receipt, ReceivedLine, ShipNotice, ShippedLine
from orderwire.document.order import Order as Document
from orderwire.document.order_change import LinePart, between
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow import (
    Refused,
    acknowledge,
    amend,
    approve,
    cancel,
    catch_up,
    distribute,
    evidence,
    fulfill,
    hold,
    links,
    need,
    receive,
    remind,
    route,
)
from orderwire.flow.cancel.reached import LEFT
from orderwire.flow.create import create
from orderwire.flow.decide import LineDecision, accept_policy, decide
from orderwire.flow.distribute import resend, settle_doubt
from orderwire.flow.distribute.numbers import Numbers, WriteContext
from orderwire.formats import Content
from orderwire.ledger.events import ReceiptFunctionalAck
from orderwire.records import AnswerLink, Cancellation, Delivery, Endpoint, Message, Need, Order, Timer, User
from orderwire.records import Response as Answer
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import due, lapsed
from tests.database.flow.whole import invariants
from tests.database.flow.whole.sink import OUTCOMES, Killed, Sink
from tests.database.flow.whole.world import World, emptied

INES = "user:ines"
MOST_ORDERS = 4

CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "price up": lambda d: d["lines"][0].update(price=d["lines"][0]["price"] * Decimal("1.2")),
    "price up a little": lambda d: d["lines"][0].update(price=d["lines"][0]["price"] * Decimal("1.005")),
    "price down": lambda d: d["lines"][-1].update(price=d["lines"][-1]["price"] * Decimal("0.9")),
    "less": lambda d: _quantity(d["lines"][0], d["lines"][0]["quantity"] - 5),
    "more": lambda d: _quantity(d["lines"][0], d["lines"][0]["quantity"] + 5),
    "a day later": lambda d: d["lines"][0]["schedules"][0].update(
        requested=d["lines"][0]["schedules"][0]["requested"] + datetime.timedelta(days=1)
    ),
    "a note": lambda d: d.update(notes=(*d.get("notes", ()), {"text": f"Note {len(d.get('notes', ()))}"})),
    "a line less": lambda d: d.update(lines=d["lines"][:1]),
}
"""What a buyer changes."""

ANSWERS = ("yes", "received", "declined", "price", "price within", "short", "short within", "late", "split",
           "line declined", "one line only", "charge", "substitute", "contradiction", "foreign line")  # fmt: skip
WORDS = ("accepted", "refused", "at cost", "partly", "partly a line", "received")
CHOICES = ("accept", "insist", "counter", "resource", "mixed")

which = st.integers(0, 5)
"""Picks one of what is there."""


def _quantity(line: dict[str, Any], quantity: Decimal) -> None:
    quantity = max(quantity, Decimal(1))
    line.update(quantity=quantity, schedules=[line["schedules"][0] | {"quantity": quantity}])


class Everything(RuleBasedStateMachine):
    """The road of a few orders. `counts` tells how often each rule was taken, and how often the flow refused it."""

    world: ClassVar[World]
    counts: ClassVar[Counter[str]] = Counter()
    stories: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        emptied()
        type(self).stories += 1
        self.patch = pytest.MonkeyPatch()
        self.sink = Sink()
        original = plugins.channel
        self.patch.setattr(plugins, "channel", lambda kind: self.sink if kind == "folder" else original(kind))
        self.number = 0
        self.before = invariants.Before()
        self.buyers: set[int] = set()
        self.proven: set[tuple[int, int]] = set()

    def teardown(self) -> None:
        self.patch.undo()

    def does(self, name: str, verb: Callable[[], Any]) -> Any:
        """One verb. The flow may refuse it, with a reason; nothing else is a way to fail."""
        try:
            found = verb()
        except Refused as failure:
            assert failure.reason, name
            self.counts[f"{name} (refused)"] += 1
            return None
        self.counts[name] += 1
        return found

    def order(self, n: int) -> Order:
        rows = list(Order.objects.order_by("pk"))
        return rows[n % len(rows)]

    def changed(self, order: Order, change: str, *, base: int | None = None, ahead: int = 1) -> Document:
        """A version of the order with one thing changed."""
        newest = order.revisions.latest("number").number
        document = editable(content(order, base or newest))
        CHANGES[change](document)
        return Document.model_validate({**document, "revision": newest + ahead})

    def authored(self, order: Order) -> None:
        """The buyer makes a version of this order in this step."""
        self.buyers.add(order.pk)

    # ── orders and versions ──────────────────────────────────────────────────

    @initialize(trusted=st.booleans(), resendable=st.booleans())
    def first(self, trusted: bool, resendable: bool) -> None:
        self.sink.resendable = resendable
        self.new(trusted)

    @precondition(lambda self: self.number < 2)
    @rule(trusted=st.booleans())
    def another(self, trusted: bool) -> None:
        self.new(trusted)

    def new(self, trusted: bool) -> None:
        self.number += 1
        made = factories.document(f"N{self.number}")
        self.does("create", lambda: bring(made) if trusted else road.waiting(made))

    @rule(n=which, change=st.sampled_from(list(CHANGES)), trusted=st.booleans(), turn=st.sampled_from([1, 1, 1, 2, 3]))
    def whole_version(self, n: int, change: str, trusted: bool, turn: int) -> None:
        """The buying system sends the whole order again; versions may be left out."""
        order = self.order(n)
        self.authored(order)
        made = self.changed(order, change, ahead=turn)
        self.does("version from the system", lambda: bring(made, approval=road.claim() if trusted else None))

    @rule(n=which, change=st.sampled_from(list(CHANGES)))
    def late_version(self, n: int, change: str) -> None:
        """A version between others comes after the newer one."""
        order = self.order(n)
        there = set(order.revisions.values_list("number", flat=True))
        gaps = sorted(set(range(1, max(there))) - there)
        if gaps:
            made = self.changed(order, change).model_copy(update={"revision": gaps[-1]})
            self.does("late version", lambda: bring(made))

    @rule(n=which, change=st.sampled_from(list(CHANGES)), trusted=st.booleans())
    def change_document(self, n: int, change: str, trusted: bool) -> None:
        order = self.order(n)
        self.authored(order)
        newest = content(order, order.revisions.latest("number").number)
        made = between(newest, self.changed(order, change), "delta")
        claim = road.claim() if trusted else None
        self.does("change", lambda: amend.amend(made, source=road.SOURCE, actor=road.ACTOR, approval=claim))

    @rule(n=which, change=st.sampled_from(list(CHANGES)), base=which)
    def proposal(self, n: int, change: str, base: int) -> None:
        order = self.order(n)
        self.authored(order)
        known = list(order.revisions.order_by("-number").values_list("number", flat=True))
        on = known[base % len(known)]
        made = self.changed(order, change, base=on)
        self.does("propose", lambda: amend.propose(order.pk, made, base=on, actor=INES, reason="Changed"))

    @rule(n=which)
    def take_back(self, n: int) -> None:
        order = self.order(n)
        self.authored(order)
        first = order.revisions.earliest("number").number
        self.does("take back", lambda: amend.take_back(order.pk, first, actor=INES, reason="As before"))

    @rule(n=which, lead=st.booleans(), yes=st.sampled_from([True, True, True, False]))
    def approval(self, n: int, lead: bool, yes: bool) -> None:
        order = self.order(n)
        user: User = self.world.lead if lead else self.world.finance
        sha256 = road.sha256(order)
        if yes:
            self.does("approve", lambda: approve.grant(order.pk, user=user, sha256=sha256))
        else:
            self.does("refuse", lambda: approve.refuse(order.pk, user=user, sha256=sha256, reason="Too dear"))

    @rule()
    def approve_all(self) -> None:
        for order in Order.objects.filter(state="pending_approval"):
            sha256 = road.sha256(order)
            self.does("approve", lambda o=order, s=sha256: approve.grant(o.pk, user=self.world.finance, sha256=s))

    # ── sending ──────────────────────────────────────────────────────────────

    @rule(
        outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=3),
        n=which,
        meanwhile=st.sampled_from([None, None, None, "cancel", "amend", "hold", "version"]),
    )
    def send(self, outcomes: list[str], n: int, meanwhile: str | None) -> None:
        """Everything due is sent; in the middle of it somebody may do something."""
        self.sink.script = outcomes
        self.sink.meanwhile = (lambda: self.meanwhile(meanwhile, n)) if meanwhile else None
        for endpoint in Endpoint.objects.order_by("pk"):
            try:
                distribute.drain(endpoint.pk, 0)
            except Killed:
                self.counts["worker died"] += 1
        self.sink.script, self.sink.meanwhile = [], None
        self.counts["send"] += 1

    @rule(yes=st.booleans())
    def it_goes_well(self, yes: bool) -> None:
        """Who has to approve does, everything arrives, and he may say yes: most stories need that in between."""
        self.time_passes()
        self.approve_all()
        self.send([], 0, None)
        if yes:
            self.answer(0, "yes", "newest", "edi", False)

    def meanwhile(self, what: str, n: int) -> None:
        self.counts[f"{what} while sending"] += 1
        match what:
            case "cancel":
                self.whole_cancellation(n)
            case "amend":
                self.proposal(n, "a note", 0)
            case "hold":
                self.on_hold(n)
            case _:
                self.whole_version(n, "price up", True, 1)

    @rule()
    def time_passes(self) -> None:
        """What waits for another try is due, leases ran out, paused addresses are tried again."""
        Endpoint.objects.update(paused_until=None, failures=0)
        due()
        lapsed()

    @rule(kind=st.sampled_from(["answer_due", "remind", "cancellation_due"]), n=which)
    def clock(self, kind: str, n: int) -> None:
        """The order's clocks of this kind run out."""
        order, past = self.order(n), timezone.now() - datetime.timedelta(seconds=1)
        running = Timer.objects.filter(order=order, kind=kind, fired_at=None, stopped_at=None)
        if running.update(due_at=past):
            if kind == "answer_due":
                Order.objects.filter(pk=order.pk).update(answer_due_at=past)
            self.counts[f"clock {kind}"] += 1
        distribute.sweep()

    @rule(n=which)
    def reminder(self, n: int) -> None:
        order = self.order(n)
        self.does("remind", lambda: remind.now(order.pk, actor=INES))

    @rule(n=which, arrived=st.booleans())
    def doubt(self, n: int, arrived: bool) -> None:
        found = list(Delivery.objects.filter(state="in_doubt").order_by("pk"))
        if found:
            one = found[n % len(found)]
            if arrived and one.revision:
                self.proven.add((one.order_id or 0, one.revision.number))
            self.does("settle doubt", lambda: settle_doubt(one.pk, arrived=arrived, actor=INES))

    @rule(n=which)
    def again(self, n: int) -> None:
        found = list(Delivery.objects.order_by("-pk"))
        if found:
            one = found[n % len(found)]
            self.does("resend", lambda: resend(one.pk, actor=INES, reason="Again"))

    @rule(n=which)
    def replan(self, n: int) -> None:
        order = self.order(n)
        self.does("replan", lambda: route.replan(order.pk, actor=INES))

    @rule(n=which)
    def on_hold(self, n: int) -> None:
        order = self.order(n)
        self.does("hold", lambda: hold.hold(order.pk, actor=INES, reason="Wait"))

    @rule(n=which)
    def goes_on(self, n: int) -> None:
        order = self.order(n)
        self.does("resume", lambda: hold.resume(order.pk, actor=INES))

    # ── what the supplier says ───────────────────────────────────────────────

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

    # ── what the buyer decides ───────────────────────────────────────────────

    @rule(n=which, choice=st.sampled_from(CHOICES))
    def decision(self, n: int, choice: str) -> None:
        found = list(Answer.objects.filter(state="open").order_by("-pk"))
        if not found:
            return
        row = found[n % len(found)]
        assert row.order is not None
        self.authored(row.order)
        before = invariants.wanted(row.order)
        decisions = choices(row, choice)
        made = self.does(f"decide {choice}", lambda: decide(row.pk, actor=INES, decisions=decisions, reason="So"))
        if made is not None and choice in ("insist", "resource"):
            invariants.nothing_is_lost(row.order, before)

    @rule()
    def by_policy(self) -> None:
        rows = Answer.objects.filter(state="open")
        self.buyers |= set(rows.values_list("order_id", flat=True))
        self.does("decide by policy", lambda: accept_policy(list(rows.values_list("pk", flat=True)), actor=INES))

    @rule(n=which)
    def whole_cancellation(self, n: int) -> None:
        order = self.order(n)
        self.does("cancel", lambda: cancel.ask(order.pk, actor=INES, code="not_needed"))

    @rule(n=which)
    def cancellation_from_the_system(self, n: int) -> None:
        order = self.order(n)
        written = {"order_number": order.number, "reason": "Not needed"}
        name = f"{order.pk}-{GoodsNumber.next()}"
        bytes_ = written_as(Withdrawal(**written, number=name))
        self.does(
            "cancel from the system", lambda: receive.receive(bytes_, name=name, source=road.SOURCE, actor=road.ACTOR)
        )

    @rule(n=which, quantity=st.sampled_from([None, 5, 30]), line=st.sampled_from(["10", "20"]))
    def part_cancellation(self, n: int, quantity: int | None, line: str) -> None:
        order = self.order(n)
        self.authored(order)
        lines = {line: None if quantity is None else Decimal(quantity)}
        self.does("cancel a part", lambda: cancel.ask(order.pk, actor=INES, code="not_needed", lines=lines))

    @rule(n=which)
    def withdrawal(self, n: int) -> None:
        rows = list(Cancellation.objects.order_by("-pk"))
        if rows:
            row = rows[n % len(rows)]
            self.authored(row.order)
            self.does("withdraw", lambda: cancel.withdraw(row.pk, actor=INES))

    @rule(n=which, choice=st.sampled_from(list(cancel.Choice)))
    def settlement(self, n: int, choice: str) -> None:
        rows = list(Cancellation.objects.filter(state__in=["refused", "accepted_at_cost", "partly"]).order_by("-pk"))
        if rows:
            row = rows[n % len(rows)]
            self.authored(row.order)
            self.does(f"settle {choice}", lambda: cancel.settle(row.pk, choice=choice, actor=INES))

    @precondition(lambda self: Order.objects.count() < MOST_ORDERS)
    @rule(n=which)
    def elsewhere(self, n: int) -> None:
        found = need.waiting()
        if found:
            one = found[n % len(found)]
            to = self.world.other if one.order.supplier_id == self.world.supplier.pk else self.world.supplier
            self.does("order elsewhere", lambda: need.order_from(one.pk, supplier_id=to.pk, actor=INES))

    @rule(n=which)
    def not_needed(self, n: int) -> None:
        found = list(Need.objects.order_by("pk"))
        if found:
            self.does("close need", lambda: need.close(found[n % len(found)].pk, actor=INES, reason="Found some"))

    @invariant()
    def holds(self) -> None:
        invariants.every_one(self)
        self.buyers = set()


class GoodsNumber:
    """Numbers of what has one of its own, never twice."""

    last = 0

    @classmethod
    def next(cls) -> int:
        cls.last += 1
        return cls.last


def content(order: Order, version: int) -> Document:
    return Document.model_validate_json(bytes(order.revisions.get(number=version).content))


def linked(delivery: Delivery) -> AnswerLink:
    """The link in the mail that carried this."""
    with transaction.atomic():
        return links.make(delivery, answer_by=None, recipient="sales@example.com")[0]


def editable(document: Document) -> dict[str, Any]:
    """The order as plain values that keep their types."""
    lines = [{**dict(line), "schedules": [dict(s) for s in line.schedules]} for line in document.lines]
    return {**dict(document), "lines": lines}


def bring(document: Document, **how: Any) -> Any:
    return create(document, **({"source": road.SOURCE, "actor": road.ACTOR, "approval": road.claim()} | how))


def written_as(document: Content) -> bytes:
    return plugins.format("order_json").write(document, {}, WriteContext(Numbers("test"))).content


def functional(delivery: Delivery, good: bool) -> None:
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=delivery.order_id)
        delivery = Delivery.objects.select_related("revision", "leg__recipient", "endpoint").get(pk=delivery.pk)
        event = ReceiptFunctionalAck(status="accepted" if good else "rejected", text="" if good else "Segment missing")
        number = GoodsNumber.next()
        message: Message = factories.message()
        list(
            evidence.judged(
                delivery, order, good=good, kind="functional_ack",
                external_id=f"{number}:1:{'accepted' if good else 'rejected'}", event=event, message=message,
                took="took it",
            )
        )  # fmt: skip


def said(document: Document, kind: str, revision: int | None) -> Response:
    """What a supplier answers to this version."""
    first, last = document.lines[0], document.lines[-1]
    day = first.schedules[0].requested or datetime.date.today()
    half = first.quantity / 2

    def one(line: Any = first, status: str = "changed", **fields: Any) -> LineAnswer:
        return LineAnswer(number=line.number, status=LineStatus(status), **fields)

    lines: tuple[LineAnswer, ...] = ()
    status, more = "accepted_with_changes", {}
    match kind:
        case "yes" | "received" | "declined":
            status = {"yes": "accepted", "received": "received", "declined": "rejected"}[kind]
        case "price":
            lines = (one(price=first.price * Decimal("1.3")),)
        case "price within":
            lines = (one(price=first.price * Decimal("1.002")),)
        case "short":
            lines = (one(quantity=half),)
        case "short within":
            lines = (one(quantity=first.quantity * Decimal("0.99")),)
        case "late":
            lines = (one(promised=day + datetime.timedelta(days=9)),)
        case "split":
            lines = (one(quantity=half, promised=day),
                     one(quantity=first.quantity - half, promised=day + datetime.timedelta(days=9)))  # fmt: skip
        case "line declined":
            lines = (one(last, "rejected"),)
        case "one line only":
            lines = (one(status="accepted"),)
        case "charge":
            more = {"charge": Decimal(50), "reason": "Pallets"}
        case "substitute":
            lines = (one(status="substituted", substitute_part="MG2"),)
        case "contradiction":
            status, lines = "accepted", (one(last, "rejected"),)
        case "foreign line":
            lines = (LineAnswer(number="990", status=LineStatus.ADDED, quantity=Decimal(1)),)
    return Response(
        order_number=document.number, revision=revision, number=f"A{GoodsNumber.next()}", status=HeaderStatus(status),
        answered=datetime.date.today(), lines=lines, **more,
    )  # fmt: skip


def about_cancellation(document: Document, word: str) -> Response:
    """What a supplier answers to a cancellation."""
    more: dict[str, Any] = {"status": HeaderStatus.ACCEPTED}
    match word:
        case "refused":
            more = {"status": HeaderStatus.REJECTED, "reason": "It is on the lorry"}
        case "at cost":
            more["charge"] = Decimal(350)
        case "partly":
            more = {"status": HeaderStatus.ACCEPTED_WITH_CHANGES}
        case "partly a line":
            line = LineAnswer(number=document.lines[0].number, status=LineStatus.CHANGED, quantity=Decimal(7))
            more = {"status": HeaderStatus.ACCEPTED_WITH_CHANGES, "lines": (line,)}
        case "received":
            more = {"status": HeaderStatus.RECEIVED}
    return Response(order_number=document.number, answers="cancellation", number=f"A{GoodsNumber.next()}", **more)


def choices(row: Answer, choice: str) -> Sequence[LineDecision]:
    """The same for every line, or one after the other."""
    lines = list(dict.fromkeys(d.get("line") for d in row.differences)) or [None]
    mixed = ("accept", "insist", "resource")
    found = []
    for n, line in enumerate(lines):
        this: Any = mixed[n % 3] if choice == "mixed" else choice
        counter = LinePart(price=Decimal("11.11")) if this == "counter" else None
        found.append(LineDecision(line, this, counter))
    return found
