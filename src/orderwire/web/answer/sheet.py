"""The filled-in page: what stands in its fields, what is wrong with them, and the answer that they make."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from orderwire.document.money import exponent, line_amount, totals
from orderwire.document.order import Line, Order
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.web.answer import entry
from orderwire.web.answer.words import Texts

MAX_LINES = 400
MAX_ROWS = 20
WAYS = ("accept", "changes", "decline")


@dataclass
class Row:
    """One quantity with its day, as text."""

    quantity: str
    day: str
    errors: dict[str, str] = field(default_factory=dict)


@dataclass
class LineSheet:
    """The fields of one line. `answers` is what they say, None while something is wrong with them."""

    line: Line
    t: Texts
    currency: str
    rows: list[Row]
    price: str
    part: str = ""
    cannot: bool = False
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    answers: tuple[LineAnswer, ...] = ()
    opened: bool = False

    @classmethod
    def as_ordered(cls, line: Line, t: Texts, currency: str) -> "LineSheet":
        rows = [Row(t.field(s.quantity), s.requested.isoformat() if s.requested else "") for s in line.schedules]
        return cls(line, t, currency, rows, t.field(line.price, _digits(currency)))

    @property
    def wrong(self) -> int:
        """How many fields are wrong."""
        return len(self.errors) + sum(len(row.errors) for row in self.rows)

    @property
    def changed(self) -> bool:
        """True where the answer is not simply "as ordered"."""
        return any(a.status is not LineStatus.ACCEPTED for a in self.answers)

    def check(self, today: datetime.date) -> None:
        """Fill `answers` and `errors` from the fields."""
        plain = LineSheet.as_ordered(self.line, self.t, self.currency)
        self.errors, self.answers = {}, ()
        for row in self.rows:
            row.errors = {}
        reason = self._take("reason", lambda: entry.text(self.reason, self.t, longest=500))
        if self.cannot:
            self.answers = (LineAnswer(number=self.line.number, status=LineStatus.REJECTED, reason=reason),)
            return
        part = self._take("part", lambda: entry.text(self.part, self.t, longest=100, one_line=True))
        price = self.line.price
        if self.price != plain.price:
            price = self._take("price", lambda: entry.number(self.price, self.t)) or Decimal(0)
        rows = [row for row in self.rows if row.quantity.strip() or row.day.strip()] or self.rows[:1]
        same = [(r.quantity, r.day) for r in rows] == [(r.quantity, r.day) for r in plain.rows]
        asked = [(s.quantity, s.requested) for s in self.line.schedules]
        placed = asked if same else [self._row(row, today) for row in rows]
        if self.wrong:
            return
        if placed == asked and price == self.line.price and not part:
            if reason:
                self.answers = (LineAnswer(number=self.line.number, status=LineStatus.ACCEPTED, reason=reason),)
            return
        self.answers = tuple(
            LineAnswer(
                number=self.line.number,
                status=LineStatus.SUBSTITUTED if part else LineStatus.CHANGED,
                quantity=quantity,
                unit=self.line.unit,
                price=price,
                promised=day,
                substitute_part=part,
                reason=reason if index == 0 else None,
            )
            for index, (quantity, day) in enumerate(placed)
        )

    def _row(self, row: Row, today: datetime.date) -> tuple[Decimal, datetime.date | None]:
        quantity, day = Decimal(0), None
        try:
            if not row.quantity.strip():
                raise entry.Wrong(self.t("e_quantity"))
            quantity = entry.number(row.quantity, self.t)
            if quantity == 0:
                raise entry.Wrong(self.t("e_positive"))
        except entry.Wrong as failure:
            row.errors["quantity"] = failure.args[0]
        asked = [s.requested for s in self.line.schedules]
        try:
            if row.day.strip():
                kept = next((d for d in asked if d and d.isoformat() == row.day.strip()), None)
                day = kept or entry.date(row.day, self.t, today=today)
            elif any(asked) or len(self.rows) > 1:
                raise entry.Wrong(self.t("e_when"))
        except entry.Wrong as failure:
            row.errors["day"] = failure.args[0]
        return quantity, day

    def _take(self, name: str, read: Any) -> Any:
        try:
            return read()
        except entry.Wrong as failure:
            self.errors[name] = failure.args[0]
            return None

    @property
    def answered_line(self) -> Line | None:
        """The line as answered, for adding up; None where it cannot be supplied."""
        if self.cannot:
            return None
        if not self.changed:
            return self.line
        quantity = sum((a.quantity or Decimal(0) for a in self.answers), Decimal(0))
        return self.line.model_copy(update={"quantity": quantity, "price": self.answers[0].price})

    @property
    def summary(self) -> SafeString:
        """ "price 84.50 → 87.95, two dates": what the supplier changes, in his words."""
        t, line = self.t, self.line
        if self.cannot:
            return format_html("<ins>{}</ins>", t("w_cannot"))
        parts = []
        kept = self.answered_line
        if kept is None or not self.changed:
            return SafeString("")
        days = {a.promised for a in self.answers}
        if kept.quantity != line.quantity:
            parts.append(_turn(t("w_quantity"), t.words.number(line.quantity), t.words.number(kept.quantity)))
        if len(self.answers) > 1 and len(self.answers) != len(line.schedules):
            parts.append(format_html("<ins>{}</ins>", t.count("w_dates", len(self.answers))))
        elif days != {s.requested for s in line.schedules}:
            last = max((d for d in days if d), default=None)
            parts.append(format_html("{} <ins>{}</ins>", t("w_date"), t.day(last) if last else "–"))
        if kept.price != line.price:
            old, new = (t.words.price(p, self.currency) for p in (line.price, kept.price))
            parts.append(_turn(t("w_price"), old, new))
        if part := self.answers[0].substitute_part:
            parts.append(format_html("{} <ins>{}</ins>", t("w_part"), part))
        return format_html_join(", ", "{}", ((part,) for part in parts))

    @property
    def placed(self) -> SafeString:
        """ "60 of 60 pieces placed, the last 12 days after the date asked"; nothing while a field is wrong."""
        kept = self.answered_line
        if kept is None or not self.changed or self.wrong:
            return SafeString("")
        words = self.t.words
        values = {
            "placed": words.number(kept.quantity),
            "quantity": words.number(self.line.quantity),
            "unit": self.t.unit(self.line.unit, self.line.quantity),
        }
        asked = [s.requested for s in self.line.schedules if s.requested]
        promised = [a.promised for a in self.answers if a.promised]
        late = (max(promised) - max(asked)).days if asked and promised else 0
        return self.t.count("placed_late", late, **values) if late > 0 else self.t("placed", **values)

    @property
    def short(self) -> bool:
        """True where more or less than ordered is placed."""
        kept = self.answered_line
        return kept is not None and kept.quantity != self.line.quantity

    @property
    def amount(self) -> SafeString:
        """The line's amount as ordered."""
        return self.t.money(line_amount(self.line, self.currency), self.currency)


