"""What partners of the XML formats write for a unit instead of its UN/ECE Recommendation 20 code."""

from collections.abc import Mapping
from typing import Final

from orderwire.document.codes import UNITS

_READ: Final[Mapping[str, str]] = {
    "PC": "H87", "PCE": "H87", "PCS": "H87", "KG": "KGM", "G": "GRM", "LB": "LBR", "OZ": "ONZ", "TO": "TNE",
    "M": "MTR", "CM": "CMT", "MM": "MMT", "KM": "KMT", "FT": "FOT", "IN": "INH", "YD": "YRD", "M2": "MTK", "M3": "MTQ",
    "L": "LTR", "LT": "LTR", "ML": "MLT", "GA": "GLL", "HR": "HUR", "HOUR": "HUR", "DA": "DAY", "WK": "WEE",
    "MO": "MON", "YR": "ANN", "DZ": "DZN", "BX": "XBX", "CT": "XCT", "CS": "XCS", "BG": "XBG", "PK": "XPK", "RO": "XRO",
    "DR": "XDR", "BO": "XBO", "PA": "XPA", "STK": "H87", "ST": "H87", "EACH": "EA", "BOX": "XBX", "UN": "C62",
}  # fmt: skip


def rec20(said: str) -> str | None:
    """The Recommendation 20 code of a unit as partners write it, None where it is not known."""
    return next((code for code in (said, said.upper()) if code in UNITS), None) or _READ.get(said.upper())
