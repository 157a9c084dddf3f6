"""What partners' stations send us: opened, checked against the agreement, and answered with a receipt."""

import datetime
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from orderwire.channels import Answer, File, Heard, Parcel, Proof, Refused, Report, Request, Taken
from orderwire.channels.as2 import mime, opened, receipt
from orderwire.channels.as2.certificates import Pair
from orderwire.channels.as2.fault import (
    AUTHENTICATION,
    MESSAGE_ID,
    UNEXPECTED,
    UNKNOWN,
    UNSUPPORTED_FORMAT,
    UNSUPPORTED_MIC,
    Fault,
)
from orderwire.channels.as2.message import digest_named, mic, micalg, signing_pair, source
from orderwire.channels.as2.names import id_in, is_name, parcel_id, unquoted
from orderwire.channels.as2.session import RECEIPT
from orderwire.channels.as2.settings import As2Config
from orderwire.channels.as2.signature import DIGESTS, Digest
from orderwire.channels.http import guard

logger = logging.getLogger(__name__)

GOOD = "processed"
_KEPT = "The message was received, and is kept. This says nothing about the orders or answers in it."
_OPTION = re.compile(r"\s*([\w-]+)\s*=\s*(required|optional)\s*,\s*([^;]*)", re.IGNORECASE)
_KEPT_OUT = frozenset({"authorization", "cookie"})


@dataclass(frozen=True)
class Wanted:
    """The receipt that a sender asks for; `url` where it shall come afterwards."""

    signed: bool
    digest: Digest
    url: str


@dataclass(frozen=True)
class Reply:
    """What goes back about a message; without `wanted`, a mere HTTP status."""

    outcome: receipt.Outcome
    wanted: Wanted | None


def addressed(request: Request) -> Mapping[str, str]:
    """The names of the two stations (RFC 4130 section 6.2). Raises Refused."""
    if request.method != "POST":
        raise Refused("this address takes AS2 messages by POST")
    them, us = (unquoted(request.headers.get(name, "")) for name in ("as2-from", "as2-to"))
    if not them or not us:
        raise Refused("the message has no AS2-From or no AS2-To")
    return {"partner_id": them, "our_id": us}


def kept(request: Request) -> bytes:
    """Headers, without passwords, and body."""
    return mime.write(((n, v) for n, v in request.headers.items() if n not in _KEPT_OUT), request.body)


def hear(content: bytes, config: As2Config) -> Heard:
    """Open a kept message. What is wrong with it is said in the form that its sender asked for."""
    now = datetime.datetime.now(datetime.UTC)
    about, wanted = "", None
    try:
        request = mime.read(content)
        about = id_in(request.headers.get("message-id", ""))
        wanted, objection = _wanted(request.headers, config)
        found = opened.open_message(request.headers, request.body, config, now)
        if found.report:
            return _report(content, about, found, config)
        if objection is not None:
            raise objection
        if not about:
            raise Fault(MESSAGE_ID, "The message has no Message-ID that could be used.")
        opened.secured(found, config)
        files = opened.files(found.entity)
    except Fault as fault:
        reply = Reply(receipt.Outcome(about, fault.disposition, fault.words), wanted)
        return Heard(refused=fault.words, later=_later(reply, config, now), data=reply)
    digest = found.digest or (wanted.digest if wanted else DIGESTS[0])
    reply = Reply(receipt.Outcome(about, GOOD, _KEPT, f"{mic(found.source, digest)}, {micalg(digest)}"), wanted)
    return Heard(files=files, identity=about, later=_later(reply, config, now), data=reply, once=True)


def answer(heard: Heard, taken: Taken, config: As2Config) -> Answer:
    """The receipt, or where none is asked for here, a status that says the same."""
    reply = heard.data
    if not isinstance(reply, Reply):  # a fault of ours, so that the same may be sent again
        return _words(500, heard.refused)
    outcome, wanted = reply.outcome, reply.wanted
    if taken.contradicts:
        error = Fault(UNEXPECTED, "; ".join(taken.findings))
        outcome = replace(outcome, disposition=error.disposition, words=error.words)
    good = outcome.disposition == GOOD
    if wanted is None or (wanted.url and taken.contradicts):
        return Answer(200) if good else _words(409 if taken.contradicts else 400, outcome.words)
    if wanted.url:
        return Answer(200)
    now = datetime.datetime.now(datetime.UTC)
    headers, body = receipt.build(
        outcome, us=config.our_id, them=config.partner_id, signing=_signing(wanted, config, now), now=now
    )
    return Answer(200, body, headers)


