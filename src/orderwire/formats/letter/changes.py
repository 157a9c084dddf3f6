"""What a version changes, and what the buyer offers instead of what he was asked for, in the supplier's words: old and
new values side by side, for letters and pages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderwire.document.answered import matched
from orderwire.document.money import totals
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.order_change import LineAction
from orderwire.document.party import Party
from orderwire.document.response import LineAnswer, LineStatus, Response
from orderwire.formats.pdf import agreed
from orderwire.formats.pdf.parties import postal
from orderwire.formats.pdf.words import Words


@dataclass(frozen=True)
class Turn:
    """One value that differs; a value is empty where there is none, both where it is too long to stand here."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Changed:
    """A line of the order (`number`), or its head (empty), with what differs. A line that came or went has no turns."""

    number: str
    item: str
    turns: tuple[Turn, ...] = ()
    action: LineAction = LineAction.CHANGED


def compared(before: Order, now: Order, w: Words, *, prices: bool) -> tuple[Changed, ...]:
    """What leads from one version to the next: the head first, then the lines in the order of the newer one."""
    known = {line.number: line for line in before.lines}
    found = [Changed("", "", turns)] if (turns := _head(before, now, w, prices=prices)) else []
    for line in now.lines:
        old = known.pop(line.number, None)
        if old is None:
            found.append(_whole(line, LineAction.ADDED, now.currency, w, prices=prices))
        elif turns := _line(old, line, now.currency, w, prices=prices):
            found.append(Changed(line.number, line.description, turns))
    return (*found, *(_whole(old, LineAction.DELETED, before.currency, w, prices=prices) for old in known.values()))


def offered(
    held: Order, answer: Response, decisions: Iterable[Mapping[str, Any]], now: Order, w: Words, *, prices: bool
) -> tuple[Changed, ...]:
    """The lines on which the buyer does not take what the supplier answered to `held`: his values before ours."""
    asked = {d["line"] for d in decisions if d.get("choice") in ("counter", "insist")}
    ours = {line.number: line for line in now.lines}
    found = []
    for line, said in matched(held, answer)[0]:
        if line.number in asked and line.number in ours and said:
            turns = _proposed(line, said, ours[line.number], now.currency, w, prices=prices)
            found.append(Changed(line.number, line.description, turns))
    return tuple(found)


def total(order: Order, w: Words) -> str:
    """What the order comes to."""
    return w.money(totals(order).total, order.currency)


def _whole(line: Line, action: LineAction, currency: str, w: Words, *, prices: bool) -> Changed:
    """A line that came or went, said as a value that came or went."""
    values = [(_QUANTITY, _quantity(line.quantity, line.unit, w)), (_ARRIVES, _days(line.schedules, w))]
    if prices:
        values.append((_PRICE, _price(line.price, line.price_basis, currency, w)))
    came = action is LineAction.ADDED
    turns = [Turn(w.text(key), "" if came else value, value if came else "") for key, value in values]
    return Changed(line.number, line.description, tuple(turns), action)


_QUANTITY, _ARRIVES, _PRICE, _ITEM = "columns.quantity", "columns.arrives", "columns.price", "columns.item"


def _line(old: Line, new: Line, currency: str, w: Words, *, prices: bool) -> tuple[Turn, ...]:
    turns = []

    def turn(key: str, was: str, now: str) -> None:
        if was != now:
            turns.append(Turn(w.text(key), was, now))

    turn(_ITEM, old.description, new.description)
    turn(_ITEM, _part(old, w), _part(new, w))
    turn(_QUANTITY, _quantity(old.quantity, old.unit, w), _quantity(new.quantity, new.unit, w))
    if [s.requested for s in old.schedules] != [s.requested for s in new.schedules] or len(new.schedules) > 1:
        turn(_ARRIVES, _days(old.schedules, w), _days(new.schedules, w))
    if prices:
        was, now = (_price(each.price, each.price_basis, currency, w) for each in (old, new))
        turn(_PRICE, was, now)
    named = {"description", "supplier_part", "buyer_part", "quantity", "unit", "price", "price_basis", "schedules"}
    hidden = set() if prices else {"taxes", "allowances_charges"}
    if any(getattr(old, name) != getattr(new, name) for name in Line.model_fields.keys() - named - hidden):
        turns.append(Turn(w.text("marks.changed"), "", ""))
    return tuple(turns)


