"""My orders: what a supplier was sent, what waits for his answer first on each row; never an order of another one."""

from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from orderwire.document.states import AnswerState, CancellationState, Mark, OrderState
from orderwire.records import Cancellation, Delivery, Notice, Order, User
from orderwire.tracking.order import WAITS
from orderwire.web.answer.seat import language
from orderwire.web.answer.views import private
from orderwire.web.answer.words import LANGUAGES, Texts, texts

PAGE = 50
_OPEN = (AnswerState.NOT_ASKED, AnswerState.WAITING, AnswerState.OVERDUE, AnswerState.RECEIVED)


@dataclass(frozen=True)
class Shown:
    """One row."""

    order: Order
    t: Texts
    time_zone: str
    cancellation: Cancellation | None = None
    reminded: bool = False
    prices: bool = True

    @property
    def total(self) -> SafeString | str:
        """What the order comes to; nothing where he gets it without prices."""
        if not self.prices:
            return ""
        return self.t.money(self.order.total, self.order.currency)

    @property
    def by(self) -> str:
        """When the answer is due, in the supplier's place."""
        due = self.cancellation.due_at if self.cancellation else self.order.answer_due_at
        return self.t.moment(due, self.time_zone) if due and self.waits else ""

    @property
    def waits(self) -> bool:
        """True where the supplier has to do something."""
        return self.cancellation is not None or self._order_waits

    @property
    def _order_waits(self) -> bool:
        return self.order.state == OrderState.APPROVED and self.order.answer_state in _OPEN

    @property
    def state(self) -> SafeString:
        """In words."""
        if self.order.state in (OrderState.CANCELLED, OrderState.CLOSED):
            return self.t["s_ended"]
        if not self.waits:
            return self.t["s_answered"]
        if self.cancellation is not None:
            return self.t["s_cancel"]
        return self.t["s_change"] if self.order.revision > 1 else self.t["to_answer"]

    @property
    def late(self) -> SafeString | str:
        """That the answer is overdue, or that he was reminded of it."""
        overdue = (self.cancellation.state == CancellationState.OVERDUE) if self.cancellation else False
        if self.waits and (overdue or self.order.answer_state == AnswerState.OVERDUE):
            return self.t["s_late"]
        return self.t["s_reminded"] if self.waits and self.reminded else ""

    @property
    def mark(self) -> Mark:
        """The shape beside the word."""
        if self.order.state in (OrderState.CANCELLED, OrderState.CLOSED):
            return "end"
        if self.late:
            return "late"
        return "ask" if self.waits else "done"

    @property
    def label(self) -> SafeString:
        """The link's name."""
        return self.t("answer_order", number=self.order.number)


@private
def orders(request: HttpRequest) -> HttpResponse:
    """The list, newest first; `before` goes on after the last row of a page."""
    user = request.user
    if not isinstance(user, User):
        return redirect_to_login(request.get_full_path())
    if user.partner is None:
        return redirect("/")
    t = texts(language(request) or user.partner.language, user.partner.country)
    sent_to = Delivery.objects.filter(leg__recipient=user.partner_id)
    found = Order.objects.filter(Exists(sent_to.filter(order=OuterRef("pk"))), supplier=user.partner).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    asked = {
        row.order_id: row
        for row in Cancellation.objects.filter(
            order__in=rows, order__state=OrderState.CANCELLING, scope=Cancellation.Scope.ORDER, state__in=WAITS
        ).order_by("number")
    }
    reminders = Notice.objects.filter(order__in=rows, to="supplier", delivery__accepted_at__isnull=False)
    reminded = set(reminders.values_list("order", flat=True))
    unpriced = set(sent_to.filter(order__in=rows, leg__prices=False).values_list("order", flat=True))
    zone = user.partner.time_zone
    known = {
        "t": t,
        "rows": [
            Shown(order, t, zone, asked.get(order.pk), order.pk in reminded, order.pk not in unpriced)
            for order in rows[:PAGE]
        ],
        "more": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "languages": LANGUAGES.items(),
        "partner": user.partner,
    }
    return render(request, "portal/orders.html", known)
