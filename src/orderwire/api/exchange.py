"""The door for partners' machines: /exchange/<kind>/…, answered by the channel of that kind."""

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from orderwire.channels import Request
from orderwire.flow import DATABASE_AWAY
from orderwire.flow import exchange as flow

logger = logging.getLogger(__name__)


@csrf_exempt  # machines have no cookies; each channel proves by its own means who calls
def exchange(request: HttpRequest, kind: str, rest: str = "") -> HttpResponse:
    """One request. Whoever sees 503 may send the same again: nothing was kept, or it is a duplicate then."""
    try:
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request(request.method or "GET", rest, headers, request.body)
        answer = flow.exchange(kind, asked)
    except RequestDataTooBig:
        return _words(413, "The request is too large.")
    except UnreadablePostError:
        return _words(400, "The request broke off.")
    except flow.NobodyListens:
        return _words(404, "There is nothing at this address.")
    except DATABASE_AWAY as failure:
        logger.warning("A call of %s could not be kept: %s", kind, failure)
        return _words(503, "Not possible at the moment; send it again.", {"Retry-After": "30"})
    except Exception:
        logger.exception("A call of %s failed", kind)
        return _words(500, "This is a fault of ours; send it again later.")
    response = HttpResponse(answer.body, status=answer.status)
    response.headers.setdefault("Cache-Control", "no-store")
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def _words(status: int, text: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)
