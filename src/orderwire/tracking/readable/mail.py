"""A sent mail: its headers, its parts, and its text with the answer link masked."""

from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

SHOWN = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Orderwire-Duplicate")


@dataclass(frozen=True)
class Part:
    """One part: its type, file name and size in bytes."""

    media_type: str
    name: str
    size: int


@dataclass(frozen=True)
class Mail:
    """A mail as a person reads it. `raw` holds all headers; bodies are left out: they carry the link encoded."""

    headers: tuple[tuple[str, str], ...]
    text: str
    parts: tuple[Part, ...]
    raw: str


def mail(content: bytes, mask: Callable[[str], str]) -> Mail:
    """Parse a mail that we sent; damaged parts are shown as far as they go."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    headers = tuple((name, mask(str(message[name]))) for name in SHOWN if message[name])
    body = message.get_body(("plain",))
    text = mask(str(body.get_content())) if body is not None else ""
    parts = tuple(
        Part(part.get_content_type(), part.get_filename() or "", len(part.get_payload(decode=True) or b""))
        for part in message.walk()
        if not part.is_multipart()
    )
    head, _, rest = content.partition(b"\r\n\r\n") if b"\r\n\r\n" in content else content.partition(b"\n\n")
    raw = mask(head.decode("utf-8", errors="replace").replace("\r\n", "\n"))
    return Mail(headers, text, parts, f"{raw}\n\n[{len(rest):,} bytes in {len(parts)} parts]")
