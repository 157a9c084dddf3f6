"""Character sets of UNB 0001 (UNOA to UNOY): bytes to text with a warning for each doubt, text to bytes strictly."""

import re
from collections.abc import Iterator
from typing import Final

from orderwire.document.base import Document
from orderwire.document.finding import Finding, error, place, warning
from orderwire.formats.texts import texts

CODECS: Final = {
    "UNOA": "ascii", "UNOB": "ascii", "UNOC": "iso8859-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5",
    "UNOF": "iso8859-7", "UNOG": "iso8859-3", "UNOH": "iso8859-4", "UNOI": "iso8859-6", "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9", "UNOL": "iso8859-15", "UNOW": "utf-8", "UNOX": "iso2022_jp_2", "UNOY": "utf-8",
}  # fmt: skip
"""ISO 9735 annex: the character set that each syntax identifier means."""
_OUTSIDE: Final = {
    "UNOA": re.compile(r"""[^A-Z0-9 .,\-()/=!"%&*;<>'+:?\r\n]"""),
    "UNOB": re.compile(r"""[^A-Za-z0-9 .,\-()/=!"%&*;<>'+:?\r\n\x1c-\x1f]"""),
}
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


def decode(content: bytes, syntax: str, pinned: str | None, keep: str) -> tuple[str, list[Finding]]:
    """The text of one interchange. `keep` are control characters that serve as delimiters; others become blanks."""
    found: list[Finding] = []
    codec = _known(pinned) or CODECS.get(syntax)
    if codec is None:
        codec = "utf-8"
        text = f"UNB 0001 {syntax!r} is not a character set we know; expected UNOA to UNOY. Read as UTF-8"
        found.append(warning("syntax-id", "UNB", text))
    if codec.startswith("iso8859") and not pinned and is_utf8(content):
        text = f"the bytes are UTF-8, although UNB 0001 says {syntax}; read as UTF-8"
        found.append(warning("encoding", "UNB", text))
        codec = "utf-8"
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as failure:
        byte = content[failure.start]
        text, used = _otherwise(content)
        words = f"the byte {byte:02X} does not belong to {syntax or codec}; read as {used}, check accents"
        found.append(warning("encoding", f"byte {failure.start + 1} of the interchange", words))
    outside = _OUTSIDE[syntax].search(text) if syntax in _OUTSIDE and not found and not pinned else None
    if outside:
        words = f"{outside[0]!r} does not belong to {syntax}; it was read as it is"
        found.append(warning("character-set", "UNB", words))
    if text.isascii() and text.isprintable():  # the usual text, told in two steps
        return text, found
    if codec == "iso8859-1" and re.search("[\x80-\x9f]", text):
        text = content.decode("cp1252", "replace")
        found.append(warning("encoding", "UNB", f"{syntax} has no such characters; read as Windows-1252"))
    if any(c not in keep for c in set(_CONTROL.findall(text)) - {"\r", "\n"}):
        found.append(warning("control-character", "interchange", "control characters in the text were read as blanks"))
        text = _CONTROL.sub(lambda m: m[0] if m[0] in keep + "\r\n" else " ", text)
    return text, found


def is_utf8(content: bytes) -> bool:
    """True for bytes beyond ASCII that are UTF-8: in an 8-bit set they would be a row of odd accents."""
    if content.isascii():
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _known(codec: str | None) -> str | None:
    if codec is None:
        return None
    try:
        b"A".decode(codec)
    except (LookupError, UnicodeError):
        return None
    return codec


def _otherwise(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "Windows-1252"


def fits(text: str, syntax: str) -> str:
    """The first character of a document's text that a character set cannot write; empty where all fit."""
    if syntax in _OUTSIDE:
        match = _OUTSIDE[syntax].search(text.replace("\t", " "))
        return match[0] if match else ""
    try:
        text.encode(CODECS[syntax])
    except UnicodeEncodeError as failure:
        return text[failure.start]
    return ""


def unmapped(document: Document, syntax: str) -> Iterator[Finding]:
    """Each field whose text the character set cannot write, with the first such character."""
    if CODECS[syntax] == "utf-8":
        return
    for path, text in texts(document.model_dump(mode="json", exclude_defaults=True)):
        if char := fits(text, syntax):
            words = f"the character {char!r} is not in the partner's character set ({syntax}); "
            yield error("unmappable", place(path), words + "replace it or agree on a wider set, such as UNOC or UNOY")
