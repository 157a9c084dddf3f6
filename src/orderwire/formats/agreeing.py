"""What a supplier asks for agreeing (Response.charge): the standards know it only as a charge of the whole answer."""

from collections.abc import Sequence
from decimal import Decimal

from orderwire.document.terms import AllowanceCharge

WORDS = "Charge for agreeing"
"""Beside the amount: no code list of reasons has this one (UNCL 7161, X12 DE 1300)."""
NOT_KEPT = "an allowance, or a charge in percent, of the whole answer is not kept"


def as_charge(charge: Decimal) -> AllowanceCharge:
    """The charge as one of the document."""
    return AllowanceCharge(kind="charge", amount=charge, reason=WORDS)


def asked(found: Sequence[AllowanceCharge]) -> tuple[Decimal | None, bool]:
    """All charges of an answer together, None where there is none; and whether that is all that was found."""
    amounts = [item.amount for item in found if item.kind == "charge" and item.amount is not None]
    return (sum(amounts, Decimal(0)) if amounts else None), len(amounts) == len(found)
