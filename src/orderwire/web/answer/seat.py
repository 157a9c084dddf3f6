"""Who sits in front of the answer page: the holder of a mailed link, or a signed-in portal user of the supplier.

The token stays in the address for one request only: it becomes a signed cookie that is sent to this one order's
pages and nowhere else. Each request looks the link up again, so that revoking it works at once.
"""

import datetime
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from orderwire.document.order import Order as Document
from orderwire.document.response import Response as Answer
from orderwire.flow import acknowledge, clock, evidence, links
from orderwire.records import AnswerLink, Delivery, Order, Partner, Response, Revision, User
from orderwire.web.answer.words import LANGUAGES, Texts, texts

COOKIE = "ow_answer"
LANGUAGE_COOKIE = "ow_language"
HOURS = 12
_SALT = "orderwire.web.answer"


@dataclass(frozen=True)
class Seat:
    """One supplier in front of one version of one order; `base` is the address of the page."""

    order: Order
    revision: Revision
    partner: Partner
    base: str
    actor: str
    language: str
    link: AnswerLink | None = None

    @cached_property
    def document(self) -> Document:
        """What is ordered."""
        return Document.model_validate_json(bytes(self.revision.content))

    @cached_property
    def t(self) -> Texts:
        """Texts in the chosen language, else in the supplier's."""
        return texts(self.language or self.partner.language, self.partner.country)

    @property
    def buyer(self) -> str:
        """The buying company's name."""
        return settings.ORDERWIRE_COMPANY or self.document.buyer.name

    @property
    def today(self) -> datetime.date:
        """The date in the supplier's place."""
        return timezone.now().astimezone(clock.zone(self.partner.time_zone)).date()

    @property
    def delivery(self) -> Delivery | None:
        """The delivery that brought the supplier here."""
        if self.link is not None and self.link.delivery is not None:
            return self.link.delivery
        return evidence.delivery_for(self.order, revision_id=self.revision.pk, supplier_id=self.partner.pk)

    @cached_property
    def prices(self) -> bool:
        """Whether he sees prices: what his copy of this version leaves out, the page leaves out too."""
        came = self.delivery
        if came is None or came.leg is None:
            came = evidence.delivery_for(self.order, revision_id=self.revision.pk, supplier_id=self.partner.pk)
        return came is None or came.leg is None or came.leg.prices

    @property
    def answer_by(self) -> datetime.datetime | None:
        """When the answer is due: as it was printed, else as the order's clock says."""
        return (self.link.answer_by if self.link else None) or self.order.answer_due_at

    @cached_property
    def answered(self) -> Response | None:
        """The answer to this version that counts now."""
        kept = [Response.State.ACCEPTED, Response.State.OPEN, Response.State.DECIDED, Response.State.RECEIVED]
        found = self.order.responses.filter(revision=self.revision, state__in=kept).order_by("-pk")
        return next((row for row in found if row.content.get("answers") != "cancellation"), None)

    @property
    def earlier(self) -> Answer | None:
        """What that answer said."""
        return Answer.model_validate(self.answered.content) if self.answered else None

    @property
    def newest_sent(self) -> Revision | None:
        """A newer version that this supplier was sent; one that is still being decided is nobody's business."""
        found = Delivery.objects.filter(
            order=self.order, leg__recipient=self.partner, revision__number__gt=self.revision.number
        ).select_related("revision")
        newest = found.order_by("-revision__number").first()
        return newest.revision if newest else None

    def older(self, number: str) -> "Seat | None":
        """The seat in front of an earlier version that this supplier was sent."""
        if not number.isascii() or not number.isdigit() or len(number) > 5:
            return None
        sent = Delivery.objects.filter(order=self.order, leg__recipient=self.partner, kind=Delivery.Kind.ORDER)
        found = sent.filter(revision__number=int(number)).select_related("revision").first()
        return replace(self, revision=found.revision) if found and found.revision else None

    def opened(self) -> None:
        """A person looks at the order."""
        if self.link is not None:
            links.opened(self.link, actor=self.actor, by_person=True)
        elif self.delivery is not None:
            evidence.seen(self.delivery.pk, actor=self.actor, means="portal", external_id=self.actor)

    def take(self, answer: Answer) -> None:
        """A person sends this answer, and so has seen the order."""
        self.opened()
        source = "answer page" if self.link else "portal"
        acknowledge.take(answer, supplier=self.partner, source=source, actor=self.actor, link=self.link)


View = Callable[..., HttpResponse]


def enter(response: HttpResponse, link: AnswerLink) -> HttpResponse:
    """Give the holder of a link the cookie for its order."""
    base = reverse("answer:page", args=[link.pk])
    response.set_cookie(
        COOKIE,
        signing.dumps({"link": str(link.pk), "key": link.token_sha256[:32]}, salt=_SALT),
        max_age=HOURS * 3600,
        path=base,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def by_link(view: View, gone: View) -> View:
    """Seat the holder of a link; everybody else gets `gone`."""

    @wraps(view)
    def seated(request: HttpRequest, link_id: UUID, **more: Any) -> HttpResponse:
        link = _entered(request, link_id)
        if link is None:
            return gone(request, link_id=link_id)
        order, base = link.order, reverse("answer:page", args=[link.pk])
        actor = f"supplier:{link.partner.number}"
        return view(request, Seat(order, link.revision, link.partner, base, actor, language(request), link), **more)

    return seated


def by_user(view: View) -> View:
    """Seat a portal user in front of an order of his own; any other order is one that does not exist."""

    @wraps(view)
    def seated(request: HttpRequest, order_id: int, **more: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(request.get_full_path())
        sent = Delivery.objects.filter(
            order_id=order_id,
            leg__recipient=user.partner_id,
            order__supplier=user.partner_id,
            kind=Delivery.Kind.ORDER,
        )
        newest = sent.select_related("order", "revision").order_by("-revision__number").first()
        if user.partner is None or newest is None or newest.order is None or newest.revision is None:
            raise Http404
        base = reverse("portal:order", args=[order_id])
        actor = f"supplier:{user.get_username()}"
        return view(request, Seat(newest.order, newest.revision, user.partner, base, actor, language(request)), **more)

    return seated


def language(request: HttpRequest) -> str:
    """The language that the reader chose, empty where he did not."""
    chosen = request.POST.get("language") or request.GET.get("language") or request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else ""


def _entered(request: HttpRequest, link_id: UUID) -> AnswerLink | None:
    try:
        held = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        return None
    if held.get("link") != str(link_id):
        return None
    rows = AnswerLink.objects.select_related("order", "revision", "partner", "delivery")
    link = rows.filter(pk=link_id).first()
    if link is None or not links.usable(link) or not hmac.compare_digest(link.token_sha256[:32], str(held.get("key"))):
        return None
    return link
