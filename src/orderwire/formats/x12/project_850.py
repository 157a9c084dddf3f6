"""The order as an 850 can carry it, with a finding for everything that it cannot."""

from collections.abc import Container, Sequence
from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.order import Line, Order, OrderHead, Schedule
from orderwire.document.order_change import HeadPart
from orderwire.document.terms import AllowanceCharge, Incoterm, Note, Reference, Tax, TermsPart
from orderwire.formats.x12.fit import Fit, one_paragraph, paragraph
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import CHARGE_READ, OTHER_CHARGE, PRICE_BASIS_CODES, TAX_CODES
from orderwire.formats.x12.units import TO_X12
from orderwire.formats.x12.values import digits

ORDER_NUMBER, PART = 22, 48
"""Longest order number (DE 324) and product identifier (DE 234)."""
_ZERO = Decimal(0)
_MILLION = Decimal(1_000_000)


def project(order: Order, profile: X12Profile) -> tuple[Order, Fit]:
    """The order that comes back when the 850 is read, and the account of what is lost."""
    fit = Fit(profile)
    update = head(order, fit)
    numbered(order.number, order.kind, update.get("references", order.references), fit, "number")
    if order.release_number is not None:
        update["release_number"] = release_number(order.release_number, order.kind, fit)
    if profile.usage == "T" and not order.test:
        update["test"] = True
    units = {*TO_X12, *profile.units} if profile.units else TO_X12
    lines = tuple([line if _fits(line, units) else fitted(line, fit) for line in order.lines])
    if any(new is not old for new, old in zip(lines, order.lines, strict=True)):
        update["lines"] = lines
    if said := fit.notes():
        update["notes"] = (*update.get("notes", order.notes), *said)
    return (order.model_copy(update=update) if update else order), fit


def numbered(number: str, kind: str, references: Sequence[Reference], fit: Fit, where: str) -> None:
    """Stop where the number does not fit: BEG03 and BCH03, or REF*PO where they hold the agreement of a release."""
    if kind != "release":
        fit.whole(number, ORDER_NUMBER, where)
        return
    fit.whole(number, fit.reference_limit, where)
    fit.whole(agreement(references), ORDER_NUMBER, "references")


def agreement(references: Sequence[Reference]) -> str:
    """The number of the blanket order, or contract, that a release draws on."""
    return next(r.number for kind in ("blanket", "contract") for r in references if r.kind == kind)


def release_number(number: str, kind: str, fit: Fit) -> str | None:
    """The release number where the order is a release."""
    if kind != "release":
        text = "only a release has a release number; it is left out"
        fit.lose("release_number", text, said=f"Release number {number}")
        return None
    fit.whole(number, 30, "release_number")
    return number


def head(document: OrderHead | HeadPart, fit: Fit) -> dict[str, Any]:
    """What must change in the header, by field."""
    update: dict[str, Any] = {}
    for role in ("buyer", "supplier", "ship_to", "bill_to"):
        party = getattr(document, role)
        if party is not None and (fitting := fit.party(party, role)) is not party:
            update[role] = fitting
    if isinstance(document, OrderHead) and document.attachments:
        names = ", ".join(item.filename for item in document.attachments)
        text = f"X12 carries no files; send {names[:200]} beside it"
        fit.lose("attachments", text, said=f"Attached: {names}")
        update["attachments"] = ()
    notes = document.notes
    if document.payment_terms:
        terms, spilled = _terms(document.payment_terms, fit)
        _change(update, document, "payment_terms", terms)
        notes = (*notes, *spilled)
    if notes:
        _change(update, document, "notes", fit.texts(notes, "notes"))
    if document.incoterm is not None:
        _change(update, document, "incoterm", _incoterm(document.incoterm, fit))
    release = isinstance(document, OrderHead) and document.kind == "release"
    if document.references or release:
        references = fit.references(document.references, "references")
        _change(update, document, "references", references)
        if release and not any(r.kind in ("blanket", "contract") for r in references):
            fit.stop(
                "references", "too-long", "a release needs the number of its blanket order or contract; shorten it"
            )
            update["references"] = document.references
    if document.allowances_charges:
        items = _allowances(document.allowances_charges, "allowances_charges", fit)
        _change(update, document, "allowances_charges", items)
    return update


def _change(update: dict[str, Any], document: OrderHead | HeadPart, name: str, value: object) -> None:
    old = getattr(document, name)
    if value is not old and value != old:
        update[name] = value


def _incoterm(term: Incoterm, fit: Fit) -> Incoterm:
    limit = 80 if term.year is None else 63
    place = fit.label(term.place, limit, "incoterm.place")
    return term if place == term.place else term.model_copy(update={"place": place})


