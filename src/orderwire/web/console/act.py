"""The buttons of an order: one address per verb, POST only."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from orderwire.flow import approve, hold, remind, route
from orderwire.records import User
from orderwire.web.access import actor, buyer, typed
from orderwire.web.console.done import done

Verb = Callable[[], object]


@require_POST
@buyer
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one verb to one order and go back to it."""
    assert isinstance(request.user, User)
    user, by = request.user, actor(request)
    reason, sha256 = typed(request.POST, "reason"), request.POST.get("sha256", "")
    verbs: dict[str, tuple[str, Verb]] = {
        "hold": ("On hold. Nothing more leaves.", lambda: hold.hold(pk, actor=by, reason=reason)),
        "resume": ("Resumed.", lambda: hold.resume(pk, actor=by, reason=reason)),
        "plan": ("Planned again.", lambda: route.replan(pk, actor=by)),
        "approve": ("Approved.", lambda: approve.grant(pk, user=user, sha256=sha256, reason=reason)),
        "remind": ("They are reminded.", lambda: remind.now(pk, actor=by)),
        "refuse": ("Not approved.", lambda: approve.refuse(pk, user=user, sha256=sha256, reason=reason)),
    }
    if verb not in verbs:
        raise Http404("There is no such action.")
    said, run = verbs[verb]
    return done(request, said, run, back=reverse("order", args=[pk]))
