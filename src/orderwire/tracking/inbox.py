"""What needs a person, as tasks: what and which order, why, since when, how much money, and one action with its effect.

Groups: past due, due today, no clock running. Inside a group money times hours waiting decides. A task of an order on
its way to the supplier is due on the day it came up; late answers are past due; copies, holds and files have no clock.
"""

import datetime
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from orderwire.document.amount import NO_RATES, Rates
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.flow.hold import by_hand
from orderwire.records import Delivery, Message, Response, User
from orderwire.tracking import attention, tasks_after, tasks_ways
from orderwire.tracking.approvals import verdicts
from orderwire.tracking.channels import source_word
from orderwire.tracking.fields import field_word
from orderwire.tracking.order import their_zone
from orderwire.tracking.task import GROUPS, Pile, Task, day_of, ended, money_of
from orderwire.tracking.words import decide_words, plural, short

APPROVALS = 20
"""So many approvals are shown; the others wait on their own page. The policy is asked about each."""


def piles(user: User, rates: Rates = NO_RATES) -> list[Pile]:
    """All tasks in their groups; each kind is read up to the cap. A fixed number of queries."""
    now = timezone.now()
    tasks = [*_deliveries(now), *_approvals(user, now), *_stopped(), *_answers(now), *_unmatched(), *_messages()]
    tasks += [*tasks_after.cancellations(now), *tasks_after.needs(), *tasks_ways.changes(user), *tasks_ways.letters()]
    tasks += tasks_ways.expiring(now)
    found = []
    for group, title in GROUPS:
        mine = sorted((t for t in tasks if t.group == group), key=lambda t: t.weight(now, rates), reverse=True)
        if mine:
            found.append(Pile(title, mine))
    return found


def _deliveries(now: datetime.datetime) -> Iterator[Task]:
    waiting = attention.deliveries().select_related("order", "leg__recipient", "endpoint__partner")
    for delivery in waiting.order_by("state", "changed_at")[: attention.CAP]:
        order, state = delivery.order, DeliveryState(delivery.state)
        to = delivery.leg.recipient if delivery.leg else delivery.endpoint.partner
        page = reverse("delivery", args=[delivery.pk])
        copy = not delivery.primary
        title, why, label, url, post = _delivery_words(delivery, state, page)
        yield Task(
            mark=state.mark,
            tone=state.tone,
            title=f"{title} for a copy" if copy and order else title,
            why=why,
            since=delivery.changed_at,
            label=label,
            url=url,
            post=post,
            group="none" if copy or order is None else day_of(delivery.changed_at, now),
            order=order,
            about=f"copy to {to.name}" if copy and order else to.name,
            open_url=page,
            money=money_of(order) if order and not copy else None,
            aside="only a copy" if copy and order else "functional acknowledgment" if order is None else "",
            fields={"reason": "from the inbox"} if post else {},
            key=f"delivery-{delivery.pk}",
        )


def _delivery_words(delivery: Delivery, state: DeliveryState, page: str) -> tuple[str, str, str, str, bool]:
    why = ended(delivery.reason)
    if state is DeliveryState.IN_DOUBT:
        return (
            "In doubt: may have arrived",
            f"{why} Sending again could reach them twice.",
            "Ask, then decide",
            page,
            False,
        )
    if state is DeliveryState.HELD:
        return "Stopped before sending", why, "Look and decide", page, False
    tried = f" Tried {plural(delivery.tries, 'time')}." if delivery.tries > 1 else ""
    return "Delivery failed", f"{why}{tried}", "Send again", reverse("deliver", args=[delivery.pk, "resend"]), True


def _approvals(user: User, now: datetime.datetime) -> Iterator[Task]:
    orders = list(attention.approvals().select_related("supplier").order_by("changed_at")[:APPROVALS])
    may = verdicts(orders, user)
    for order in orders:
        verdict = may[order.pk]
        yield Task(
            mark="held",
            tone="quiet",
            title="Approval waiting",
            why=verdict.words,
            since=order.changed_at,
            label="Review and approve" if verdict.allowed else "See the order",
            url=reverse("order", args=[order.pk]),
            group=day_of(order.changed_at, now) if verdict.allowed else "none",
            order=order,
            about=order.supplier_name,
            money=money_of(order),
            key=f"approval-{order.pk}",
        )


def _stopped() -> Iterator[Task]:
    orders = [*attention.stopped().order_by("changed_at")[: attention.CAP], *attention.unplanned()[: attention.CAP]]
    for order in orders:
        url, post, label, title = reverse("order", args=[order.pk]), False, "See the order", "Not approved"
        unplanned = order.delivery_state is None and order.state != OrderState.REFUSED and not by_hand(order)
        if unplanned:
            title, label, post = "No way to send it", "Plan again", True
            url = reverse("act", args=[order.pk, "plan"])
        elif order.state == OrderState.HELD:
            title, label, post = "On hold", "Resume", True
            url = reverse("act", args=[order.pk, "resume"])
        state = OrderState(order.state)
        yield Task(
            mark="fail" if unplanned else state.mark,
            tone="bad" if unplanned else state.tone,
            title=title,
            why=ended(order.reason) or "No reason was given.",
            since=order.changed_at,
            label=label,
            url=url,
            post=post,
            order=order,
            about=order.supplier_name,
            money=money_of(order),
            key=f"order-{order.pk}",
        )


