"""What an evidence file is: a ZIP of uncompressed parts, a manifest that names each by its hash, and our signature.

The same facts give the same bytes: names are sorted, times fixed. So whatever else is in such a file is a change, and
`unpack` can refuse every archive that `pack` would not have written, whatever trick is in it.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field

from orderwire.ledger.keys import SigningKey

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
LARGEST = 250_000_000
"""Bytes of the largest file that is written or looked at."""

PARTS = 100_000
_SIGNED = b"orderwire evidence 1\n"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, lt=2**63)]
Hex = Annotated[str, Field(pattern=r"^([0-9a-f]{2})*$", max_length=200)]


class NotEvidence(Exception):
    """The bytes are no evidence file as Orderwire writes it; the text says why."""


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Fact):
    """One part of the file."""

    name: str
    sha256: Hash
    size: Count


class Kept(_Fact):
    """Bytes by their hash, and the part they are in; without one they were left out, and `why` says why."""

    sha256: Hash
    part: str | None = None
    why: str = ""


class SentFile(_Fact):
    """One file that travelled."""

    filename: str
    media_type: str
    content: Kept


class Try(_Fact):
    """One attempt; `wire` are the exact bytes on the wire where the channel keeps them."""

    number: Count
    message_id: str
    payload_sha256: Hash
    started_at: str | None = None
    finished_at: str | None = None
    outcome: str | None = None
    code: str = ""
    text: str = ""
    wire: Kept | None = None


class Back(_Fact):
    """One receipt: what came back, with its raw bytes where there are any."""

    kind: str
    at: str
    external_id: str = ""
    text: str = ""
    content: Kept | None = None


class Reader(_Fact):
    """How one of several addresses fared."""

    address: str
    state: str
    code: str = ""
    text: str = ""


class Agreed(_Fact):
    """The settings of AS2 without which a receipt cannot be compared; the partner knows all of them."""

    our_id: str
    partner_id: str
    sign: bool
    encryption: str
    compression: str


class Carried(_Fact):
    """One delivery of the version to the recipient, by the endpoint as it was then."""

    delivery: Count
    kind: str
    channel: str
    format: str
    endpoint: str
    endpoint_version: Count
    state: str
    message_id: str
    instead_of: Count | None = None
    files: tuple[SentFile, ...] = ()
    tries: tuple[Try, ...] = ()
    receipts: tuple[Back, ...] = ()
    readers: tuple[Reader, ...] = ()
    certificates: tuple[Kept, ...] = ()
    agreed: Agreed | None = None


class Word(_Fact):
    """One approval, or its refusal."""

    decision: str
    approver: str
    sha256: str
    approved_at: str
    source: str = ""
    reference: str = ""
    reason: str = ""


class Sealed(_Fact):
    """One event: its place in the ledger, the part with its leaf's bytes, and its inclusion proof (RFC 6962)."""

    position: Count
    part: str
    proof: tuple[Hash, ...]


class Event(_Fact):
    """What a leaf says (`ledger.entry.Entry.leaf_bytes`)."""

    kind: str
    at: str
    actor: str
    order: str | None
    subjects: dict[str, str]
    data: dict[str, Any]

    def fact(self, name: str) -> str | int | None:
        """One of its facts, where it is a word or a number."""
        value = self.data.get(name)
        return value if isinstance(value, str) or (isinstance(value, int) and abs(value) < 2**63) else None


class Head(_Fact):
    """The signed tree head that all proofs lead to."""

    size: Count
    root: Hash
    time: str
    key_id: str
    signature: Hex
    public_key: Hash


class Manifest(_Fact):
    """Everything that the file says. Times are RFC 3339; the file is as of the time of its head."""

    form: Literal["orderwire/evidence/1"] = "orderwire/evidence/1"
    order: str
    version: Count
    revision: Count
    """The id under which the ledger's events name the version."""
    content: Kept
    recipient: str
    recipient_name: str
    approvals: tuple[Word, ...] = ()
    deliveries: tuple[Carried, ...]
    events: tuple[Sealed, ...]
    unsealed: Count = 0
    head: Head
    parts: tuple[Part, ...]


def pack(manifest: Manifest, parts: Mapping[str, bytes], key: SigningKey) -> bytes:
    """The file. Raises ValueError for a name that could lead out of a folder, which would be a fault of ours."""
    text = manifest.model_dump_json().encode()
    return _zip({**parts, MANIFEST: text, SIGNATURE: key.private.sign(_SIGNED + text)})


def signed(text: bytes, signature: bytes, public: bytes) -> bool:
    """Whether this key signed the manifest."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _SIGNED + text)
    except (InvalidSignature, ValueError):
        return False
    return True


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts by name. Raises NotEvidence naming what is wrong."""
    try:
        return _parts(data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as failure:
        said = "".join(c if c.isprintable() else "?" for c in str(failure))[:300]
        raise NotEvidence(f"The archive is damaged or was changed: {said}") from failure


def _parts(data: bytes) -> dict[str, bytes]:
    if len(data) > LARGEST:
        raise NotEvidence(f"The file has {len(data):,} bytes; more than {LARGEST:,} are not looked at")
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listed = archive.infolist()
        if len(listed) > PARTS or sum(info.file_size for info in listed) > len(data):
            raise NotEvidence("The archive would unpack to more than it holds, which no evidence file does")
        for info in listed:
            if info.compress_type != zipfile.ZIP_STORED or not _NAME.fullmatch(info.filename):
                raise NotEvidence(f"The archive has a part that no evidence file has: {ascii(info.filename)[:200]}")
            found[info.filename] = archive.read(info)
    if _zip(found) != data:
        raise NotEvidence("Something was put into the archive around its parts, or they were put together anew")
    return found


def _zip(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(parts):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a part")
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o600 << 16
            archive.writestr(info, parts[name])
    return target.getvalue()
