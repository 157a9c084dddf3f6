"""Receipts (MDN: RFC 4130 section 7, RFC 8098): ours for what came in, and what a partner's says about what we sent."""

import datetime
import hmac
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from orderwire.channels import Proof, Refused
from orderwire.channels.as2 import mime
from orderwire.channels.as2.certificates import Pair
from orderwire.channels.as2.fault import Fault
from orderwire.channels.as2.message import digest_named, mic, micalg, signed, stations
from orderwire.channels.as2.names import id_in
from orderwire.channels.as2.opened import open_message
from orderwire.channels.as2.settings import As2Config
from orderwire.channels.as2.signature import Digest

_DISPOSITION = re.compile(r"\s*([\w-]+)\s*(?:/\s*([\w-]+)\s*)?(?::\s*(.*))?")
_MIC = re.compile(r"\s*([A-Za-z0-9+/=]{20,100})\s*,\s*([\w-]{3,20})\s*")
DUPLICATE = "duplicate-document"


@dataclass(frozen=True)
class Said:
    """What a partner's receipt says. `words` is its text for people, `digest` the one of the MIC."""

    about: str
    status: str
    modifier: str
    detail: str
    mic: str
    digest: Digest
    signed: bool
    id: str
    words: str

    @property
    def claims(self) -> dict[str, str]:
        """As text, for who compares it later with what was sent."""
        return {name: str(value) if value is not True else "yes" for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, claims: Mapping[str, str]) -> "Said":
        """The way back."""
        texts = {name: claims.get(name, "") for name in cls.__dataclass_fields__ if name != "signed"}
        return cls(**texts, signed=claims.get("signed") == "yes")


@dataclass(frozen=True)
class Outcome:
    """What became of a message with the id `about`; `mic` is empty where it was not read."""

    about: str
    disposition: str
    words: str
    mic: str = ""


def build(
    outcome: Outcome, *, us: str, them: str, signing: tuple[Pair, Digest] | None, now: datetime.datetime
) -> tuple[dict[str, str], bytes]:
    """Headers and body of a receipt of ours, with the names of the two stations; signed where that was asked for."""
    lines = [
        "Reporting-UA: Orderwire",
        f"Original-Recipient: rfc822; {us}",
        f"Final-Recipient: rfc822; {us}",
        f"Original-Message-ID: <{outcome.about}>",
        f"Disposition: automatic-action/MDN-sent-automatically; {outcome.disposition}",
        *([f"Received-Content-MIC: {outcome.mic}"] if outcome.mic else []),
    ]
    fields = "".join(f"{line}\r\n" for line in lines).encode()
    pieces = (
        mime.write((("Content-Type", "text/plain; charset=utf-8"),), outcome.words.encode() + b"\r\n"),
        mime.write((("Content-Type", "message/disposition-notification"),), fields),
    )
    mark = f"orderwire_{uuid.uuid4().hex}"
    kind, body = mime.multipart("report; report-type=disposition-notification", mark, pieces)
    if signing is not None:
        inner = mime.write((("Content-Type", kind),), body)
        kind, body = signed(inner, *signing)
    identity = f"<{uuid.uuid4().hex}@orderwire>"
    return {**stations(us, them, now), "Message-ID": identity, "MIME-Version": "1.0", "Content-Type": kind}, body


def read(headers: Mapping[str, str], body: bytes, config: As2Config, now: datetime.datetime) -> Said:
    """What a receipt says. Raises Fault where it is none, or its signature is not good."""
    found = open_message(headers, body, config, now)
    if not found.report:
        raise Fault("", "it is no receipt")
    return said(found.entity, signed=found.signed, id=id_in(headers.get("message-id", "")))


def said(report: mime.Entity, *, signed: bool, id: str) -> Said:
    """What a multipart/report says. Raises Fault where a field is missing or makes no sense."""
    pieces = [mime.read(piece) for piece in mime.parts(report)]
    fields = next((p for p in pieces if p.type == "message/disposition-notification"), None)
    if fields is None:
        raise Fault("", "the receipt does not say what became of the message")
    told = mime.read(fields.content.lstrip(b"\r\n") + b"\r\n\r\n").headers
    disposition = _DISPOSITION.fullmatch(told.get("disposition", "").partition(";")[2])
    if disposition is None:
        raise Fault("", "the receipt does not say what became of the message")
    computed = _MIC.fullmatch(told.get("received-content-mic", ""))
    text = next((p.content for p in pieces if p.type == "text/plain"), b"").decode("utf-8", "replace")
    return Said(
        about=id_in(told.get("original-message-id", "")),
        status=disposition[1].lower(),
        modifier=(disposition[2] or "").lower(),
        detail=_line(disposition[3] or ""),
        mic=computed[1] if computed else "",
        digest=digest_named(computed[2]) if computed else "",
        signed=signed,
        id=id,
        words=_line(text),
    )


def judged(receipt: Said, source: bytes, config: As2Config) -> tuple[Proof, str]:
    """What a receipt proves about a message that has this MIC source, in words. Raises Refused where it proves none."""
    who = config.partner_id
    no = receipt.status != "processed" or receipt.modifier in ("error", "failure")
    if no and receipt.detail.lower() != DUPLICATE:
        why = ": ".join(filter(None, (receipt.detail or receipt.status, receipt.words)))
        raise Refused(f"{who} refused it: {why}"[:500], code=receipt.detail[:40] or receipt.status)
    if config.receipt == "signed" and not receipt.signed:
        raise Refused(f"Not delivered: the receipt of {who} is not signed, and a signed one was asked for.")
    if receipt.mic and receipt.digest not in config.digests:
        raise Refused(f"Not delivered: the receipt of {who} has a MIC of a kind that does not count here.")
    if receipt.mic and not hmac.compare_digest(receipt.mic, mic(source, receipt.digest)):
        raise Refused(f"Not delivered: the MIC differs. {who} received other bytes than we sent. Ask them to look.")
    if receipt.detail.lower() == DUPLICATE:
        return _proof(receipt), f"{who} had it already, under the same id"
    if not receipt.mic:
        return Proof.HANDED_OVER, f"{who} says that it came, and not which bytes (a receipt without a MIC)"
    warned = f", with a warning: {receipt.detail}" if receipt.modifier == "warning" else ""
    how = "signed for it" if receipt.signed else "says, without a signature, that it came"
    return _proof(receipt), f"{who} {how}; the MIC is equal ({micalg(receipt.digest)}){warned}"


def _proof(receipt: Said) -> Proof:
    """Only a signature proves it: anybody could write an unsigned receipt."""
    return Proof.DELIVERED if receipt.signed else Proof.HANDED_OVER


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text[:1000]).split())[:300]
