"""How long the elements are, and how often segments repeat, by directory: D.96A and its time, or D.00A and after."""

from typing import NamedTuple


class Limits(NamedTuple):
    """Lengths of 4440, 7008, 1154, 3251, 3224, 6060 and 5004; most RFF of a party and of a line, ALC of the header."""

    text: int
    item: int
    reference: int
    postal: int
    place: int
    quantity: int
    amount: int
    party_references: int
    line_references: int
    head_references: int
    head_allowances: int


_OLD = Limits(70, 35, 35, 9, 70, 15, 18, 10, 10, 10, 15)
_NEW = Limits(512, 256, 70, 17, 256, 24, 24, 99, 9999, 9999, 99)


def limits(version: str) -> Limits:
    """Those of a version such as D96A; years from 88 on are of the last century."""
    return _OLD if version[1:3] >= "88" else _NEW
