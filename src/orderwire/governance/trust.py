"""Believes an approval that came with an order only from a source that the policy trusts, and only that far."""

import datetime
from fractions import Fraction

from orderwire.document.amount import Amount
from orderwire.formats import Approval
from orderwire.governance.approval import Verdict
from orderwire.governance.policy import Policy

CLOCK_SKEW = datetime.timedelta(minutes=5)


def trusts(policy: Policy, *, source: str, total: Amount, given: Approval | None, now: datetime.datetime) -> Verdict:
    """Whether the order counts as approved. A no means that it must be approved here, and says why.

    `source` is who delivered, as we authenticated it (api:NAME, folder:NAME), never what the document claims.
    """
    trusted = next((s for s in policy.trusted_sources if s.source == source), None)
    if trusted is None:
        return Verdict(False, f"{source} is not a trusted source of the policy, so this order must be approved here.")
    if given is None or not given.approver.strip():
        return Verdict(False, "The document names no approver, so this order must be approved here.")
    if trusted.approvers and given.approver not in trusted.approvers:
        return Verdict(False, f"{given.approver} is not an approver whom the policy trusts at {source}.")
    if trusted.reference_required and not (given.reference or "").strip():
        return Verdict(False, f"The approval has no reference, which the policy asks of {source}.")
    try:
        at = datetime.datetime.fromisoformat(given.at)
    except ValueError:
        return Verdict(False, f"The time of the approval, {given.at[:40]!r}, is not a time like 2026-11-22T09:30:00Z.")
    if at.tzinfo is None:
        return Verdict(False, f"The time of the approval, {given.at}, has no zone; write it like 2026-11-22T09:30:00Z.")
    if at > now + CLOCK_SKEW:
        return Verdict(False, f"The time of the approval, {given.at}, is in the future.")
    if isinstance(trusted.up_to, Amount):
        value = policy.exchange.exact(total, trusted.up_to.currency)
        if value is None:
            return Verdict(
                False, f"There is no rate from {total.currency} to {trusted.up_to.currency}; add it to the policy."
            )
        if value > Fraction(trusted.up_to.value):
            return Verdict(False, f"{source} is trusted up to {trusted.up_to}; this order is {total}.")
    return Verdict(True, f"Approved by {given.approver} in {source}.")
