"""What is true after every step, each with a sentence. The machine calls all of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orderwire.document.order import Order as Document
from orderwire.document.states import AnswerState, CancellationState, OrderState
from orderwire.document.terms import Note
from orderwire.flow import Refused, amend, approve, cancel, hold, route
from orderwire.flow.approved import approved
from orderwire.flow.decide import LineDecision, decide
from orderwire.flow.distribute import resend, settle_doubt
from orderwire.flow.holding import holding
from orderwire.records import Cancellation, Event, Need, Order, Timer
from orderwire.records import Response as Answer
from orderwire.tracking import attention, lines, says, timeline, versions, why
from orderwire.tracking.inbox import piles
from orderwire.tracking.order import load
from tests.database.flow import road

if TYPE_CHECKING:
    from tests.database.flow.whole.story import Story

INES = "user:ines"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SEEN: set[tuple[Any, ...]] = set()
"""Situations whose pages and exits were looked at."""


@dataclass
class Before:
    """What was there before the step."""

    states: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    newest: dict[int, str] = field(default_factory=dict)
    events: dict[int, int] = field(default_factory=dict)
    asked: dict[int, str] = field(default_factory=dict)


def every_one(machine: "Story") -> None:
    """All of them."""
    assert not machine.sink.wrong, machine.sink.wrong
    never_older_after_newer(machine)
    for order in Order.objects.order_by("pk"):
        cancelled_means_that_he_agreed_or_has_nothing(machine, order)
        nothing_is_forgotten(order)
        the_answer_is_waited_for(order)
        no_more_is_claimed_than_is_known(machine, order)
        the_policy_alone_lets_little_pass(order)
        what_happened_is_in_the_ledger(machine, order)
        a_version_has_an_author(machine, order)
        what_is_ordered_again_is_not_withdrawn(order)
        pages_are_there(machine, order)
        every_open_state_can_be_left(machine, order)
    the_inbox_shows_who_is_needed(machine)


def situation(order: Order) -> tuple[Any, ...]:
    """What decides which verbs are possible, without numbers and times."""
    withdrawn = tuple(
        (c.scope, c.state, c.revision.number == order.revision)
        for c in order.cancellations.select_related("revision").order_by("pk")
    )
    answers = Answer.objects.filter(order=order).select_related("revision").order_by("pk")
    said = tuple({(a.state, a.status, a.revision is not None and a.revision.number == order.revision) for a in answers})
    sent = tuple(sorted({(d.kind, d.state, d.revision is not None and d.revision.number == order.revision)
                         for d in order.deliveries.select_related("revision")}))  # fmt: skip
    newest = order.revisions.latest("number")
    return (
        order.state, order.answer_state, order.delivery_state, withdrawn, tuple(sorted(said)), sent,
        hold.by_hand(order), newest.number == order.revision, newest.decides_id is not None,
    )  # fmt: skip


def never_older_after_newer(machine: "Story") -> None:
    """No partner gets an older version after a newer one."""
    last: dict[tuple[str, str], int] = {}
    for had in machine.sink.journal:
        if had.kind != "cancellation":
            key = had.number, had.address
            assert had.version >= last.get(key, 0), machine.sink.journal
            last[key] = had.version


def cancelled_means_that_he_agreed_or_has_nothing(machine: "Story", order: Order) -> None:
    """An order is called cancelled where its supplier agreed, or has nothing of it; and nobody is still to be told."""
    if order.state != OrderState.CANCELLED:
        return
    row = cancel.whole(order)
    assert row is not None
    got = [had for had in machine.sink.journal if had.number == order.number and had.arrived]
    if row.state == CancellationState.NEVER_LEFT:
        assert not [had for had in got if had.kind != "cancellation"], (row.state, got)
    else:
        assert row.state in (CancellationState.ACCEPTED, CancellationState.SETTLED), row.state
    unsent = order.deliveries.filter(kind="cancellation", leg__recipient=order.supplier_id)
    assert not unsent.filter(state__in=["ready", "retry"]).exists()


def nothing_is_forgotten(order: Order) -> None:
    """The newest version of an approved order is on its way, was handed over, or somebody is told why it is not."""
    if order.state != OrderState.APPROVED:
        return
    newest = order.revisions.get(number=order.revision)
    own = newest.deliveries.filter(kind="order", leg__recipient=order.supplier_id)
    there = list(own.exclude(state__in=["cancelled", "superseded"]))
    assert there or order.reason, f"version {order.revision} of {order.number} goes nowhere"
    stuck = [d for d in there if d.state in ("ready", "retry") and d.due_at is None]
    assert not stuck, f"{stuck} of {order.number} has no time at which it leaves"


def the_answer_is_waited_for(order: Order) -> None:
    """Where an answer is awaited from whom the order was handed over, a clock runs."""
    if order.state != OrderState.APPROVED or order.answer_state != AnswerState.WAITING:
        return
    newest = order.revisions.get(number=order.revision)
    with_him = newest.deliveries.filter(
        kind="order", leg__recipient=order.supplier_id, state__in=["accepted", "delivered", "opened", "answered"]
    )
    if with_him.exists() and not order.deliveries.filter(state__in=["ready", "retry", "sending", "in_doubt", "held"]):
        clocks = Timer.objects.filter(order=order, kind="answer_due", fired_at=None, stopped_at=None)
        assert clocks.exists(), f"nobody notices that {order.number} is not answered"


def no_more_is_claimed_than_is_known(machine: "Story", order: Order) -> None:
    """The version that the supplier is said to hold reached him, or he spoke of it."""
    found = holding(order).version
    if found is not None:
        reached = {had.version for had in machine.sink.journal if had.number == order.number and had.arrived}
        known = reached | {version for pk, version in machine.proven if pk == order.pk}
        assert found in known, f"{order.number}: version {found} is claimed, known are {known}"


def the_policy_alone_lets_little_pass(order: Order) -> None:
    """Whatever nobody looked at: a line is hardly dearer, not more and not much less than what somebody approved."""
    known = approved(order)
    if order.state != OrderState.APPROVED or known is None or known.newest.number != order.revision:
        return
    base, now = (Document.model_validate_json(bytes(r.content)) for r in (known.baseline, known.newest))
    before = {line.number: line for line in base.lines}
    assert {line.number for line in now.lines} == set(before) or known.newest == known.baseline
    for line in now.lines:
        old = before[line.number]
        assert line.price <= old.price * Decimal("1.01"), (order.number, line.number)
        assert old.quantity * Decimal("0.9") <= line.quantity <= old.quantity, (order.number, line.number)


def what_happened_is_in_the_ledger(machine: "Story", order: Order) -> None:
    """No state of an order, an answer or a cancellation changes without an event of that order."""
    was = machine.before
    state = (order.state, order.answer_state, tuple(order.cancellations.order_by("pk").values_list("state", flat=True)))
    events = Event.objects.filter(order=order).count()
    changed = was.states.get(order.pk) not in (None, state)
    assert not changed or events > was.events[order.pk], (
        f"{was.states.get(order.pk)} became {state} and nobody was told"
    )
    was.states[order.pk], was.events[order.pk] = state, events


def a_version_has_an_author(machine: "Story", order: Order) -> None:
    """What is ordered changes where the buyer does something, or the policy agrees to what the supplier said."""
    newest = order.revisions.latest("number")
    was = machine.before.newest.get(order.pk)
    if was not in (None, newest.sha256) and order.pk not in machine.buyers:
        assert newest.decides is not None and newest.decides.decided_by == "system:policy", f"{newest} has no author"
    machine.before.newest[order.pk] = newest.sha256


def what_is_ordered_again_is_not_withdrawn(order: Order) -> None:
    """The supplier agreed to give up a part in a version that he answered, and that version has no more of it."""
    for row in order.cancellations.filter(scope="lines", state="accepted").select_related("revision"):
        assert row.response is not None and row.response.revision is not None
        less, agreed = (dict(r.lines.values_list("number", "quantity")) for r in (row.revision, row.response.revision))
        for each in row.lines:
            assert agreed.get(each["line"], 0) <= less.get(each["line"], 0), f"{row}: {agreed} is more than {less}"


def wanted(order: Order) -> dict[str, Decimal]:
    """By line what is ordered here, or to be ordered elsewhere."""
    order.refresh_from_db()
    newest = order.revisions.latest("number")
    found: dict[str, Decimal] = {}
    open_order = order.state not in (OrderState.CANCELLING, OrderState.CANCELLED)
    for line in Document.model_validate_json(bytes(newest.content)).lines if open_order else ():
        found[line.number] = found.get(line.number, Decimal(0)) + line.quantity
    needs = list(Need.objects.filter(order=order).exclude(state="closed").values_list("line", "quantity"))
    answer = newest.decides
    if answer is not None and not Need.objects.filter(order=order, opened_at__gte=answer.decided_at or timezone.now()):
        needs += [(d["line"], Decimal(d["need"]["quantity"])) for d in answer.decisions if "need" in d]
    for number, quantity in needs:
        found[number] = found.get(number, Decimal(0)) + quantity
    return found


def nothing_is_lost(order: Order, before: dict[str, Decimal]) -> None:
    """Insisting and ordering elsewhere lose nothing of any line: what is ordered here and elsewhere is the same."""
    after = wanted(order)
    kept = {number: quantity for number, quantity in before.items() if after.get(number) != quantity}
    assert not kept, f"{order.number}: {before} became {after}"


def pages_are_there(machine: "Story", order: Order) -> None:
    """Every situation has a sentence, a history and pages."""
    view = load(order.pk)
    assert view is not None
    assert str(says.says(view)).strip()
    now = timezone.now()
    timeline.days(view, list(Event.objects.filter(order=order).order_by("pk")))
    timeline.ahead(view, now)
    lines.lines(view)
    versions.versions(view)
    why.explained(view)
    what = ("page", *situation(order))
    if what not in SEEN:
        client = Client()
        client.force_login(machine.world.lead, backend=BACKEND)
        addresses = [reverse("order", args=[order.pk]), reverse("inbox")]
        addresses += [
            reverse("differences", args=[order.pk, pk])
            for pk in order.responses.filter(state="open").values_list("pk", flat=True)
        ]
        for address in addresses:
            status = client.get(address).status_code
            assert status in (200, 302), (address, status)
        SEEN.add(what)


def every_open_state_can_be_left(machine: "Story", order: Order) -> None:
    """For everything that is open there is something that a person can do now."""
    what = ("exits", *situation(order))
    if what in SEEN:
        return
    for name, exits in doors(machine, order):
        refused = []
        for verb in exits:
            if (said := tried(verb)) is None:
                break
            refused.append(said)
        else:
            raise AssertionError(f"{order.number}: nobody can leave {name}: {refused}; {situation(order)}")
    SEEN.add(what)


Verb = Callable[[], object]


def doors(machine: "Story", order: Order) -> Iterator[tuple[str, list[Verb]]]:
    """What is open, and the verbs of people that could go on."""
    state, pk = OrderState(order.state), order.pk
    amends: list[Verb] = [lambda: amend.propose(pk, _another(order), base=order.revision, actor=INES, reason="Exit")]
    cancels: list[Verb] = [lambda: cancel.ask(pk, actor=INES, code="other")]
    match state:
        case OrderState.PENDING_APPROVAL:
            sha = road.sha256(order)
            yield "to approve", [lambda: approve.grant(pk, user=machine.world.finance, sha256=sha)]
            yield (
                "to approve, by a no",
                [lambda: approve.refuse(pk, user=machine.world.finance, sha256=sha, reason="No")],
            )
        case OrderState.REFUSED:
            yield "refused", amends
        case OrderState.HELD:
            yield "held", [lambda: hold.resume(pk, actor=INES), lambda: route.replan(pk, actor=INES)]
        case OrderState.APPROVED:
            yield "approved", [*amends]
        case _:
            pass
    for row in order.cancellations.order_by("pk"):
        found = CancellationState(row.state)
        if found.open:
            settles: list[Verb] = [
                lambda r=row, c=c: cancel.settle(r.pk, choice=c, actor=INES) for c in cancel.choices(row)
            ]
            yield f"cancellation {row.scope} {found}", [*settles, lambda r=row: cancel.withdraw(r.pk, actor=INES)]
            for choice, verb in zip(cancel.choices(row), settles, strict=True):
                if choice != cancel.Choice.ACCEPT_PART:
                    yield f"cancellation {row.scope} {found}, by {choice}", [verb]
    if (
        state is OrderState.CANCELLING
        and not order.cancellations.filter(
            scope="order", state__in=[s.value for s in CancellationState if s.open]
        ).exists()
    ):
        raise AssertionError(f"{order.number} is cancelling, and no cancellation is open")
    if state is OrderState.APPROVED:
        answers = Answer.objects.filter(order=order, state="open", revision__number=order.revision)
        for answer in answers:
            yield (
                f"answer {answer.status}",
                [lambda a=answer: decide(a.pk, actor=INES, decisions=_insists(a), reason="Exit")],
            )
        if order.answer_state in (AnswerState.DIFFERENT, AnswerState.REJECTED):
            assert answers.exists(), f"{order.number}: {order.answer_state}, and there is no answer to decide"
            yield "the answer, by cancelling", cancels_or_settles(order, cancels)
    waiting = order.deliveries.filter(state__in=["failed", "in_doubt", "held"])
    if state in (OrderState.APPROVED, OrderState.CANCELLING):
        for delivery in waiting.filter(pk__in=attention.deliveries()):
            yield (
                f"delivery {delivery.kind} {delivery.state}",
                [
                    lambda d=delivery: resend(d.pk, actor=INES, reason="Exit"),
                    lambda d=delivery: settle_doubt(d.pk, arrived=True, actor=INES),
                    lambda: route.replan(pk, actor=INES),
                ],
            )


def cancels_or_settles(order: Order, cancels: list[Verb]) -> list[Verb]:
    """An order whose cancellation was refused is settled first; goods that moved cancel the rest only."""
    rows = Cancellation.objects.filter(order=order, state="refused", scope="order")
    moved: list[Verb] = [
        lambda: amend.propose(order.pk, _another(order), base=order.revision, actor=INES, reason="Exit")
    ]
    return [*cancels, *(lambda r=r: cancel.settle(r.pk, choice="keep", actor=INES) for r in rows), *moved]


def _another(order: Order) -> Document:
    content = Document.model_validate_json(bytes(order.revisions.get(number=order.revision).content))
    return content.model_copy(update={"notes": (*content.notes, Note(text=f"Exit {timezone.now().isoformat()}"))})


def _insists(answer: Answer) -> list[LineDecision]:
    found = list(dict.fromkeys(d.get("line") for d in answer.differences)) or [None]
    return [LineDecision(line, "insist") for line in found]


class _Undone(Exception):
    pass


def tried(verb: Verb) -> str | None:
    """Why the flow refuses this now; None where it does it. Nothing stays done."""
    try:
        with transaction.atomic():
            verb()
            raise _Undone
    except _Undone:
        return None
    except Refused as failure:
        return str(failure)


def the_inbox_shows_who_is_needed(machine: "Story") -> None:
    """Whatever cannot go on without a person is in the inbox; what ended is not."""
    tasks = [task for pile in piles(machine.world.lead) for task in pile.tasks]
    listed = {task.order.pk for task in tasks if task.order}
    for order in Order.objects.order_by("pk"):
        state = OrderState(order.state)
        moves = order.deliveries.filter(state__in=["ready", "retry", "sending"], due_at__isnull=False)
        clock = Timer.objects.filter(order=order, fired_at=None, stopped_at=None)
        open_need = Need.objects.filter(order=order, state="open").exists()
        if state.open and not moves.exists() and not clock.exists() and order.pk not in listed:
            ended = state is OrderState.APPROVED and order.answer_state in (AnswerState.ACCEPTED, AnswerState.NOT_ASKED)
            assert ended, f"{order.number} stands still and nobody is told: {situation(order)}"
        if not state.open and order.pk in listed:
            about = [task.title for task in tasks if task.order and task.order.pk == order.pk]
            needed = open_need or Need.objects.filter(order=order, ordered__state__in=["refused", "cancelled"]).exists()
            answers = order.cancellations.filter(state__in=["overdue", "accepted_at_cost", "partly", "refused"])
            assert needed or answers.exists(), f"{order.number} is {state} and still in the inbox: {about}"