def _turn(word: str, old: str, new: str) -> SafeString:
    return format_html('{} <del>{}</del><span class="to"></span><ins>{}</ins>', word, old, new)


@dataclass
class Sheet:
    """The whole page. Fields are text; `errors` has those of the page itself."""

    order: Order
    t: Texts
    buyer: str
    way: str = ""
    message: str = ""
    lines: list[LineSheet] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def blank(cls, order: Order, t: Texts, buyer: str, *, earlier: Response | None = None) -> "Sheet":
        """As ordered, or as the supplier answered earlier."""
        sheet = cls(order, t, buyer)
        sheet.lines = [LineSheet.as_ordered(line, t, order.currency) for line in order.lines[:MAX_LINES]]
        if earlier is not None:
            _fill(sheet, earlier)
        return sheet

    @classmethod
    def read(cls, data: Mapping[str, str], order: Order, t: Texts, buyer: str) -> "Sheet":
        """From what was posted; what is missing there stays as ordered."""
        sheet = cls.blank(order, t, buyer)
        sheet.way = data.get("way", "") if data.get("way") in WAYS else ""
        sheet.message = data.get("message", "")[:4000]
        for item in sheet.lines:
            _read_line(item, data)
        return sheet

    def step(self, data: Mapping[str, str]) -> None:
        """What a button on a line asks for: another date, one less, or back to as ordered."""
        for index, item in enumerate(self.lines):
            n = item.line.number
            if data.get("add") == n and len(item.rows) < MAX_ROWS:
                item.rows.append(Row("", ""))
                item.opened = True
            elif data.get("back") == n:
                self.lines[index] = LineSheet.as_ordered(item.line, self.t, self.order.currency)
            elif data.get("remove", "").rpartition(".")[0] == n:
                place = data["remove"].rpartition(".")[2]
                if place.isdecimal() and int(place) < len(item.rows) > 1:
                    del item.rows[int(place)]
                item.opened = True

    def check(self, today: datetime.date, *, sending: bool) -> Response | None:
        """Check every field; `sending` also asks for what only a complete answer needs. The answer, or None."""
        self.errors = {}
        for item in self.lines:
            item.check(today)
            item.opened = item.opened or item.wrong > 0
        message = None
        try:
            message = entry.text(self.message, self.t, longest=2000)
        except entry.Wrong as failure:
            self.errors["message"] = failure.args[0]
        if sending:
            self._complete(message)
        if self.wrong:
            return None
        lines = tuple(a for item in self.lines for a in item.answers) if self.way == "changes" else ()
        remarks = tuple(a for item in self.lines for a in item.answers if a.reason) if self.way == "accept" else ()
        return Response(
            order_number=self.order.number,
            revision=self.order.revision,
            release_number=self.order.release_number,
            status=_STATUS[self.way or "accept"],
            answered=today,
            reason=message,
            test=self.order.test,
            lines=lines or remarks,
        )

    def _complete(self, message: str | None) -> None:
        changed = [item for item in self.lines if item.changed]
        if not self.way:
            self.errors["way"] = self.t("e_way")
        elif self.way == "accept" and changed:
            self.errors["way"] = self.t("e_changed", line=changed[0].line.number)
        elif self.way == "changes" and not changed and not any(item.wrong for item in self.lines):
            self.errors["way"] = self.t("e_nothing")
        elif self.way == "decline":
            for item in self.lines:  # what stands in the lines is not sent
                item.errors = {}
                for row in item.rows:
                    row.errors = {}
            if message is None and "message" not in self.errors:
                self.errors["message"] = self.t("e_reason", buyer=self.buyer)

    @property
    def wrong(self) -> int:
        """How many places need attention."""
        return len(self.errors) + sum(item.wrong for item in self.lines)

    @property
    def changes(self) -> int:
        """How many lines the supplier changes."""
        return sum(item.changed for item in self.lines)

    @property
    def total_ordered(self) -> SafeString:
        """What the order comes to."""
        return self.t.money(totals(self.order).total, self.order.currency)

    @property
    def total_answered(self) -> SafeString:
        """What it comes to as answered, by the same rules of rounding and tax."""
        seen = [item.answered_line for item in self.lines]
        lines = (*(line for line in seen if line), *self.order.lines[MAX_LINES:])
        if self.way == "decline" or not lines:
            return self.t.money(Decimal(0), self.order.currency)
        return self.t.money(totals(self.order.model_copy(update={"lines": lines})).total, self.order.currency)

    @property
    def button(self) -> SafeString:
        """What the button says: exactly what it sends."""
        if self.way == "decline":
            return self.t("send_decline")
        if self.changes:
            return self.t.count("send_changes", self.changes)
        return self.t.count("send_accept", len(self.order.lines)) if self.way == "accept" else self.t("send")


