"""The supplier is asked to cancel: his four answers, and what became of the matter. A GET shows, a POST acts once, and
what is settled takes no answer any more."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from orderwire.document.order import Order as Document
from orderwire.document.response import Response as Answer
from orderwire.document.states import CancellationState, OrderState
from orderwire.flow import cancel
from orderwire.formats.letter import reason_words
from orderwire.records import Cancellation, Delivery
from orderwire.tracking.order import WAITS
from orderwire.web.answer.seat import Seat
from orderwire.web.answer.withdraw import Withdraw

_S = CancellationState
_ANSWERED = (_S.ACCEPTED, _S.ACCEPTED_AT_COST, _S.PARTLY, _S.REFUSED)


def page(request: HttpRequest, seat: Seat, frame: dict[str, Any]) -> HttpResponse | None:
    """The page where it concerns a cancellation, else None: the order is what this visit is about."""
    row = cancel.whole(seat.order)
    posted = request.POST.get("cancellation") if request.method == "POST" else None
    if row is None or not (posted or _concerns(request, seat, row)):
        return None
    sheet = Withdraw(Document.model_validate_json(bytes(row.revision.content)), seat.t, seat.buyer, prices=seat.prices)
    if request.method != "POST":
        if row.state in WAITS or ("correct" in request.GET and row.state in _ANSWERED):
            return _form(request, seat, row, sheet.filled(_said(row)), frame)
        return _outcome(request, seat, row, sheet.filled(_said(row)), frame)
    if posted != str(row.pk) or row.state not in (*WAITS, *_ANSWERED):
        # An answer to the order, or to what was settled meanwhile: nothing is taken, and the page says what holds.
        show = _form if row.state in WAITS else _outcome
        return show(request, seat, row, sheet.filled(_said(row)), frame, status=409)
    answer = sheet.read(request.POST).check(seat.today, row.number, row.revision.number)
    if answer is None:
        return _form(request, seat, row, sheet, frame, status=422)
    seat.take(answer)
    return HttpResponseRedirect(seat.base, status=303)


def _concerns(request: HttpRequest, seat: Seat, row: Cancellation) -> bool:
    """A link to the cancellation always does; the order's own while it waits for his word, or ended with it."""
    if seat.order.state == OrderState.CANCELLING:
        return True
    if seat.order.state == OrderState.CANCELLED:
        return row.state in _ANSWERED or row.state == _S.SETTLED
    came = seat.link.delivery if seat.link else None
    return came is not None and came.kind == Delivery.Kind.CANCELLATION and "order" not in request.GET


def _said(row: Cancellation) -> Answer | None:
    return Answer.model_validate(row.response.content) if row.response else None


def _form(
    request: HttpRequest,
    seat: Seat,
    row: Cancellation,
    sheet: Withdraw,
    frame: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    t = seat.t
    why = reason_words(row.code, t.language) + (f": {row.reason}" if row.reason else "")
    known = {
        "title": t("x_title", buyer=seat.buyer, number=seat.order.number),
        "for": t("for", supplier=seat.document.supplier.name),
        "why": t("why", reason=why),
        "by": t("answer_by", moment=t.moment(row.due_at, seat.partner.time_zone)) if row.due_at else "",
        "row": row,
        "sheet": sheet,
        "amount": t("x_amount", currency=sheet.order.currency),
        "reason": t("x_reason", buyer=seat.buyer),
        "opening": t("x_opening", buyer=seat.buyer),
        "found": t.count("e_found", len(sheet.errors)) if sheet.errors else "",
    }
    return render(request, "answer/cancel.html", frame | known, status=status)


def _outcome(
    request: HttpRequest,
    seat: Seat,
    row: Cancellation,
    sheet: Withdraw,
    frame: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """What he said, or what was settled without him; and the way to correct it while it is not settled."""
    t, number = seat.t, seat.order.number
    title, told = t("sent", buyer=seat.buyer), ""
    match row.state:
        case _S.ACCEPTED:
            told = t("x_sent_agree", number=number)
        case _S.ACCEPTED_AT_COST:
            cost = t.words.money(row.cost, row.currency) if row.cost is not None else ""
            told = t("x_sent_cost", number=number, cost=cost, buyer=seat.buyer)
        case _S.PARTLY:
            told = t("x_sent_part", number=number, buyer=seat.buyer)
        case _S.REFUSED:
            told = t("x_sent_cannot", number=number)
        case _ if seat.order.state in (OrderState.CANCELLED, OrderState.CLOSED):
            title, told = t("x_ended", number=number), t["x_ended_text"]
        case _S.SETTLED:
            title, told = t("sent", buyer=seat.buyer), t("decided", buyer=seat.buyer)
        case _:
            title, told = t("x_back", buyer=seat.buyer), t("x_back_text", number=number)
    answered = row.state in _ANSWERED
    known = {
        "title": title,
        "told": told,
        "stays": sheet.stays if row.state == _S.PARTLY else [],
        "message": sheet.reason if answered else "",
        "at": t("sent_at", moment=t.moment(row.answered_at, seat.partner.time_zone)) if row.answered_at else "",
        "correct": answered,
        "go_on": t("answer_order", number=number) if seat.order.state == OrderState.APPROVED and seat.link else "",
    }
    return render(request, "answer/cancelled.html", frame | known, status=status)
