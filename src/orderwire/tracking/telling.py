"""Events in words: what each kind in the ledger says to a buyer, and the bars it proves."""

import datetime
import re
from decimal import Decimal

from orderwire.document.states import DeliveryState
from orderwire.records import Event
from orderwire.tracking.channels import by_channel, format_word, source_word
from orderwire.tracking.fields import field_word
from orderwire.tracking.told import Facts, Teach, Teller, Told, end, why
from orderwire.tracking.told_after import AFTER
from orderwire.tracking.words import Money, plural, when

_LEG = re.compile(r"(.+) by (\S+) as (\S+)")
_MAY = re.compile(r"You may approve this order; .*? \((.+)\)\.")
"""What the policy said to the person who then approved."""


def tell(event: Event, telling: Teller) -> Told:
    """An event in words. A kind that we have no words for is shown by its name, never left out."""
    teach = _WORDS.get(event.kind)
    return teach(event.data, event, telling) if teach else Told(event.kind.replace(".", ": ").replace("_", " "))


def _created(d: Facts, e: Event, t: Teller) -> Told:
    money = Money(Decimal(d["total"]), d["currency"])
    text = f"{plural(d['lines'], 'line')}, {money}, {source_word(d['source'])}." + (
        " A test order." if d.get("test") else ""
    )
    return Told(f"Version {d['number']} by {t.who(e)}", text)


def _granted(d: Facts, e: Event, t: Teller) -> Told:
    rest = "" if d.get("complete") else " Another approval is needed."
    said = d.get("reason", "")
    by_policy = _MAY.fullmatch(said)
    return Told(
        f"Approved by {t.who(e)}",
        f"{end(by_policy[1] if by_policy else said)} Bound to exactly this content.{rest}".strip(),
        "done",
    )


def _external(d: Facts, e: Event, t: Teller) -> Told:
    reference = f", reference {d['reference']}" if d.get("reference") else ""
    text = f"It came approved {source_word(d['source'])}, which we trust{reference}. Bound to exactly this content."
    return Told(f"Approved by {d['approver']}", text, "done")


def _plan(d: Facts, e: Event, t: Teller) -> Told:
    ways = "; ".join(_way(leg, t) for leg in d.get("legs", []))
    text = f"{end(ways)} By version {d['version']} of the rules.".strip()
    return Told("It was decided how to send it", text)


def _way(leg: str, t: Teller) -> str:
    """A leg of the ledger, "supplier by folder as x12", in words."""
    found = _LEG.fullmatch(leg)
    if found is None:
        return leg
    to, channel, kind = found.groups()
    return f"{t.supplier if to == 'supplier' else f'copy to {to}'} {by_channel(channel)}, as {format_word(kind)}"


def _accepted(d: Facts, e: Event, t: Teller) -> Told:
    if d["proof"] == "delivered":
        return Told(f"{t.to(e)}: receipt proven", end(d["text"]), "done", "quiet", 3, "receipt proven")
    evidence = "handed over" if d["proof"] == "handed_over" else "sent only"
    level = 2 if d["proof"] == "handed_over" else 1
    return Told(f"Handed over to {t.to(e)}", end(d["text"]), "done", "quiet", level, evidence)


def _functional(d: Facts, e: Event, t: Teller) -> Told:
    good = d["status"] in ("accepted", "accepted_with_errors")
    words = d["status"].replace("_", " ")
    text = f"Functional acknowledgment: {words}. It says nothing about the business." + (
        f" {end(d['text'])}" if d.get("text") else ""
    )
    title = f"{t.to(e)}’s system read it" if good else f"{t.to(e)}’s system could not read it"
    return Told(
        title,
        text,
        "done" if good else "fail",
        "quiet" if good else "bad",
        3 if good else 0,
        (d.get("code") and f"functional acknowledgment {d['code']}") or "functional acknowledgment",
    )


def _advised(d: Facts, e: Event, t: Teller) -> Told:
    good = d["status"] != "rejected"
    title = f"{t.to(e)}’s application took it in" if good else f"{t.to(e)}’s application refused it"
    text = f"{end(d['text'])} It is not their answer." if d.get("text") else "It is not their answer."
    return Told(
        title, text, "done" if good else "fail", "quiet" if good else "bad", 3 if good else 0, "their application"
    )


def _retry(d: Facts, e: Event, t: Teller) -> Told:
    code = f"{d['code']}: " if d.get("code") else ""
    next_at = datetime.datetime.fromisoformat(d["next_at"])
    return Told(
        f"{t.to(e)} not reached",
        f"{code}{end(d['reason'])} Nothing was taken over. Next try {when(next_at)}.",
        "late",
        "quiet",
    )


def _settled(d: Facts, e: Event, t: Teller) -> Told:
    """What came out of a doubt, or that an answer proves what was sent."""
    what, state = "The cancellation" if "cancellation" in e.subjects else "It", DeliveryState(d["state"])
    said = end(d.get("reason") or "") + (f" Noted by {t.who(e)}." if e.actor.startswith("user:") else "")
    match state:
        case DeliveryState.READY:
            return Told(f"To be sent again to {t.to(e)}", said)
        case DeliveryState.FAILED | DeliveryState.CANCELLED:
            return Told(f"{what} did not arrive at {t.to(e)}", said, "end")
        case _:
            return Told(f"{what} arrived at {t.to(e)}", said, "done")


