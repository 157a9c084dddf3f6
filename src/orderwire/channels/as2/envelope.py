"""Enveloped data (RFC 5652 section 6) and authenticated enveloped data (RFC 5083, RFC 5084).

The framing is ours, since partners write it in ways that `cryptography` does not read (BER without lengths, AES-192,
GCM); each cipher and each padding is the library's.
"""

import os
from collections.abc import Sequence
from typing import Any

from asn1crypto import algos, cms, core
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7

from orderwire.channels.as2.ber import definite
from orderwire.channels.as2.certificates import Certificate, Pair
from orderwire.channels.as2.der import CONTEXT, INSIDE, NULL, OCTETS, SEQUENCE, SET, integer, oid, tlv
from orderwire.channels.as2.fault import DECRYPTION, INSUFFICIENT, Fault

KEY_BYTES = {
    "aes128_cbc": 16, "aes192_cbc": 24, "aes256_cbc": 32, "aes128_gcm": 16, "aes192_gcm": 24, "aes256_gcm": 32,
}  # fmt: skip
LEGACY = "tripledes_3key"
MOST_RECIPIENTS = 50
_TAG = 16
_NONCE = 12
_ZERO = integer(0)
_DATA = oid("1.2.840.113549.1.7.1")
_ENVELOPED = oid("1.2.840.113549.1.7.3")
_AUTHENTICATED = oid("1.2.840.113549.1.9.16.1.23")
_RSA = oid("1.2.840.113549.1.1.1")
_ALGORITHMS = {name: algos.EncryptionAlgorithmId(name).dump() for name in KEY_BYTES}
_OAEP: dict[str, Any] = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}
_GARBLED = "The message cannot be decrypted with our key."


class _GcmParameters(core.Sequence):  # type: ignore[misc]
    """RFC 5084 section 3.2."""

    _fields = [("nonce", core.OctetString), ("length", core.Integer, {"default": 12})]


def encrypt(data: bytes, recipient: Certificate, algorithm: str) -> bytes:
    """The DER of an envelope for one recipient, with an RSA key. `algorithm` is one of KEY_BYTES."""
    key = os.urandom(KEY_BYTES[algorithm])
    to = tlv(SET, _recipient(recipient, key))
    if algorithm.endswith("gcm"):
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(key).encrypt(nonce, data, None)
        content = _content(algorithm, tlv(SEQUENCE, tlv(OCTETS, nonce), integer(_TAG)), sealed[:-_TAG])
        return _wrapped(_AUTHENTICATED, _ZERO, to, content, tlv(OCTETS, sealed[-_TAG:]))
    iv = os.urandom(16)
    padder, cipher = PKCS7(128).padder(), Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    sealed = cipher.update(padder.update(data) + padder.finalize()) + cipher.finalize()
    return _wrapped(_ENVELOPED, _ZERO, to, _content(algorithm, tlv(OCTETS, iv), sealed))


def decrypt(der: bytes, ours: Sequence[Pair], *, legacy: bool) -> bytes:
    """What was encrypted for one of our keys, whatever its dates. Raises Fault."""
    try:
        info = cms.ContentInfo.load(definite(der, implicit=True))
        kind, envelope = info["content_type"].native, info["content"]
        if kind not in ("enveloped_data", "authenticated_enveloped_data"):
            raise Fault(DECRYPTION, "What should be encrypted is something else.")
        sealed = kind == "authenticated_enveloped_data"
        inside = envelope["auth_encrypted_content_info" if sealed else "encrypted_content_info"]
        algorithm = inside["content_encryption_algorithm"]
        name = str(algorithm["algorithm"].native)
        if name != LEGACY and (name not in KEY_BYTES or name.endswith("gcm") != sealed):
            raise Fault(DECRYPTION, f"The message is encrypted with {name[:40]}, which we do not read; use AES.")
        if name == LEGACY and not legacy:
            raise Fault(INSUFFICIENT, "The message is encrypted with 3DES, which is too weak here; use AES.")
        key = _key(envelope["recipient_infos"], ours)
        content = bytes(inside["encrypted_content"])
        if sealed:
            nonce = bytes(_GcmParameters.load(algorithm["parameters"].dump())["nonce"])
            attributes = envelope["auth_attrs"]
            also = b"\x31" + attributes.dump()[1:] if isinstance(attributes, cms.CMSAttributes) else None
            return AESGCM(key).decrypt(nonce, content + bytes(envelope["mac"]), also)
        return _cbc(key, name, bytes(algorithm["parameters"]), content)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, InvalidTag):
        raise Fault(DECRYPTION, _GARBLED) from None


def _cbc(key: bytes, name: str, iv: bytes, content: bytes) -> bytes:
    aes = name != LEGACY
    if len(key) != (KEY_BYTES[name] if aes else 24):
        raise Fault(DECRYPTION, _GARBLED)
    cipher = Cipher(algorithms.AES(key) if aes else TripleDES(key), modes.CBC(iv)).decryptor()
    unpadder = PKCS7(128 if aes else 64).unpadder()
    return unpadder.update(cipher.update(content) + cipher.finalize()) + unpadder.finalize()


def _wrapped(kind: bytes, *parts: bytes) -> bytes:
    return tlv(SEQUENCE, kind, tlv(INSIDE, tlv(SEQUENCE, *parts)))


def _recipient(certificate: Certificate, key: bytes) -> bytes:
    """Named by issuer and number, which every station reads."""
    assert isinstance(certificate.public_key, rsa.RSAPublicKey)
    named = tlv(SEQUENCE, certificate.issuer, integer(certificate.serial))
    sealed = certificate.public_key.encrypt(key, padding.PKCS1v15())
    return tlv(SEQUENCE, _ZERO, named, tlv(SEQUENCE, _RSA, tlv(NULL)), tlv(OCTETS, sealed))


def _content(algorithm: str, parameters: bytes, sealed: bytes) -> bytes:
    return tlv(SEQUENCE, _DATA, tlv(SEQUENCE, _ALGORITHMS[algorithm], parameters), tlv(CONTEXT, sealed))


def _key(recipients: Any, ours: Sequence[Pair]) -> bytes:
    """The content's key, from the first recipient that is us."""
    for recipient in list(recipients)[:MOST_RECIPIENTS]:
        if recipient.name != "ktri":
            continue
        info = recipient.chosen
        for pair in ours:
            if isinstance(pair.key, rsa.RSAPrivateKey) and _is(info["rid"], pair.certificate):
                algorithm = info["key_encryption_algorithm"]
                return pair.key.decrypt(bytes(info["encrypted_key"]), _padding(algorithm))
    raise Fault(DECRYPTION, "The message is encrypted for a certificate that is not ours; use our present one.")


def _is(rid: Any, certificate: Certificate) -> bool:
    if rid.name == "issuer_and_serial_number":
        return bool(rid.chosen["serial_number"].native == certificate.serial)
    return bytes(rid.chosen) == certificate.key_id


def _padding(algorithm: Any) -> padding.AsymmetricPadding:
    if algorithm["algorithm"].native == "rsaes_pkcs1v15":
        return padding.PKCS1v15()
    if algorithm["algorithm"].native != "rsaes_oaep":
        raise Fault(DECRYPTION, "The key of the message is encrypted in a way that we do not read; use RSA.")
    parameters = algorithm["parameters"]
    digest = _OAEP[parameters["hash_algorithm"]["algorithm"].native]
    mask = _OAEP[parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native]
    return padding.OAEP(padding.MGF1(mask()), digest(), None)
