"""Who calls: API keys of the form ow_<prefix>_<secret>, their scopes, and what their holder may see.

A key that belongs to a supplier's user sees that supplier's orders only, and can use no scope of the buyer's.
"""

import datetime
import hmac
import re
import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from orderwire.api import idempotency
from orderwire.api.limits import Limit
from orderwire.api.problem import Stopped
from orderwire.flow import Refused
from orderwire.records import ApiKey, Delivery, Order, User

SCOPES: Mapping[str, str] = {
    "orders:read": "read orders, their versions and plans",
    "orders:write": "bring orders; hold, resume, plan and cancel them; decide answers",
    "approvals:write": "approve and refuse, in the name of the key's user",
    "deliveries:read": "read deliveries with their attempts and receipts",
    "deliveries:write": "send again, settle doubts",
    "answers:read": "read suppliers' answers",
    "answers:write": "answer an order",
    "goods:write": "bring ship notices and receipts",
    "events:read": "read the ledger and its proofs",
    "messages:read": "read what came in, with its functional acknowledgment",
    "messages:write": "bring files",
    "partners:read": "read suppliers and internal recipients",
    "partners:write": "add suppliers and internal recipients with their endpoints; propose, confirm, test and pause "
    "endpoints",
}
"""Every scope and what it allows."""

SUPPLIER_SCOPES = frozenset({"orders:read", "answers:read", "answers:write", "goods:write"})
"""The only scopes that a supplier's own key can use."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,78}")
_KEY = re.compile(r"ow_([a-z0-9]{8,12})_([A-Za-z0-9_-]{20,100})")
_LETTERS = string.ascii_lowercase + string.digits
SEEN_EVERY = datetime.timedelta(minutes=1)


@dataclass(frozen=True)
class Caller:
    """The holder of the key of one call."""

    key: ApiKey

    @property
    def user(self) -> User | None:
        """The person whose key it is, None for a system's."""
        return self.key.user

    @property
    def partner_id(self) -> int | None:
        """The supplier whose key it is, None for the buying company's."""
        return self.key.user.partner_id if self.key.user else None

    @property
    def actor(self) -> str:
        """How the ledger names the caller."""
        return f"user:{self.key.user.username}" if self.key.user else f"api:{self.key.name}"

    @property
    def source(self) -> str:
        """The name under which orders of this key come in; the policy says what that is trusted with."""
        return f"api:{self.key.source}"

    def orders(self) -> QuerySet[Order]:
        """The orders that this caller may know of: all, or those that were sent to the supplier."""
        found = Order.objects.select_related("supplier")
        if self.partner_id is None:
            return found
        sent = Delivery.objects.filter(order=OuterRef("pk"), leg__recipient=self.partner_id)
        return found.filter(Exists(sent.filter(LEFT)), supplier=self.partner_id)

    def order(self, number: str) -> Order:
        """One of them. Raises Refused; a foreign order and none at all are told alike."""
        order = self.orders().filter(number=number).first()
        if order is None:
            raise Refused("There is no such order.", kind="not_found")
        return order


LEFT = Q(accepted_at__isnull=False) | Q(proven_at__isnull=False)
"""Deliveries that the recipient's side took over."""


