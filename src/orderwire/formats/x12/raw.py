"""From bytes to text and from text to segments: what programs and mail systems do to a file on its way is undone."""

import re

from orderwire.document.finding import Finding, warning

BLANKS = " \t\n"
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
EBCDIC_ISA = b"\xc9\xe2\xc1"
EBCDIC_BLANKS = b"\x40\x25\x15\x0d"
_ENDS = "~'!|$^`\x1c"
"""What other systems end segments with; one of these before a line feed and a new segment is a second terminator."""


def decode(content: bytes, charset: str) -> tuple[str, list[Finding]]:
    """Bytes as text with line ends as line feeds. Understands byte order marks, UTF-16, EBCDIC and 8-bit sets."""
    findings: list[Finding] = []
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
        findings.append(warning("byte-order-mark", "byte 1", "the file starts with a byte order mark; it was skipped"))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        findings.append(warning("encoding", "byte 1", "the file is UTF-16; X12 asks for one byte per character"))
        text = content.decode("utf-16", "replace")
    elif content.lstrip(EBCDIC_BLANKS).startswith(EBCDIC_ISA):
        text = content.decode("cp037")
        if "¬" in text or "¢" in text:
            text = content.decode("cp500")
        text = text.replace("\x85", "\n")
        findings.append(warning("encoding", "byte 1", "the file is EBCDIC; it was read as code page 037 or 500"))
    elif charset == "extended":
        text = content.decode("iso-8859-1")
    else:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as failure:
            text = content.decode("cp1252", "replace")
            where = f"byte {failure.start + 1}"
            findings.append(
                warning("encoding", where, "the file is not UTF-8; it was read as Windows-1252, check accents")
            )
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, findings


def printable(text: str, mark: str, others: str) -> tuple[str, str]:
    """A text whose `mark` is a control character with a printable one in its place, and that one.

    No text of a document holds control characters, but a stray component separator would be one in it.
    """
    if not mark or not CONTROL.fullmatch(mark):
        return text, mark
    taken = set(text) | set(others)
    stand_in = next(char for char in map(chr, (*b">:^\\", *range(0xA1, 0x2000))) if char not in taken)
    return text.replace(mark, stand_in), stand_in


def segments(text: str, end: str, element: str, others: str, forgiven: list[Finding]) -> list[str]:
    """The segments of one interchange behind its ISA; `text` begins with `end`, the terminator of the ISA.

    `element` is the element separator, `others` the other delimiters.
    """
    if "//" in text:
        text = _without_remarks(text, end, forgiven)
    if end != "\n":
        text = text.replace(end + "\n", end)
        if "\n" in text:
            text = _one_terminator(text, end, element, others, forgiven)
    parts = text.split(end)
    lines = end != "\n" and "\n" in text
    if lines or end + " " in text or end + "\t" in text or text.endswith((" ", "\t")):
        parts = _stripped(parts, forgiven)
    if lines:
        parts = _joined(parts, forgiven)
    keep = end + element + others
    odd = set() if text.isprintable() else set(CONTROL.findall(text)) - {"\n", *keep}
    if odd and (odd != {"\t"} or any("\t" in part for part in parts)):
        words = "control characters in the text were read as blanks"
        forgiven.append(warning("control-character", "interchange", words))
        parts = [CONTROL.sub(lambda m: m[0] if m[0] in keep else " ", part) for part in parts]
    return [part for part in parts if part]


def _without_remarks(text: str, end: str, forgiven: list[Finding]) -> str:
    """A person's remarks stand behind a terminator and go to the end of their line; no text of a document does."""
    found = re.sub(rf"({re.escape(end)})\s*//[^\n]*(?:\s*\n\s*//[^\n]*)*", r"\1\n", text)
    if found != text:
        forgiven.append(warning("comment", "interchange", "lines that begin with // were taken as remarks and skipped"))
    return found


def _one_terminator(text: str, end: str, element: str, others: str, forgiven: list[Finding]) -> str:
    """Segments that end in another sign than the ISA says, at the end of a line and before a new segment."""
    signs = "".join(sign for sign in _ENDS if sign not in element + others + end)
    pattern = rf"[{re.escape(signs)}][ \t]*\n\s*(?=[A-Z][A-Z0-9]{{1,2}}{re.escape(element)})"
    found = re.sub(pattern, end.replace("\\", r"\\"), text)
    if found != text:
        words = f"some segments end in another sign than {end}, which the ISA names; taken as terminators"
        forgiven.append(warning("mixed-terminators", "interchange", words))
    return found


def _stripped(parts: list[str], forgiven: list[Finding]) -> list[str]:
    """Without the blanks that stand around segments to make a file look nice."""
    stripped = [part.strip(BLANKS) for part in parts]
    at = next((n for n, part in enumerate(parts) if stripped[n] and part.lstrip("\n")[0] in " \t"), None)
    if at is not None:
        words = "blanks stand before segments; they were skipped"
        forgiven.append(warning("indentation", f"segment {at} behind the ISA", words))
    return stripped


def _joined(parts: list[str], forgiven: list[Finding]) -> list[str]:
    """Segments that were broken over lines (at 80 columns, say) are one line again."""
    at = next((n for n, part in enumerate(parts) if "\n" in part), None)
    if at is None:
        return parts
    words = "segments are broken over several lines; they were put together"
    forgiven.append(warning("wrapped-lines", f"segment {at} behind the ISA", words))
    return [part.replace("\n", "") for part in parts]
