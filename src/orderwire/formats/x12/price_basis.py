"""What a price is for (PO105, POC07, IT105; DE 639): how many of the line's unit, or of a measure of its own."""

from decimal import Decimal

from orderwire.formats.x12.faults import BAD_CODE, Faults
from orderwire.formats.x12.tables import PRICE_BASIS, PRICE_BY_MEASURE, PRICE_PER_ONE, RETAIL_PRICES

_ONE, _DOZEN = Decimal(1), Decimal(12)
_PIECES = frozenset({"EA", "C62", "H87", "PR"})


def price_basis(code: str, unit: str | None, element: int, faults: Faults) -> Decimal:
    """The quantity that the price is for, in the unit (UN/ECE Rec 20) of the line; a warning where the two do not fit.

    `element` is where the code stands in the current segment.
    """
    if not code or code in PRICE_PER_ONE:
        return _ONE
    if code in PRICE_BASIS:
        return PRICE_BASIS[code]
    place = f"{faults.segment}{element:02d} {code!r}"
    if code in PRICE_BY_MEASURE:
        measure, count = PRICE_BY_MEASURE[code]
        if unit == measure:
            return count
        if measure == "DZN" and unit in _PIECES:
            return _DOZEN
        text = (
            f"{place} is a price for {count:f} {measure} but the line is ordered in {unit}; "
            "read per one unit, ask the partner"
        )
    elif code in RETAIL_PRICES:
        text = f"{place} says that the price is what a shop asks, not what the supplier does; look before you act on it"
    else:
        text = f"{place} is not a price basis we know; the price is read per one unit"
    faults.warning("price-basis", text, element, ack="" if code in RETAIL_PRICES else BAD_CODE, value=code)
    return _ONE
