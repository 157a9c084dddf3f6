"""Your settings: theme and time zone, and the way out."""

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from orderwire.records import User
from orderwire.web.access import buyer
from orderwire.web.frame import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


@buyer
def me(request: HttpRequest) -> HttpResponse:
    """The form; a POST keeps the time zone with the person and the theme with the browser."""
    user = request.user
    assert isinstance(user, User)
    zones = sorted(
        z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix/", "right/", "SystemV/"))
    )
    if request.method != "POST":
        return render(request, "console/me.html", {"zones": ["UTC", *zones]})
    chosen = request.POST.get("time_zone", "")
    if chosen in ("", "UTC", *zones):
        user.time_zone = chosen
        user.save(update_fields=["time_zone"])
    theme = request.POST.get("theme", "")
    response = redirect("me")
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    messages.success(request, "Kept.", extra_tags="ok")
    return response
