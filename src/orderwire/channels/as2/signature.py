"""Signed data (RFC 5652 section 5): a detached signature, and whether one was made over these very bytes by a
certificate that the settings name."""

import datetime
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from asn1crypto import cms
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from orderwire.channels.as2.ber import definite
from orderwire.channels.as2.certificates import Certificate, Pair
from orderwire.channels.as2.fault import AUTHENTICATION, INSUFFICIENT, INTEGRITY, Fault

Digest = str
"""Name of a digest without a dash, as hashlib has it: sha256."""

DIGESTS: tuple[Digest, ...] = ("sha256", "sha384", "sha512")
LEGACY: tuple[Digest, ...] = ("sha1",)

MOST_SIGNERS = 5
MOST_BYTES = 262_144
"""Of a signature with all its certificates."""

_HASHES: dict[str, Any] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_OPTIONS = [
    pkcs7.PKCS7Options.DetachedSignature,
    pkcs7.PKCS7Options.Binary,
    pkcs7.PKCS7Options.NoCapabilities,
]


def sign(data: bytes, pair: Pair, digest: Digest) -> bytes:
    """The DER of a detached signature over exactly these bytes; our certificate is inside."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
    builder = builder.add_signer(pair.certificate.x509, pair.key, _HASHES[digest]())
    return builder.sign(serialization.Encoding.DER, _OPTIONS)


def verify(
    forms: Sequence[bytes],
    der: bytes,
    known: Sequence[Certificate],
    *,
    now: datetime.datetime,
    allowed: Sequence[Digest],
) -> tuple[bytes, Digest]:
    """Which of the forms of the data was signed, and by which digest. Raises Fault saying what is wrong.

    `forms`: the bytes as they came, and where their line ends may have changed on the way, in canonical form.
    """
    try:
        if len(der) > MOST_BYTES:
            raise Fault(AUTHENTICATION, "The signature is larger than any that is known.")
        info = cms.ContentInfo.load(definite(der))
        if info["content_type"].native != "signed_data":
            raise Fault(AUTHENTICATION, "What should be the signature is something else.")
        signers = list(info["content"]["signer_infos"])[:MOST_SIGNERS]
        failures: list[Fault] = []
        for signer in signers:
            try:
                return _verified(forms, signer, known, now, allowed)
            except Fault as failure:
                failures.append(failure)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        raise Fault(AUTHENTICATION, "The signature cannot be read.") from None
    raise failures[0] if failures else Fault(AUTHENTICATION, "The signature was made by nobody.")


def _verified(
    forms: Sequence[bytes],
    signer: Any,
    known: Sequence[Certificate],
    now: datetime.datetime,
    allowed: Sequence[Digest],
) -> tuple[bytes, Digest]:
    digest = str(signer["digest_algorithm"]["algorithm"].native)
    if digest not in allowed:
        raise Fault(INSUFFICIENT, f"The signature uses {digest[:40]}, which is too weak here; use sha256.")
    candidates = [c for c in known if _names(signer["sid"], c)]
    if not candidates:
        raise Fault(AUTHENTICATION, "The message is signed with a certificate that is not agreed with this partner.")
    usable = [c for c in candidates if not c.wrong(now)]
    if not usable:
        raise Fault(AUTHENTICATION, f"The signature cannot count: {candidates[0].wrong(now)}.")
    attributes = signer["signed_attrs"]
    if isinstance(attributes, cms.CMSAttributes) and len(attributes):
        claimed = _digest_in(attributes)
        signed = b"\x31" + attributes.dump()[1:]  # signed as a SET OF, whatever its tag here (RFC 5652 section 5.4)
        form = next((f for f in forms if hmac.compare_digest(hashlib.new(digest, f).digest(), claimed)), None)
        if form is None:
            raise Fault(INTEGRITY, "The content is not what was signed: it changed on its way.")
        if not any(_made_by(c, signed, signer, digest) for c in usable):
            raise Fault(AUTHENTICATION, "The signature was not made with the agreed certificate's key.")
        return form, digest
    for form in forms:
        if any(_made_by(c, form, signer, digest) for c in usable):
            return form, digest
    raise Fault(INTEGRITY, "The signature does not fit the content and the agreed certificate.")


def _names(sid: Any, certificate: Certificate) -> bool:
    if sid.name == "issuer_and_serial_number":
        return bool(sid.chosen["serial_number"].native == certificate.serial)
    return bytes(sid.chosen) == certificate.key_id


def _digest_in(attributes: Any) -> bytes:
    """The one message digest (RFC 5652 section 11.2), of content that is nothing but data."""
    values: dict[str, list[Any]] = {}
    for attribute in attributes:
        values.setdefault(attribute["type"].native, []).extend(attribute["values"])
    digests, types = values.get("message_digest", []), values.get("content_type", [])
    if len(digests) != 1 or [one.native for one in types] != ["data"]:
        raise Fault(AUTHENTICATION, "The signature does not say what it was made over.")
    return bytes(digests[0])


def _made_by(certificate: Certificate, data: bytes, signer: Any, digest: Digest) -> bool:
    key, signature = certificate.public_key, bytes(signer["signature"])
    algorithm = signer["signature_algorithm"]
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(_HASHES[digest]()))
        elif isinstance(key, rsa.RSAPublicKey):
            scheme: padding.AsymmetricPadding = padding.PKCS1v15()
            if algorithm["algorithm"].native == "rsassa_pss":
                scheme = padding.PSS(padding.MGF1(_HASHES[digest]()), padding.PSS.AUTO)
            key.verify(signature, data, scheme, _HASHES[digest]())
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
