"""Reads DESADV: what the supplier says is on its way, with the numbers of its packages."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

from orderwire.document.fulfillment import ShipNotice
from orderwire.formats.edifact.codes_around import (
    CARRIER_PARTIES,
    EXPECTED_DATES,
    LOT_IDENTITIES,
    LOT_REFERENCES,
    NO_LEVEL,
    OPEN,
    ORDERED,
    PACKING_LEVELS,
    SHIPPED,
    SHIPPED_DATES,
    STILL_TO_COME,
    TRACKING_IDENTITIES,
    TRACKING_REFERENCES,
)
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.faults import MISSING, Faults
from orderwire.formats.edifact.found import Found
from orderwire.formats.edifact.fulfilled import FulfilledReader, Line
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import at
from orderwire.formats.pieces import country

_MANY = 1000
"""Tracking numbers, and levels of packing, that are kept."""


def read(message: RawMessage, profile: EdifactProfile, faults: Faults) -> Found:
    """The ship notice and its number."""
    reader = ShipNoticeReader(message, profile, faults)
    reader.walk()
    return Found(reader.notice(), reader.fields.get("number") or None)


class ShipNoticeReader(FulfilledReader):
    """BGM, the head, then CPS: a level of packing with its PAC, and the LIN that are in it."""

    silent = frozenset({"MEA", "CTA", "COM", "TOD", "EQD", "SEL", "PCI", "HAN", "FTX", "MOA", "CUX", "TMD",
                        "SGP", "DGS", "EQA", "PCD"})  # fmt: skip
    line_fields = frozenset({"lot"})

    def __init__(self, message: RawMessage, profile: EdifactProfile, faults: Faults):
        super().__init__(message, profile, faults)
        self._tracking: dict[str, None] = {}
        self._depths: dict[str, int] = {}
        self._level = (0, NO_LEVEL)
        self._packages: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._open: Decimal | None = None

    def notice(self) -> ShipNotice | None:
        """The ship notice; None where the faults have an error."""
        carrier = self.party(CARRIER_PARTIES)
        if carrier is not None:
            self.fields.setdefault("carrier", carrier.name)
        if self._packages:
            self.fields.setdefault("packages", self._packages[min(self._packages)])
        return self.build(
            ShipNotice, shipped=self.day(SHIPPED_DATES), expected=self.day(EXPECTED_DATES),
            tracking=tuple(self._tracking),
        )  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        return {
            "RFF": self._rff, "TDT": self._tdt, "CPS": self._cps, "PAC": self._pac, "GIN": self._gin,
            "ALI": self._ali, "QVR": self._qvr, "LOC": self._loc,
        }  # fmt: skip

    def close(self, line: Line) -> None:
        said = self.quantities
        shipped = next((said[code] for code in SHIPPED if code in said), None)
        if shipped is None:
            text = "the line has no despatched quantity (QTY+12); ask the partner for it"
            self.faults.error("no-quantity", text, ack=MISSING)
            return
        line["quantity"] = shipped
        line["ordered"] = next((said[code] for code in ORDERED if code in said), None)
        line["open"] = next((said[code] for code in OPEN if code in said), self._open)
        self._open = None

    def _rff(self) -> None:
        code, value = at(self.segment, 1), at(self.segment, 1, 1)
        if self.order():
            return
        if code in TRACKING_REFERENCES:
            self._track(value)
        elif code in LOT_REFERENCES and self.line is not None and value:
            self.line.setdefault("lot", value[:200])
        else:
            self.faults.not_kept(f"RFF+{code[:3]}")

    def _tdt(self) -> None:
        carrier = at(self.segment, 5, 3) or at(self.segment, 5)
        if carrier:
            self.fields.setdefault("carrier", carrier[:200])
        self._track(at(self.segment, 2))

    def _cps(self) -> None:
        self.end_line()
        own, parent, level = at(self.segment, 1), at(self.segment, 2), at(self.segment, 3)
        depth = self._depths.get(parent, -1) + 1 if parent != own else 0
        if own and len(self._depths) < _MANY:
            self._depths[own] = depth
        self._level = depth, PACKING_LEVELS.get(level, NO_LEVEL)

    def _pac(self) -> None:
        if self.line is None and at(self.segment, 1):
            count = self.quantity(1, 0)
            if count is not None:
                self._packages[self._level] += int(count)

    def _gin(self) -> None:
        code = at(self.segment, 1)
        values = [part.strip() for element in self.segment[2:] for part in element if part.strip()]
        if code in TRACKING_IDENTITIES:
            for value in values:
                self._track(value)
        elif code in LOT_IDENTITIES and self.line is not None and values:
            self.line.setdefault("lot", values[0][:200])
        else:
            self.faults.not_kept(f"GIN+{code[:3]}")

    def _ali(self) -> None:
        self._origin(at(self.segment, 1))

    def _loc(self) -> None:
        if at(self.segment, 1) == "27":
            self._origin(at(self.segment, 2))

    def _origin(self, text: str) -> None:
        if self.line is not None and text:
            self.line.setdefault("country_of_origin", country(text) or text[:200])

    def _qvr(self) -> None:
        """A difference that is promised to follow is what is still open."""
        if self.line is not None and at(self.segment, 2) in STILL_TO_COME and at(self.segment, 1):
            difference = self.quantity(1, 0, signed=True)
            self._open = None if difference is None else abs(difference)
        else:
            self.faults.not_kept("QVR")

    def _track(self, value: str) -> None:
        if value and len(self._tracking) < _MANY:
            self._tracking.setdefault(value[:200])