def _terms(parts: tuple[TermsPart, ...], fit: Fit) -> tuple[tuple[TermsPart, ...], list[Note]]:
    kept, spilled = [], []
    for position, part in enumerate(parts, 1):
        where = f"payment_terms[{position}]"
        update: dict[str, Any] = {}
        if part.months:
            words = f"{where}: {part.months} months more"
            fit.lose(
                f"{where}.months", "ITD counts days, not months; say the terms in days", commercial=True, said=words
            )
            update["months"] = 0
        if part.end_of_month == "after" or (part.end_of_month and (part.percent is not None or part.basis == "fixed")):
            text = "ITD cannot say this end of month (only: days after the month's end, for the whole amount)"
            words = f"{where}: to the end of the month {part.end_of_month} counting the days"
            fit.lose(f"{where}.end_of_month", text, commercial=True, said=words)
            update["end_of_month"] = None
        if part.days > 999:
            text = "ITD07 has three digits; say a shorter term or a date"
            fit.lose(f"{where}.days", text, commercial=True, said=f"{where}: {part.days} days")
            update["days"] = 999
        if part.discount_percent is None and part.discount_days is not None:
            text = "there is no discount for these days; they are left out"
            fit.lose(f"{where}.discount_days", text, said=f"{where}: {part.discount_days} days without a discount")
            update["discount_days"] = None
        elif part.discount_percent is not None and part.discount_days is None:
            fit.lose(f"{where}.discount_days", "ITD needs the days of a discount; the net days are written")
            update["discount_days"] = update.get("days", part.days)
        elif part.discount_days is not None and part.discount_days > 999:
            fit.lose(f"{where}.discount_days", "ITD05 has three digits; say a shorter term", commercial=True)
            update["discount_days"] = 999
        for name, limit in (("percent", 5), ("discount_percent", 6)):
            value = getattr(part, name)
            if value is not None:
                fit.amount(value, limit, f"{where}.{name}")
        if part.text is not None:
            text = one_paragraph(part.text)
            if len(text) > 80:
                spilled.append(Note(text=part.text, subject="Payment terms"))
                fit.info(f"{where}.text", "is longer than 80 characters; it is written as a note")
                update["text"] = None
            else:
                update["text"] = text
        kept.append(part.model_copy(update=update) if update else part)
    return tuple(kept), spilled


def _allowances(items: tuple[AllowanceCharge, ...], where: str, fit: Fit) -> tuple[AllowanceCharge, ...]:
    kept = []
    for position, item in enumerate(items, 1):
        at = f"{where}[{position}]"
        update: dict[str, Any] = {}
        if item.tax is not None:
            words = f"{at}: {item.tax.kind} {plain(item.tax.percent)} %, category {item.tax.category}"
            text = "SAC has no place for the tax of an allowance or charge"
            fit.lose(f"{at}.tax", text, commercial=True, said=words)
            update["tax"] = None
        if item.amount is not None:
            cents = item.amount.scaleb(2)
            if cents != cents.to_integral_value():
                fit.stop(
                    f"{at}.amount",
                    "too-many-digits",
                    f"SAC05 carries hundredths, {plain(item.amount)} has more; round it",
                )
            fit.amount(cents, 15, f"{at}.amount")
        elif item.percent is not None:
            fit.amount(item.percent, 6, f"{at}.percent")
        if item.reason is not None and len(item.reason) > 80:
            update["reason"] = fit.cut(item.reason, 80, f"{at}.reason")
        code = item.code
        if code is not None:
            raw = code[4:] if code.startswith("sac:") else ""
            if (code.startswith("sac:") and (len(raw) != 4 or raw == OTHER_CHARGE or raw in CHARGE_READ)) or (
                not raw and len(code) > 10
            ):
                fit.lose(f"{at}.code", f"{code} fits no element of SAC; it is left out", said=f"{at}: code {code}")
                update["code"] = None
        kept.append(item.model_copy(update=update) if update else item)
    return tuple(kept)


def _fits(line: Line, units: Container[str]) -> bool:
    """True for the plain line that needs no second look: most lines of most orders.

    A document's decimal has at most 9 places, so that below a million it has at most 15 digits.
    """
    schedules, description = line.schedules, line.description
    return (
        line.quantity < _MILLION
        and line.price < _MILLION
        and line.price_basis == 1
        and line.unit in units
        and len(schedules) == 1
        and schedules[0].ship_to is None
        and "\n" not in description
        and "\t" not in description
        and len(line.buyer_part or "") <= PART
        and len(line.supplier_part or "") <= PART
        and len(line.category or "") <= PART
        and not (line.accounts or line.taxes or line.allowances_charges or line.references or line.notes)
    )


