"""Units: X12 data element 355 against UN/ECE Recommendation 20 (and 21 with X), only what trade uses."""

from collections.abc import Mapping
from types import MappingProxyType

from orderwire.document.codes import UNITS

_PAIRS = """
EA EA  UN C62 PC H87 PR PR  ST SET DZ DZN GS GRO GG GGR KT KT  AS AS  CA XCS CT XCT BX XBX PL XPX PK XPK BG XBG RL XRO
DR XDR CN XCA BO XBO BD XBE PA XPA TB XTU SO XSO RE XRL TK XTK JR XJR TY XTY SH XST  SL XSL KE XKG BA XBL
LB LBR OZ ONZ TN STN KG KGM GR GRM MP TNE ME MGM FT FOT IN INH YD YRD MR MTR CM CMT MM MMT DK KMT LF LF  LM LM
SF FTK SY YDK SI INK SM MTK CF FTQ CY YDQ CI INQ CR MTQ C8 DMQ CC CMQ BF BFT
GA GLL QT QTL PT PTL FO OZA LT LTR ML MLT HR HUR MJ MIN 03 SEC DA DAY WK WEE MO MON YR ANN KH KWH K7 KWT
HC CEN TH MIL RM RM  P1 P1  LS LS  SX SX  LK LK
"""
_words = _PAIRS.split()

TO_REC20: Mapping[str, str] = MappingProxyType(dict(zip(_words[::2], _words[1::2], strict=True)))
"""X12 code -> Recommendation 20 code."""

_READ_ONLY = {"HU": "CEN", "RO": "XRO", "PG": "XPK", "YE": "ANN", "CS": "XCS"}
"""Codes that partners send beside the one that we write."""

TO_X12: Mapping[str, str] = MappingProxyType({rec: x12 for x12, rec in TO_REC20.items()})
"""Recommendation 20 code -> X12 code."""


def rec20(x12: str, overrides: Mapping[str, str]) -> str | None:
    """The Recommendation 20 code of an X12 unit, None where we know none. `overrides` is Rec 20 -> X12.

    A code of three characters that Recommendation 20 has is that code: X12 has none so long.
    """
    for rec, code in overrides.items():
        if code == x12:
            return rec
    return TO_REC20.get(x12) or _READ_ONLY.get(x12) or (x12 if len(x12) == 3 and x12 in UNITS else None)


def x12(rec: str, overrides: Mapping[str, str]) -> str | None:
    """The X12 unit of a Recommendation 20 code, None where we know none."""
    return overrides.get(rec) or TO_X12.get(rec)
