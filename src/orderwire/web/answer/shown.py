"""What the page says about the order, worded for the template."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orderwire.document.money import totals
from orderwire.document.order import Line, Order
from orderwire.web.answer.line import LineSheet
from orderwire.web.answer.seat import Seat
from orderwire.web.answer.sheet import Sheet
from orderwire.web.answer.words import Texts


def says(seat: Seat) -> SafeString:
    """Who asks for what, where, and by when in the supplier's place."""
    t, order = seat.t, seat.document
    amount = t.words.money(totals(order).total, order.currency) if seat.prices else ""
    what = _strong(t.words.join(str(t.count("items", len(order.lines))), amount))
    days = [s.requested for line in order.lines for s in line.schedules if s.requested]
    place = city(order)
    if not days:
        text = t("says", buyer=seat.buyer, what=what)
    elif place:
        text = t("says_place_date", buyer=seat.buyer, what=what, place=place, date=_strong(t.day(min(days))))
    else:
        text = t("says_date", buyer=seat.buyer, what=what, date=_strong(t.day(min(days))))
    by = seat.answer_by
    if by is None or by < timezone.now() - datetime.timedelta(days=60):
        return text
    moment = t.moment(by, seat.partner.time_zone)
    return format_html("{} {}", text, t("answer_by", moment=_strong(moment)))


def city(order: Order) -> str:
    """The town that the goods go to, where there is one."""
    address = order.ship_to.address if order.ship_to else None
    return (address.city if address else None) or ""


@dataclass(frozen=True)
class ShownLine:
    """A line with its sentence: "100 pieces at 61.20 by 9 December"."""

    sheet: LineSheet
    t: Texts
    buyer: str
    place: str

    @property
    def ask(self) -> SafeString:
        """What is asked for."""
        return asked(self.sheet.line, self.t, self.sheet.currency, prices=self.sheet.prices)

    @property
    def labels(self) -> dict[str, SafeString]:
        """Texts that name the line, the buyer or the place."""
        t, n = self.t, self.sheet.line.number
        return {
            "change": t("change_line", line=n),
            "group": t("line_group", line=n),
            "done": t("done", line=n),
            "reason": t("reason", buyer=self.buyer),
            "arrives": t("arrives_in", place=self.place) if self.place else t["arrives"],
            "price": t("price", currency=self.sheet.currency),
        }


def lines(sheet: Sheet, place: str) -> list[ShownLine]:
    """Every line of the page."""
    return [ShownLine(item, sheet.t, sheet.buyer, place) for item in sheet.lines]


def asked(line: Line, t: Texts, currency: str, *, prices: bool) -> SafeString:
    """What the order asks for on a line."""
    values = {
        "quantity": format_html("<b>{}</b>", t.words.number(line.quantity)),
        "unit": t.unit(line.unit, line.quantity),
    }
    if prices:
        price = t.words.price(line.price, currency)
        if line.price_basis != 1:
            price = t("per", price=price, basis=t.words.number(line.price_basis))
        values["price"] = price
    days = {s.requested for s in line.schedules}
    if days == {None}:
        return t("ask", **values) if prices else format_html("{quantity} {unit}", **values)
    if len(line.schedules) == 1:
        date = t.day(next(day for day in days if day))
    else:
        parts = [
            t("part_on", quantity=t.words.number(s.quantity), date=t.day(s.requested) if s.requested else "–")
            for s in line.schedules
        ]
        date = t.words.join(*(str(part) for part in parts))
    return t("ask_date" if prices else "ask_by", date=format_html("<b>{}</b>", date), **values)


def _strong(text: str) -> SafeString:
    return format_html("<strong>{}</strong>", text)
