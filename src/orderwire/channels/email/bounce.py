"""Bounces, delays, delivery reports and complaints: what mail systems say later about a mail of ours.

RFC 3464 first, by the standard library; where a mail server of the old kind writes in words only, flufl.bounce.
"""

import logging
import re
from collections.abc import Iterator
from email.message import Message
from email.utils import parseaddr

from flufl.bounce import all_failures

from orderwire.channels import Proof, Report
from orderwire.channels.email.token import mark
from orderwire.channels.email.words import Mail, clean, header

logger = logging.getLogger(__name__)

MOST = 100
"""Recipients of one report."""
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>;,]{1,128}@[^\s<>;,]{1,128}")
_SYSTEMS = re.compile(r"(mailer-?daemon|postmaster|mail-?daemon|mailsystem|mdaemon)([+.@-]|$)", re.IGNORECASE)
_NO_COMPLAINT = frozenset({"not-spam", "auth-failure", "dmarc"})
"""Feedback types that say nothing about what a reader wants (RFC 6591, RFC 5965 section 3.1)."""

_MEANS = {
    "1.7": "they do not take our sender's address",
    "1.8": "they do not take our sender's address",
    "1": "they say that there is no such address",
    "2.1": "their mailbox is switched off",
    "2.2": "their mailbox is full",
    "2.3": "it is larger than their mailbox takes",
    "3.4": "it is larger than their mail system takes",
    "4.7": "their mail server could not be reached for too long",
    "7": "their mail system refuses it by its rules",
}


def reports(mail: Mail, token: str, digest: str) -> tuple[Report, ...]:
    """What the mail reports about the mail of this mark, or about the one that a complaint quotes; nothing for what is
    no report at all, such as a person's mail with a report attached. `digest` tells this report from others."""
    if not is_report(mail):
        return ()
    status = _part(mail, "message/delivery-status")
    if status is not None:
        return tuple(_from_status(status, token, digest))
    feedback = _part(mail, "message/feedback-report")
    if feedback is not None:
        return _complaint(feedback, token, digest)
    return tuple(_in_words(mail, token, digest)) if token and _from_a_system(mail) else ()


def is_report(mail: Mail) -> bool:
    """Whether a mail system wrote this about another mail, understood or not (RFC 6522): it is no person's word."""
    return mail.get_content_type() == "multipart/report" or _from_a_system(mail)


def _part(mail: Mail, kind: str) -> Mail | None:
    payload = mail.get_payload()
    parts = [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []
    return next((part for part in parts if part.get_content_type() == kind), None)


def _from_status(status: Mail, token: str, digest: str) -> Iterator[Report]:
    """RFC 3464 section 2: fields about the mail, then a group of fields for each recipient."""
    payload = status.get_payload()
    groups = payload if isinstance(payload, list) else []
    for group in [g for g in groups if isinstance(g, Message) and g.get("Final-Recipient")][:MOST]:
        report = _about_one(group, token, digest)
        if report is not None:
            yield report


def _about_one(group: Mail, token: str, digest: str) -> Report | None:
    address = _address(group.get("Original-Recipient")) or _address(group.get("Final-Recipient"))
    diagnosis = header(group, "Diagnostic-Code").partition(";")[2].strip()[:400]
    code = _code(header(group, "Status"), diagnosis)
    action = header(group, "Action").lower().split(" ")[0]
    if not action:
        action = {"5": "failed", "4": "delayed"}.get(code[:1], "")
    text, proof, final = "", None, True
    match action:
        case "failed":
            text = _came_back(address, code, diagnosis)
        case "delayed":
            final, text = False, f"It has not reached {address} yet; their mail system still tries. {diagnosis}"
        case "delivered" if not code.startswith(("4", "5")):
            proof, text = Proof.DELIVERED, f"Their mail system put it into the mailbox of {address}. {diagnosis}"
        case "relayed" | "expanded" if not code.startswith(("4", "5")):
            proof, text = Proof.HANDED_OVER, f"It went on from {address} to a system that reports no more. {diagnosis}"
        case _:
            return None
    return Report(
        text=text.strip(),
        proof=proof,
        token=token,
        address=address,
        final=final,
        code=code,
        external_id=f"{digest} {address}",
    )


def _came_back(address: str, code: str, diagnosis: str) -> str:
    subject = code.partition(".")[2]
    why = _MEANS.get(subject) or _MEANS.get(subject.partition(".")[0], "")
    said = f". Their words: {diagnosis}" if diagnosis else ""
    return f"It came back from {address or 'their mail system'}{': ' + why if why else ''} ({code or 'no code'}){said}"


def _code(status: str, diagnosis: str) -> str:
    """The enhanced status (RFC 3463); where it says nothing more exact than that it failed, the one in the words."""
    stated, said = _STATUS.search(status), _STATUS.search(diagnosis)
    if stated is None or (stated[2] == "0" and said is not None and said[1] == stated[1]):
        stated = said or stated
    return stated[0] if stated else ""


def _address(field: object) -> str:
    """The address in `rfc822; someone@example.com`."""
    found = _ADDRESS.search(clean(str(field or ""))[:1000].partition(";")[2])
    return found[0].lower()[:254] if found else ""


def _complaint(feedback: Mail, token: str, digest: str) -> tuple[Report, ...]:
    """RFC 5965. Mailbox providers send it to an address of their choice, so that our mark may also be in the sender's
    address that they repeat."""
    fields = _fields(feedback)
    kind = header(fields, "Feedback-Type").lower()
    if not kind or kind in _NO_COMPLAINT:
        return ()
    found = _ADDRESS.search(header(fields, "Original-Rcpt-To"))
    address = found[0].lower()[:254] if found else ""
    report = Report(
        text=f"{address or 'The reader'} reported our mail as {kind[:40]}",
        token=token or mark(fields.get("Original-Mail-From", "")),
        address=address,
        complaint=True,
        external_id=f"{digest} {address}",
    )
    return (report,)


def _fields(part: Mail) -> Mail:
    """The fields of a part that holds nothing else; the library reads `message/*` parts as mails of their own."""
    payload = part.get_payload()
    return payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Message) else part


def _from_a_system(mail: Mail) -> bool:
    """A mail system writes this: by its name, and not in somebody's absence (RFC 3834 section 5)."""
    sender = parseaddr(header(mail, "From"))[1]
    return_path = mail.get("Return-Path")
    from_nobody = return_path is None or str(return_path).strip() in ("<>", "")
    return bool(_SYSTEMS.match(sender)) and from_nobody


def _in_words(mail: Mail, token: str, digest: str) -> Iterator[Report]:
    try:
        late, dead = all_failures(mail)
    except Exception as failure:  # noqa: BLE001 - its detectors stumble over strange mails, and then have found nothing
        logger.info("A mail of a mail system could not be understood (%s)", type(failure).__name__)
        return
    for addresses, final in ((dead, True), (late - dead, False)):
        for raw in sorted(addresses)[:MOST]:
            address = clean(raw.decode("utf-8", "replace")).lower()[:254]
            text = _came_back(address, "", "") if final else f"It has not reached {address} yet"
            yield Report(text=text, token=token, address=address, final=final, external_id=f"{digest} {address}")
