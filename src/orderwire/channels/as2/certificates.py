"""Our keys and our partners' certificates, parsed once: which of them signs, encrypts or verifies today.

Partners' certificates are pinned: one counts because it stands in the settings, whoever issued it. To revoke one is to
take it out.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

SMALLEST_RSA = 2048
MOST = 20
"""Certificates that one setting may hold."""

_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True)
class Certificate:
    """One certificate, with what messages name it by."""

    x509: x509.Certificate
    issuer: bytes
    serial: int
    starts: datetime.datetime
    ends: datetime.datetime
    public_key: PublicKey
    key_id: bytes
    signs: bool
    encrypts: bool

    def wrong(self, now: datetime.datetime) -> str:
        """Why it is not good at this moment; empty where it is."""
        if now < self.starts:
            return f"{self} is not valid before {self.starts:%Y-%m-%d}"
        return f"{self} ended on {self.ends:%Y-%m-%d}" if now > self.ends else ""

    def __str__(self) -> str:
        names = self.x509.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        name = str(names[0].value) if names else "without a name"
        shown = "".join(c if c.isprintable() else "?" for c in name)[:80]
        return f"the certificate {shown} (number {self.serial:x})"


@dataclass(frozen=True)
class Pair:
    """A private key of ours with its certificate."""

    key: PrivateKey
    certificate: Certificate


@lru_cache(maxsize=1024)
def certificates(pem: str) -> tuple[Certificate, ...]:
    """The certificates of a PEM text, in its order. Raises ValueError in words that repeat nothing of it."""
    found = [block[0] for block in _PEM.finditer(pem) if block[1] == "CERTIFICATE"]
    if not found or len(found) > MOST:
        raise ValueError(f"must hold one to {MOST} certificates in PEM form (-----BEGIN CERTIFICATE-----)")
    return tuple(_certificate(block, place) for place, block in enumerate(found, 1))


@lru_cache(maxsize=1024)
def pairs(pem: str) -> tuple[Pair, ...]:
    """The private keys of a PEM text, each with its certificate. Raises ValueError in words that repeat nothing."""
    blocks = [block[0] for block in _PEM.finditer(pem) if block[1].endswith("PRIVATE KEY")]
    known = {_fingerprint(c.public_key): c for c in certificates(pem)}
    if not blocks or len(blocks) > MOST:
        raise ValueError(f"must hold one to {MOST} private keys in PEM form (-----BEGIN PRIVATE KEY-----)")
    return tuple(_pair(block, known, place) for place, block in enumerate(blocks, 1))


def newest(known: Iterable[Certificate], now: datetime.datetime) -> Certificate | None:
    """The one that became valid last, of those that are valid now."""
    good = [c for c in known if not c.wrong(now)]
    return max(good, key=lambda c: c.starts, default=None)


def _certificate(pem: str, place: int) -> Certificate:
    try:
        made = x509.load_pem_x509_certificate(pem.encode())
        key = made.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"certificate {place} cannot be read") from None
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise ValueError(f"certificate {place} has a key that AS2 does not use; it must be RSA or elliptic curve")
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA:
        raise ValueError(f"certificate {place} has a key of {key.key_size} bits; the least is {SMALLEST_RSA}")
    signs, enciphers = _usage(made)
    return Certificate(
        x509=made,
        issuer=made.issuer.public_bytes(),
        serial=made.serial_number,
        starts=made.not_valid_before_utc,
        ends=made.not_valid_after_utc,
        public_key=key,
        key_id=_key_id(made),
        signs=signs,
        encrypts=enciphers and isinstance(key, rsa.RSAPublicKey),
    )


def _usage(made: x509.Certificate) -> tuple[bool, bool]:
    """Whether it may sign and encipher keys; one that does not say may both (RFC 5280 section 4.2.1.3)."""
    try:
        usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return True, True
    return usage.digital_signature or usage.content_commitment, usage.key_encipherment


def _key_id(made: x509.Certificate) -> bytes:
    try:
        return made.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, ValueError):
        return x509.SubjectKeyIdentifier.from_public_key(made.public_key()).digest


def _pair(pem: str, known: dict[bytes, Certificate], place: int) -> Pair:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise ValueError(f"private key {place} has a passphrase; give it without one, it is kept encrypted") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"private key {place} cannot be read") from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError(f"private key {place} must be RSA or elliptic curve")
    certificate = known.get(_fingerprint(key.public_key()))
    if certificate is None:
        raise ValueError(f"private key {place} comes without its certificate; put both into the setting")
    return Pair(key, certificate)


def _fingerprint(key: PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
