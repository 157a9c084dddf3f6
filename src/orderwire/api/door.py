"""What stands before every address of the API: once-only writes, and a problem for what the router itself refuses."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from orderwire.api import idempotency
from orderwire.api.access import authenticate
from orderwire.api.problem import Stopped, incomplete, problem, unforeseen

View = Callable[..., HttpResponse]


def guarded(view: View) -> View:
    """The view with the door in front."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _answer(request, lambda: view(request, *args, **kwargs))
        if response.status_code == 405:
            allowed = ", ".join(sorted(response.headers["Allow"].split(", ")))
            reason = f"{request.method} is not possible here; {allowed} is."
            response = problem(405, "method-not-allowed", reason, headers={"Allow": allowed}, final=False)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    door.csrf_exempt = True  # type: ignore[attr-defined]  # nothing here goes by cookies
    return door


def nowhere(request: HttpRequest) -> HttpResponse:
    """An address that the API does not have."""
    reason, remedy = "There is nothing at this address.", "See /api/v1/openapi.json for what there is."
    return problem(404, "not-found", reason, remedy, final=False)


def _answer(request: HttpRequest, call: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        key = idempotency.key_of(request)
        if key is None:
            return call()
        return idempotency.once(request, authenticate(request).key, key, call)
    except Stopped as failure:
        return failure.response
    except (RequestDataTooBig, UnreadablePostError) as failure:
        return incomplete(failure)
    except Exception as failure:  # noqa: BLE001 - logged, and told without a traceback
        return unforeseen(failure)
