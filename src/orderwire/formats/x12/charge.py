"""SAC in an 855 or 865: what the supplier asks for agreeing, for which X12 has no code of its own (DE 1300). The amount
is in hundredths (SAC05, N2)."""

from decimal import Decimal

from orderwire.formats.agreeing import WORDS
from orderwire.formats.x12.faults import Faults
from orderwire.formats.x12.fit import Fit
from orderwire.formats.x12.line_850 import allowance
from orderwire.formats.x12.tables import OTHER_CHARGE
from orderwire.formats.x12.values import text_of


def charge_of(segment: list[str], faults: Faults) -> Decimal | None:
    """The amount of a charge; None where it is none, or states no amount."""
    found = allowance(segment, faults)
    return found.amount if found is not None and found.kind == "charge" else None


def fit_charge(charge: Decimal, fit: Fit) -> None:
    """Stop where SAC05 cannot carry it."""
    cents = charge.scaleb(2)
    if cents != cents.to_integral_value():
        fit.stop("charge", "too-many-digits", f"SAC05 carries hundredths, {charge} has more; round it")
    fit.amount(cents, 15, "charge")


def written_charge(charge: Decimal) -> list[str]:
    """SAC with amount and words."""
    return ["SAC", "C", OTHER_CHARGE, "", "", text_of(charge.scaleb(2)), *[""] * 9, WORDS]
