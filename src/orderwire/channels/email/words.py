"""What is written in a strange mail, as text that can be kept and shown, whatever its encoding claims."""

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from html.parser import HTMLParser
from typing import TYPE_CHECKING, TypeAlias

LONGEST_TEXT = 20_000
LONGEST_HEADER = 2000
_SPACES = re.compile(r"[ \t\u00a0]+")
_EMPTY_LINES = re.compile(r"\n\s*\n\s*\n+")
_SILENT = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table"})

if TYPE_CHECKING:
    Mail: TypeAlias = Message[str, str]
else:
    Mail = Message  # not to be subscribed before Python 3.13


def header(mail: Mail, name: str) -> str:
    """One header, decoded, on one line."""
    raw = str(mail.get(name, ""))[:LONGEST_HEADER]
    try:
        parts = [_decoded(part, charset or "utf-8") for part, charset in decode_header(raw)]
    except (HeaderParseError, ValueError):
        parts = [raw]
    return " ".join(clean("".join(parts)).split())


def text(part: Mail) -> str:
    """The words of a text part, those of HTML without its tags."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    found = _decoded(content[: 10 * LONGEST_TEXT], part.get_content_charset("utf-8"))
    if part.get_content_type() == "text/html":
        reader = _Html()
        reader.feed(found)
        found = "".join(reader.said)
    found = _SPACES.sub(" ", clean(found).replace("\r\n", "\n").replace("\r", "\n"))
    return _EMPTY_LINES.sub("\n\n", found).strip()[:LONGEST_TEXT]


def clean(found: str) -> str:
    """Without what no database keeps and no page shows: control characters and half characters."""
    return "".join(c if c.isprintable() or c in "\n\r\t" else " " for c in found)


def _decoded(content: bytes | str, charset: str) -> str:
    if isinstance(content, str):
        return content
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data.replace("\n", " "))