def _answers(now: datetime.datetime) -> Iterator[Task]:
    orders = list(attention.answers().select_related("supplier").order_by("changed_at")[: attention.CAP])
    open_ones = Response.objects.filter(order__in=orders, state=Response.State.OPEN).order_by("id")
    answers = {answer.order_id: answer for answer in open_ones}
    skipped = tasks_after.nobody_reminded(o.pk for o in orders if o.answer_state == AnswerState.OVERDUE)
    for order in orders:
        state, answer = AnswerState(order.answer_state), answers.get(order.pk)
        since = answer.received_at if answer else order.changed_at
        common = {"order": order, "about": order.supplier_name, "money": money_of(order), "since": since,
                  "key": f"answer-{order.pk}", "mark": state.mark, "tone": state.tone}  # fmt: skip
        section = reverse("order_section", args=[order.pk, "answers"])
        decide = reverse("differences", args=[order.pk, answer.pk]) if answer else section
        words = decide_words(answer.differences) if answer else "See their answer"
        if state is AnswerState.OVERDUE:
            zone = their_zone(order)
            seen = {"opened": f"Opened by a person at {short(order.supplier_name)}", "delivered": "Receipt is proven"}
            known = seen.get(order.delivery_state or "", "Handed over, never opened as far as we know")
            need = f" Needed on {order.need_by.day} {order.need_by:%B}." if order.need_by else ""
            told = f" {skipped[order.pk]}" if order.pk in skipped else ""
            yield Task(title="No answer, past due", why=f"{known}.{need}{told}", post=True,
                       label=f"Remind {short(order.supplier_name)}", url=reverse("act", args=[order.pk, "remind"]),
                       group="past", due_at=order.answer_due_at, zone=zone, **common)  # type: ignore[arg-type]  # fmt: skip
        elif state is AnswerState.REJECTED:
            said = str((answer.content or {}).get("reason") or "") if answer else ""
            yield Task(title="Declined", why=f"“{said.strip()}”" if said else "No reason was given.",
                       label=words, url=decide, group=day_of(since, now), **common)  # type: ignore[arg-type]  # fmt: skip
        else:
            found = answer.differences if answer else []
            yield Task(title=_kinds(found), why=_summary(found), label=words, url=decide,
                       group=day_of(since, now), **common)  # type: ignore[arg-type]  # fmt: skip


_FIELDS = {"quantity": "Quantity", "date": "Date", "price": "Price", "part": "Part", "unit": "Unit", "line": "Line",
           "status": "Status", "currency": "Currency"}  # fmt: skip


def _kinds(differences: list[dict[str, str]]) -> str:
    """ "Price and date differ"."""
    words = list(dict.fromkeys(_FIELDS.get(d.get("field", ""), "Answer") for d in differences)) or ["Answer"]
    words = [words[0], *(w.lower() for w in words[1:])]
    if len(words) == 1:
        return f"{words[0]} differs"
    return f"{', '.join(words[:-1])} and {words[-1]} differ"


def _summary(differences: list[dict[str, str]]) -> str:
    texts = [ended(str(d.get("text", ""))) for d in differences[:2]]
    more = f" And {len(differences) - 2} more." if len(differences) > 2 else ""
    return " ".join(texts) + more or "Their answer needs a decision."


def _unmatched() -> Iterator[Task]:
    found = attention.unmatched().select_related("supplier", "message").order_by("received_at")
    for answer in found[: attention.CAP]:
        named = str((answer.content or {}).get("order_number") or "no order")
        page = reverse("message", args=[answer.message_id]) if answer.message_id else reverse("messages")
        who = answer.supplier.name if answer.supplier else answer.source
        yield Task("ask", "warn", "Answer fits no order", ended(answer.problem) or f"It names {named}.",
                   answer.received_at, "See the answer", page, about=who,
                   open_url=page, aside=named, key=f"unmatched-{answer.pk}")  # fmt: skip


def _messages() -> Iterator[Task]:
    for message in attention.refused_messages().order_by("received_at")[: attention.CAP]:
        page = reverse("message", args=[message.pk])
        part = message.state == Message.State.PARTLY
        yield Task("ask" if part else "fail", "warn" if part else "bad",
                   "Some of a file could not be used" if part else "A file could not be used", _first(message),
                   message.received_at, "See what is wrong", page, about=message.name, open_url=page,
                   aside=source_word(message.source), key=f"message-{message.pk}")  # fmt: skip


def _first(message: Message) -> str:
    """The first fault of a message: of the file itself, or of its first document that has one."""
    findings = [*message.findings, *(f for d in message.documents for f in d.get("findings", []))]
    errors = [f for f in findings if f.get("severity") == "error"] or findings
    conflict = next((d for d in message.documents if d.get("outcome") == "conflict"), None)
    if conflict and not errors:
        fields = [field_word(change["path"]) for change in conflict.get("changes", [])]
        more = f" and {len(fields) - 3} more" if len(fields) > 3 else ""
        differs = f"{', '.join(fields[:3])}{more}"
        return f"Order {conflict['number']} is known with other content (it differs in: {differs}). Nothing changed."
    return ended(f"{errors[0].get('where', 'file')}: {errors[0].get('text', '')}") if errors else "No finding was kept."
