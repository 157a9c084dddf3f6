"""The token of a delivery: a bounce or a reply that carries it is about that delivery, and nobody else could write it.

It travels in mail addresses, so it has letters, digits and one dash, and its case does not matter.
"""

import base64
import hmac
import re

from django.utils.crypto import salted_hmac

_SALT = "orderwire.delivery.token"
_BYTES = 10
"""80 bits; each guess is a mail of its own."""

_SHAPE = re.compile(r"([0-9]{1,18})-([a-z2-7]{16})")


def token(delivery_id: int) -> str:
    """The token of a delivery."""
    digest = salted_hmac(_SALT, str(delivery_id), algorithm="sha256").digest()[:_BYTES]
    return f"{delivery_id}-{base64.b32encode(digest).decode().lower()}"


def delivery_of(text: str) -> int | None:
    """The delivery whose token this is; None where nobody made it for one."""
    shape = _SHAPE.fullmatch(text.lower())
    if shape is None:
        return None
    delivery_id = int(shape[1])
    return delivery_id if hmac.compare_digest(token(delivery_id), text.lower()) else None
