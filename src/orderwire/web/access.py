"""Who may see the console: people of the buying company who are signed in. Suppliers are led to their portal."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from orderwire.records import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def is_buyer(user: Any) -> bool:
    """True for a person of the buying company; a supplier's portal user belongs to a partner."""
    return isinstance(user, User) and user.is_active and user.partner_id is None


def buyer(view: View[P]) -> View[P]:
    """Let a view be seen by buyers only, in their own time zone."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            if request.headers.get("HX-Request"):
                return HttpResponse(status=401, headers={"HX-Refresh": "true"})
            return redirect_to_login(request.get_full_path())
        if not is_buyer(user):
            return redirect("/portal/")
        with timezone.override(zone(user)):
            return view(request, *args, **kwargs)

    return guarded


def zone(user: User) -> ZoneInfo | None:
    """The person's own time zone, or None for that of the installation."""
    return ZoneInfo(user.time_zone) if user.time_zone else None


def typed(given: QueryDict, name: str) -> str:
    """What a person typed into a field. NUL, which no text of the database can hold, is left out."""
    return given.get(name, "").replace("\x00", "").strip()


def person(request: HttpRequest) -> User:
    """The buyer who asks; only for views that `buyer` guards."""
    assert isinstance(request.user, User)
    return request.user


def actor(request: HttpRequest) -> str:
    """How the ledger names the person who asks."""
    return f"user:{request.user.get_username()}"
