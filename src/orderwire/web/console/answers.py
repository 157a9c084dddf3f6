"""Answers beside the order, line by line, and the buyer's decision on the open one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from orderwire.flow.acknowledge import decide
from orderwire.records import Response
from orderwire.tracking.channels import source_word
from orderwire.tracking.order import OrderView
from orderwire.tracking.people import names
from orderwire.tracking.words import Money, when
from orderwire.web.access import actor, buyer, typed
from orderwire.web.console.done import done


@dataclass(frozen=True)
class Difference:
    """One difference: ordered and answered, in words, with what it adds to the total."""

    line: str
    field: str
    ordered: str
    answered: str
    text: str
    reason: str
    money: str
    worse: bool


@dataclass(frozen=True)
class Shown:
    """One answer with its differences."""

    answer: Response
    title: str
    came: str
    at: str
    by: str
    version: int | None
    current: bool
    differences: list[Difference]
    total: str
    reason: str
    may_accept: bool
    state: str


_TITLES = {
    "accepted": "Accepted", "accepted_with_changes": "Accepted with changes", "rejected": "Declined",
    "received": "Received, undecided",
}  # fmt: skip


def shown(view: OrderView) -> list[Shown]:
    """All answers of an order, newest first. One query for names."""
    people = names(a.actor for a in view.answers)
    return [_shown(view, answer, people[answer.actor]) for answer in view.answers]


def _shown(view: OrderView, answer: Response, by: str) -> Shown:
    version = answer.revision.number if answer.revision else None
    currency = view.order.currency
    found = [_difference(d, currency) for d in answer.differences]
    changes = [Money(Decimal(d["money"]), currency) for d in answer.differences if d.get("money")]
    total = ""
    if changes:
        added = Money(sum((m.value for m in changes), changes[0].value * 0), currency)
        sign = "adds" if added.value >= 0 else "takes off"
        total = f"Accepting all {sign} {Money(abs(added.value), currency)}."
    return Shown(
        answer,
        _TITLES.get(answer.status, answer.status),
        source_word(answer.source, theirs=True),
        when(answer.received_at),
        by,
        version,
        version == view.order.revision,
        found,
        total,
        str(answer.content.get("reason") or ""),
        view.order.answer_state == "different",
        _state(answer, current=version == view.order.revision, version=version),
    )


def _state(answer: Response, *, current: bool, version: int | None) -> str:
    """What became of it; a yes to a version that was replaced closes nothing any more."""
    if answer.state == Response.State.ACCEPTED and not current:
        return f"Closed version {version} only"
    return Response.State(answer.state).label


def _difference(d: dict[str, Any], currency: str) -> Difference:
    money = Money(Decimal(d["money"]), currency) if d.get("money") else None
    text = f"{'+' if money.value > 0 else '−'}{Money(abs(money.value), currency).text}" if money else ""
    return Difference(
        d.get("line") or "", d.get("field", ""), d.get("ordered", ""), d.get("answered", ""), d.get("text", ""),
        d.get("reason", ""), text, bool(money and money.value > 0),
    )  # fmt: skip


@require_POST
@buyer
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the supplier's differences, or insist on the order with a reason."""
    accept = request.POST.get("accept") == "yes"
    answer = Response.objects.filter(pk=pk).first()
    back = reverse("order", args=[answer.order_id]) if answer and answer.order_id else reverse("inbox")
    said = "Differences accepted; the loop is closed." if accept else "The supplier is asked to answer again."
    reason = typed(request.POST, "reason")
    return done(
        request, said, lambda: decide(pk, actor=actor(request), accept=accept, reason=reason), back=back, undone=back
    )
