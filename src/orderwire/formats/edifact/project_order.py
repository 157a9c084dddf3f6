"""The header of an order as EDIFACT can carry it, with a finding for everything that it cannot."""

from typing import Any

from orderwire.document.order import Order, OrderHead
from orderwire.document.order_change import HeadPart
from orderwire.document.terms import Incoterm, Note, TermsPart
from orderwire.formats.edifact import notes
from orderwire.formats.edifact.fit import Fit
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.project_charges import allowances
from orderwire.formats.edifact.project_line import fits, fitted_line

_NUMBER = 35


def project(order: Order, profile: EdifactProfile) -> tuple[Order, Fit]:
    """The order that comes back when the ORDERS is read, and the account of what is lost."""
    fit = Fit(profile)
    fit.whole(order.number, _NUMBER, "number")
    update: dict[str, Any] = {}
    if order.release_number is not None:
        if order.kind != "release":
            fit.lose("release_number", "only a call-off has a release number; it is left out")
            update["release_number"] = None
        else:
            fit.whole(order.release_number, fit.limits.reference, "release_number")
    if profile.test and not order.test:
        update["test"] = True
    lines = order.lines
    limit = fit.limits
    if not all(fits(line, profile, limit) for line in lines):
        lines = tuple([line if fits(line, profile, limit) else fitted_line(line, fit) for line in lines])
        update["lines"] = lines
    update |= fitted_head(order, fit)
    return (order.model_copy(update=update) if update else order), fit


def fitted_head(head: OrderHead | HeadPart, fit: Fit, reserved: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What of a header comes back in another form than it is. `reserved` as in `notes.fitted`."""
    update: dict[str, Any] = {}
    for role in ("buyer", "supplier", "ship_to", "bill_to"):
        party = getattr(head, role)
        if party is not None and (fitted := fit.party(party, role)) is not party:
            update[role] = fitted
    attachments = head.attachments if isinstance(head, OrderHead) else ()
    released = isinstance(head, OrderHead) and head.kind == "release"
    if attachments:
        names = ", ".join(item.filename for item in attachments[:3])
        fit.lose("attachments", f"EDIFACT carries no files; send {names} beside it", said=f"Attached: {names}")
        update["attachments"] = ()
    spilled: list[Note] = []
    if head.payment_terms:
        terms, spilled = _terms(head.payment_terms, fit)
        _change(update, head, "payment_terms", terms)
    if head.incoterm is not None:
        _change(update, head, "incoterm", _incoterm(head.incoterm, fit))
    if head.references or released:
        most = fit.limits.head_references - 3
        references = fit.references(head.references, "references", most)
        _change(update, head, "references", references)
        if released and not any(r.kind in ("blanket", "contract") for r in references):
            text = "a call-off needs the number of its blanket order or contract; shorten it"
            fit.stop("references", "too-long", text)
            update["references"] = head.references
    if head.allowances_charges:
        most = fit.limits.head_allowances
        _change(
            update, head, "allowances_charges", allowances(head.allowances_charges, "allowances_charges", fit, most)
        )
    said = (*head.notes, *spilled, *fit.notes())
    if said:
        _change(update, head, "notes", notes.fitted(said, "notes", fit, fit.profile.version, reserved))
    return update


def _change(update: dict[str, Any], head: OrderHead | HeadPart, name: str, value: object) -> None:
    if value != getattr(head, name):
        update[name] = value


def _incoterm(term: Incoterm, fit: Fit) -> Incoterm:
    place = fit.label(term.place, fit.limits.place, "incoterm.place")
    return term if place == term.place else term.model_copy(update={"place": place})


def _terms(parts: tuple[TermsPart, ...], fit: Fit) -> tuple[tuple[TermsPart, ...], list[Note]]:
    kept: list[TermsPart] = []
    spilled: list[Note] = []
    room = 10
    for position, part in enumerate(parts, 1):
        where = f"payment_terms[{position}]"
        room -= 1 + (part.discount_percent is not None)
        if room < 0:
            fit.lose(where, "PAT stands at most ten times; say the payment terms in fewer parts", commercial=True)
            break
        update: dict[str, Any] = {}
        if part.months and part.days:
            fit.lose(f"{where}.months", "PAT counts days or months, not both; say the terms in days", commercial=True)
            update["months"] = 0
        if part.end_of_month == "after" and (part.percent is not None or part.basis == "fixed"):
            text = "PAT cannot say the end of the month after the term for a part or a fixed date"
            fit.lose(f"{where}.end_of_month", text, commercial=True)
            update["end_of_month"] = None
        if part.basis == "fixed" and part.end_of_month == "before":
            fit.lose(f"{where}.end_of_month", "a fixed date has no end of month before it", commercial=True)
            update["end_of_month"] = None
        if part.days > 999:
            fit.lose(f"{where}.days", "PAT 2152 has three digits; say a shorter term or a date", commercial=True)
            update["days"] = 999
        if part.discount_percent is None and part.discount_days is not None:
            fit.lose(f"{where}.discount_days", "there is no discount for these days; they are left out")
            update["discount_days"] = None
        elif part.discount_percent is not None and part.discount_days is None:
            fit.lose(f"{where}.discount_days", "PAT needs the days of a discount; the net days are written")
            update["discount_days"] = min(part.days, 999)
        elif part.discount_days is not None and part.discount_days > 999:
            fit.lose(f"{where}.discount_days", "PAT 2152 has three digits; say a shorter term", commercial=True)
            update["discount_days"] = 999
        for name in ("percent", "discount_percent"):
            if (value := getattr(part, name)) is not None:
                fit.amount(value, 10, f"{where}.{name}")
        if part.text is not None:
            spilled.append(Note(text=part.text, subject="Payment terms"))
            update["text"] = None
            fit.inform(f"{where}.text", "PAT has no place for free text; it is written as a note on payment terms")
        kept.append(part.model_copy(update=update) if update else part)
    return tuple(kept), spilled
