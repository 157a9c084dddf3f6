"""Runs one verb of flow for a button, says what happened, and goes back; a refusal is told with its remedy."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from orderwire.flow import Refused


def done(request: HttpRequest, said: str, verb: Callable[[], Any], *, back: str, undone: str = "") -> HttpResponse:
    """Do it and go to `back`, or say why it was refused and go to `undone`. A form's own `back` field wins."""
    given = request.POST.get("back", "")
    target = given if url_has_allowed_host_and_scheme(given, allowed_hosts=None) else back
    try:
        verb()
    except Refused as refusal:
        messages.error(request, f"Not done. {refusal}", extra_tags="bad")
        return redirect(undone or target)
    messages.success(request, said, extra_tags="ok")
    return redirect(target)