def _proposed(
    line: Line, said: Iterable[LineAnswer], ours: Line, currency: str, w: Words, *, prices: bool
) -> tuple[Turn, ...]:
    """His values and ours where they differ; an answer that names none of a kind means "as ordered"."""
    answers = list(said)
    if all(a.status is LineStatus.REJECTED for a in answers):
        return (Turn(w.text(_QUANTITY), w.number(Decimal(0)), _quantity(ours.quantity, ours.unit, w)),)
    given = [a for a in answers if a.status is not LineStatus.REJECTED]
    quantities = [a.quantity for a in given if a.quantity is not None]
    unit = next((a.unit for a in given if a.unit), line.unit)
    quantity = sum(quantities, Decimal(0)) if quantities else line.quantity
    days = tuple(dict.fromkeys(a.promised for a in given if a.promised))
    turns = [(_QUANTITY, _quantity(quantity, unit, w), _quantity(ours.quantity, ours.unit, w))]
    if days:
        turns.append((_ARRIVES, w.join(*(w.date(day) for day in days)), _days(ours.schedules, w)))
    price = next((a.price_for(line.price_basis) for a in given if a.price is not None), None)
    if prices and price is not None:
        turns.append(
            (
                _PRICE,
                _price(price, line.price_basis, currency, w),
                _price(ours.price, ours.price_basis, currency, w),
            )
        )
    part = next((a.substitute_part for a in given if a.substitute_part), None)
    if part:
        turns.append((_ITEM, part, ours.supplier_part or ours.buyer_part or ours.description))
    return tuple(Turn(w.text(key), his, our) for key, his, our in turns if his != our)


def _head(old: Order, new: Order, w: Words, *, prices: bool) -> tuple[Turn, ...]:
    """What concerns the whole order. A total follows from the lines, and is said with them."""
    shown: list[tuple[str, str, Callable[[Order], str]]] = [
        ("ship_to", "deliver_to", lambda o: _place(o.ship_to, w)),
        ("bill_to", "invoice_to", lambda o: _place(o.bill_to, w)),
        ("incoterm", "delivery_term", lambda o: agreed.incoterm(o.incoterm, w) if o.incoterm else ""),
        ("payment_terms", "payment", lambda o: agreed.payment(o.payment_terms, w) if o.payment_terms else ""),
        ("buyer", "buyer", lambda o: _place(o.buyer, w)),
        ("supplier", "supplier", lambda o: _place(o.supplier, w)),
        ("notes", "notes", lambda o: ""),
        ("references", "references.other", lambda o: w.join(*(agreed.reference(r, w)[1] for r in o.references))),
        ("attachments", "attachments", lambda o: ""),
        ("validity", "validity.label", lambda o: agreed.validity(o, w)),
    ]
    if prices:
        shown.append(("currency", "columns.price", lambda o: o.currency))
        shown.append(("allowances_charges", "charge", lambda o: _charges(o, w)))
    turns = []
    for name, key, value in shown:
        fields = ("valid_from", "valid_to") if name == "validity" else (name,)
        if any(getattr(old, field) != getattr(new, field) for field in fields):
            was, now = value(old), value(new)
            turns.append(Turn(w.text(key), was, now) if was != now else Turn(w.text(key), "", ""))
    return tuple(turns)


def _charges(order: Order, w: Words) -> str:
    parts = []
    for item in order.allowances_charges:
        amount = w.money(item.amount, order.currency) if item.amount is not None else ""
        parts.append(" ".join(filter(None, (agreed.adjustment(item, w), amount))))
    return w.join(*parts)


def _place(party: Party | None, w: Words) -> str:
    return w.join(party.name, *postal(party.address, w)) if party else ""


def _part(line: Line, w: Words) -> str:
    return w.join(
        w.text("yours", part=line.supplier_part) if line.supplier_part else "",
        w.text("ours", part=line.buyer_part) if line.buyer_part else "",
    )


def _quantity(value: Decimal, unit: str, w: Words) -> str:
    return f"{w.number(value)}\xa0{w.unit(unit)}"


def _price(value: Decimal, basis: Decimal, currency: str, w: Words) -> str:
    text = w.price(value, currency)
    return text if basis == 1 else f"{text} {w.text('per', n=w.number(basis))}"


def _days(schedules: tuple[Schedule, ...], w: Words) -> str:
    if len(schedules) == 1:
        return w.date(schedules[0].requested) if schedules[0].requested else w.text("date_open")
    parts = [
        f"{w.number(s.quantity)}: {w.date(s.requested) if s.requested else w.text('date_open')}" for s in schedules
    ]
    return w.join(*parts)
