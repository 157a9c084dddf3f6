"""Idempotency-Key: the first answer to a write is kept and given again, byte for byte.

The call and its kept answer commit in one transaction, so a caller who lost the answer finds it, and a crash leaves
neither. What the same key says with another body is a 409, and so is a call while the first is still under way, with
Retry-After. Answers to calls that no verb was asked for (validation, key, limits, faults of ours) are not kept.
"""

import datetime
import hashlib
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from orderwire.api.problem import MEDIA_TYPE, Stopped, problem
from orderwire.records import ApiKey, IdempotentCall

HEADER = "Idempotency-Key"
KEPT = datetime.timedelta(hours=48)
"""Answers are kept at least a day; the second one is for clocks and queues."""


def key_of(request: HttpRequest) -> str | None:
    """The caller's key of a write, None without one. Raises Stopped for one that cannot be used."""
    text = request.headers.get(HEADER) if request.method == "POST" else None
    if text is not None and not (1 <= len(text) <= 255 and text.isascii() and text.isprintable()):
        raise Stopped(400, "bad-idempotency-key", "The Idempotency-Key is not 1 to 255 printable ASCII characters.")
    return text


def once(request: HttpRequest, api_key: ApiKey, key: str, call: Callable[[], HttpResponse]) -> HttpResponse:
    """The kept answer, or that of `call`, which is kept."""
    digest = _digest(request)
    with transaction.atomic():
        if not _alone(api_key, key):
            reason, remedy = "The same call is under way.", "Ask again in a moment; its answer will be there."
            return problem(409, "under-way", reason, remedy, headers={"Retry-After": "1"}, final=False)
        kept = IdempotentCall.objects.filter(api_key=api_key, key=key).first()
        if kept is not None:
            return _again(kept, digest)
        response = call()
        if response.status_code >= 500:
            transaction.set_rollback(True)
        elif getattr(response, "final", True):
            IdempotentCall.objects.create(
                api_key=api_key, key=key, request_sha256=digest, status=response.status_code, body=response.content
            )
    return response


def purge(api_key: ApiKey) -> None:
    """Forget the old calls of a key."""
    IdempotentCall.objects.filter(api_key=api_key, created_at__lt=timezone.now() - KEPT).delete()


def _again(kept: IdempotentCall, digest: str) -> HttpResponse:
    if kept.request_sha256 != digest:
        reason, remedy = "This Idempotency-Key was used for another call.", "Use a new key for a new call."
        return problem(409, "idempotency-key-reused", reason, remedy, final=False)
    status = kept.status or 500
    media_type = MEDIA_TYPE if status >= 400 else "application/json"
    return HttpResponse(
        bytes(kept.body or b""), status=status, content_type=media_type, headers={"Idempotent-Replayed": "true"}
    )


def _digest(request: HttpRequest) -> str:
    head = "\n".join([str(request.method), request.get_full_path(), request.headers.get("Content-Type", "")])
    return hashlib.sha256(head.encode(errors="surrogateescape") + b"\n\n" + request.body).hexdigest()


def _alone(api_key: ApiKey, key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"call {api_key.pk} {key}"])
        row = cursor.fetchone()
    return bool(row and row[0])
