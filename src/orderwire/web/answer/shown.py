"""What the page says about the order, worded for the template."""

import datetime
import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orderwire.document.change import changes
from orderwire.document.money import totals
from orderwire.document.order import Line, Order
from orderwire.tracking.fields import field_word
from orderwire.web.answer.line import LineSheet
from orderwire.web.answer.seat import Seat
from orderwire.web.answer.sheet import Sheet
from orderwire.web.answer.words import Texts

MAX_CHANGES = 30


def says(seat: Seat) -> SafeString:
    """Who asks for what, where, and by when in the supplier's place."""
    t, order = seat.t, seat.document
    amount = t.words.money(totals(order).total, order.currency)
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
        return asked(self.sheet.line, self.t, self.sheet.currency)

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


def asked(line: Line, t: Texts, currency: str) -> SafeString:
    """What the order asks for on a line."""
    price = t.words.price(line.price, currency)
    if line.price_basis != 1:
        price = t("per", price=price, basis=t.words.number(line.price_basis))
    values = {
        "quantity": format_html("<b>{}</b>", t.words.number(line.quantity)),
        "unit": t.unit(line.unit, line.quantity),
        "price": price,
    }
    days = {s.requested for s in line.schedules}
    if days == {None}:
        return t("ask", **values)
    if len(line.schedules) == 1:
        date = t.day(next(day for day in days if day))
    else:
        parts = [
            t("part_on", quantity=t.words.number(s.quantity), date=t.day(s.requested) if s.requested else "–")
            for s in line.schedules
        ]
        date = t.words.join(*(str(part) for part in parts))
    return t("ask_date", date=format_html("<b>{}</b>", date), **values)


_OF_LINE = re.compile(r"lines\[([^\]]+)\]\.(?:schedules\[1\]\.)?([a-z_]+)")


@dataclass(frozen=True)
class Changed:
    """One field that the new version changed."""

    where: str
    old: str
    new: str


_FIELDS = {"quantity": "w_quantity", "requested": "w_date", "price": "w_price", "supplier_part": "w_part"}


def what_changed(old: Order, new: Order, t: Texts) -> list[Changed]:
    """What a newer version changed, at most the first thirty fields."""
    return [Changed(_where(c.path, t), _value(c.old), _value(c.new)) for c in changes(old, new)[:MAX_CHANGES]]


def _where(path: str, t: Texts) -> str:
    """A field in the supplier's words: "Line 20: quantity"; in English where it is one of the rarer fields."""
    found = _OF_LINE.fullmatch(path)
    key = _FIELDS.get(found[2]) if found else None
    return f"{t.words.text('columns.line')} {found[1]}: {t[key]}" if found and key else field_word(path)


def _value(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict):
        return ", ".join(str(v) for v in value.values() if isinstance(v, str))[:200]
    return str(value)[:200]


def _strong(text: str) -> SafeString:
    return format_html("<strong>{}</strong>", text)
