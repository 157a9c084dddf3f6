"""The fields of one line: what stands in them, what is wrong with them, and the answers that they make."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from orderwire.document.money import line_amount
from orderwire.document.order import Line
from orderwire.document.response import LineAnswer, LineStatus
from orderwire.tracking.figures import digits
from orderwire.web.answer import entry
from orderwire.web.answer.words import Texts

Read = TypeVar("Read")


@dataclass
class Row:
    """One quantity with its day, as text."""

    quantity: str
    day: str
    errors: dict[str, str] = field(default_factory=dict)


@dataclass
class LineSheet:
    """The fields of one line. `answers` is what they say, None while something is wrong with them. Without `prices`
    none is shown or taken."""

    line: Line
    t: Texts
    currency: str
    prices: bool
    rows: list[Row]
    price: str
    part: str = ""
    cannot: bool = False
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    answers: tuple[LineAnswer, ...] = ()
    opened: bool = False

    @classmethod
    def as_ordered(cls, line: Line, t: Texts, currency: str, *, prices: bool) -> "LineSheet":
        rows = [Row(t.field(s.quantity), s.requested.isoformat() if s.requested else "") for s in line.schedules]
        return cls(line, t, currency, prices, rows, t.field(line.price, digits(currency)))

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
        plain = LineSheet.as_ordered(self.line, self.t, self.currency, prices=self.prices)
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

    def _take(self, name: str, read: Callable[[], Read]) -> Read | None:
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
            word = t("w_price")
            parts.append(_turn(word, old, new) if self.prices else format_html("<ins>{}</ins>", word))
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
        """The line's amount as ordered; nothing where prices are not shown."""
        if not self.prices:
            return SafeString("")
        return self.t.money(line_amount(self.line, self.currency), self.currency)


def _turn(word: str, old: str, new: str) -> SafeString:
    return format_html('{} <del>{}</del><span class="to"></span><ins>{}</ins>', word, old, new)
