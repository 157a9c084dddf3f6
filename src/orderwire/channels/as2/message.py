"""Builds a message: the files as MIME, compressed, signed and encrypted as agreed, with the headers of AS2.

What the MIC is computed over depends on the files and the settings alone, so that a receipt that comes days later can
be compared with it.
"""

import base64
import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime

from orderwire.channels import File, Parcel, Refused
from orderwire.channels.as2 import mime
from orderwire.channels.as2.certificates import Certificate, Pair, newest
from orderwire.channels.as2.compression import compress
from orderwire.channels.as2.envelope import encrypt
from orderwire.channels.as2.names import message_id, quoted
from orderwire.channels.as2.settings import As2Config
from orderwire.channels.as2.signature import Digest, sign
from orderwire.channels.file_names import clean

VERSION = "1.2"
"""Of AS2: with the compression of RFC 5402."""

FEATURES = "multiple-attachments"
"""What a partner may use with us (RFC 6017, RFC 6362)."""

_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}(; ?[A-Za-z0-9-]+=[A-Za-z0-9_.+-]+){0,3}")
_MICALG = {"sha1": "sha1", "sha256": "sha-256", "sha384": "sha-384", "sha512": "sha-512"}


@dataclass(frozen=True)
class Built:
    """A message for the wire. `source` is what the partner's receipt must have the MIC of."""

    headers: Mapping[str, str]
    body: bytes
    source: bytes

    @property
    def wire(self) -> bytes:
        """Headers and body as they are kept."""
        return mime.write(self.headers.items(), self.body)


def build(parcel: Parcel, config: As2Config, now: datetime.datetime) -> Built:
    """The message of a parcel. Raises Refused where a certificate is missing, not valid yet or not any more."""
    inner = _inner(parcel, config)
    headers, body = _protected(inner, config, now)
    return Built({**_headers(parcel, config, now), **headers}, body, _source(inner, config))


def source(parcel: Parcel, config: As2Config) -> bytes:
    """What a receipt for this parcel must have the MIC of (RFC 4130 section 7.3.1, RFC 5402 section 4).

    Signed: the part that is signed. Else, where anything is done to the content, its headers and itself; a plain
    message: itself without headers.
    """
    return _source(_inner(parcel, config), config)


def mic(data: bytes, digest: Digest) -> str:
    """A message integrity check, as a receipt has it."""
    return base64.b64encode(hashlib.new(digest, data).digest()).decode()


def signed(inner: bytes, pair: Pair, digest: Digest) -> tuple[str, bytes]:
    """The media type and the body of a multipart/signed around a part (RFC 1847, RFC 8551 section 3.5.3)."""
    der = base64.encodebytes(sign(inner, pair, digest)).replace(b"\n", b"\r\n").rstrip()
    proof = mime.write(
        (
            ("Content-Type", "application/pkcs7-signature; name=smime.p7s; smime-type=signed-data"),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-Disposition", "attachment; filename=smime.p7s"),
        ),
        der,
    )
    kind = f'signed; protocol="application/pkcs7-signature"; micalg={_MICALG[digest]}'
    return mime.multipart(kind, boundary(inner), (inner, proof))


def micalg(digest: Digest) -> str:
    """A digest's name in headers (RFC 8551 section 3.5.3.2)."""
    return _MICALG[digest]


def digest_named(text: str) -> Digest:
    """The digest that a header names; SHA-256 is written sha256 and sha-256. Empty where we know none of that name."""
    name = text.strip().strip('"').lower().replace("-", "")
    return name if name in _MICALG else ""


def boundary(inner: bytes) -> str:
    """The same for the same content, and not to be found in it."""
    return "orderwire_" + hashlib.sha256(b"boundary" + inner).hexdigest()[:32]


def signing_pair(config: As2Config, now: datetime.datetime) -> Pair:
    """The newest key of ours that may sign now. Raises Refused."""
    able = [pair for pair in config.pairs if pair.certificate.signs]
    best = newest((pair.certificate for pair in able), now)
    if best is None:
        why = "; ".join(pair.certificate.wrong(now) for pair in able) or "none of our certificates may sign"
        raise Refused(f"Nothing was sent, for it could not be signed: {why}. Put a valid one into our_key.")
    return next(pair for pair in able if pair.certificate is best)


