"""MIME at the level of bytes: what was signed is what stood there, not what a mail library makes of it.

The standard library's reader rewrites line ends and long headers; a signature and a MIC do not survive that.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from orderwire.channels.as2.fault import UNEXPECTED, Fault

MOST_HEADERS = 65_536
"""Bytes of the headers of one part."""

MOST_PARTS = 100

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_PARAMETER = re.compile(r';\s*([^\s=;"*]+)(\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)')
_ESCAPED = re.compile(r"\\(.)")

Header = tuple[str, str]


@dataclass(frozen=True)
class Entity:
    """A part of a message: its exact bytes, its headers (names in lower case, the first of a name) and its body."""

    raw: bytes
    headers: Mapping[str, str]
    body: bytes

    @property
    def type(self) -> str:
        """The media type, in lower case; text/plain where none is named (RFC 2045 section 5.2)."""
        return self.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()

    def parameter(self, name: str, header: str = "content-type") -> str:
        """A parameter of a header, unquoted; empty where it is not there."""
        return parameters(self.headers.get(header, "")).get(name, "")

    @property
    def content(self) -> bytes:
        """The body without its transfer encoding. Raises Fault for one that we do not know."""
        encoding = self.headers.get("content-transfer-encoding", "binary").strip().lower()
        if encoding in ("binary", "8bit", "7bit", ""):
            return self.body
        try:
            if encoding == "base64":
                return base64.b64decode(self.body)
            if encoding == "quoted-printable":
                return quopri.decodestring(self.body)
        except binascii.Error:
            raise Fault(UNEXPECTED, "A part of the message says that it is base64 and is not.") from None
        raise Fault(UNEXPECTED, "A part of the message has a transfer encoding that nobody knows.")


def write(headers: Iterable[Header], body: bytes) -> bytes:
    """The bytes of a part."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\n" + body


def read(raw: bytes) -> Entity:
    """A part out of its bytes. Raises Fault for headers without end."""
    if raw.startswith((b"\r\n", b"\n")):  # no headers at all
        return Entity(raw, {}, raw[raw.index(b"\n") + 1 :])
    end = _END_OF_HEADERS.search(raw, 0, MOST_HEADERS)
    if end is None:
        raise Fault(UNEXPECTED, "A part of the message has headers that do not end.")
    headers: dict[str, str] = {}
    for line in _FOLD.sub(b" ", raw[: end.start()]).split(b"\n"):
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return Entity(raw, headers, raw[end.end() :])


def multipart(subtype: str, boundary: str, parts: Iterable[bytes]) -> tuple[str, bytes]:
    """The media type and the body of a multipart; `subtype` with its parameters."""
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return f'multipart/{subtype}; boundary="{boundary}"', body + mark + b"--\r\n"


def parts(entity: Entity) -> list[bytes]:
    """The exact bytes of each part of a multipart (RFC 2046 section 5.1.1). Raises Fault where it has no end."""
    boundary = entity.parameter("boundary").encode()
    if not boundary:
        raise Fault(UNEXPECTED, "A part of the message is a multipart without a boundary.")
    found: list[bytes] = []
    begin: int | None = None
    for start, end, last in _marks(entity.body, b"--" + boundary):
        if begin is not None:
            found.append(entity.body[begin : max(begin, start)])
        if last:
            return found
        if len(found) >= MOST_PARTS:
            raise Fault(UNEXPECTED, f"The message has more than {MOST_PARTS} parts.")
        begin = end
    raise Fault(UNEXPECTED, "The message broke off: a multipart in it has no end.")


def _marks(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each line with the boundary begins (with the line end before it) and ends, and whether it is the last."""
    place = 0
    while (start := body.find(mark, place)) >= 0:
        place = start + len(mark)
        if start and body[start - 1] != 10:
            continue
        line_end = body.find(b"\n", place)
        rest = body[place : line_end if line_end >= 0 else len(body)].strip()
        if rest not in (b"", b"--"):
            continue
        before = start - (2 if body[max(0, start - 2) : start] == b"\r\n" else 1 if start else 0)
        yield before, line_end + 1 if line_end >= 0 else len(body), rest == b"--"


def parameters(header: str) -> dict[str, str]:
    """The parameters of a header, names in lower case; in RFC 2231's form (name*=utf-8''…) they are decoded."""
    found: dict[str, str] = {}
    for name, extended, value in _PARAMETER.findall(header[:4000]):
        text = _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value
        if extended:
            text = unquote_to_bytes(text.rpartition("'")[2]).decode("utf-8", "replace")
        found.setdefault(name.lower(), text)
    return found


def canonical(data: bytes) -> bytes:
    """Text with CRLF at the end of each line (RFC 8551 section 3.1.1)."""
    return _LINE_END.sub(b"\r\n", data)