class Bearer(HttpBearer):
    """Authorization: Bearer ow_<prefix>_<secret>, with a scope."""

    def __init__(self, scope: str):
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller. Raises Stopped without a usable key or without the scope."""
        caller = authenticate(request)
        if self.scope not in caller.key.scopes:
            remedy = f"Use a key with the scope {self.scope}."
            raise Stopped(403, "scope-missing", f"This key has no scope {self.scope}.", remedy)
        if caller.partner_id is not None and self.scope not in SUPPLIER_SCOPES:
            raise Stopped(403, "buyers-only", f"A supplier's key cannot use the scope {self.scope}.")
        return caller


def needs(scope: str, **more: Any) -> dict[str, Any]:
    """Options of an operation that a key with this scope may call."""
    return {"auth": Bearer(scope), "openapi_extra": {"x-scope": scope, **more}}


def caller(request: HttpRequest) -> Caller:
    """Who makes this call."""
    found: Caller = request.auth  # type: ignore[attr-defined]
    return found


def authenticate(request: HttpRequest) -> Caller:
    """The caller of this request, looked up and counted once. Raises Stopped."""
    known: Caller | None = getattr(request, "_caller", None)
    if known is not None:
        return known
    word, _, token = request.headers.get("Authorization", "").partition(" ")
    key = _find(token.strip()) if word.lower() == "bearer" else None
    if key is None:
        if wait := _failures().take(request.META.get("REMOTE_ADDR", "")):
            raise _too_many(wait)
        remedy = "Send Authorization: Bearer ow_… with a key that is neither expired nor revoked."
        raise Stopped(401, "wrong-key", "This API key is not valid.", remedy, headers={"WWW-Authenticate": "Bearer"})
    if wait := _calls().take(key.pk):
        raise _too_many(wait)
    _seen(key)
    request._caller = Caller(key)  # type: ignore[attr-defined]
    return request._caller  # type: ignore[attr-defined,no-any-return]


def make(
    name: str,
    scopes: Iterable[str],
    *,
    user: User | None = None,
    source: str | None = None,
    expires_at: datetime.datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown once and not kept. Raises Refused."""
    wanted = sorted(set(scopes))
    allowed = SUPPLIER_SCOPES if user is not None and user.partner_id is not None else frozenset(SCOPES)
    for scope in wanted:
        if scope not in SCOPES:
            raise Refused(f"There is no scope {scope!r}.", remedy=f"Scopes are {', '.join(SCOPES)}.")
        if scope not in allowed:
            raise Refused(f"A supplier's key cannot use {scope}.", remedy=f"It can use {', '.join(sorted(allowed))}.")
    if not wanted:
        raise Refused("A key without a scope can do nothing.", remedy=f"Name one of {', '.join(SCOPES)}.")
    for text in (name, source or name):
        if not _NAME.fullmatch(text):
            raise Refused(f"{text!r} is no name of a key.", remedy="Use letters, digits, dot, dash and underscore.")
    if ApiKey.objects.filter(name=name, revoked_at=None).exists():
        raise Refused(f"There is a key {name} already.", remedy="Revoke it or choose another name.", kind="conflict")
    prefix = "".join(secrets.choice(_LETTERS) for _ in range(8))
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        secret_sha256=ApiKey.digest(secret),
        scopes=wanted,
        user=user,
        source=source or name,
        expires_at=expires_at,
    )
    return key, f"ow_{prefix}_{secret}"


def _find(token: str) -> ApiKey | None:
    """The key of a token; a wrong prefix costs the same comparison as a wrong secret."""
    match = _KEY.fullmatch(token)
    prefix, secret = match.groups() if match else ("", token)
    key = ApiKey.objects.select_related("user").filter(prefix=prefix).first()
    right = hmac.compare_digest(key.secret_sha256 if key else "0" * 64, ApiKey.digest(secret))
    if key is None or not right or key.revoked_at is not None:
        return None
    if key.expires_at is not None and key.expires_at <= timezone.now():
        return None
    return key if key.user is None or key.user.is_active else None


def _seen(key: ApiKey) -> None:
    """Note that the key is used, at most once a minute; then forget its old idempotent calls too."""
    now = timezone.now()
    before = now - SEEN_EVERY
    if key.last_used_at is not None and key.last_used_at > before:
        return
    unseen = Q(last_used_at=None) | Q(last_used_at__lte=before)
    if ApiKey.objects.filter(unseen, pk=key.pk).update(last_used_at=now):
        idempotency.purge(key)


def _too_many(wait: int) -> Stopped:
    reason, remedy = "Too many calls.", f"Wait {wait} s."
    return Stopped(429, "too-many-calls", reason, remedy, headers={"Retry-After": str(wait)})


@cache
def _calls() -> Limit:
    return Limit(settings.ORDERWIRE_API_PER_MINUTE)


@cache
def _failures() -> Limit:
    """Wrong keys per address: guessing 256 bits is hopeless anyway, this keeps it from costing us much."""
    return Limit(60)
