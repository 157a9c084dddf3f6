"""Sign-in: people are invited, nobody signs up; and links that sign one person in, once."""

import datetime
import secrets

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from orderwire.records import User

SALT = "orderwire.enter"
LIFETIME = datetime.timedelta(minutes=15)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def enter_path(user: User) -> str:
    """A path that signs this person in, once, within a quarter of an hour: "/enter/…".

    Its single use is a row among the sessions that the first use deletes; signed, so that nobody can make one.
    """
    ticket = SessionStore(session_key=f"enter-{secrets.token_hex(12)}")
    ticket["enter"] = user.pk
    ticket.set_expiry(LIFETIME)
    ticket.save(must_create=True)
    return reverse("enter", args=[signing.dumps([user.pk, ticket.session_key], salt=SALT)])


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Use such a path. A GET changes nothing: it shows a page whose button, pressed by its own script, signs in."""
    try:
        pk, key = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return render(request, "account/enter_over.html", status=410)
    ticket = SessionStore(session_key=key)
    if ticket.get("enter") != pk:
        return render(request, "account/enter_over.html", status=410)
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None:
        return render(request, "account/enter_over.html", status=410)
    if request.method == "GET":
        return render(request, "account/enter.html", {"person": user.shown_name})
    used, _ = Session.objects.filter(session_key=key).delete()
    if not used:
        return render(request, "account/enter_over.html", status=410)
    login(request, user, backend=BACKEND)
    return redirect("inbox")