def fitted(line: Line, fit: Fit) -> Line:
    """The line as a loop of PO1 or POC carries it."""
    where = f"lines[{line.number}]"
    update: dict[str, Any] = {}
    quantity, price = plain(line.quantity), plain(line.price)
    if len(quantity) > 15 and digits(quantity) > 15:
        fit.amount(line.quantity, 15, f"{where}.quantity")
    if len(price) > 17 and digits(price) > 17:
        fit.amount(line.price, 17, f"{where}.price")
    fit.unit(line.unit, f"{where}.unit")
    if line.price_basis != 1 and line.price_basis not in PRICE_BASIS_CODES:
        fit.amount(line.price_basis, 15, f"{where}.price_basis")
    for name in ("buyer_part", "supplier_part", "category"):
        value = getattr(line, name)
        if value is not None and len(value) > PART:
            fit.whole(value, PART, f"{where}.{name}")
    if "\n" in line.description or "\t" in line.description:
        text = paragraph(line.description)
        if text != line.description:
            update["description"] = text
    schedules = line.schedules
    if len(schedules) > 1 or schedules[0].ship_to is not None:
        update["schedules"] = _schedules(line, where, fit)
    if line.accounts:
        text = "X12 orders have no place here for cost centers and accounts; they are left out"
        fit.lose(f"{where}.accounts", text, said=_accounts(line, where))
        update["accounts"] = ()
    if line.taxes:
        update["taxes"] = _taxes(line.taxes, where, fit)
    if line.allowances_charges:
        update["allowances_charges"] = _allowances(line.allowances_charges, f"{where}.allowances_charges", fit)
    if line.references:
        update["references"] = fit.references(line.references, f"{where}.references")
    if line.notes:
        update["notes"] = fit.texts(line.notes, f"{where}.notes")
    return line.model_copy(update=update) if update else line


def _accounts(line: Line, where: str) -> str:
    """The account assignment of a line in words."""
    parts = []
    for item in line.accounts:
        share = f"{plain(item.percent)} %" if item.percent is not None else ""
        said = {"cost center": item.cost_center, "account": item.gl_account, "project": item.project, "share": share}
        parts.append(", ".join(f"{name} {value}" for name, value in said.items() if value) or "no account")
    return f"{where}: {'; '.join(parts)}"


def _taxes(items: tuple[Tax, ...], where: str, fit: Fit) -> tuple[Tax, ...]:
    kept = []
    for item in items:
        if item.kind not in TAX_CODES and (len(item.kind) != 2 or item.kind in TAX_CODES.values()):
            text = f"{item.kind} is not a kind of tax that TXI knows; it is left out"
            words = f"{where}: tax {item.kind} {plain(item.percent)} %, category {item.category}"
            fit.lose(f"{where}.taxes", text, commercial=True, said=words)
            continue
        fit.amount(item.percent, 10, f"{where}.taxes")
        category = "E" if item.category == "E" else "S" if item.percent else "Z"
        if category != item.category:
            text = f"TXI cannot say tax category {item.category}; the percentage is written"
            fit.lose(f"{where}.taxes", text, said=f"{where}: {item.kind} of category {item.category}")
        if item.exemption:
            text = "TXI has no place for the reason of an exemption; it is left out"
            fit.lose(f"{where}.taxes", text, said=f"{where}: {item.kind}: {item.exemption}")
        kept.append(Tax(kind=item.kind, category=category, percent=item.percent))
    return tuple(kept)


def _schedules(line: Line, where: str, fit: Fit) -> tuple[Schedule, ...]:
    """Dated ones first, those with a place of their own behind; what has no date becomes one last schedule."""
    here: list[Schedule] = []
    there: list[Schedule] = []
    rest: list[Schedule] = []
    for item in line.schedules:
        fit.amount(item.quantity, 15, f"{where}.schedules")
        if item.ship_to is not None:
            item = Schedule(
                quantity=item.quantity,
                requested=item.requested,
                ship_to=fit.party(item.ship_to, f"{where}.schedules.ship_to"),
            )
        (rest if item.requested is None else here if item.ship_to is None else there).append(item)
    if len(rest) > 1:
        quantity, place = sum((item.quantity for item in rest), _ZERO), rest[0].ship_to
        if any(item.ship_to != place for item in rest):
            text = "several parts without a date go to different places; X12 needs a date for each"
            places = "; ".join(f"{plain(i.quantity)} to {i.ship_to.name if i.ship_to else 'the order'}" for i in rest)
            fit.lose(f"{where}.schedules", text, commercial=True, said=f"{where}: {places}")
            place = None
        rest = [Schedule(quantity=quantity, ship_to=place)]
    return (*here, *there, *rest)
