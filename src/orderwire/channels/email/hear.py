"""What a mail that came in holds. Anybody may write to a mailbox, so all of it counts only under our mark in the
address that it was sent to; a person's words are shown, and never taken for an answer."""

import email
import hashlib
import re
from email import policy
from email.utils import parseaddr

from orderwire.channels import Heard, Note
from orderwire.channels.email import attached, bounce
from orderwire.channels.email.token import token
from orderwire.channels.email.words import LONGEST_TEXT, Mail, header, text

MOST_LINES = 500_000
MOST_PARTS = 200
"""Boundaries and kinds of parts that a mail may name; each costs time for every line that follows."""
_PARTS = re.compile(rb"(?:boundary\s*=|^content-type:)", re.IGNORECASE | re.MULTILINE)
_ENDLESS = re.compile(rb"^content-[a-z-]{4,20}:(?:[^\n]|\n[ \t]){10000}", re.IGNORECASE | re.MULTILINE)
"""A header whose parameters the library takes apart in time that grows with the square of them."""
_ID = re.compile(r"<([^<>\s]{1,200})>")

STRANGE = (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError, AssertionError)
"""What the standard library raises for mails that are none."""


def hear(content: bytes) -> Heard:
    """Reports, else files and a note. `token` says under which mark all of it came, empty without one."""
    identity = hashlib.sha256(content).hexdigest()
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # the library ends a line at each of them
    if lines.count(b"\n") > MOST_LINES or sum(1 for _ in _PARTS.finditer(lines)) > MOST_PARTS or _ENDLESS.search(lines):
        return Heard(refused="the mail has more lines or parts than any real one; it is kept and was not opened")
    try:
        mail: Mail = email.message_from_bytes(content, policy=policy.compat32)
        return _heard(mail, identity)
    except STRANGE as failure:
        return Heard(refused=f"this cannot be read as a mail ({type(failure).__name__}); it is kept")


def _heard(mail: Mail, identity: str) -> Heard:
    under = token(mail)
    reports = bounce.reports(mail, under, identity[:32])
    if reports:
        return Heard(reports=reports, identity=identity, token=under)
    if bounce.is_report(mail):
        return Heard(note=_note(mail, under), identity=identity, token=under)
    return Heard(files=attached.files(mail), note=_note(mail, under), identity=identity, token=under)


def _note(mail: Mail, under: str) -> Note:
    said = _spoken(mail)
    names = attached.names(mail)
    if names:
        said = f"{said}\n\nAttached: {', '.join(names)}".strip()[:LONGEST_TEXT]
    sender = parseaddr(header(mail, "From"))[1] or header(mail, "From")
    return Note(
        sender=sender[:320] or "nobody named",
        subject=header(mail, "Subject")[:400],
        text=said,
        message_id=_answered(mail),
        token=under,
    )


def _spoken(mail: Mail) -> str:
    """The first text for people; of two forms of it the plain one."""
    found = {"text/plain": "", "text/html": ""}
    for part in mail.walk():
        kind = part.get_content_type()
        if kind in found and not found[kind] and part.get_content_disposition() != "attachment":
            found[kind] = text(part)
    return found["text/plain"] or found["text/html"]


def _answered(mail: Mail) -> str:
    """The id of the mail that it answers, else the last of the thread (RFC 5322 section 3.6.4)."""
    for name in ("In-Reply-To", "References"):
        ids = _ID.findall(header(mail, name))
        if ids:
            return str(ids[-1])
    return ""