def turned_away(request: Request, reason: str) -> Answer:
    """What goes back to a message for which there is no agreement: without one there is no key to sign it with."""
    them, us = (unquoted(request.headers.get(name, "")) for name in ("as2-from", "as2-to"))
    about = id_in(request.headers.get("message-id", ""))
    if request.method in ("GET", "HEAD"):  # somebody looks whether there is a station
        return _words(200, reason)
    if request.method != "POST":
        return Answer(405, headers={"Allow": "POST"})
    asks = "disposition-notification-to" in request.headers and "receipt-delivery-option" not in request.headers
    if not (asks and about and is_name(them) and is_name(us)):
        return _words(403, reason)
    outcome = receipt.Outcome(about, Fault(UNKNOWN, reason).disposition, reason)
    now = datetime.datetime.now(datetime.UTC)
    headers, body = receipt.build(outcome, us=us, them=them, signing=None, now=now)
    return Answer(200, body, headers)


def compare(report: Report, parcel: Parcel, config: As2Config) -> Report:
    """The report after its MIC was compared with that of what was sent."""
    try:
        proof, text = receipt.judged(receipt.Said.of(report.claims), source(parcel, config), config)
    except Refused as failure:
        return replace(report, proof=None, text=failure.reason, code=failure.code or "")
    return replace(report, proof=proof, text=text)


def _report(content: bytes, identity: str, found: opened.Opened, config: As2Config) -> Heard:
    """A receipt that comes by itself. What it proves is known when it is compared with what was sent."""
    said = receipt.said(found.entity, signed=found.signed, id=identity)
    if not said.about:
        raise Fault(UNEXPECTED, "The receipt does not say for which message it is.")
    if config.receipt == "signed" and not said.signed:
        raise Fault(AUTHENTICATION, "The receipt is not signed, and a signed one is agreed.")
    report = Report(
        text=f"{config.name} sent a receipt",
        proof=Proof.HANDED_OVER,
        message_id=parcel_id(said.about, config.our_id),
        external_id=identity,
        evidence=content,
        claims=said.claims,
    )
    return Heard(reports=(report,), identity=identity, data=Reply(receipt.Outcome(identity, GOOD, ""), None))


def _wanted(headers: Mapping[str, str], config: As2Config) -> tuple[Wanted | None, Fault | None]:
    """The receipt that is asked for (RFC 4130 section 7.3), and what is wrong with the wish."""
    if "disposition-notification-to" not in headers:
        return None, None
    options = {
        name.lower(): (how.lower() == "required", [each.strip() for each in values.split(",")])
        for name, how, values in _OPTION.findall(headers.get("disposition-notification-options", "")[:1000])
    }
    must_sign, protocols = options.get("signed-receipt-protocol", (False, []))
    must_digest, names = options.get("signed-receipt-micalg", (False, []))
    digest = next((d for d in map(digest_named, names) if d in config.digests), "")
    url = headers.get("receipt-delivery-option", "")
    signed = "pkcs7-signature" in (each.lower() for each in protocols)
    if url and not _agreed(url, config):
        words = f"The receipt shall go to an address that is not agreed with {config.partner_id}; agree on its host."
        return None, Fault(UNEXPECTED, words)
    wanted = Wanted(signed, digest or DIGESTS[0], url)
    if must_sign and protocols and not signed:
        return wanted, Fault(UNSUPPORTED_FORMAT, "Receipts are signed with pkcs7-signature here.")
    if must_digest and names and not digest:
        return wanted, Fault(UNSUPPORTED_MIC, f"The MIC can be one of {', '.join(map(micalg, config.digests))} here.")
    return wanted, None


def _agreed(url: str, config: As2Config) -> bool:
    """Whether a receipt may go there: the settings name the host, the sender does not choose one."""
    try:
        guard.check_url(url, allow_private=config.allow_private, ports=config.ports)
    except ValueError:
        return False
    return (urlsplit(url).hostname or "").lower() in config.hosts


def _later(reply: Reply, config: As2Config, now: datetime.datetime) -> Parcel | None:
    if reply.wanted is None or not reply.wanted.url:
        return None
    signing = _signing(reply.wanted, config, now)
    headers, body = receipt.build(reply.outcome, us=config.our_id, them=config.partner_id, signing=signing, now=now)
    made = File("receipt.mdn", RECEIPT, mime.write(headers.items(), body))
    return Parcel(message_id="", files=(made,), to=(reply.wanted.url,))


def _signing(wanted: Wanted, config: As2Config, now: datetime.datetime) -> tuple[Pair, Digest] | None:
    """How a receipt is signed. Where none of our keys may, it goes unsigned: the sender will not take it for a proof,
    and reads what happened."""
    if not wanted.signed:
        return None
    try:
        return signing_pair(config, now), wanted.digest if wanted.digest in DIGESTS else DIGESTS[0]
    except Refused as failure:
        logger.warning("A receipt for %s goes unsigned: %s", config.partner_id, failure.reason)
        return None


def _words(status: int, text: str) -> Answer:
    return Answer(status, f"{text}\n".encode(), {"Content-Type": "text/plain; charset=utf-8"})