def encrypting_certificate(config: As2Config, now: datetime.datetime) -> Certificate:
    """The partner's newest certificate to encrypt for. Raises Refused."""
    able = [one for one in config.known if one.encrypts]
    best = newest(able, now)
    if best is None:
        why = "; ".join(one.wrong(now) for one in able) or "none of their certificates can encrypt (it needs RSA)"
        raise Refused(f"Nothing was sent, for it could not be encrypted: {why}. Ask {config.partner_id} for a new one.")
    return best


def _inner(parcel: Parcel, config: As2Config) -> mime.Entity:
    """What is signed where anything is: the files, compressed if that comes first."""
    if not parcel.files:
        raise Refused("There is no file to send: the endpoint's format writes none.")
    raw = _part(parcel.files[0]) if len(parcel.files) == 1 else _related(parcel.files)
    if config.sign and config.compression == "before_signing":
        raw = _packed("compressed-data", "smime.p7z", compress(raw))
    return mime.read(raw)


def _source(inner: mime.Entity, config: As2Config) -> bytes:
    plain = not config.sign and config.encryption == "none" and config.compression == "none"
    return inner.body if plain else inner.raw


def _protected(inner: mime.Entity, config: As2Config, now: datetime.datetime) -> tuple[dict[str, str], bytes]:
    raw = inner.raw
    if config.sign:
        kind, body = signed(raw, signing_pair(config, now), config.digest)
        raw = mime.write((("Content-Type", kind),), body)
    if config.compression == "after_signing" or (config.compression != "none" and not config.sign):
        raw = _packed("compressed-data", "smime.p7z", compress(raw))
    if config.encryption != "none":
        envelope = encrypt(raw, encrypting_certificate(config, now), config.encryption)
        kind = "authEnveloped-data" if config.encryption.endswith("gcm") else "enveloped-data"
        raw = _packed(kind, "smime.p7m", envelope)
    made = mime.read(raw)
    names = {"content-type": "Content-Type", "content-disposition": "Content-Disposition"}
    kept = {shown: made.headers[name] for name, shown in names.items() if name in made.headers}
    return {"MIME-Version": "1.0", **kept, "Content-Transfer-Encoding": "binary"}, made.body


def _part(file: File) -> bytes:
    kind = file.media_type if _TYPE.fullmatch(file.media_type) else "application/octet-stream"
    name = clean(file.filename.replace("\\", "/").rpartition("/")[2]) or "order"
    headers = (
        ("Content-Type", kind),
        ("Content-Transfer-Encoding", "binary"),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    )
    return mime.write(headers, file.content)


def _related(files: tuple[File, ...]) -> bytes:
    """Several files at once (RFC 6362)."""
    made = [_part(file) for file in files]
    kind, body = mime.multipart("related", boundary(b"".join(made)), made)
    return mime.write((("Content-Type", kind),), body)


def _packed(kind: str, name: str, der: bytes) -> bytes:
    headers = (
        ("Content-Type", f"application/pkcs7-mime; smime-type={kind}; name={name}"),
        ("Content-Transfer-Encoding", "binary"),
        ("Content-Disposition", f"attachment; filename={name}"),
    )
    return mime.write(headers, der)


def _headers(parcel: Parcel, config: As2Config, now: datetime.datetime) -> dict[str, str]:
    headers = {
        **stations(config.our_id, config.partner_id, now),
        "Message-ID": f"<{message_id(parcel.message_id, config.our_id)}>",
        "Subject": f"Order {clean(parcel.reference)}" if clean(parcel.reference) else "Order",
    }
    if config.receipt == "none":
        return headers
    headers["Disposition-Notification-To"] = config.receipt_url or quoted(config.our_id)
    if config.receipt == "signed":
        headers["Disposition-Notification-Options"] = (
            "signed-receipt-protocol=required, pkcs7-signature; "
            f"signed-receipt-micalg=required, {_MICALG[config.digest]}"
        )
    if config.receipt_url:
        headers["Receipt-Delivery-Option"] = config.receipt_url
    return headers


def stations(us: str, them: str, now: datetime.datetime) -> dict[str, str]:
    """What every message and every receipt begins with."""
    return {
        "AS2-Version": VERSION,
        "AS2-From": quoted(us),
        "AS2-To": quoted(them),
        "Date": format_datetime(now, usegmt=True),
        "EDIINT-Features": FEATURES,
        "User-Agent": "Orderwire",
    }
