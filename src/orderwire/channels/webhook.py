"""Webhook: each document is POSTed to a partner's address, signed by Standard Webhooks 1.0, until he says yes."""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Self
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, Field, SecretStr, model_validator

from orderwire.channels import Inbound, Parcel, Proof, Receipt, Session, Wording
from orderwire.channels.http import answer
from orderwire.channels.http.config import HttpConfig, media_type, one_file, reach, settings

HOUR = 3600
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


class WebhookConfig(HttpConfig):
    """Settings of one webhook.

    `secrets` sign each message, every one of them: give the new one beside the old one until the partner has changed
    over. Each is whsec_ and the base64 of 24 to 64 random bytes.
    """

    secrets: Annotated[tuple[SecretStr, ...], Field(min_length=1, max_length=4)]

    @model_validator(mode="after")
    def _secrets_are_keys(self) -> Self:
        for secret in self.secrets:
            if not 24 <= len(_key(secret)) <= 64:
                raise ValueError("each secret is whsec_ and the base64 of 24 to 64 random bytes")
        return self


def signatures(message_id: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> str:
    """The header webhook-signature: v1,base64(HMAC-SHA256(id.timestamp.body)) for each key (Standard Webhooks 1.0,
    "Signature scheme"). Over bytes, since not every document is text."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join("v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)


def webhook_id(message_id: str) -> str:
    """The parcel's id without full stops, which the scheme must not have in it."""
    return _UNSAFE.sub("_", message_id)[:200]


class Webhook:
    """POSTs parcels. The same webhook-id on every try tells the partner a repetition."""

    kind = "webhook"
    label = "Webhook"
    version = "1"
    wording = Wording(
        by="to their webhook",
        taken="their system took it",
        came="by webhook",
        says="A signed call to an address of theirs.",
    )
    config_model = WebhookConfig
    resendable = True
    for_people = False
    receives = False
    batch = 10
    retry = (5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
    """The schedule that Standard Webhooks gives: three days."""

    def timeout(self, config: BaseModel) -> float:
        """As the endpoint says."""
        return float(settings(config, WebhookConfig).timeout)

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        """Connect. Raises Refused and Unavailable."""
        known: WebhookConfig = settings(config, WebhookConfig)
        with known.connected(known.url) as client:
            yield _Calls(client, known)

    def probe(self, config: BaseModel) -> str:
        """Ask for the head of the address."""
        known: WebhookConfig = settings(config, WebhookConfig)
        with known.client() as client:
            return reach(client, known.url, name=known.name)

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """Nothing: partners call the API."""
        return iter(())


class _Calls:
    """Parcels to one address."""

    def __init__(self, client: httpx2.Client, config: WebhookConfig):
        self._client, self._config = client, config
        self._keys = [_key(secret) for secret in config.secrets]

    def send(self, parcel: Parcel) -> Receipt:
        """POST; a 2xx is the partner's yes."""
        file, now, name = one_file(parcel), int(time.time()), webhook_id(parcel.message_id)
        headers = {
            "content-type": media_type(file),
            "content-disposition": f"attachment; filename*=UTF-8''{quote(file.filename[:100], safe='')}",
            "webhook-id": name,
            "webhook-timestamp": str(now),
            "webhook-signature": signatures(name, now, file.content, self._keys),
        }
        to = self._config.name
        answered = answer.ask(self._client, "POST", self._config.url, name=to, content=file.content, headers=headers)
        answer.judge(answered, name=to)
        text = f"{to} took it over ({answered.status})"
        return Receipt(Proof.HANDED_OVER, text, external_id=name, evidence=answered.evidence)


def _key(secret: SecretStr) -> bytes:
    """The bytes of a whsec_ secret; empty where it is none."""
    prefix, _, text = secret.get_secret_value().partition("_")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True) if prefix == "whsec" else b""
    except (binascii.Error, ValueError):
        return b""
