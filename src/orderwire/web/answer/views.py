"""The answer page's requests. A GET shows; only a POST by a person acts, and it acts once."""

from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from orderwire.document.response import HeaderStatus
from orderwire.document.states import AnswerState, OrderState
from orderwire.flow import Refused, links
from orderwire.flow import renew as fresh_link
from orderwire.formats.letter.changes import compared
from orderwire.records import AnswerLink, Response
from orderwire.web.answer import cancellation, download, shown
from orderwire.web.answer.compare import MAX_CHANGES, Compared, rows
from orderwire.web.answer.seat import LANGUAGE_COOKIE, Seat, View, enter, language
from orderwire.web.answer.sheet import MAX_LINES, Sheet
from orderwire.web.answer.words import LANGUAGES, texts

MAX_BODY = 1024 * 1024


def private(view: View) -> View:
    """Nothing of these pages is kept, followed or told to other sites."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
            return HttpResponse("This is more than an answer can hold.", status=413, content_type="text/plain")
        response = view(request, *args, **more)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@private
@require_safe
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """A mailed link: swap the token for a cookie and go on to an address without it. Changes nothing.

    A token that opens nothing goes the same way, so that no token stays in an address or in a log.
    """
    link = links.find(token)
    known = link or links.by_digest(links.digest(token))
    response = HttpResponseRedirect(reverse("answer:page", args=[known.pk if known else uuid4()]))
    return enter(response, link) if link else response


@private
def gone(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """A link that opens nothing: the same page whether or not it ever did."""
    t = texts(language(request) or _asked_for(request))
    return render(request, "answer/gone.html", {"t": t, "link_id": link_id, "sent": False}, status=404)


@private
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Send a fresh link to the address on record; says the same whatever became of it."""
    try:
        link = AnswerLink.objects.select_related("partner").filter(pk=UUID(request.POST.get("link", ""))).first()
        if link is not None:
            fresh_link.renew(link.pk, actor=f"supplier:{link.partner.number}")
    except (ValueError, Refused):
        link = None  # nothing to send; whoever asks learns nothing from that
    t = texts(language(request) or _asked_for(request))
    return render(request, "answer/gone.html", {"t": t, "sent": True})