_STATUS = {
    "accept": HeaderStatus.ACCEPTED,
    "changes": HeaderStatus.ACCEPTED_WITH_CHANGES,
    "decline": HeaderStatus.REJECTED,
}


def _read_line(item: LineSheet, data: Mapping[str, str]) -> None:
    n = item.line.number
    posted = [(data.get(f"q.{n}.{k}"), data.get(f"d.{n}.{k}", "")) for k in range(MAX_ROWS)]
    rows = [Row(quantity[:60], day[:40]) for quantity, day in posted if quantity is not None]
    if not rows:
        return
    item.rows = rows
    item.price = data.get(f"price.{n}", item.price)[:60]
    item.part = data.get(f"part.{n}", "")[:300]
    item.cannot = f"cannot.{n}" in data
    item.reason = data.get(f"reason.{n}", "")[:4000]


def _fill(sheet: Sheet, earlier: Response) -> None:
    """Put an earlier answer of the same page back into the fields."""
    sheet.message = earlier.reason or ""
    sheet.way = next((way for way, status in _STATUS.items() if status is earlier.status), "")
    for item in sheet.lines:
        answers = [a for a in earlier.lines if a.number == item.line.number]
        if not answers:
            continue
        item.reason = next((a.reason for a in answers if a.reason), "")
        item.part = next((a.substitute_part for a in answers if a.substitute_part), "")
        item.cannot = all(a.status is LineStatus.REJECTED for a in answers)
        if all(a.quantity is not None for a in answers):
            item.rows = [
                Row(sheet.t.field(a.quantity or Decimal(0)), a.promised.isoformat() if a.promised else "")
                for a in answers[:MAX_ROWS]
            ]
        prices = [a.price for a in answers if a.price is not None]
        if prices:
            item.price = sheet.t.field(prices[0], _digits(sheet.order.currency))


def _digits(currency: str) -> int:
    return -int(exponent(currency).as_tuple().exponent)
