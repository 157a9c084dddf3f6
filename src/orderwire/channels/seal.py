"""A caller's secret as it may be kept until it was judged: it proves the secret and does not show it (scrypt)."""

import base64
import hashlib
import hmac
import re
import secrets

_SEALED = re.compile(r"scrypt:([A-Za-z0-9+/]{22}==):([A-Za-z0-9+/]{43}=)")


def seal(secret: str) -> str:
    """The seal of a secret, another one each time."""
    salt = secrets.token_bytes(16)
    return f"scrypt:{base64.b64encode(salt).decode()}:{base64.b64encode(_proof(secret, salt)).decode()}"


def proves(sealed: str, secret: str) -> bool:
    """Whether the seal is of this secret, compared in constant time."""
    found = _SEALED.fullmatch(sealed)
    if found is None:
        return False
    return hmac.compare_digest(_proof(secret, base64.b64decode(found[1])), base64.b64decode(found[2]))


def _proof(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(errors="surrogatepass"), salt=salt, n=2**13, r=8, p=1, dklen=32)