@private
def page(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The order with the three ways to answer it, or what became of it."""
    withdrawn = cancellation.page(request, seat, _frame(seat))
    if withdrawn is not None:
        return withdrawn
    closed = _closed(request, seat)
    if closed is not None:
        return closed
    if request.method != "POST":
        compare = Compared(seat)
        if seat.answered and not _asked_again(seat) and "correct" not in request.GET:
            return _answered(request, seat)
        if compare.agrees and "correct" not in request.GET:
            return _agreed(request, seat, compare)
        return _show(request, seat, _blank(seat))
    if request.POST.get("version", str(seat.revision.number)) != str(seat.revision.number):
        return _replaced(request, seat)
    sheet = _read(request, seat)
    if request.POST.get("step") != "send":
        sheet.step(request.POST)
        return _show(request, seat, sheet)
    answer = sheet.check(seat.today, sending=True)
    if answer is None:
        return _show(request, seat, sheet, sending=True)
    seat.take(answer)
    return HttpResponseRedirect(seat.base, status=303)


def _blank(seat: Seat) -> Sheet:
    return Sheet.blank(seat.document, seat.t, seat.buyer, prices=seat.prices, earlier=seat.earlier)


def _read(request: HttpRequest, seat: Seat) -> Sheet:
    return Sheet.read(request.POST, seat.document, seat.t, seat.buyer, prices=seat.prices)


@private
@require_POST
def count(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What the page would say if it were drawn again, for the script; nothing is kept."""
    sheet = _read(request, seat)
    sheet.check(seat.today, sending=False)
    lines = {
        item.line.number: {"summary": item.summary, "placed": item.placed, "short": item.short, "same": False}
        for item in sheet.lines
        if item.changed or item.wrong
    }
    return JsonResponse(
        {
            "lines": lines,
            "button": sheet.button,
            "changes": sheet.changes,
            "same": str(seat.t.count("items", len(seat.document.lines) - sheet.changes)),
            "changed": str(seat.t.count("items", sheet.changes)),
            "total": sheet.total_answered,
        }
    )


@private
@require_POST
def seen(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The script saw a person: the page is visible and somebody moved, touched or typed."""
    seat.opened()
    return HttpResponse(status=204)


@private
@require_safe
def file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """The order to keep."""
    return download.file(seat, kind)


@private
@require_POST
def newest(request: HttpRequest, seat: Seat) -> HttpResponse:
    """From an old version's link: send the link of the newest one."""
    if seat.link is not None:
        fresh_link.renew(seat.link.pk, actor=seat.actor)
    return render(request, "answer/gone.html", {"t": seat.t, "sent": True})


def _show(request: HttpRequest, seat: Seat, sheet: Sheet, *, sending: bool = False) -> HttpResponse:
    if not sending:
        sheet.check(seat.today, sending=False)
    t, compare = seat.t, Compared(seat)
    lines, touched = shown.lines(sheet, shown.city(seat.document)), compare.touched
    same = [line for line in lines if touched and line.sheet.line.number not in touched]
    known = {
        "sheet": sheet,
        "lines": [line for line in lines if line not in same],
        "same_lines": same,
        "same_title": t.count("same_lines", len(same)),
        "same_open": any(line.sheet.changed or line.sheet.opened for line in same),
        "compare": compare,
        "changed_rows": rows(compare.shown, t),
        "offer": rows(compare.offer, t),
        "says": shown.says(seat),
        "title": t("title", number=_number(seat)),
        "for": t("for", supplier=seat.document.supplier.name),
        "accept_note": t.count("accept_note", len(seat.document.lines)),
        "changes_note": t["changes_note" if seat.prices else "changes_note_unpriced"],
        "same": t.count("items", len(seat.document.lines) - sheet.changes),
        "changed": t.count("items", sheet.changes),
        "many": t("many", n=MAX_LINES, buyer=seat.buyer) if len(seat.document.lines) > MAX_LINES else "",
        "message": t("message", buyer=seat.buyer),
        "no_account": t("no_account", buyer=seat.buyer),
        "insisted": t("insisted", buyer=seat.buyer) if _asked_again(seat) else "",
        "found": t.count("e_found", sheet.wrong) if sending else "",
    }
    if seat.answered and not _asked_again(seat):
        moment = t.moment(seat.answered.received_at, seat.partner.time_zone)
        known["before"] = t("before", moment=moment)
    response = render(request, "answer/page.html", _frame(seat) | known, status=422 if sending else 200)
    if seat.language:
        response.set_cookie(LANGUAGE_COOKIE, seat.language, path=seat.base, samesite="Lax", httponly=True)
    return response


def _agreed(request: HttpRequest, seat: Seat, compare: Compared) -> HttpResponse:
    """The version says what the supplier proposed: nothing is left to answer."""
    t = seat.t
    known = {
        "title": t("agrees", buyer=seat.buyer),
        "told": t("agrees_text", number=seat.order.number, n=seat.revision.number),
        "compare": compare,
        "changed": rows(compare.shown, t),
    }
    return render(request, "answer/agreed.html", _frame(seat) | known)


def _answered(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What was sent, and the way to correct it while nobody has decided."""
    t, answered = seat.t, seat.answered
    assert answered is not None
    sheet = _blank(seat)
    sheet.check(seat.today, sending=False)
    number = seat.order.number
    match answered.status:
        case HeaderStatus.REJECTED:
            told = t("sent_decline", number=number)
        case HeaderStatus.RECEIVED:
            told = t("sent_received", number=number)
        case HeaderStatus.ACCEPTED_WITH_CHANGES:
            told = t.count("sent_changes", sheet.changes, number=number, buyer=seat.buyer)
        case _:
            told = t("sent_accept", number=number)
    decided = answered.state == Response.State.DECIDED
    known = {
        "title": t("sent", buyer=seat.buyer),
        "told": told,
        "at": t("sent_at", moment=t.moment(answered.received_at, seat.partner.time_zone)),
        "decided": t("decided", buyer=seat.buyer) if decided else "",
        "lines": [line for line in shown.lines(sheet, "") if line.sheet.changed],
        "sheet": sheet,
    }
    return render(request, "answer/sent.html", _frame(seat) | known)


def _closed(request: HttpRequest, seat: Seat) -> HttpResponse | None:
    """The page of an order that takes no answer to this version any more."""
    t, order = seat.t, seat.order
    number = order.number
    known: dict[str, Any]
    if order.state in (OrderState.CANCELLED, OrderState.CLOSED):
        known = {"title": t("ended", buyer=seat.buyer), "told": t["ended_text"]}
    elif seat.revision.number != order.revision or order.state not in (OrderState.APPROVED, OrderState.HELD):
        kept = _keep_late(request, seat)
        newer = seat.newest_sent
        if newer is None:
            title = t("replaced_soon", buyer=seat.buyer, number=number)
            known = {"title": title, "told": t["replaced_soon_text"], "kept": kept}
        else:
            document = seat.document.model_validate_json(bytes(newer.content))
            known = {
                "title": t("replaced", n=newer.number),
                "told": t("replaced_text", number=number, n=newer.number),
                "kept": kept,
                "changes": rows(compared(seat.document, document, t.words, prices=seat.prices)[:MAX_CHANGES], t),
                "get_new": t("get_new", n=newer.number),
            }
    else:
        return None
    status = 409 if request.method == "POST" else 200
    return render(request, "answer/closed.html", _frame(seat) | known, status=status)


def _keep_late(request: HttpRequest, seat: Seat) -> str:
    """What was sent about a version that was replaced meanwhile is kept with it; it says nothing about another one."""
    if request.method != "POST" or request.POST.get("step") != "send":
        return ""
    answer = _read(request, seat).check(seat.today, sending=True)
    if answer is None:
        return ""
    seat.take(answer)
    return seat.t("late_kept", n=seat.revision.number)


def _replaced(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A newer version came while the page was open: an answer to the old one must not become one to the new."""
    t, number, version = seat.t, seat.order.number, seat.revision.number
    older = seat.older(request.POST.get("version", ""))
    known = {
        "title": t("replaced", n=version),
        "told": t("replaced_text", number=number, n=version),
        "kept": _keep_late(request, older) if older else "",
        "go_on": t("answer_order", number=_number(seat)),
    }
    return render(request, "answer/closed.html", _frame(seat) | known, status=409)


def _number(seat: Seat) -> str:
    """The order's number, with its version from the second one on."""
    number, version = seat.order.number, seat.revision.number
    words = seat.t.words
    return words.join(number, words.text("version_short", revision=version)) if version > 1 else number


def _asked_again(seat: Seat) -> bool:
    """The buyer insisted and waits for another answer."""
    row = seat.answered
    return row is not None and row.state == Response.State.DECIDED and seat.order.answer_state != AnswerState.ACCEPTED


def _frame(seat: Seat) -> dict[str, Any]:
    t = seat.t
    link = seat.link
    return {
        "t": t,
        "seat": seat,
        "languages": LANGUAGES.items(),
        "formats": download.offered(prices=seat.prices),
        "footer": t("footer", buyer=seat.buyer),
        "footer_link": t(
            "footer_link",
            recipient=link.recipient or seat.partner.name,
            date=t.words.date(link.expires_at.date()),
        )
        if link
        else "",
    }


def _asked_for(request: HttpRequest) -> str:
    """The browser's first language that we have, for pages that know no supplier."""
    wanted = request.headers.get("Accept-Language", "")[:200].split(",")
    return next(
        (tag[:2].lower() for part in wanted if (tag := part.split(";")[0].strip())[:2].lower() in LANGUAGES), "en"
    )
