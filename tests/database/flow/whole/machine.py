"""Everything that can happen to an order, in any sequence, through the real verbs of the flow."""

import datetime
from decimal import Decimal

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from orderwire.document.cancellation import Cancellation as Withdrawal
from orderwire.document.order_change import between
from orderwire.flow import (
    amend,
    approve,
    cancel,
    distribute,
    hold,
    need,
    receive,
    remind,
    route,
)
from orderwire.flow.decide import accept_policy, decide
from orderwire.flow.distribute import resend, settle_doubt
from orderwire.records import Cancellation, Delivery, Endpoint, Need, Order, Timer, User
from orderwire.records import Response as Answer
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute.kit import due, lapsed
from tests.database.flow.whole import invariants
from tests.database.flow.whole.documents import CHANGES, GoodsNumber, bring, choices, content, written_as
from tests.database.flow.whole.sink import OUTCOMES, Killed
from tests.database.flow.whole.story import INES, which
from tests.database.flow.whole.supplier import Supplier

MOST_ORDERS = 4

CHOICES = ("accept", "insist", "counter", "resource", "mixed")


class Everything(Supplier):
    """What the buyer, his system, the network and the clocks do, beside what the supplier says."""

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
