"""My orders: what a supplier was sent, what waits for his answer first on each row; never an order of another one."""

from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from orderwire.document.states import AnswerState, Mark, OrderState
from orderwire.records import Delivery, Order, User
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

    @property
    def total(self) -> SafeString:
        """What the order comes to."""
        return self.t.money(self.order.total, self.order.currency)

    @property
    def by(self) -> str:
        """When the answer is due, in the supplier's place."""
        due = self.order.answer_due_at
        return self.t.moment(due, self.time_zone) if due and self.waits else ""

    @property
    def waits(self) -> bool:
        """True where the supplier has to do something."""
        return self.order.state == OrderState.APPROVED and self.order.answer_state in _OPEN

    @property
    def state(self) -> SafeString:
        """In words."""
        if self.order.state in (OrderState.CANCELLED, OrderState.CLOSED):
            return self.t["s_ended"]
        return self.t["to_answer"] if self.waits else self.t["s_answered"]

    @property
    def mark(self) -> Mark:
        """The shape beside the word."""
        if self.order.state in (OrderState.CANCELLED, OrderState.CLOSED):
            return "end"
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
    sent = Delivery.objects.filter(order=OuterRef("pk"), leg__recipient=user.partner_id)
    found = Order.objects.filter(Exists(sent), supplier=user.partner).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    known = {
        "t": t,
        "rows": [Shown(order, t, user.partner.time_zone) for order in rows[:PAGE]],
        "more": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "languages": LANGUAGES.items(),
        "partner": user.partner,
    }
    return render(request, "portal/orders.html", known)
