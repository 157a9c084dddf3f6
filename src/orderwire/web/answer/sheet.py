"""The filled-in page: its lines, the way and the message, what is wrong, and the answer that they make."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.safestring import SafeString

from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.document.response import HeaderStatus, LineStatus, Response
from orderwire.tracking.figures import digits
from orderwire.web.answer import entry
from orderwire.web.answer.line import LineSheet, Row
from orderwire.web.answer.words import Texts

MAX_LINES = 400
MAX_ROWS = 20
WAYS = ("accept", "changes", "decline")


@dataclass
class Sheet:
    """The whole page. Fields are text; `errors` has those of the page itself. Without `prices` it has none to show."""

    order: Order
    t: Texts
    buyer: str
    prices: bool = True
    way: str = ""
    message: str = ""
    lines: list[LineSheet] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def blank(
        cls, order: Order, t: Texts, buyer: str, *, prices: bool = True, earlier: Response | None = None
    ) -> "Sheet":
        """As ordered, or as the supplier answered earlier."""
        sheet = cls(order, t, buyer, prices)
        first = order.lines[:MAX_LINES]
        sheet.lines = [LineSheet.as_ordered(line, t, order.currency, prices=prices) for line in first]
        if earlier is not None:
            _fill(sheet, earlier)
        return sheet

    @classmethod
    def read(cls, data: Mapping[str, str], order: Order, t: Texts, buyer: str, *, prices: bool = True) -> "Sheet":
        """From what was posted; what is missing there stays as ordered."""
        sheet = cls.blank(order, t, buyer, prices=prices)
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
                self.lines[index] = LineSheet.as_ordered(item.line, self.t, item.currency, prices=self.prices)
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
        """What the order comes to; nothing where prices are not shown."""
        return self.t.money(totals(self.order).total, self.order.currency) if self.prices else SafeString("")

    @property
    def total_answered(self) -> SafeString:
        """What it comes to as answered, by the same rules of rounding and tax; nothing where prices are not shown."""
        if not self.prices:
            return SafeString("")
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
    if item.prices:
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
            item.price = sheet.t.field(prices[0], digits(sheet.order.currency))
