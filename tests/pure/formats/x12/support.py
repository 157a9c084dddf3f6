"""What the X12 tests share: a context with counting control numbers, and files built from segments."""

import datetime
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from orderwire.formats.x12 import X12

FORMAT = X12()
CORPUS = Path(__file__).resolve().parents[4].parent / "shared/corpus"
NOW = datetime.datetime(2026, 11, 22, 14, 5, tzinfo=datetime.UTC)


class Numbers:
    """A Context that counts from 1."""

    def __init__(self, links: Mapping[str, str] | None = None) -> None:
        self.links: Mapping[str, str] = links or {}
        self.now = NOW
        self._last: Counter[str] = Counter()

    def control_number(self, name: str) -> int:
        self._last[name] += 1
        return self._last[name]


ISA = "ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *260102*0304*U*00401*000000007*0*P*>"
BASE = (
    "BEG*00*SA*PO-1**20260102", "CUR*BY*USD", "N1*BY*Buyer Inc*92*B1", "N1*SU*Seller Ltd*1*123456789",
    "PO1*1*10*EA*2.5**BP*A-1*VP*V-1", "PID*F****Bolt", "CTT*1*10", "AMT*TT*25",
)  # fmt: skip


def message(*segments: str, kind: str = "850", control: str = "0001", count: int | None = None) -> list[str]:
    """ST to SE around segments."""
    return [f"ST*{kind}*{control}", *segments, f"SE*{len(segments) + 2 if count is None else count}*{control}"]


def interchange(
    *sets: list[str], group: str = "PO", end: str = "~\n", isa: str = ISA, version: str = "004010"
) -> bytes:
    """One interchange with one group of sets."""
    rows = [isa, f"GS*{group}*BUYER*SELLER*20260102*0304*7*X*{version}", *(s for one in sets for s in one)]
    return end.join([*rows, f"GE*{len(sets)}*7", "IEA*1*000000007", ""]).encode()


def order_file(*segments: str) -> bytes:
    """An interchange with one 850."""
    return interchange(message(*(segments or BASE)))


def without(*names: str) -> list[str]:
    """The base order without these segments."""
    return [s for s in BASE if s.split("*")[0] not in names]


def replaced(**new: str) -> list[str]:
    """The base order with segments replaced by name."""
    return [new.get(s.split("*")[0], s) for s in BASE]


def codes(findings: object) -> set[str]:
    """The codes of findings."""
    return {f.code for f in findings}  # type: ignore[attr-defined]
