"""Units as ERP systems name them, in UN/ECE Recommendation 20."""

from collections.abc import Mapping

from orderwire.channels.erp.record import NotUsable
from orderwire.document.codes import UNITS

_NAMES = {
    "C62": "u unit units unit(s) uom stk st pce pcs pc piece pieces nos no number",
    "EA": "ea each",
    "PR": "pair pairs pr",
    "SET": "set sets",
    "DZN": "dozen dozens dz doz",
    "KGM": "kg kilogram kilograms",
    "GRM": "g gram grams",
    "TNE": "t to ton tonne tonnes",
    "LBR": "lb lbs pound pounds",
    "ONZ": "oz ounce ounces",
    "MTR": "m meter meters metre metres",
    "MMT": "mm millimeter millimeters millimetre millimetres",
    "CMT": "cm centimeter centimeters centimetre centimetres",
    "KMT": "km kilometer kilometers kilometre kilometres",
    "INH": "in inch inches",
    "FOT": "ft foot feet",
    "YRD": "yd yard yards",
    "MTK": "m2 m² sqm",
    "FTK": "ft2 ft² sqft",
    "MTQ": "m3 m³ cbm",
    "LTR": "l liter liters litre litres",
    "MLT": "ml milliliter milliliters",
    "HUR": "h hr hour hours",
    "DAY": "d day days",
    "WEE": "week weeks",
    "MON": "month months",
    "XBX": "box boxes",
    "XCT": "carton cartons",
    "XPX": "pallet pallets",
    "XPK": "package packages pack packs",
}
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}


def unit_of(*names: str | None, own: Mapping[str, str]) -> str:
    """The code of a unit that the ERP calls by one of these names; `own` are those of the endpoint's settings.

    Raises NotUsable: a unit is never guessed.
    """
    given = [name.strip() for name in names if name and name.strip()]
    for name in given:
        if name in own:
            return own[name]
    for name in given:
        if name in UNITS and len(name) == 3:
            return name
        if code := _CODES.get(name.casefold()):
            return code
    shown = " or ".join(repr(name[:30]) for name in given) or "without a name"
    raise NotUsable(f"the unit {shown} has no code of UN/ECE Recommendation 20 here; add it to the endpoint's units")