def _answer_due(d: Facts, e: Event, t: Teller) -> Told:
    return Told(
        f"No answer from {t.supplier}",
        f"It was due {when(datetime.datetime.fromisoformat(d['due_at']))}.",
        "late",
        "warn",
    )


_WORDS: dict[str, Teach] = {
    "order.created": _created,
    "order.duplicate": lambda d, e, t: Told(
        f"{t.version(e)} came again", f"Same content, {source_word(d['source'])}; nothing changed."
    ),
    "order.conflict": lambda d, e, t: Told(
        f"{t.version(e)} came with other content",
        f"Nothing changed. It differs in: {', '.join(map(field_word, d['differs'][:4]))}.",
        "fail",
        "bad",
    ),
    "order.held": why("Put on hold by {who}", "held", "warn"),
    "order.resumed": why("Resumed by {who}", "done", "quiet"),
    "order.cancelled": why("Cancelled by {who}", "end", "quiet"),
    "order.closed": why("Closed", "end", "quiet"),
    "order.reopened": why("Reopened by {who}", "done", "quiet"),
    "approval.requested": lambda d, e, t: Told(
        f"Needs {plural(d['approvers'], 'approval')}", end(d["reason"]), "held", "quiet"
    ),
    "approval.granted": _granted,
    "approval.refused": why("Not approved by {who}", "fail", "bad"),
    "approval.external": _external,
    "approval.voided": why("Approval counts no longer", "late", "warn"),
    "plan.made": _plan,
    "plan.held": lambda d, e, t: Told("No way to send it was found", end("; ".join(d["problems"])), "fail", "bad"),
    "delivery.attempted": lambda d, e, t: Told(
        f"Try {d['number']} {by_channel(d['channel'])}", f"To {t.to(e)}; read back and compared before sending."
    ),
    "delivery.accepted": _accepted,
    "delivery.retry": _retry,
    "delivery.failed": lambda d, e, t: Told(
        f"Not delivered to {t.to(e)}", f"{d['code'] + ': ' if d.get('code') else ''}{end(d['reason'])}", "fail", "bad"
    ),
    "delivery.held": why("Stopped before sending", "held", "warn"),
    "delivery.in_doubt": lambda d, e, t: Told(
        f"May have arrived at {t.to(e)}", end(d["reason"]), "doubt", "warn", 1, "sent, no word from them"
    ),
    "delivery.settled": _settled,
    "delivery.superseded": lambda d, e, t: Told(f"Not sent: version {d['by_revision']} takes its place", "", "end"),
    "delivery.cancelled": why("Not sent", "end", "quiet"),
    "delivery.resent": lambda d, e, t: Told(
        f"To {t.to(e)} another way: {d['endpoint']}" if d.get("endpoint") else f"To be sent again by {t.who(e)}",
        end(d["reason"]),
    ),
    "delivery.withdrawn": lambda d, e, t: Told(f"Withdrawn; {d['endpoint']} takes its place", end(d["reason"]), "end"),
    "delivery.unproven": why("No proof of receipt from {to}", "late", "warn"),
    "receipt.delivered": lambda d, e, t: Told(
        "Receipt proven", f"{t.to(e)} has exactly what we sent.", "done", "quiet", 3, d["means"]
    ),
    "receipt.functional_ack": _functional,
    "receipt.application_advice": _advised,
    "receipt.opened": lambda d, e, t: Told(
        "Read by a person", f"{t.to(e)} opened the {d['means']}.", "dot", "quiet", 4, "opened by a person"
    ),
    "answer.received": lambda d, e, t: Told(
        f"Answer from {t.supplier}",
        end(f"{t.who(e)}, {source_word(d['source'], theirs=True)}")
        + ("" if d.get("current", True) else " It answers an older version."),
        "dot",
        "quiet",
        4,
        "their answer",
    ),
    "answer.accepted": lambda d, e, t: Told(
        f"{plural(d['differences'], 'difference')} accepted by {t.who(e)}"
        if d.get("differences")
        else f"{t.version(e)} accepted by {t.supplier}",
        "" if d.get("differences") else "Unchanged; closed without a person.",
        "done",
        "ok",
        4,
        "their answer",
    ),
    "answer.different": lambda d, e, t: Told(
        f"{t.supplier} answered with {plural(d['differences'], 'difference')}",
        " ".join(map(end, d["summary"][:3])),
        "ask",
        "warn",
    ),
    "answer.rejected": why("{supplier} declined", "fail", "bad"),
    "answer.duplicate": lambda d, e, t: Told("The same answer came again", "Nothing changed."),
    "answer.reopened": why("What was decided does not count; decide again", "ask", "warn"),
    "answer.insisted": why("Insisted on the order: {who}", "dot", "quiet"),
    "answer.overdue": _answer_due,
    "answer.unmatched": why("Answer that fits no order", "ask", "warn"),
    "link.created": lambda d, e, t: Told(
        "Answer link made",
        f"Valid until {when(datetime.datetime.fromisoformat(d['expires_at']), clock=False)}. Only its hash is kept.",
    ),
    "link.revoked": why("Answer link no longer works", "end", "quiet"),
} | AFTER
