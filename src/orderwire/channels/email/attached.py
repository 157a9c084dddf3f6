"""The files in a mail that a machine may have written for us: by content and name, few and of bounded size. Programs,
scripts and whatever else is attached are never opened; a person sees their names."""

import io
import re
import zipfile
from collections.abc import Iterator

from orderwire.channels import File
from orderwire.channels.email.words import Mail, clean

MOST_FILES = 20
LARGEST = 10 * 1024 * 1024
LARGEST_INSIDE = 64 * 1024 * 1024
"""Bytes that a workbook may unfold to."""
_EDI = re.compile(rb"(ISA[^A-Za-z0-9]|UNA.{6}\s*UNB|UNB[^A-Za-z0-9]|UNG[^A-Za-z0-9])", re.DOTALL)
_TYPES = {
    "xml": "application/xml",
    "edi": "application/edi",
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def names(mail: Mail) -> tuple[str, ...]:
    """What is attached, by name."""
    return tuple(name for part in _parts(mail) if (name := filename(part)))[:MOST_FILES]


def files(mail: Mail) -> tuple[File, ...]:
    """What a reader may understand."""
    return tuple(_documents(mail))[:MOST_FILES]


def filename(part: Mail) -> str:
    """The name that the sender gave, without any folder."""
    try:
        given = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):  # an encoding that does not exist, a broken RFC 2231 sequence
        return ""
    return " ".join(clean(str(given)).replace("\\", "/").rpartition("/")[2].split())[:200]


def kind(content: bytes, name: str) -> str:
    """What it is, empty where no reader of ours takes it."""
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    ending = name.lower().rpartition(".")[2]
    if _EDI.match(start):
        return "edi"
    if start.startswith(b"<?xml") or (start.startswith(b"<") and ending == "xml"):
        return "xml"
    if start.startswith(b"%PDF-"):
        return "pdf" if b"/EmbeddedFile" in content else ""
    if start.startswith(b"PK\x03\x04"):
        return "xlsx" if _is_workbook(content) else ""
    if start[:1] in (b"{", b"[") and ending in ("json", ""):
        return "json"
    return "csv" if ending in ("csv", "tsv") and b"\0" not in content[:4096] else ""


def _parts(mail: Mail) -> Iterator[Mail]:
    """The attachments, and none of those in a mail that is itself attached."""
    if mail.get_content_maintype() == "message":
        return
    if mail.is_multipart():
        payload = mail.get_payload()
        for part in payload if isinstance(payload, list) else ():
            if isinstance(part, type(mail)):
                yield from _parts(part)
        return
    spoken = mail.get_content_type() in ("text/plain", "text/html")
    if mail.get_content_disposition() == "attachment" or filename(mail) or not spoken:
        yield mail


def _documents(mail: Mail) -> Iterator[File]:
    for part in _parts(mail):
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not 0 < len(content) <= LARGEST:
            continue
        name = filename(part)
        if found := kind(content, name):
            yield File(name or f"document.{found}", _TYPES[found], content)


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    listed = {item.filename for item in inside}
    unfolds = sum(item.file_size for item in inside)
    return "xl/workbook.xml" in listed and len(inside) <= 2000 and unfolds <= LARGEST_INSIDE
