"""Bytes that travelled, raw and readable: segments in words, JSON set out, a mail's headers and parts.

A supplier's answer link is a secret of the supplier: it is masked, and bytes that carry one are not given out raw.
"""

import json
import re
from dataclasses import dataclass

from orderwire.tracking.readable.mail import Mail, mail
from orderwire.tracking.readable.x12 import Segment, segments

SHOWN = 200_000
"""More bytes than this are not put on a page."""

LINK = re.compile(r"(/a/)[A-Za-z0-9_-]{43}")
MASK = r"\1•••••"


@dataclass(frozen=True)
class Readable:
    """One file: `raw` text (empty where it is binary or secret) and at most one of the readable forms."""

    name: str
    media_type: str
    size: int
    raw: str = ""
    segments: tuple[Segment, ...] = ()
    pretty: str = ""
    mail: Mail | None = None
    note: str = ""
    binary: bool = False
    cut: bool = False


def readable(content: bytes, *, name: str, media_type: str, secret: bool = False) -> Readable:
    """A file for the screen. Never raises for bad content."""
    size, cut = len(content), len(content) > SHOWN
    if media_type == "message/rfc822":
        parsed = mail(content, masked)
        return Readable(name, media_type, size, parsed.raw, mail=parsed, note=_NOTE if secret else "")
    head = content[:SHOWN]
    if b"\x00" in head or content.startswith((b"%PDF", b"PK\x03\x04")):
        return Readable(name, media_type, size, binary=True)
    text = masked(head.decode("utf-8", errors="replace"))
    if content.lstrip()[:3] == b"ISA":
        found = segments(text)
        if found:
            return Readable(name, media_type, size, "\n".join(s.raw for s in found), segments=found, cut=cut)
    pretty = ""
    if not cut and content.lstrip()[:1] in (b"{", b"["):
        try:
            pretty = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            pretty = ""
    return Readable(name, media_type, size, text, pretty=pretty if pretty != text else "", cut=cut)


def masked(text: str) -> str:
    """The text with every answer link made useless."""
    return LINK.sub(MASK, text)


_NOTE = "Kept sealed, because it carries the supplier’s answer link; the link is masked here."
