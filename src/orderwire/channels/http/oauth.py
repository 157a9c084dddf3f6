"""Access tokens by OAuth 2.0 client credentials (RFC 6749 section 4.4), kept in the process until shortly before they
end."""

import hashlib
import json
import threading
import time
from typing import Annotated
from urllib.parse import urlencode

import httpx2
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from orderwire.channels import Refused
from orderwire.channels.http import answer

EARLY = 30
"""Seconds before its end that a token is no longer used."""

UNSAID = 300
"""Seconds that a token lasts whose server does not say."""

_lock = threading.Lock()
_tokens: dict[str, tuple[str, float]] = {}
MOST_TOKENS = 1000


class OAuth(BaseModel):
    """Where tokens come from, and with what. `scope` and `audience` are sent where given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token_url: Annotated[str, Field(min_length=8, max_length=2000)]
    client_id: Annotated[str, Field(min_length=1, max_length=300)]
    client_secret: SecretStr
    scope: Annotated[str, Field(max_length=1000)] = ""
    audience: Annotated[str, Field(max_length=1000)] = ""


def token(client: httpx2.Client, oauth: OAuth, *, name: str, refused: str = "") -> str:
    """A token that is still good; a new one where it is the `refused` one. Raises Refused and Unavailable."""
    key = _key(oauth)
    with _lock:
        known, ends = _tokens.get(key, ("", 0.0))
    if known and known != refused and time.monotonic() < ends:
        return known
    fresh, seconds = _asked(client, oauth, name)
    with _lock:
        if len(_tokens) >= MOST_TOKENS:
            _tokens.clear()
        _tokens[key] = fresh, time.monotonic() + max(seconds - EARLY, 0)
    return fresh


def _asked(client: httpx2.Client, oauth: OAuth, name: str) -> tuple[str, float]:
    form = {"grant_type": "client_credentials", "scope": oauth.scope, "audience": oauth.audience}
    form |= {"client_id": oauth.client_id, "client_secret": oauth.client_secret.get_secret_value()}
    answered = answer.ask(
        client,
        "POST",
        oauth.token_url,
        name=name,
        content=urlencode({field: value for field, value in form.items() if value}).encode(),
        headers={"content-type": "application/x-www-form-urlencoded", "accept": "application/json"},
        harmless=True,
    )
    if answered.status in (400, 401):  # RFC 6749 section 5.2; its words may repeat the secret
        raise Refused(f"{name} gave us no token: it does not accept our client id, secret or scope.")
    answer.judge(answered, name=name, harmless=True)
    try:
        said = json.loads(answered.body)
        fresh, seconds = said["access_token"], float(said.get("expires_in", UNSAID))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        fresh, seconds = "", 0.0
    if not isinstance(fresh, str) or not fresh or not fresh.isascii() or not fresh.isprintable() or len(fresh) > 16_384:
        raise Refused(f"{name} gave an answer without an access token; check the token's address.")
    return fresh, seconds


def _key(oauth: OAuth) -> str:
    parts = (oauth.token_url, oauth.client_id, oauth.client_secret.get_secret_value(), oauth.scope, oauth.audience)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
