"""Code lists shared by all formats: units (UN/ECE Recommendation 20 and 21) and their plain words."""

from importlib.resources import files

UNITS = frozenset(files("orderwire.document").joinpath("data/rec20.txt").read_text().split())
"""All unit codes of UN/ECE Recommendation 20, with the packages of Recommendation 21 as X.."""

UNIT_WORDS = {
    "C62": "unit", "H87": "piece", "EA": "each", "PR": "pair", "SET": "set", "DZN": "dozen", "GRO": "gross",
    "KGM": "kg", "GRM": "g", "TNE": "t", "LBR": "lb", "ONZ": "oz", "MTR": "m", "MMT": "mm", "CMT": "cm", "KMT": "km",
    "INH": "in", "FOT": "ft", "YRD": "yd", "MTK": "m²", "FTK": "ft²", "MTQ": "m³", "LTR": "l", "MLT": "ml",
    "GLL": "gal", "HUR": "hour", "DAY": "day", "WEE": "week", "MON": "month", "ANN": "year", "KWH": "kWh",
    "XBX": "box", "XCT": "carton", "XPX": "pallet", "XPK": "package", "XBG": "bag", "XRO": "roll", "XDR": "drum",
    "XCA": "can", "LS": "lump sum", "P1": "percent", "CEN": "hundred", "MIL": "thousand",
}  # fmt: skip


PIECES = frozenset({"C62", "H87", "EA"})
"""Units that only count: a number of these says everything by itself."""


def unit_word(code: str) -> str:
    """A unit in plain words, or the code itself where we have none."""
    return UNIT_WORDS.get(code, code)
