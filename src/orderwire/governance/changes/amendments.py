"""Does a change need a new approval? By its fields, by how far it goes, and by how far all changes together went."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from orderwire.document.amount import NO_RATES, Amount, Rates
from orderwire.document.order import Order
from orderwire.governance.changes import compare, schedule
from orderwire.governance.changes.bank_account import names_account
from orderwire.governance.changes.compare import Excess
from orderwire.governance.changes.drift import drift, outgrown
from orderwire.governance.changes.fields import ADDED, REMOVED, FieldValue, changed_fields, says
from orderwire.governance.changes.judgement import Judgement, Reason, judgement
from orderwire.governance.changes.policy import Amendments, ChangePolicy

Field = tuple[str | None, str]
"""A field or a difference with the number of its line (None: of the order)."""

Agreed = dict[str | None, set[str]]
"""By line, the fields that an accepted answer changed."""

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
    "charge": ("allowances_charges",),
    "terms": ("payment_terms", "incoterm"),
}
"""The fields that change when a difference of this kind is accepted."""

_MONEY = ("lines.price", "lines.price_basis", "lines.quantity", "lines.taxes", "lines.allowances_charges",
          "allowances_charges", "currency", ADDED, REMOVED)  # fmt: skip
_PLACE = "lines.schedules.ship_to"


def judge_amendment(
    policy: ChangePolicy,
    *,
    baseline: Order,
    before: Order,
    after: Order,
    rates: Rates = NO_RATES,
    accepted: Collection[Field] = (),
    approved_by: str = "",
    thresholds: Collection[Amount] = (),
) -> Judgement:
    """Whether `after`, made from `before`, needs a new approval.

    `baseline` is the version that a person or a trusted source approved last, `approved_by` who that was. `accepted`
    are differences (line, field) of the answer that made `after`, where the policy's `answers` accepts them: they count
    for the drift, and are not judged a second time. Fields without tolerance are held against the baseline too, so that
    nothing passes because the version before it was never approved. `thresholds` are amounts of the approval policy:
    a total that goes over one of them needs approval however small the step.
    """
    agreed: Agreed = defaultdict(set)
    for line, field in accepted:
        agreed[line].update(_AGREED.get(field, ()))
    found = tuple(changed_fields(before, after))
    own = _own(before, after, found, agreed)
    reasons = [*_forbidden(policy.amendments, found, own)]
    if baseline != before:
        earlier = tuple(changed_fields(baseline, after))
        reasons += _forbidden(policy.amendments, earlier, _own(baseline, after, earlier, agreed))
    reasons += _beyond_tolerance(policy.amendments, before, after, own, rates)
    reasons += drift(policy, baseline, after, rates=rates, approved_by=approved_by)
    return judgement([*reasons, *outgrown(thresholds, baseline, after, rates)])


def _own(old: Order, new: Order, found: Iterable[FieldValue], agreed: Agreed) -> list[Field]:
    """The fields that differ, without those that were agreed. Places that only changed their position in a line count
    as its quantities."""
    before, after = ({line.number: line for line in order.lines} for order in (old, new))
    own = []
    for line, name, _ in found:
        names = agreed.get(line, ())
        if line and _below(name, _PLACE) and not _below(name, f"{_PLACE}.contact"):
            was, now = schedule.places(before[line]), schedule.places(after[line])
            if was == now or (now < was and "lines.schedules.quantity" in names):
                name = "lines.schedules.quantity"
        if not any(_below(name, above) for above in names):
            own.append((line, name))
    return own


def _forbidden(policy: Amendments, found: Iterable[FieldValue], own: Iterable[Field]) -> Iterator[Reason]:
    """The fields that may not change without approval, and texts that name a bank account."""
    for line, name, value in found:
        if names_account(value):
            yield Reason("amendments.bank", f"{says(line, name)} and names a bank account.")
    for line, name in own:
        named, free = _named(policy, name)
        if not free and (named or name not in _MEASURED):
            yield Reason(f"amendments.{named or 'unnamed'}", f"{says(line, name)}.")


def _beyond_tolerance(
    policy: Amendments, old: Order, new: Order, own: Sequence[Field], rates: Rates
) -> Iterator[Reason]:
    """What went further than its tolerance, of what this change itself moved."""
    measured: dict[str | None, set[str]] = defaultdict(set)
    for number, name in own:
        if name in _MEASURED and _named(policy, name) == ("", False):
            measured[number].add(_MEASURED[name])
    after = {line.number: line for line in new.lines}
    currency = new.currency if new.currency == old.currency else None
    for line in old.lines:
        if moved := measured.get(line.number):
            if "quantity" in moved:
                moved.add("date")
                if schedule.redirected(line, after[line.number]):
                    yield Reason("amendments.place", f"Line {line.number}: other quantities go to its places.")
            for excess in compare.line_excess(policy.tolerances, line, after[line.number], rates, currency):
                if excess.what in moved:
                    yield _reason(excess)
    if any(name.startswith(_MONEY) for _, name in own):
        for excess in compare.total(policy.tolerances, old, new, rates):
            yield _reason(excess)


def _named(policy: Amendments, name: str) -> tuple[str, bool]:
    """The longest name of the policy that fits this field, and whether it lets it pass."""
    always = max((n for n in policy.always if _below(name, n)), key=len, default="")
    free = max((n for n in policy.free if _below(name, n)), key=len, default="")
    return (free, True) if len(free) > len(always) else (always, False)


def _below(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}.")


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
