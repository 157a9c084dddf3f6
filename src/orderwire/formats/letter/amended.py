"""The letters of a version that follows one which the supplier has, or follows his answer: what changed, that we agree
to his proposal, what we offer instead of it, or that we insist."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from orderwire.document.order import Order
from orderwire.document.response import Response
from orderwire.formats.letter.changes import Changed, Turn, compared, offered, total
from orderwire.formats.letter.said import Said, Turned, own, subject_line, texts_of
from orderwire.formats.pdf.words import Words, words

LINES = 20
"""Changed lines that a letter names; the attachment has all."""


@dataclass(frozen=True)
class Proposal:
    """What the supplier answered to the version that he held, and what the buyer decided, as `Response.decisions`."""

    held: Order
    answer: Response
    decisions: tuple[Mapping[str, Any], ...]


def amended(
    said: Said,
    order: Order,
    *,
    language: str,
    links: Mapping[str, str],
    before: Order | None,
    proposal: Proposal | None,
    duplicate: bool,
    prices: bool,
) -> Said:
    """The letter of a version turned into the one that says what it changes (`before`: what the supplier has), and what
    it says of his answer: `links` holds agrees, counters or insists, each with the reason."""
    address = order.supplier.address
    w = words(language, address.country if address else None)
    texts = texts_of(w.language)
    names = {"number": own(order.number, w), "n": order.revision}
    changed = compared(before, order, w, prices=prices) if before is not None else ()
    notices = list(said.notices)
    marks = [texts["test_mark"]] * order.test
    title = ""
    if "insists" in links:
        title = texts["subject_insists"].format(**names)
        # It goes out a second time on purpose.
        notices = [w.text("test")] * order.test + [texts["insists"]]
    else:
        marks += [texts["duplicate_mark"]] * duplicate
        place = int(order.test) + int(duplicate)
        if "agrees" in links:
            title = texts["subject_agrees"].format(**names)
            notices.insert(place, texts["agrees"])
        elif changed:
            title = texts["subject_changed"].format(changes=_count(_fields(changed), texts, w), **names)
        if "counters" in links:
            notices.insert(place, texts["counters"])
    if not title:
        return said
    tables = [
        *([_offer(proposal, order, texts, w, prices=prices)] if proposal else []),
        *([_changes(before, order, changed, texts, w, prices=prices)] if before is not None and changed else []),
    ]
    due = " ".join(part for part in said.answer_by if part)
    reason = links.get("insists") or links.get("counters")
    return replace(
        said,
        subject=subject_line(marks, w.join(title, said.brand), due),
        heading=title,
        notices=tuple(notices),
        button=texts["button_version"].format(**names) if said.button and order.revision > 1 else said.button,
        turned=tuple(table for table in tables if table.rows),
        rows=() if changed else said.rows,
        sums=() if changed else said.sums,
        facts=((w.text("reason"), own(reason, w, 1000)), *said.facts) if reason else said.facts,
    )


def _fields(changed: Iterable[Changed]) -> int:
    """How many changes that are: a line that comes or goes is one."""
    return sum(len(each.turns) if each.action.value == "changed" else 1 for each in changed)


def _count(n: int, texts: Mapping[str, Any], w: Words) -> str:
    forms = texts["changes"]
    return str(forms.get(w.locale.plural_form(n), forms["other"]).format(n=w.number(Decimal(n))))


def _changes(
    before: Order, order: Order, changed: tuple[Changed, ...], texts: Mapping[str, Any], w: Words, *, prices: bool
) -> Turned:
    """At most so many lines, then the total where it moved."""
    rows = [_own(each, w) for each in changed[:LINES]]
    sums = (total(before, w), total(order, w)) if prices else ("", "")
    if sums[0] != sums[1]:
        rows.append(Changed("", w.text("total"), (Turn("", *(own(each, w) for each in sums)),)))
    rest = len(changed) - LINES
    touched = {each.number for each in changed}
    untouched = any(line.number not in touched for line in order.lines)
    return Turned(
        caption=texts["what_changed"].format(old=before.revision),
        columns=(w.text("columns.line"), w.text("columns.item"), w.text("marks.changed")),
        rows=tuple(rows),
        rest=texts["more_changes"].format(n=rest) if rest > 0 else texts["others_stay"] if untouched else "",
    )


def _offer(proposal: Proposal, order: Order, texts: Mapping[str, Any], w: Words, *, prices: bool) -> Turned:
    found = offered(proposal.held, proposal.answer, proposal.decisions, order, w, prices=prices)
    return Turned(
        caption=texts["offer"],
        columns=(w.text("columns.line"), w.text("columns.item"), ""),
        rows=tuple(_own(each, w) for each in found[:LINES]),
        rest=texts["more_changes"].format(n=len(found) - LINES) if len(found) > LINES else "",
    )


def _own(each: Changed, w: Words) -> Changed:
    """Text of the order bounded and kept apart; a mark where a line came or went."""
    turns = tuple(
        Turn(turn.label, *(own(value, w, 160) if value else "" for value in (turn.old, turn.new)))
        for turn in each.turns
    )
    item = own(each.item, w) if each.item else ""
    if each.action.value != "changed":
        item = w.join(item, w.text(f"marks.{each.action.value}"))
    return replace(each, number=own(each.number, w) if each.number else "", item=item, turns=turns)
