"""The guard over both sides: how far an order is from what was approved, whoever moved it and in however many steps."""

from collections.abc import Iterable, Iterator

from orderwire.document.amount import NO_RATES, Amount, Rates
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.governance.changes import compare
from orderwire.governance.changes.compare import Excess
from orderwire.governance.changes.judgement import Reason
from orderwire.governance.changes.policy import ChangePolicy


def drift(
    policy: ChangePolicy, baseline: Order, after: Order, *, rates: Rates = NO_RATES, approved_by: str = ""
) -> tuple[Reason, ...]:
    """Every limit of `drift` that `after` is beyond, against the approved `baseline`; empty where it is inside all.

    Each line is held against its own approved price and quantity, so that one cannot pay for the other.
    """
    what = f"what {approved_by or 'was approved'}{' approved' if approved_by else ''} (version {baseline.revision})"
    return tuple(_reason(excess, what) for excess in _beyond(policy, baseline, after, rates))


def outgrown(thresholds: Iterable[Amount], baseline: Order, after: Order, rates: Rates) -> Iterator[Reason]:
    """The first threshold of the approval policy that the baseline's total did not reach and this one's does."""
    was, now = (Amount(totals(order).total, order.currency) for order in (baseline, after))
    for threshold in thresholds:
        old, new = rates.exact(was, threshold.currency), rates.exact(now, threshold.currency)
        if old is not None and new is not None and old <= threshold.value <= new and old != new:
            text = f"With this change the order is {now} and reaches the {threshold} of the approval policy."
            yield Reason("drift.approval-limit", text)
            return


def _beyond(policy: ChangePolicy, baseline: Order, after: Order, rates: Rates) -> Iterator[Excess]:
    yield from compare.total(policy.drift, baseline, after, rates)
    yield from compare.lines(policy.drift, baseline, after, rates)
    yield from compare.presence(policy.drift, baseline, after, rates)


_WORDS = {
    ("total", "up"): "the order is {size} over {approved}",
    ("total", "down"): "the order is {size} under {approved}",
    ("price", "up"): "the price of line {line} is {size} over {approved}",
    ("price", "down"): "the price of line {line} is {size} under {approved}",
    ("quantity", "up"): "line {line} is {size} more than {approved}",
    ("quantity", "down"): "line {line} is {size} less than {approved}",
    ("date", "late"): "line {line} is {size} later than {approved}",
    ("date", "early"): "line {line} is {size} earlier than {approved}",
    ("line", "up"): "line {line} is new against {approved}",
    ("line", "down"): "line {line} is gone against {approved}",
    ("total", ""): "the order cannot be compared with {approved}: {size}",
}


def _reason(excess: Excess, approved: str) -> Reason:
    other = "the {what} of line {line} cannot be compared with {approved}: {size}"
    words = _WORDS.get((excess.what, excess.direction), other).format(approved=approved, **vars(excess))
    allowed = excess.allowed.replace("limit ", "the limit is ", 1)
    return Reason(f"drift.{excess.what}", f"With this change {words}{'; ' if allowed else ''}{allowed}.")
