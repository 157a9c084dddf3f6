"""Events of what follows a sent order, in words: amendments, decisions, cancellations, goods, needs, reminders."""

import datetime
from decimal import Decimal

from orderwire.document.states import CancellationState
from orderwire.governance.reminding import SUPPLIERS
from orderwire.records import Event
from orderwire.tracking.fields import field_word
from orderwire.tracking.figures import figure
from orderwire.tracking.told import Facts, Teach, Teller, Told, end, why
from orderwire.tracking.words import Money, language, ordinal, plural, when


def _proposed(d: Facts, e: Event, t: Teller) -> Told:
    fields = list(dict.fromkeys(map(field_word, d["differs"])))
    more = f" and {len(fields) - 4} more" if len(fields) > 4 else ""
    what = f" Changed: {', '.join(fields[:4])}{more}." if fields else ""
    return Told(f"{t.version(e)} made by {t.who(e)}", f"{end(d['reason'])} On top of version {d['base']}.{what}")


def _decided(d: Facts, e: Event, t: Teller) -> Told:
    kinds = (("accepted", "accepted"), ("countered", "countered"), ("insisted", "insisted on"),
             ("resourced", "to order from somebody else"))  # fmt: skip
    found = ", ".join(f"{d[name]} {word}" for name, word in kinds if d.get(name))
    version = f" Version {d['told']} says so." if d.get("told") else ""
    return Told(f"Their answer decided by {t.who(e)}", f"{end(found)}{version} {end(d.get('reason') or '')}".strip())


def _cancel_asked(d: Facts, e: Event, t: Teller) -> Told:
    what = f" {end(', '.join(d['lines'][:5]))}" if d.get("lines") else ""
    return Told(f"{t.who(e)} asks {t.supplier} to cancel", f"{end(d['reason'])}{what}", "move")


def _cancel_answered(d: Facts, e: Event, t: Teller) -> Told:
    state = CancellationState(d["state"])
    words = {
        CancellationState.ACCEPTED: "agrees to cancel",
        CancellationState.ACCEPTED_AT_COST: "agrees to cancel at a cost",
        CancellationState.PARTLY: "agrees to cancel a part",
        CancellationState.REFUSED: "refuses to cancel",
    }.get(state, state.label.lower())
    cost = f"{Money(Decimal(d['cost']), d['currency'])}. " if d.get("cost") and d.get("currency") else ""
    return Told(
        f"{t.supplier} {words}",
        f"{cost}{end(d.get('reason') or '')}".strip(),
        state.mark,
        state.tone,
        4,
        "their answer",
    )


def _cancel_due(d: Facts, e: Event, t: Teller) -> Told:
    at = when(datetime.datetime.fromisoformat(d["due_at"]))
    return Told("No word about the cancellation", f"It was due {at}.", "late", "warn")


def _noticed(d: Facts, e: Event, t: Teller) -> Told:
    """Whom a letter goes to, in which language, and what for."""
    tongue = f"in {language(d['language'])}"
    letter = t.letters.get((str(e.subjects.get("delivery", "")), d["step"]))
    if letter is None:
        return Told(f"Reminder to {d['to']}, {tongue}")
    about = "the cancellation" if letter.cancellation else "the order"
    again = f", for the {ordinal(letter.turn)} time" if letter.turn > 1 else ""
    if letter.to in SUPPLIERS:
        who = t.supplier if letter.to == "supplier" else f"the second contact of {t.supplier}"
        return Told(f"Reminder to {who}, {tongue}", f"Asks {d['to']} to answer {about}{again}.")
    who = {"buyer": "the buyer", "manager": "the manager"}.get(letter.to, letter.to.replace("group:", "the group "))
    return Told(f"Escalation to {who}, {tongue}", f"Tells {d['to']} that {t.supplier} has not answered {about}{again}.")


def _goods(title: str) -> Teach:
    return lambda d, e, t: Told(title.format(supplier=t.supplier, number=d["number"]), f"{plural(d['lines'], 'line')}.")


AFTER: dict[str, Teach] = {
    "order.kept": lambda d, e, t: Told(f"Version {d['number']} is kept, not sent", end(d["reason"]), "held"),
    "amendment.proposed": _proposed,
    "approval.by_policy": why("{version} approved by policy", "done", "quiet"),
    "answer.decided": _decided,
    "cancellation.asked": _cancel_asked,
    "cancellation.never_left": why("Cancelled before it left", "end", "quiet"),
    "cancellation.answered": _cancel_answered,
    "cancellation.overdue": _cancel_due,
    "cancellation.withdrawn": why("Cancellation taken back by {who}", "end", "quiet"),
    "cancellation.settled": why("Cancellation settled by {who}", "done", "quiet"),
    "goods.shipped": _goods("{supplier} shipped: {number}"),
    "goods.received": _goods("Goods received: {number}"),
    "goods.replaced": _goods("{number} counts no longer"),
    "need.opened": lambda d, e, t: Told(
        f"{figure(Decimal(d['quantity']))} of line {d['line']} to order elsewhere", end(d["reason"]), "ask"
    ),
    "need.ordered": lambda d, e, t: Told(f"Ordered elsewhere: {d['order']}", f"By {t.who(e)}.", "done"),
    "need.closed": why("Not needed any more: {who}", "end", "quiet"),
    "notice.queued": _noticed,
    "notice.stopped": why("A reminder was not sent", "end", "quiet"),
}
