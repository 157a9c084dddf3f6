"""What the other side says may repeat our password or key: it is taken out before anybody reads or keeps it."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr

from orderwire.channels import Receipt, Refused, Unavailable, Unknown

SHORTEST = 4
"""Characters of a secret that is looked for; shorter ones stand in many words."""

_HIDDEN = "•••"


@contextmanager
def discreet(config: BaseModel) -> Iterator[None]:
    """The reasons that the channels raise tell no secret of these settings."""
    try:
        yield
    except (Refused, Unavailable, Unknown) as failure:
        failure.reason = without_secrets(failure.reason, config)
        failure.args = (failure.reason,)
        raise


def silenced(receipt: Receipt, config: BaseModel) -> Receipt:
    """The receipt without secrets of these settings, also in its evidence."""
    said, needles = receipt.evidence, [needle.encode() for needle in _needles(config)]
    for needle in needles:
        said = said.replace(needle, _HIDDEN.encode())
    reached = tuple(replace(one, text=without_secrets(one.text, config)) for one in receipt.recipients)
    number = without_secrets(receipt.external_id, config)
    return replace(
        receipt,
        text=without_secrets(receipt.text, config),
        external_id=number,
        evidence=said,
        recipients=reached,
    )


def without_secrets(text: str, config: BaseModel) -> str:
    """The text without secrets of these settings, as they are and in Base64."""
    for needle in _needles(config):
        text = text.replace(needle, _HIDDEN)
    return text


def _needles(config: BaseModel) -> list[str]:
    """The longest first, so that none leaves a piece of another."""
    secrets = {value for value in _values(config) if len(value) >= SHORTEST}
    return sorted(secrets | {found for value in secrets for found in _in_base64(value.encode())}, key=len, reverse=True)


def _in_base64(secret: bytes) -> Iterator[str]:
    """How it reads in the middle of something longer (user:password), at each of the three places it can begin."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + secret).decode().rstrip("=")
        inner = text[(0, 2, 3)[before] : len(text) - (len(text) % 4 != 0)]
        if len(inner) >= 2 * SHORTEST:
            yield inner


def _values(value: Any) -> set[str]:
    if isinstance(value, SecretStr):
        return {value.get_secret_value()}
    if isinstance(value, SecretBytes):
        return {value.get_secret_value().decode("utf-8", "replace")}
    if isinstance(value, BaseModel):
        return _values([getattr(value, name) for name in type(value).model_fields])
    if isinstance(value, dict):
        return _values(list(value.values()))
    return {found for each in value for found in _values(each)} if isinstance(value, list | tuple) else set()
