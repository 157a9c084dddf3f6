"""Units: 6411 is UN/ECE Recommendation 20 by itself; here are the other codes that partners send for the same."""

from collections.abc import Mapping

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


def known(unit: str, overrides: Mapping[str, str]) -> bool:
    """True where a unit is written as a code that reads back as the same unit."""
    return rec20(overrides.get(unit, unit), overrides) == unit
