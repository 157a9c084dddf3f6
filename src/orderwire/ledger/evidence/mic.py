"""What an AS2 receipt (MDN) proves, found out again from the file alone: whose signature it has, and that its MIC is
that of the very files in the evidence (RFC 4130 section 7.4.3)."""

import datetime
import hmac
from collections.abc import Sequence
from enum import StrEnum

from orderwire.channels import File, Parcel, Refused
from orderwire.channels.as2 import message, mime, opened, receipt
from orderwire.channels.as2.fault import Fault
from orderwire.channels.as2.names import message_id
from orderwire.channels.as2.settings import As2Config
from orderwire.ledger.evidence.file import Back, Carried


class Word(StrEnum):
    """What a sentence about a receipt is."""

    PROVEN = "proven"
    OPEN = "open"
    PROBLEM = "problem"


def judge(carried: Carried, files: Sequence[File], back: Back, raw: bytes, certificates: str) -> tuple[Word, str]:
    """The verdict on one receipt, in words. `certificates` are the partner's, as the endpoint had them (PEM)."""
    if carried.agreed is None:
        return Word.OPEN, "cannot be looked into: the file does not say what was agreed with the partner"
    who, agreed = carried.agreed.partner_id, carried.agreed.model_dump()
    config = As2Config.model_construct(**agreed, partner_certificates=certificates, allow_legacy=True)
    try:
        at = datetime.datetime.fromisoformat(back.at)
        answer = mime.read(raw)
        found = opened.open_message(answer.headers, answer.body, config, at)
        if not found.report:
            return Word.OPEN, "is an answer without a receipt in it"
        said = receipt.said(found.entity, signed=found.signed, id="")
        if said.about != message_id(carried.message_id, config.our_id):
            return Word.PROBLEM, "speaks of another message"
        if not said.mic:
            return Word.OPEN, "has no MIC, so it does not say which bytes came"
        mine = message.mic(message.source(Parcel("", tuple(files)), config), said.digest)
    except (Fault, Refused, ValueError, AttributeError) as failure:
        return Word.OPEN, f"cannot be looked into with what is in this file ({str(failure) or type(failure).__name__})"
    if not hmac.compare_digest(said.mic.encode(), mine.encode()):
        if config.compression == "before_signing":
            return Word.OPEN, "has the MIC of compressed bytes, which this machine compresses in another way"
        refused = back.kind in ("bounced", "delayed")
        return (Word.OPEN if refused else Word.PROBLEM), "has the MIC of other bytes than those in this file"
    if not said.signed:
        return Word.OPEN, "has the MIC of exactly these files, but no signature: anybody could have written it"
    return (
        Word.PROVEN,
        f"is signed by {who}'s certificate and has the MIC of exactly these files",
    )
