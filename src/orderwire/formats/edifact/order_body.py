"""What ORDERS and ORDCHG have in common: one pass over the segments, header and lines gathered for `read_orders` and
`read_ordchg`. Groups are known by the segment that opens them (`group`): a DTM behind RFF dates the reference."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from orderwire.document.order import CURRENCIES
from orderwire.document.party import Party
from orderwire.document.terms import AllowanceCharge, Reference, Tax
from orderwire.formats.edifact import notes, parties, places, plain_line, references, terms
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.faults import BAD_CHARACTER, BAD_VALUE, MISSING, TOO_MANY, Faults
from orderwire.formats.edifact.line import LineReader
from orderwire.formats.edifact.parties import PartyReader
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at, split
from orderwire.formats.edifact.tables import PARTIES, PARTY_REFERENCES, REFERENCES, REQUESTED, SHIP_REQUESTED
from orderwire.formats.edifact.values import date, number, period_end

_MOST, _LINES = 10_000, 100_000
"""Most segments of the header or of one line, and most lines, that are read."""
_FRAME = frozenset({"UNH", "UNT"})
_LINE_GROUPS = frozenset({"LIN", "PRI", "RFF", "SCC", "LOC", "part"})
_HEAD_DATES = {"137": "issued", "4": "ordered", "157": "valid_from", "194": "valid_from", "7": "valid_from",
               "92": "valid_from", "36": "valid_to", "206": "valid_to", "93": "valid_to"}  # fmt: skip


class OrderBody:
    """One pass over the segments of a message; its attributes hold what was found."""

    def __init__(self, message: RawMessage, profile: EdifactProfile, faults: Faults):
        self.message, self.profile, self.faults = message, profile, faults
        self.name, self.number, self.version_number = "", "", ""
        self.function, self.answer = "", ""
        self.opened = False
        self.order_number, self.order_version, self.release_number, self.sequence = "", "", "", ""
        self.order_date: datetime.date | None = None
        self.dates: dict[str, datetime.date] = {}
        self.requested: datetime.date | None = None
        self.ship_by: datetime.date | None = None
        self.currency = ""
        self.references: list[Reference] = []
        self.ftx: list[notes.Ftx] = []
        self.parties: dict[str, Party] = {}
        self.pats: list[terms.PatReader] = []
        self.allowances_charges: list[AllowanceCharge] = []
        self.taxes: list[Tax] = []
        self.fields: dict[str, Any] = {}
        self.lines: list[LineReader] = []
        self.totals: dict[str, Decimal] = {}
        self.group = ""
        self.summary = False
        self.parts_of_lines = 0
        self.line: LineReader | None = None
        self.party: PartyReader | None = None
        self.alc: terms.AlcReader | None = None
        self._reference: Reference | None = None

    def walk(self) -> None:
        """Take all segments."""
        segments, marks, faults, handlers = self.message.segments, self.message.marks, self.faults, _HANDLERS
        beyond = opened = 0
        for position, raw in enumerate(segments, 1):
            if position <= beyond:
                continue
            quick = raw.startswith("LIN") and len(self.lines) <= _LINES
            if quick and (plain := plain_line.read(segments, position - 1, marks, self.profile)):
                self._leave()
                self.line, self.group, beyond = plain[0], "PRI", plain[0].position + plain[1] - 1
                self.lines.append(self.line)
                continue
            segment = split(raw, marks)
            name = segment[0][0]
            faults.at, faults.segment = position, name
            if name in ("LIN", "UNS"):
                opened = position
            if position - opened > _MOST or len(self.lines) > _LINES:
                what = (
                    f"more than {_LINES} lines" if len(self.lines) > _LINES else f"a part of more than {_MOST} segments"
                )
                faults.error("too-many", f"the message has {what}; the rest was not read. Split it", ack=TOO_MANY)
                break
            handler = handlers.get(name)
            if handler is not None:
                if len(segment) > 1:
                    handler(self, segment)
                else:
                    faults.warning("segment-empty", f"{name} says nothing", ack=MISSING)
            elif name not in _FRAME:
                if not name.isalnum() or len(name) != 3:
                    text = f"{name[:20]!r} is not a segment; check the delimiters"
                    faults.error("segment-unknown", text, ack=BAD_VALUE)
                else:
                    faults.not_kept(name)
        self._leave()

    def _leave(self) -> None:
        """Close what is open: a NAD or ALC group."""
        if self.party is not None:
            reader, self.party = self.party, None
            role = PARTIES.get(reader.role)
            if self.line is not None and role == "ship_to":
                self.line.put("parties", reader)
            elif self.line is not None or role is None or role in self.parties:
                self.faults.not_kept(f"NAD+{reader.role}")
            elif party := reader.party(self.faults):
                self.parties[role] = party
            else:
                parties.missing(reader, self.faults)
        if self.alc is not None:
            alc, self.alc = self.alc, None
            if found := alc.close(self.faults):
                if self.line is not None:
                    self.line.put("allowances_charges", found)
                else:
                    self.allowances_charges.append(found)

    def _bgm(self, segment: Segment) -> None:
        if self.opened:
            self.faults.error("segment-twice", "BGM stands twice in one message", ack=TOO_MANY)
            return
        self.opened = True
        self.name, self.number, self.version_number = at(segment, 1), at(segment, 2)[:200], at(segment, 2, 1)
        self.function, self.answer = at(segment, 3), at(segment, 4)

    def _dtm(self, segment: Segment) -> None:
        code, said, form = [part.strip() for part in (*segment[1], "", "")[:3]]
        form = form or "102"
        when = date(said, form)
        if not said:
            self.faults.warning("date-empty", f"DTM+{code} gives no date", 1, 2, ack=MISSING)
            return
        if when is None:
            text = f"DTM 2380 is {said[:35]!r} in format {form[:5]}; expected a date such as CCYYMMDD in format 102"
            self.faults.error("bad-date", text, 1, 2, ack=BAD_VALUE if said else MISSING, value=said)
            return
        group, line = self.group, self.line
        if group in ("SCC", "LOC", "part") and line is not None:
            if line.schedules and code in REQUESTED | SHIP_REQUESTED:
                line.schedules[-1][1] = when
            else:
                self.faults.not_kept(f"DTM+{code}")
        elif group == "RFF" and code in ("171", "4") and self._reference_date(when):
            pass
        elif group == "PAT" and self.pats:
            self.pats[-1].due = when
        elif code in REQUESTED:
            holder = self if line is None else line
            if code == "2" or holder.requested is None:
                if holder.requested is not None:
                    self.faults.not_kept("DTM of another requested day")
                holder.requested = when
            elif when != holder.requested:
                self.faults.not_kept(f"DTM+{code}")
        elif code in SHIP_REQUESTED:
            self.faults.info(
                "ship-date", f"DTM+{code} asks for a ship date; it is used where no delivery date is given"
            )
            if line is not None:
                line.requested = line.requested or when
            else:
                self.ship_by = when
        elif line is None and code == "273" and (end := period_end(said, form)):
            self.dates.update(valid_from=when, valid_to=end)
        elif line is None and code in _HEAD_DATES:
            self.dates.setdefault(_HEAD_DATES[code], when)
        elif code != "9":
            self.faults.not_kept(f"DTM+{code}")

    def _reference_date(self, when: datetime.date) -> bool:
        known: Any = self.references if self.line is None else self.line.references
        if self._reference is not None and known and known[-1] is self._reference:
            known[-1] = self._reference = self._reference.model_copy(update={"date": when})
            return True
        if self._reference is None and self.order_date is None:
            self.order_date = when
            return True
        return False

    def _ftx(self, segment: Segment) -> None:
        if self.group in ("SCC", "AJT"):
            self.faults.not_kept("FTX")
        elif self.line is not None:
            self.line.put("ftx", notes.ftx(segment))
        else:
            self.ftx.append(notes.ftx(segment))

    def _rff(self, segment: Segment) -> None:
        code, value = at(segment, 1), at(segment, 1, 1)
        if self.party is not None and (self.line is not None or code in PARTY_REFERENCES or code not in REFERENCES):
            self.party.add(segment, self.faults)
            return
        self._leave()
        self.group, self._reference = "RFF", None
        if self.line is not None and self.line.account(code, value):
            return
        if self.line is None and code == "ON":
            self.order_number, self.order_version = value[:200], at(segment, 1, 3)
        elif self.line is None and code == "PP":
            self.sequence = value
        elif self.line is None and code == "RE":
            self.release_number = value[:200]
        elif found := references.read(segment, self.profile, self.faults):
            self._reference = found
            if self.line is not None:
                self.line.put("references", found)
            else:
                self.references.append(found)

    def _nad(self, segment: Segment) -> None:
        self._leave()
        self.group, self.party = "NAD", PartyReader(segment, self.faults.at)

    def _contact(self, segment: Segment) -> None:
        if self.party is None or not self.party.add(segment, self.faults):
            self.faults.not_kept(segment[0][0])

    def _tax(self, segment: Segment) -> None:
        found = terms.tax(segment, self.faults)
        if found is None or self.summary:
            self.faults.not_kept("TAX")
        elif self.alc is not None:
            self.alc.tax = found
        else:
            self._leave()
            self.group = "TAX"
            if self.line is not None:
                self.line.put("taxes", found)
            else:
                self.taxes.append(found)

    def _cux(self, segment: Segment) -> None:
        if self.line is not None:
            self.faults.not_kept("CUX")
            return
        self._leave()
        self.group = "CUX"
        code = at(segment, 1, 1).upper()
        if code in CURRENCIES:
            self.currency = self.currency or code
        else:
            text = f"CUX 6345 {code[:10]!r} is not an ISO 4217 currency"
            self.faults.error("currency", text, 1, 2, ack=BAD_VALUE if code else MISSING, value=code)

    def _pat(self, segment: Segment) -> None:
        self._leave()
        self.group = "PAT"
        if self.line is None:
            self.pats.append(terms.pat(segment, self.faults))
        else:
            self.group = "skipped"
            self.faults.not_kept("PAT")

    def _pcd(self, segment: Segment) -> None:
        value = number(at(segment, 1, 1))
        if value is None or not 0 <= value <= 100:
            text = f"PCD 5482 is {at(segment, 1, 1)[:20]!r}; expected a percentage"
            self.faults.warning("percentage", text, 1, 2, ack=BAD_CHARACTER, value=at(segment, 1, 1))
        elif self.alc is not None:
            self.alc.percent = value
        elif self.group == "PAT" and self.pats:
            self.pats[-1].percent = value
        else:
            self.faults.not_kept("PCD")

    def _moa(self, segment: Segment) -> None:
        code, said = at(segment, 1), at(segment, 1, 1)
        value = number(said)
        if value is None:
            text = f"MOA 5004 is {said[:20]!r}; expected an amount"
            self.faults.error("bad-number", text, 1, 2, ack=BAD_CHARACTER if said else MISSING, value=said)
        elif self.alc is not None and code in terms.AMOUNTS and value >= 0:
            self.alc.amount = value
        elif self.summary:
            self.totals[code] = value
        elif self.line is not None and code in ("203", "146") and self.group in _LINE_GROUPS and value >= 0:
            if code == "203":
                self.line.amount = value
            elif self.line.price is None:
                self.line.price = value
        else:
            self.faults.not_kept(f"MOA+{code}")

    def _tod(self, segment: Segment) -> None:
        self._leave()
        found = terms.incoterm(segment) if self.line is None else None
        self.group = "TOD"
        if found is None:
            self.faults.not_kept("TOD")
        else:
            self.fields["incoterm"] = found

    def _loc(self, segment: Segment) -> None:
        if self.group == "TOD" and self.line is None and "incoterm" in self.fields:
            name = at(segment, 2, 3) or at(segment, 2)
            self.fields["incoterm"] = self.fields["incoterm"].model_copy(update={"place": name[:200] or None})
        elif self.line is not None and self.party is None and at(segment, 1) in ("7", "11", "8", "20"):
            self._leave()
            self.group, self.line.place = "LOC", places.place(segment)
        else:
            self.faults.not_kept("LOC")

    def _alc(self, segment: Segment) -> None:
        self._leave()
        self.group = "ALC"
        if self.summary:
            self.faults.not_kept("ALC")
        else:
            self.alc = terms.AlcReader(segment, self.faults.at)

    def _scc(self, segment: Segment) -> None:
        self._leave()
        self.group = "SCC"
        if self.line is None:
            self.faults.not_kept("SCC")

    def _lin(self, segment: Segment) -> None:
        if self.party is not None or self.alc is not None:
            self._leave()
        self.group = "LIN"
        self.line = LineReader(segment, self.faults.at, self.profile)
        if len(segment) > 4 and at(segment, 4) == "1":
            number, whole = self.line.number, at(segment, 4, 1)
            text = f"LIN {number} is a part of line {whole}; it is not ordered by itself and left out"
            self.faults.warning("sub-line", text)
            self.parts_of_lines += 1
            return
        self.lines.append(self.line)

    def _pia(self, segment: Segment) -> None:
        if self.line is not None:
            self.line.pia(segment, self.faults)
        else:
            self.faults.not_kept("PIA")

    def _imd(self, segment: Segment) -> None:
        words = segment[3][3:5] if len(segment) > 3 else []
        if self.line is not None and any(word.strip() for word in words):
            self.line.put("items", words)
        else:
            self.faults.not_kept("IMD")

    def _qty(self, segment: Segment) -> None:
        if self.line is None or self.group not in _LINE_GROUPS:
            self.faults.not_kept("QTY")
        else:
            # Parts of a line also stand in the line itself, each a QTY+11 with its date.
            if self.group in ("LIN", "PRI", "RFF", "part"):
                self.group = "part" if at(segment, 1) == "11" else "LIN" if self.group == "part" else self.group
            self.line.qty(segment, self.faults, self.group)

    def _pri(self, segment: Segment) -> None:
        self.group = "PRI"
        if self.line is not None:
            self.line.pri(segment, self.faults)
        else:
            self.faults.not_kept("PRI")

    def _skipped(self, segment: Segment) -> None:
        """A group that we keep nothing of; what follows in it must not be taken for the line's own."""
        self._leave()
        self.group = "skipped"
        self.faults.not_kept(segment[0][0])

    def _uns(self, segment: Segment) -> None:
        self._leave()
        if at(segment, 1) == "S":
            self.line, self.summary, self.group = None, True, "UNS"

    def _cnt(self, segment: Segment) -> None:
        self._leave()
        self.line = None
        self.summary = True
        code, said = at(segment, 1), at(segment, 1, 1)
        value, lines = number(said), len(self.lines)
        if code == "2" and value not in (lines, lines + self.parts_of_lines):
            text = f"CNT+2 counts {said[:20] or 'nothing'} but there are {lines} lines; content may be missing"
            self.faults.error("line-count", text, 1, 2, ack=BAD_VALUE, value=said)
        elif code == "1" and value is not None:
            total = sum((line.quantity for line in self.lines if line.quantity is not None), Decimal(0))
            if value != total:
                text = f"CNT+1 is {said[:20]} but the quantities add up to {total:f}; a quantity may be wrong"
                self.faults.error("hash-total", text, 1, 2, ack=BAD_VALUE, value=said)


_B = OrderBody
_HANDLERS: Mapping[str, Callable[[OrderBody, Segment], None]] = {
    "BGM": _B._bgm, "DTM": _B._dtm, "FTX": _B._ftx, "RFF": _B._rff, "NAD": _B._nad, "CTA": _B._contact,
    "COM": _B._contact, "TAX": _B._tax, "CUX": _B._cux, "PAT": _B._pat, "PCD": _B._pcd, "MOA": _B._moa,
    "TOD": _B._tod, "LOC": _B._loc, "ALC": _B._alc, "SCC": _B._scc, "LIN": _B._lin, "PIA": _B._pia, "IMD": _B._imd,
    "QTY": _B._qty, "PRI": _B._pri, "UNS": _B._uns, "CNT": _B._cnt, "PAC": _B._skipped, "TDT": _B._skipped,
    "EQD": _B._skipped, "RCS": _B._skipped, "STG": _B._skipped, "APR": _B._skipped, "CCI": _B._skipped,
    "AJT": _B._skipped, "DGS": _B._skipped,
}  # fmt: skip
