"""A parcel as the bytes of a MIME message. Written here and not by `email.message`, which costs ten times as much;
a test parses the result with that package and compares every part."""

import binascii
import datetime
import re
import unicodedata
from email.header import Header
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import quote

from orderwire.channels import File, Parcel, Refused

MIXED, ALTERNATIVE = b"=_orderwire_mixed", b"=_orderwire_alternative"
"""Boundaries that no part can contain: '=_' is impossible in base64 and, by its rule for '=', in quoted-printable."""

_PLAIN = re.compile(r"[!-~]+( [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=^_`{|}~-]+)*")
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f()<>@,;:\\\"\[\].]+(\.[^\s\x00-\x20\x7f()<>@,;:\\\"\[\].]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_MESSAGE_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,160}(@[A-Za-z0-9.-]{1,160})?")
_MEDIA_TYPE = re.compile(
    r"[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}(; ?[A-Za-z0-9-]{1,20}=[A-Za-z0-9_.-]{1,40}){0,3}"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{2,8})*")
_MAPPED_AWAY = frozenset("ßς\u200c\u200d")


class Envelope(Protocol):
    """The settings that a message shows."""

    @property
    def from_address(self) -> str: ...
    @property
    def from_name(self) -> str: ...
    @property
    def reply_to(self) -> str | None: ...
    @property
    def recipients(self) -> tuple[str, ...]: ...
    @property
    def cc(self) -> tuple[str, ...]: ...
    @property
    def header(self) -> str: ...


def header_text(text: str) -> str:
    """The text, if it may stand in a header. Raises ValueError for a line break or another control character."""
    if text.isprintable():
        return text
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
            raise ValueError(f"contains the control character U+{ord(char):04X}, which no mail header may; remove it")
    return text


def address(text: str) -> str:
    """An address as it goes on the wire, its domain in ASCII (RFC 5890). Raises ValueError saying what is wrong."""
    local, at, domain = header_text(text).rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local.encode()) > 64:
        raise ValueError(f"{text!r} is not an e-mail address like orders@example.com")
    if not domain.isascii():
        if _MAPPED_AWAY & set(domain):
            raise ValueError(f"the domain of {text!r} has two readings; write it in its xn-- form")
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError as failure:
            raise ValueError(f"the domain of {text!r} is not a host name") from failure
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"the domain of {text!r} is not a host name")
    return f"{local}@{domain}"


def build(parcel: Parcel, envelope: Envelope, now: datetime.datetime) -> bytes:
    """The message, CRLF line ends throughout, no line over 998 octets. Raises Refused naming the field at fault."""
    try:
        head = _head(parcel, envelope, now)
        body = _bodies(parcel)
        if parcel.files:
            parts = [body, *(_attachment(file) for file in parcel.files)]
            body = b"".join(b"--%b\r\n%b" % (MIXED, part) for part in parts) + b"--%b--\r\n" % MIXED
            body = b'Content-Type: multipart/mixed; boundary="%b"\r\n\r\n%b' % (MIXED, body)
    except ValueError as failure:
        raise Refused(f"Not sent: {failure}") from failure
    return head + body


def message_id(parcel: Parcel, envelope: Envelope) -> str:
    """The parcel's id as an RFC 5322 Message-ID, the sender's domain added where it has none."""
    bare = parcel.message_id.removeprefix("<").removesuffix(">")
    if not _MESSAGE_ID.fullmatch(bare):
        raise ValueError(f"the message id {parcel.message_id[:80]!r} has characters that a Message-ID may not")
    return f"<{bare if '@' in bare else bare + '@' + envelope.from_address.rpartition('@')[2]}>"


def _head(parcel: Parcel, envelope: Envelope, now: datetime.datetime) -> bytes:
    fields = [
        ("From", _mailbox(envelope.from_name, envelope.from_address)),
        ("To", ",\r\n ".join(envelope.recipients)),
    ]
    if envelope.cc:
        fields.append(("Cc", ",\r\n ".join(envelope.cc)))
    if envelope.reply_to:
        fields.append(("Reply-To", envelope.reply_to))
    fields += [
        ("Subject", _words(_named("subject", parcel.subject), "Subject")),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id(parcel, envelope)),
        ("Auto-Submitted", "auto-generated"),
    ]
    if _LANGUAGE.fullmatch(parcel.language):
        fields.append(("Content-Language", parcel.language))
    if parcel.duplicate:
        fields.append(("X-Orderwire-Possible-Duplicate", "yes"))
    fields.append(("MIME-Version", "1.0"))
    own = f"{envelope.header}\r\n" if envelope.header else ""
    return (own + "".join(f"{name}: {value}\r\n" for name, value in fields)).encode()


def _named(field: str, text: str) -> str:
    try:
        return header_text(text)
    except ValueError as failure:
        raise ValueError(f"the {field} {failure}") from failure


def _words(text: str, header: str) -> str:
    """Short printable ASCII as it is; all else encoded, also what only looks like an encoded word."""
    return text if _is_plain(text) else _encoded(text, header)


def _is_plain(text: str) -> bool:
    return not text or (len(text) <= 65 and _PLAIN.fullmatch(text) is not None and "=?" not in text)


def _encoded(text: str, header: str) -> str:
    """Encoded words (RFC 2047), folded."""
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _mailbox(name: str, addr: str) -> str:
    if not name:
        return addr
    if not _is_plain(name):
        return f"{_encoded(name, 'From')}\r\n <{addr}>"
    if not _ATOMS.fullmatch(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{addr}>"


def _bodies(parcel: Parcel) -> bytes:
    text = _body("plain", parcel.text)
    if not parcel.html:
        return text
    parts = b"".join(b"--%b\r\n%b" % (ALTERNATIVE, part) for part in (text, _body("html", parcel.html)))
    return b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n%b--%b--\r\n' % (ALTERNATIVE, parts, ALTERNATIVE)


def _body(subtype: str, text: str) -> bytes:
    try:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    except UnicodeEncodeError as failure:
        raise ValueError("the text of the mail contains half a character (a lone surrogate)") from failure
    encoded = binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")
    return b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%b\r\n' % (
        subtype.encode(),
        encoded,
    )


def _attachment(file: File) -> bytes:
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        raise ValueError(f"the media type {file.media_type[:80]!r} of {file.filename[:80]!r} is not one")
    encoded = binascii.b2a_base64(file.content, newline=False)
    lines = b"\r\n".join([encoded[i : i + 76] for i in range(0, len(encoded), 76)])
    head = b"Content-Type: %b\r\nContent-Disposition: attachment;\r\n %b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head % (file.media_type.encode(), _filename(file.filename)) + lines + b"\r\n"


def _filename(name: str) -> bytes:
    _named("file name", name)
    if re.fullmatch(r"[A-Za-z0-9 _.()+-]{1,60}", name):
        return f'filename="{name}"'.encode()
    encoded = quote(name, safe="", encoding="utf-8")  # RFC 2231 section 4
    if not name or len(encoded) > 900:
        raise ValueError("a file name is empty or longer than a mail header may be")
    return f"filename*=utf-8''{encoded}".encode()
