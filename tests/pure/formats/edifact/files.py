"""Builds EDIFACT files of segments, for the tests of what partners send."""

from collections.abc import Iterable
from pathlib import Path

from orderwire.document.finding import Finding
from orderwire.formats.edifact import Edifact

FORMAT = Edifact()
CORPUS = Path(__file__).resolve().parents[4].parent / "shared/corpus"
UNB = "UNB+UNOC:3+4012345000094:14+5412345000176:14+261122:1405+4711"
ASKING = f"{UNB}++++1"
"""A UNB that asks for a CONTRL (0031)."""

ADVICE = ("BGM++AP-1+9+AP", "DTM+137:20261122:102", "RFF+ON:PO-1")
NOTICE = (
    "BGM+351+DA-1+9", "DTM+137:20261122:102", "DTM+11:20261123:102", "DTM+17:20261125:102", "RFF+ON:PO-1",
    "NAD+SU+4012345000094::9", "NAD+BY+5412345000176::9", "CPS+1", "LIN+1++4012345123456:EN", "QTY+12:10:PCE",
    "RFF+ON:PO-1:7",
)  # fmt: skip

ORDER = ("BGM+220+PO-1+9", "DTM+137:20261122:102", "RFF+CT:C-1", "NAD+BY+1::9++Buyer+Street+City++1000+DE", "CTA+PD+:A",
         "COM+1:TE", "NAD+SU+2::9", "TAX+7+VAT+++:::19+S", "CUX+2:EUR:9", "PAT+1++5:3:D:30", "ALC+C++++FC", "MOA+8:1",
         "LIN+1++4012345123456:EN", "PIA+5+A:SA", "IMD+F++:::Bolt", "QTY+21:2:PCE", "DTM+2:20261201:102", "PRI+AAA:3",
         "UNS+S", "MOA+79:6", "CNT+2:1")  # fmt: skip


def message(
    *segments: str, kind: str = "APERAK", control: str = "1", version: str = "D:96A:UN", tail: str | None = None
) -> list[str]:
    """UNH to UNT around segments; `tail` replaces the UNT, an empty one leaves it out."""
    end = f"UNT+{len(segments) + 2}+{control}" if tail is None else tail
    return [f"UNH+{control}+{kind}:{version}", *segments, *([end] if end else [])]


def advice(control: str = "1", tail: str | None = None) -> list[str]:
    """A short message that is always understood."""
    return message(*ADVICE, control=control, tail=tail)


def notice(*segments: str) -> list[str]:
    """A ship notice of one line."""
    return message(*(segments or NOTICE), kind="DESADV", control="2")


def file(*messages: list[str], unb: str = UNB, una: str = "", end: str = "'", unz: str | None = None) -> bytes:
    """One interchange; `unz` replaces the UNZ, an empty one leaves it out."""
    tail = f"UNZ+{len(messages)}+{unb.split('+')[5]}" if unz is None else unz
    rows = [unb, *(segment for one in messages for segment in one), *([tail] if tail else [])]
    return (una + "".join(row + end for row in rows)).encode()


def codes(findings: Iterable[Finding]) -> set[str]:
    """The codes of findings."""
    return {finding.code for finding in findings}
