"""Opens a message: decrypts, unpacks and verifies it layer by layer, and says how far it can be trusted."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from orderwire.channels import File
from orderwire.channels.as2 import mime
from orderwire.channels.as2.compression import decompress
from orderwire.channels.as2.envelope import decrypt
from orderwire.channels.as2.fault import AUTHENTICATION, INSUFFICIENT, UNEXPECTED, UNSUPPORTED_FORMAT, Fault
from orderwire.channels.as2.settings import As2Config
from orderwire.channels.as2.signature import Digest, verify

MOST_DEPTH = 6
"""Multiparts within each other."""

MOST_FILES = 50
MOST_NAME = 200
_OF_CONTENT = ("content-type", "content-transfer-encoding", "content-disposition")
_PKCS7 = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURE = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
REPORT = "multipart/report"


@dataclass(frozen=True)
class Opened:
    """A message without its wrappings. `source` is what its MIC is computed over; `digest` is the signature's."""

    entity: mime.Entity
    source: bytes
    encrypted: bool = False
    compressed: bool = False
    digest: Digest = ""

    @property
    def signed(self) -> bool:
        """Whether a certificate of the partner's signed it."""
        return bool(self.digest)

    @property
    def report(self) -> bool:
        """Whether it is a receipt."""
        return self.entity.type == REPORT


def open_message(headers: Mapping[str, str], body: bytes, config: As2Config, now: datetime.datetime) -> Opened:
    """Raises Fault for what cannot be opened. Headers have names in lower case."""
    kept = {name: headers[name] for name in _OF_CONTENT if headers.get(name)}
    found = Opened(mime.Entity(b"", kept, body), body)
    while True:
        outer = found
        if found.entity.type == "multipart/signed" and not found.signed:
            found = _verified(found, config, now)
        elif found.entity.type in _PKCS7:
            found = _unwrapped(found, config)
        if found is outer:
            return found


def _unwrapped(found: Opened, config: As2Config) -> Opened:
    kind = found.entity.parameter("smime-type").lower()
    if kind in ("enveloped-data", "authenveloped-data") and not (found.encrypted or found.compressed or found.signed):
        inner = mime.read(decrypt(found.entity.content, config.pairs, legacy=config.allow_legacy))
        return replace(found, entity=inner, source=inner.raw, encrypted=True)
    if kind == "compressed-data" and not found.compressed:
        inner = mime.read(decompress(found.entity.content))
        return replace(found, entity=inner, source=found.source if found.signed else inner.raw, compressed=True)
    raise Fault(UNSUPPORTED_FORMAT, "The message is wrapped in a way that AS2 does not have here.")


def _verified(found: Opened, config: As2Config, now: datetime.datetime) -> Opened:
    pieces = mime.parts(found.entity)
    proof = mime.read(pieces[1]) if len(pieces) == 2 else None
    if proof is None or proof.type not in _SIGNATURE:
        raise Fault(AUTHENTICATION, "The message says that it is signed and has no signature.")
    if not config.known:
        raise Fault(AUTHENTICATION, "The message is signed, and no certificate is agreed with this partner.")
    inner = mime.read(pieces[0])
    forms = [pieces[0]]
    if inner.headers.get("content-transfer-encoding", "").strip().lower() != "binary":
        forms.append(mime.canonical(pieces[0]))  # line ends may have changed on the way (RFC 8551 section 3.1.1)
    source, digest = verify(forms, proof.content, config.known, now=now, allowed=config.digests)
    return replace(found, entity=inner, source=source, digest=digest)


def secured(found: Opened, config: As2Config) -> None:
    """Raises Fault where the message is less protected than the settings demand."""
    if config.require_encrypted and not found.encrypted:
        raise Fault(INSUFFICIENT, "The message is not encrypted, and the agreement demands it.")
    if config.require_signed and not found.signed:
        raise Fault(INSUFFICIENT, "The message is not signed, and the agreement demands it.")


def files(entity: mime.Entity, depth: int = 0) -> tuple[File, ...]:
    """The documents inside, several in a multipart (RFC 6362). Names are the partner's words and no paths."""
    if not entity.type.startswith("multipart/"):
        return (File(_name(entity), entity.type[:160], entity.content),)
    if depth >= MOST_DEPTH:
        raise Fault(UNEXPECTED, f"The message has parts within parts, more than {MOST_DEPTH} deep.")
    found: list[File] = []
    for piece in mime.parts(entity):
        found += files(mime.read(piece), depth + 1)
        if len(found) > MOST_FILES:
            raise Fault(UNEXPECTED, f"The message has more than {MOST_FILES} files.")
    return tuple(found)


def _name(entity: mime.Entity) -> str:
    named = entity.parameter("filename", "content-disposition") or entity.parameter("name")
    return "".join(c for c in named.replace("\\", "/").rpartition("/")[2] if c.isprintable())[:MOST_NAME]
