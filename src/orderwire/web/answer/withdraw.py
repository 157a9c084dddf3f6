"""The filled-in page of a cancellation: which of the four answers, what it costs, what is still delivered, and why."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from babel.numbers import get_currency_symbol
from django.utils.safestring import SafeString

from orderwire.document.money import exponent, totals
from orderwire.document.order import Line, Order
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.tracking.figures import digits
from orderwire.web.answer import entry
from orderwire.web.answer.sheet import MAX_LINES
from orderwire.web.answer.words import Texts

WAYS = ("agree", "cost", "part", "cannot")
_MONEY = re.compile(r"[^\W\d_]|[$£¥€¢\u20a0-\u20cf]")
"""A letter or a sign of a currency."""


@dataclass
class Keep:
    """What is still delivered of a line, as text."""

    line: Line
    of: SafeString
    quantity: str
    error: str = ""


@dataclass
class Withdraw:
    """The whole page, about the version that is withdrawn. Fields are text. Without `prices` it must not tell what the
    order is worth."""

    order: Order
    t: Texts
    buyer: str
    prices: bool = True
    way: str = ""
    amount: str = ""
    reason: str = ""
    lines: list[Keep] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = [Keep(line, self._of(line), "0") for line in self.order.lines[:MAX_LINES]]

    def filled(self, earlier: Response | None) -> "Withdraw":
        """As he answered before."""
        if earlier is None:
            return self
        self.reason = earlier.reason or ""
        self.amount = self.t.field(earlier.charge, digits(self.order.currency)) if earlier.charge else ""
        stays = {a.number: a.quantity for a in earlier.lines}
        for keep in self.lines:
            keep.quantity = self.t.field(stays.get(keep.line.number) or Decimal(0))
        if earlier.status is HeaderStatus.REJECTED:
            self.way = "cannot"
        else:
            self.way = "cost" if earlier.charge else "part" if earlier.lines else "agree"
        return self

    def read(self, data: Mapping[str, str]) -> "Withdraw":
        """From what was posted."""
        self.way = data.get("way", "") if data.get("way") in WAYS else ""
        self.amount, self.reason = data.get("amount", "")[:60], data.get("reason", "")[:4000]
        for keep in self.lines:
            keep.quantity = data.get(f"keep.{keep.line.number}", "0")[:60]
        return self

    def check(self, today: datetime.date, number: int, version: int) -> Response | None:
        """The answer to cancellation `number` of the order, which withdrew this version; None where something is wrong.

        Fields that do not belong to the chosen answer are not sent.
        """
        self.errors = {}
        charge: Decimal | None = None
        lines: tuple[LineAnswer, ...] = ()
        reason = None
        try:
            reason = entry.text(self.reason, self.t, longest=2000)
        except entry.Wrong as failure:
            self.errors["reason"] = failure.args[0]
        if not self.way:
            self.errors["way"] = self.t["e_choose"]
        elif self.way == "cost":
            charge = self._charge()
        elif self.way == "part":
            lines = self._kept()
        if self.way in ("cost", "cannot") and reason is None and "reason" not in self.errors:
            self.errors["reason"] = self.t("e_reason", buyer=self.buyer)
        if self.errors:
            return None
        return Response(
            order_number=self.order.number,
            release_number=self.order.release_number,
            answers="cancellation",
            change_number=f"{self.order.number}-C{number}",
            revision=version,
            status=_STATUS[self.way],
            answered=today,
            charge=charge,
            reason=reason,
            test=self.order.test,
            lines=lines,
        )

    def _charge(self) -> Decimal | None:
        """What agreeing costs, in the order's currency: more than nothing, and never more than the order."""
        t, currency = self.t, self.order.currency
        text = self.amount.upper()
        for own in (currency, get_currency_symbol(currency, t.words.locale).upper()):
            text = text.replace(own, "", 1)
        try:
            if _MONEY.search(text):
                raise entry.Wrong(t("e_currency", currency=currency))
            if not text.strip() or text.strip()[0] in "-−":
                raise entry.Wrong(t["e_cost"])
            value = entry.number(text, t)
            if value == 0:
                raise entry.Wrong(t["e_cost"])
            if value != value.quantize(exponent(currency)):
                raise entry.Wrong(t("e_number", value=text.strip(), example=t.field(Decimal("1250"), digits(currency))))
            most = totals(self.order).total
            if self.prices and most and value > most:
                raise entry.Wrong(t("e_huge", most=t.words.money(most, currency)))
            return value
        except entry.Wrong as failure:
            self.errors["amount"] = failure.args[0]
            return None

    def _kept(self) -> tuple[LineAnswer, ...]:
        """The lines of which something is still delivered; between nothing at all and the whole order."""
        kept: dict[str, Decimal] = {}
        for keep in self.lines:
            line = keep.line
            try:
                quantity = entry.number(keep.quantity or "0", self.t)
                if quantity > line.quantity:
                    raise entry.Wrong(self.t("e_more", most=self.t.words.number(line.quantity)))
                if quantity:
                    kept[line.number] = quantity
            except entry.Wrong as failure:
                keep.error = self.errors[f"keep.{line.number}"] = failure.args[0]
        if not self.errors and not kept:
            self.errors["keep"] = self.t["e_keep_none"]
        elif not self.errors and kept == {line.number: line.quantity for line in self.order.lines}:
            self.errors["keep"] = self.t["e_keep_all"]
        units = {line.number: line.unit for line in self.order.lines}
        return tuple(
            LineAnswer(number=number, status=LineStatus.CHANGED, quantity=quantity, unit=units[number])
            for number, quantity in kept.items()
        )

    @property
    def stays(self) -> list[Keep]:
        """What he still delivers."""
        return [keep for keep in self.lines if keep.quantity != "0"]

    def _of(self, line: Line) -> SafeString:
        return self.t("x_of", quantity=self.t.words.number(line.quantity), unit=self.t.unit(line.unit, line.quantity))


_STATUS = {
    "agree": HeaderStatus.ACCEPTED,
    "cost": HeaderStatus.ACCEPTED,
    "part": HeaderStatus.ACCEPTED_WITH_CHANGES,
    "cannot": HeaderStatus.REJECTED,
}
