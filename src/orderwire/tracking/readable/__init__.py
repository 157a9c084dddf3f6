"""Bytes that travelled, raw and readable: each piece as it stands beside what it says, its codes in words and the
findings at their place; a mail's headers and parts.

Secrets are masked: a supplier's answer link, whose bytes are not given out raw either, and the password in a cXML
header.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orderwire import reading
from orderwire.formats import Explained
from orderwire.tracking.readable.mail import Mail, mail

SHOWN = 200_000
"""More bytes than this are not put on a page raw."""

LINK = 46
"""Length of the secret part of an answer link, with the path before it."""

LONGEST_PLACE = 300
"""Characters of a finding's place that are compared."""

MOST = 2000
"""Pieces that a page explains."""

SECRETS = re.compile(
    r"(/a/)[A-Za-z0-9_-]{43}"
    r"|(<(?:\w+:)?(?:SharedSecret|CredentialMac)\b[^<>]*>)(?:[^<]+|<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))*",
    re.DOTALL,
)
"""A supplier's answer link, and the password in the header of a cXML document."""

Told = Mapping[str, str]
"""A finding as a message keeps it: severity, code, where, text."""


@dataclass(frozen=True)
class Piece:
    """One piece of a file: its raw text, what it says, its codes as (place, code, words), what is wrong with it.

    `first_of` is the number of the document (from 1) that begins here, None inside of one and outside of all.
    """

    text: str
    words: str
    codes: tuple[tuple[str, str, str], ...] = ()
    findings: tuple[Told, ...] = ()
    first_of: int | None = None


@dataclass(frozen=True)
class Readable:
    """One file: `raw` text (empty where it is binary or secret) and at most one of the readable forms."""

    name: str
    media_type: str
    size: int
    raw: str = ""
    pieces: tuple[Piece, ...] = ()
    mail: Mail | None = None
    note: str = ""
    binary: bool = False
    cut: bool = False

    @property
    def several(self) -> bool:
        """Whether it holds more documents than one."""
        return any(piece.first_of == 2 for piece in self.pieces)


def readable(
    content: bytes, *, name: str, media_type: str, secret: bool = False, findings: Sequence[Sequence[Told]] = ()
) -> Readable:
    """A file for the screen; `findings` are those of each of its documents. Never raises for bad content."""
    size, cut = len(content), len(content) > SHOWN
    if media_type == "message/rfc822":
        parsed = mail(content, masked)
        return Readable(name, media_type, size, parsed.raw, mail=parsed, note=_NOTE if secret else "")
    pieces = _pieces(content, findings)
    head = content[: SHOWN + LINK]  # a link at the end is masked whole
    if b"\x00" in head or content.startswith((b"%PDF", b"PK\x03\x04")):
        return Readable(name, media_type, size, pieces=pieces, binary=True)
    text = masked(head.decode("utf-8", errors="replace"))[:SHOWN]
    return Readable(name, media_type, size, text, pieces=pieces, cut=cut)


def masked(text: str) -> str:
    """The text with every secret in it made useless."""
    return SECRETS.sub(lambda found: f"{found[1] or found[2]}•••••", text)


def _pieces(content: bytes, findings: Sequence[Sequence[Told]]) -> tuple[Piece, ...]:
    """The file as its format explains it; a finding stands at the first piece that it names."""
    format, _ = reading.detect(content)
    try:
        explained = format.explain(content, MOST) if format else ()
    except Exception:  # noqa: BLE001 - a stranger's format may raise anything; the raw bytes are still shown
        return ()
    at = [_by_place(of_document) for of_document in findings]
    placed: set[int] = set()
    shown: set[int] = set()
    pieces = []
    for piece in explained:
        number = piece.document
        named = at[number].pop(piece.place, ()) if number is not None and number < len(at) else ()
        here = [told for told in named if id(told) not in placed]
        placed.update(id(told) for told in here)
        first_of = number + 1 if number is not None and number not in shown else None
        if number is not None:
            shown.add(number)
        pieces.append(_piece(piece, tuple(here), first_of))
    return tuple(pieces)


def _piece(piece: Explained, findings: tuple[Told, ...], first_of: int | None) -> Piece:
    codes = tuple((place, masked(code), words) for place, code, words in piece.codes)
    return Piece(masked(piece.text), masked(piece.words), codes, findings, first_of)


def _by_place(findings: Sequence[Told]) -> dict[str, list[Told]]:
    """Findings by every place that they are at: segment 12 BEG03 is at segment 12 and not at segment 1."""
    found: dict[str, list[Told]] = {}
    for told in findings:
        where = told["where"]
        for end in range(min(len(where), LONGEST_PLACE) + 1):
            if not where[end : end + 1].isalnum():
                found.setdefault(where[:end], []).append(told)
    return found


_NOTE = "Kept sealed, because it carries the supplier’s answer link; the link is masked here."
