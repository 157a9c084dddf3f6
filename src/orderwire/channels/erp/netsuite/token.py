"""Access tokens of NetSuite: client credentials with a signed assertion instead of a secret (RFC 7523 section 2.2;
NetSuite's page "The Request Token Structure")."""

import base64
import hashlib
import json
import threading
import time
from urllib.parse import urlencode

import httpx2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from orderwire.channels import Refused
from orderwire.channels.http import answer

PATH = "/services/rest/auth/oauth2/v1/token"
_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_VALID = 300
_EARLY = 30
_MOST = 1000

_lock = threading.Lock()
_tokens: dict[str, tuple[str, float]] = {}

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def key_of(pem: str) -> Key:
    """The private key. Raises ValueError for what NetSuite would not take."""
    try:
        key = load_pem_private_key(pem.strip().encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError("is no private key in PEM without a passphrase") from None
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 3072:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ValueError("must be an RSA key of 3072 bits or more, or one of the curve P-256")


def token(
    client: httpx2.Client, *, url: str, client_id: str, certificate_id: str, pem: str, name: str, refused: str = ""
) -> str:
    """A token that is still good; a new one where it is the `refused` one. Raises Refused and Unavailable."""
    kept = hashlib.sha256(json.dumps([url, client_id, certificate_id, pem]).encode()).hexdigest()
    with _lock:
        known, ends = _tokens.get(kept, ("", 0.0))
    if known and known != refused and time.monotonic() < ends:
        return known
    signed = assertion(key_of(pem), audience=url + PATH, client_id=client_id, certificate_id=certificate_id)
    form = {"grant_type": "client_credentials", "client_assertion_type": _TYPE, "client_assertion": signed}
    answered = answer.ask(
        client,
        "POST",
        url + PATH,
        name=name,
        content=urlencode(form).encode(),
        headers={"content-type": "application/x-www-form-urlencoded", "accept": "application/json"},
        harmless=True,
    )
    if answered.status in (400, 401):
        raise Refused(f"{name} gave us no token: it does not accept our client id, certificate id or private key.")
    answer.judge(answered, name=name, harmless=True)
    fresh, seconds = _read(answered.body, name)
    with _lock:
        if len(_tokens) >= _MOST:
            _tokens.clear()
        _tokens[kept] = fresh, time.monotonic() + max(seconds - _EARLY, 0)
    return fresh


def assertion(key: Key, *, audience: str, client_id: str, certificate_id: str) -> str:
    """A JWT signed with PS256 or ES256 (RFC 7515 and RFC 7518 sections 3.4 and 3.5)."""
    now = int(time.time())
    algorithm = "PS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
    head = {"typ": "JWT", "alg": algorithm, "kid": certificate_id}
    said = {"iss": client_id, "scope": "rest_webservices", "aud": audience, "iat": now, "exp": now + _VALID}
    signed = f"{_encoded(json.dumps(head).encode())}.{_encoded(json.dumps(said).encode())}"
    return f"{signed}.{_encoded(_signature(key, signed.encode()))}"


def _signature(key: Key, content: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    r, s = decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _read(body: bytes, name: str) -> tuple[str, float]:
    try:
        said = json.loads(body)
        fresh, seconds = said["access_token"], float(said.get("expires_in", _VALID))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        fresh, seconds = "", 0.0
    if not isinstance(fresh, str) or not fresh or not fresh.isascii() or not fresh.isprintable() or len(fresh) > 16_384:
        raise Refused(f"{name} gave an answer without an access token; check the address.")
    return fresh, seconds


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
