"""The signing key of the ledger and signed tree heads: who holds a signed head can tell later if the past was changed.

Ed25519 (RFC 8032). The private key is a file that only its owner reads, made at first use. A head is signed over its
canonical JSON {"key_id", "root", "size", "time"}.
"""

import datetime
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from orderwire.ledger.merkle import WIDTH


class KeyProblem(Exception):
    """The key file cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class TreeHead:
    """The ledger at `time` (aware): `root` (32 bytes) over the first `size` leaves, and whose key signs."""

    size: int
    root: bytes
    time: datetime.datetime
    key_id: str

    def to_bytes(self) -> bytes:
        """The bytes that are signed. Raises ValueError for a time without zone or a root of another length."""
        if self.time.tzinfo is None or len(self.root) != WIDTH:
            raise ValueError("a tree head has an aware time and a root of 32 bytes")
        time = self.time.astimezone(datetime.UTC).isoformat(timespec="microseconds")[:-6] + "Z"
        head = {"key_id": self.key_id, "root": self.root.hex(), "size": self.size, "time": time}
        return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class SigningKey:
    """The private key in use. `public` is the raw public key (32 bytes), which anybody may have."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        return key_id(self.public)

    def sign(self, *, size: int, root: bytes, time: datetime.datetime) -> tuple[TreeHead, bytes]:
        """A tree head in this key's name and its signature (64 bytes)."""
        head = TreeHead(size, root, time, self.id)
        return head, self.private.sign(head.to_bytes())


def key_id(public: bytes) -> str:
    """The name of a key: the first 16 hex digits of the SHA-256 of its raw public key."""
    return hashlib.sha256(public).hexdigest()[:16]


def verify(head: TreeHead, signature: bytes, public: bytes) -> bool:
    """True when the key with these raw public bytes signed exactly this head, under its own name."""
    if head.key_id != key_id(public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, head.to_bytes())
    except (InvalidSignature, ValueError):
        return False
    return True


def load(path: Path) -> SigningKey:
    """The signing key in this file; made where there is none, even when several processes start at once.

    Raises KeyProblem for a file that others can read, that is no Ed25519 key, or a folder that cannot be written.
    """
    try:
        if not path.exists():
            _create(path)
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            raise KeyProblem(f"{path} can be read by others (mode {mode:o}): run chmod 600 on it, or replace the key")
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as failure:
        raise KeyProblem(f"the signing key {path} cannot be read or made: {failure.strerror}") from failure
    except (ValueError, TypeError, UnsupportedAlgorithm) as failure:
        raise KeyProblem(
            f"{path} is not a private key in PEM form without password; restore it from a copy"
        ) from failure
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(f"{path} is a {type(key).__name__}, not an Ed25519 key; restore it from a copy")
    return SigningKey(key)


def _create(path: Path) -> None:
    """A key is complete before it has its name, and the first process to name one wins."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
