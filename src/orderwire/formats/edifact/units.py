"""Units: 6411 is UN/ECE Recommendation 20 by itself; here are the other codes that partners send for the same."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from orderwire.document.base import plain
from orderwire.document.codes import UNITS

_READ = {
    "PCE": "H87", "STK": "H87", "ST": "H87", "PC": "H87", "PCS": "H87", "UN": "C62", "NMB": "C62", "KG": "KGM",
    "G": "GRM", "GR": "GRM", "T": "TNE", "TON": "TNE", "M": "MTR", "CM": "CMT", "MM": "MMT", "L": "LTR", "LT": "LTR",
    "M2": "MTK", "M3": "MTQ", "CT": "XCT", "CS": "XCS", "BX": "XBX", "PF": "XPX", "PAL": "XPX", "PK": "XPK",
    "PA": "XPA", "BG": "XBG", "RO": "XRO", "DR": "XDR", "CA": "XCA", "BO": "XBO", "DZ": "DZN", "H": "HUR",
}  # fmt: skip


def rec20(code: str, overrides: Mapping[str, str]) -> str | None:
    """The Recommendation 20 code of a 6411, None where we know none. `overrides` is Rec 20 -> the partner's code."""
    for rec, own in overrides.items():
        if own == code:
            return rec
    if code in UNITS:
        return code
    return _READ.get(code.upper()) or (code.upper() if code.upper() in UNITS else None)


_PIECES = {unit: Decimal(1) for unit in ("H87", "C62", "EA", "NMB")}
_KINDS: Sequence[Mapping[str, Decimal]] = (
    _PIECES | {"DZN": Decimal(12), "CEN": Decimal(100), "MIL": Decimal(1000), "T3": Decimal(1000)},
    {"MGM": Decimal("0.001"), "GRM": Decimal(1), "KGM": Decimal(1000), "TNE": Decimal(1_000_000)},
    {"MMT": Decimal(1), "CMT": Decimal(10), "MTR": Decimal(1000), "KMT": Decimal(1_000_000)},
    {"MLT": Decimal(1), "CLT": Decimal(10), "LTR": Decimal(1000), "HLT": Decimal(100_000)},
)


def converted(quantity: Decimal, unit: str, to: str) -> Decimal | None:
    """A quantity in another unit of the same kind: 1 MIL is 1000 H87. None where units cannot be converted exactly."""
    for sizes in _KINDS:
        if unit in sizes and to in sizes:
            found = quantity * sizes[unit] / sizes[to]
            exact = found * sizes[to] == quantity * sizes[unit] and round(found, 9) == found
            return Decimal(plain(found)) if exact and found < 10**15 else None
    return quantity if unit == to else None


def priced(quantity: Decimal, said: str, unit: str | None, overrides: Mapping[str, str]) -> Decimal | None:
    """The quantity of a price per `said` in the line's unit: 1 MIL is 1000 H87. None where nobody can tell.

    A line of a change or an answer may leave its unit out: then only a price per piece is sure.
    """
    code = rec20(said, overrides) if said else unit
    if code == unit or (unit is None and code in _PIECES):
        return quantity
    return converted(quantity, code, unit) if code and unit else None


def known(unit: str, overrides: Mapping[str, str]) -> bool:
    """True where a unit is written as a code that reads back as the same unit."""
    return rec20(overrides.get(unit, unit), overrides) == unit
