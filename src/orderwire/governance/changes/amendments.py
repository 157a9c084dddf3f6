"""Does a change need a new approval? By its fields, by how far it goes, and by how far all changes together went."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from stdnum import iban

from orderwire.document.amount import NO_RATES, Rates
from orderwire.document.order import Order
from orderwire.governance.changes import compare, schedule
from orderwire.governance.changes.compare import Excess
from orderwire.governance.changes.drift import drift
from orderwire.governance.changes.fields import ADDED, REMOVED, changed_fields, says
from orderwire.governance.changes.judgement import Judgement, Reason, judgement
from orderwire.governance.changes.policy import Amendments, ChangePolicy

Accepted = Collection[tuple[str | None, str]]

_MEASURED = {
    "lines.price": "price",
    "lines.price_basis": "price",
    "lines.quantity": "quantity",
    "lines.schedules.quantity": "quantity",
    "lines.schedules.requested": "date",
}
"""Fields with a tolerance, and what they are judged as."""

_AGREED = {
    "price": ("lines.price", "lines.price_basis"),
    "quantity": ("lines.quantity", "lines.schedules.quantity", "lines.schedules.requested"),
    "date": ("lines.schedules.requested", "lines.schedules.quantity"),
    "part": ("lines.buyer_part", "lines.supplier_part", "lines.gtin", "lines.description"),
    "line": (REMOVED,),
    "order": (REMOVED,),
    "charge": ("allowances_charges",),
    "terms": ("payment_terms", "incoterm"),
}
"""The fields that change when a difference of this kind is accepted."""

_MONEY = ("lines.price", "lines.price_basis", "lines.quantity", "lines.taxes", "lines.allowances_charges",
          "allowances_charges", "currency", ADDED, REMOVED)  # fmt: skip
_IBAN = re.compile(r"(?=([A-Z]{2}\d{2}[A-Z0-9]{11,30}))")


@dataclass(frozen=True)
class _Change:
    line: str | None
    name: str
    value: Any


def judge_amendment(
    policy: ChangePolicy,
    *,
    baseline: Order,
    before: Order,
    after: Order,
    rates: Rates = NO_RATES,
    accepted: Accepted = (),
    approved_by: str = "",
) -> Judgement:
    """Whether `after`, made from `before`, needs a new approval.

    `baseline` is the version that a person or a trusted source approved last, `approved_by` who that was. `accepted`
    are differences (line, field) that the supplier asked for and the policy's `answers` accepted: they count for the
    drift, and are not judged a second time.
    """
    reasons = [*_amended(policy.amendments, before, after, rates, frozenset(accepted))]
    return judgement([*reasons, *drift(policy, baseline, after, rates=rates, approved_by=approved_by)])


def _amended(
    policy: Amendments, before: Order, after: Order, rates: Rates, accepted: frozenset[tuple[str | None, str]]
) -> Iterator[Reason]:
    found = [_Change(*change) for change in changed_fields(before, after)]
    agreed = {
        (line, name)
        for line, field in accepted
        for name in _AGREED.get(field, ())
    }  # fmt: skip
    whole = (None, "order") in accepted
    own = [c for c in found if not _covered(c, agreed) and not (whole and c.name == REMOVED)]
    measured: set[tuple[str | None, str]] = set()
    for change in own:
        named, free = _named(policy, change.name)
        if free:
            if _bank_account(change.value):
                yield Reason("amendments.bank", f"{says(change.line, change.name)} and names a bank account.")
        elif named or change.name not in _MEASURED:
            yield Reason(f"amendments.{named or 'unnamed'}", f"{says(change.line, change.name)}.")
        else:
            measured.add((change.line, _MEASURED[change.name]))
    yield from _measured(policy, before, after, rates, measured)
    if any(change.name.startswith(_MONEY) for change in own):
        for excess in compare.total(policy.tolerances, before, after, rates):
            yield _reason(excess)


def _measured(
    policy: Amendments, before: Order, after: Order, rates: Rates, measured: set[tuple[str | None, str]]
) -> Iterator[Reason]:
    """What went further than the tolerances, of what this change itself moved."""
    now = {line.number: line for line in after.lines}
    for line in before.lines:
        moved = {what for number, what in measured if number == line.number}
        if not moved:
            continue
        new = now[line.number]
        if "quantity" in moved and schedule.redirected(line, new):
            yield Reason("amendments.place", f"Line {line.number}: other quantities go to its places.")
        if "quantity" in moved:
            moved.add("date")
        currency = after.currency if after.currency == before.currency else None
        for excess in compare.line_excess(policy.tolerances, line, new, rates, currency):
            if excess.what in moved:
                yield _reason(excess)


def _covered(change: _Change, agreed: set[tuple[str | None, str]]) -> bool:
    return any(change.line == line and _below(change.name, name) for line, name in agreed)


def _named(policy: Amendments, name: str) -> tuple[str, bool]:
    """The longest name of the policy that fits this field, and whether it lets it pass."""
    always = max((n for n in policy.always if _below(name, n)), key=len, default="")
    free = max((n for n in policy.free if _below(name, n)), key=len, default="")
    return (free, True) if len(free) > len(always) else (always, False)


def _below(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}.")


def _bank_account(value: Any) -> bool:
    """Whether a text contains a valid IBAN, however it is spaced."""
    text = "".join(str(value).split()).upper() if isinstance(value, str) else ""
    return any(
        iban.is_valid(found[1][:length])
        for found in _IBAN.finditer(text)
        for length in range(15, len(found[1]) + 1)
    )  # fmt: skip


_WORDS = {
    ("total", "up"): "The total goes up {size}, {allowed}.",
    ("total", "down"): "The total goes down {size}, {allowed}.",
    ("price", "up"): "Line {line}: price up {size}, {allowed}.",
    ("price", "down"): "Line {line}: price down {size}, {allowed}.",
    ("quantity", "up"): "Line {line}: {size} more, {allowed}.",
    ("quantity", "down"): "Line {line}: {size} less, {allowed}.",
    ("date", "late"): "Line {line}: {size} later, {allowed}.",
    ("date", "early"): "Line {line}: {size} earlier, {allowed}.",
    ("total", ""): "The total cannot be compared: {size}.",
}


def _reason(excess: Excess) -> Reason:
    words = _WORDS.get((excess.what, excess.direction), "Line {line}: the {what} cannot be compared: {size}.")
    return Reason(f"amendments.{excess.what}", words.format(**vars(excess)))
