"""Reads the 850 purchase order, releases 003010 to 008010, into an Order."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.money import totals
from orderwire.document.order import CURRENCIES, Order
from orderwire.document.party import Contact, Identifier, Party
from orderwire.document.states import DocumentType
from orderwire.document.terms import Note, Reference
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CODE, BAD_DATE, MISSING, Faults
from orderwire.formats.x12.line_850 import LineReader, allowance, put
from orderwire.formats.x12.order_codes import BLANKETS, KINDS, ORDERS, PURPOSES
from orderwire.formats.x12.parties import PartyReader, contact_of
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import (
    NOT_SUPPORTED,
    PARTY_ENTITIES,
    REQUESTED_DATES,
    SHIP_DATES,
    VALIDITY,
)
from orderwire.formats.x12.terms_850 import amount_of, date_of, incoterm, payment
from orderwire.formats.x12.texts import NoteReader, reference
from orderwire.formats.x12.values import date, number

_IGNORED = frozenset({"ST", "SE", "LM", "LS", "LE"})


def read(
    segments: list[str], marks: Marks, profile: X12Profile, faults: Faults, envelope: dict[str, str]
) -> tuple[DocumentType, Order | None, str | None]:
    """What the 850 holds and the number that it names."""
    reader = OrderReader(marks, profile, faults, envelope)
    document = reader.order(segments)
    return reader.type, document, reader.fields.get("number") or None


class OrderReader:
    """One pass over the segments of one set; `order()` gives the result."""

    def __init__(self, marks: Marks, profile: X12Profile, faults: Faults, envelope: dict[str, str]):
        self.marks, self.profile, self.faults, self.envelope = marks, profile, faults, envelope
        self.type = DocumentType.ORDER
        self.fields: dict[str, Any] = {}
        self.references: list[Reference] = []
        self.notes: list[Note] = []
        self.parties: dict[str, Party] = {}
        self.lines: list[LineReader] = []
        self.line: LineReader | None = None
        self.party: PartyReader | None = None
        self.note: NoteReader | None = None
        self.summary = False
        self.requested: datetime.date | None = None
        self.ship_by: datetime.date | None = None
        self.buyer_contact: Contact | None = None
        self.own_number = ""
        self.counted: tuple[Decimal | None, Decimal | None] = (None, None)
        self.total: Decimal | None = None

    def order(self, segments: list[str]) -> Order | None:
        """The order, None where the faults have an error that leaves nothing to show."""
        mark, faults, handlers = self.marks.element, self.faults, _HANDLERS
        for position, raw in enumerate(segments, 1):
            segment = raw.split(mark)
            name = segment[0]
            faults.at, faults.segment = position, name
            handler = handlers.get(name)
            if handler is not None:
                handler(self, segment)
            elif name not in _IGNORED:
                if not name.isalnum() or not 2 <= len(name) <= 3:
                    faults.error("segment-unknown", f"{name[:20]!r} is not a segment; check the delimiters", ack="1")
                else:
                    faults.not_kept(name)
        self._leave()
        return self._assemble()

    def _leave(self) -> None:
        """Close what is open: the note and the N1 loop."""
        if self.note is not None:
            found = self.note.close(self.marks.component, self.faults)
            if found is not None:
                put(self.line or self, "notes" if isinstance(found, Note) else "references", found)
            self.note = None
        if self.party is not None:
            reader, self.party = self.party, None
            role = PARTY_ENTITIES.get(reader.entity)
            if self.line is not None:
                if reader.entity == "ST":
                    self.line.deliver(reader, self.faults)
                else:
                    self.faults.not_kept(f"N1*{reader.entity}")
            elif role is None or role in self.parties:
                self.faults.not_kept(f"N1*{reader.entity}")
            elif party := reader.party(self.faults):
                self.parties[role] = party

    def _beg(self, segment: list[str]) -> None:
        purpose, kind, po, release, when, contract = [*segment, "", "", "", "", "", ""][1:7]
        faults, fields = self.faults, self.fields
        if "number" in fields:
            faults.error("segment-twice", "BEG stands twice in one order", ack="5")
            return
        if purpose in ("01", "02", "03", "04"):
            self.type = DocumentType.CANCELLATION if purpose in ("01", "03") else DocumentType.CHANGE
            text = (
                f"BEG01 {purpose} makes this 850 a {self.type.value}, which cannot be read; ask the partner for an 860"
            )
            faults.codes.append(NOT_SUPPORTED)
            faults.error("not-supported", text, 1)
        elif purpose not in ORDERS:
            text = f"BEG01 {purpose!r} does not open an order; expected 00 (original), 05, 06, 07 or 22"
            faults.error("purpose", text, 1, ack=BAD_CODE if purpose else MISSING, value=purpose)
        elif purpose != "00":
            fields["purpose"] = purpose
            if purpose != "05":
                faults.warning(
                    "purpose", f"BEG01 {purpose} marks this order as {PURPOSES[purpose]}; look before you act on it", 1
                )
        if kind in BLANKETS:
            fields["kind"] = "blanket"
        elif kind == "RL":
            fields["kind"] = "release"
        elif kind not in KINDS:
            faults.warning("order-kind", f"BEG02 {kind!r} is not a known kind; read as a standard order", 2,
                           ack=BAD_CODE if kind else MISSING, value=kind)  # fmt: skip
        elif kind not in ("SA", "NE", "KN"):
            faults.info("order-kind", f"BEG02 {kind} ({KINDS[kind]}) is read as a standard order", 2)
        if not po.strip():
            faults.error("number-missing", "BEG03, the purchase order number, is missing", 3, ack=MISSING)
        fields["number"] = po.strip()
        if release.strip():
            fields["release_number"] = release.strip()[:200]
        issued = date(when)
        if issued is None:
            text = f"BEG05, the order date, is {when!r}; expected a date as CCYYMMDD"
            faults.error("bad-date", text, 5, ack=BAD_DATE if when else MISSING, value=when)
        fields["issued"] = issued
        if contract.strip():
            self.references.append(Reference(kind="contract", number=contract.strip()[:200]))

    def _cur(self, segment: list[str]) -> None:
        if self.line is not None or "currency" in self.fields:
            self.faults.not_kept("CUR")
            return
        code = segment[2].strip() if len(segment) > 2 else ""
        if code not in CURRENCIES:
            text = f"CUR02 {code!r} is not an ISO 4217 currency"
            self.faults.error("currency", text, 2, ack=BAD_CODE if code else MISSING, value=code)
        self.fields["currency"] = code

    def _ref(self, segment: list[str]) -> None:
        if self.note is not None:
            self._leave()
        if self.party is not None:
            if not self.party.add(segment, self.faults):
                self.faults.not_kept("REF")
            return
        code, value, words, composite = [*segment, "", "", "", ""][1:5]
        if self.line is None and code == "V0" and value.isascii() and value.isdigit() and 0 < int(value[:6]) <= 99999:
            self.fields["revision"] = int(value[:6])
        elif self.line is None and code == "PO" and self.fields.get("kind") == "release":
            self.own_number = value.strip()
        elif found := reference(code, value, words, composite, self.marks.component, self.faults):
            put(self.line or self, "references", found)

    def _per(self, segment: list[str]) -> None:
        if self.party is not None and self.party.add(segment, self.faults):
            return
        if self.line is None and self.party is None and self.buyer_contact is None:
            self.buyer_contact = contact_of(segment)
        else:
            self.faults.not_kept("PER")

    def _fob(self, segment: list[str]) -> None:
        found = incoterm(segment) if self.line is None and self.party is None else None
        if found is None:
            self.faults.not_kept("FOB")
        else:
            self.fields["incoterm"] = found

    def _itd(self, segment: list[str]) -> None:
        if self.line is not None or self.party is not None:
            self.faults.not_kept("ITD")
        elif found := payment(segment, self.faults):
            self.fields.setdefault("payment_terms", []).append(found)

    def _dtm(self, segment: list[str]) -> None:
        code, text = segment[1] if len(segment) > 1 else "", segment[2] if len(segment) > 2 else ""
        if self.line is None and self.party is None and self.note is None and code in VALIDITY:
            if (name := VALIDITY[code]) in self.fields:
                self.faults.not_kept(f"DTM*{code}")
            elif when := date_of(text, 2, self.faults):
                self.fields[name] = when
            return
        if self.party is not None or self.note is not None or code not in REQUESTED_DATES | SHIP_DATES:
            self.faults.not_kept(f"DTM*{code}")
            return
        when = date_of(text, 2, self.faults)
        if self.line is not None:
            self.line.requested = when if code in REQUESTED_DATES else self.line.requested or when
        elif code in REQUESTED_DATES:
            self.requested = when
        else:
            self.ship_by = when
        if code in SHIP_DATES:
            self.faults.info(
                "ship-date", f"DTM*{code} asks for a ship date; it is used where no delivery date is given"
            )

    def _n9(self, segment: list[str]) -> None:
        self._leave()
        self.note = NoteReader(segment)

    def _msg(self, segment: list[str]) -> None:
        if self.note is None:
            self.note = NoteReader(None)
        if len(segment) > 1:
            self.note.add(segment)

    def _n1(self, segment: list[str]) -> None:
        self._leave()
        self.party = PartyReader(segment, self.faults)

    def _part(self, segment: list[str]) -> None:
        if self.party is None:
            self.faults.warning("segment-place", f"{segment[0]} stands outside an N1 loop", ack="2")
        else:
            self.party.add(segment, self.faults)

    def _po1(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self._leave()
        self.line = LineReader(segment, len(self.lines) + 1, self.faults, self.profile)
        self.lines.append(self.line)

    def _detail(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self._leave()
        if self.line is None or not self.line.add(segment, self.faults, self.marks.component):
            self.faults.not_kept(segment[0])

    def _pid(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self._leave()
        if self.line is not None and len(segment) > 5 and segment[5].strip():
            put(self.line, "pids", segment)
        else:
            self.faults.not_kept("PID")

    def _sch(self, segment: list[str]) -> None:
        if self.line is None:
            self.faults.warning("segment-place", "SCH stands outside a line", ack="2")
        elif self.party is not None:
            self.party.schedules.append((self.faults.at, segment))
        else:
            if self.note is not None:
                self._leave()
            self.line.schedule(segment, self.faults)

    def _sac(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self._leave()
        if found := allowance(segment, self.faults):
            if self.line is not None:
                put(self.line, "allowances_charges", found)
            else:
                self.fields.setdefault("allowances_charges", []).append(found)

    def _ctt(self, segment: list[str]) -> None:
        self._leave()
        if self.summary:
            self.faults.error("segment-twice", "CTT stands twice in one order", ack="5")
            return
        self.line, self.summary = None, True
        self.counted = (
            number(segment[1]) if len(segment) > 1 else None,
            number(segment[2]) if len(segment) > 2 else None,
        )
        lines = len(self.lines)
        if self.counted[0] != lines:
            said = segment[1] if len(segment) > 1 else "nothing"
            text = f"CTT01 counts {said} but there are {lines} lines; content may be missing"
            self.faults.error("line-count", text, 1, ack=BAD_CODE)
        elif self.counted[1] is not None:
            self._check_hash(self.counted[1])

    def _check_hash(self, said: Decimal) -> None:
        """CTT02 against the sum of the quantities, or the sum without points that X12 describes (DE 347)."""
        known = [line.quantity for line in self.lines if line.quantity is not None]
        total = sum(known, Decimal(0))
        if said == total:
            return
        whole = sum(int("".join(map(str, quantity.as_tuple().digits))) for quantity in known)
        if said not in (whole, whole % 10**10):
            text = f"CTT02 is {said:f} but the quantities add up to {total:f}; a quantity may be wrong"
            self.faults.error("hash-total", text, 2, ack=BAD_CODE, value=f"{said:f}")

    def _amt(self, segment: list[str]) -> None:
        if self.summary and len(segment) > 2 and segment[1] == "TT":
            self.total = amount_of(segment[2], 2, self.faults)
        else:
            self.faults.not_kept("AMT")

    def _assemble(self) -> Order | None:
        faults, fields = self.faults, self.fields
        faults.segment = "SE"
        if "number" not in fields:
            faults.missing_segment("BEG", "BEG, which opens an 850, is missing; nothing says which order this is")
            return None
        if not self.lines:
            faults.missing_segment("PO1", "there is no PO1; an order needs at least one line")
            return None
        self._release()
        self._parties()
        if "currency" not in fields:
            fields["currency"] = self.profile.default_currency
            text = f"there is no CUR segment; {self.profile.default_currency} is assumed"
            faults.remark("currency-assumed", text)
        purpose = fields.pop("purpose", None)
        if purpose == "05" and "revision" not in fields:
            faults.remark(
                "revision-unknown", "BEG01 05 replaces an earlier order but does not say which version this is"
            )
        default = self.requested or self.ship_by
        lines = [line.line(faults, default) for line in self.lines]
        if (
            self.type is not DocumentType.ORDER
            or any(line is None for line in lines)
            or fields["issued"] is None
            or (faults.failed and not fields["number"])
        ):
            return None
        try:
            order = Order(
                **fields, references=tuple(self.references), notes=tuple(self.notes), lines=tuple(lines),
                test=self.envelope.get("usage") != "P",
            )  # fmt: skip
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None
        if self.total is not None and self.total != (derived := totals(order).total):
            text = f"AMT*TT says {self.total:f} but the lines give {derived:f}; the totals do not add up"
            faults.remark("total-differs", text, "AMT02")
        return order

    def _release(self) -> None:
        """A release: BEG03 is the blanket order's number, BEG04 the release; our own number is REF*PO or both."""
        if self.fields.get("kind") != "release":
            return
        agreement = self.fields["number"]
        if not any(r.number == agreement and r.kind in ("blanket", "contract") for r in self.references) and agreement:
            self.references.append(Reference(kind="blanket", number=agreement[:200]))
        release = self.fields.get("release_number")
        self.fields["number"] = self.own_number or (f"{agreement}-{release}" if release else agreement)

    def _parties(self) -> None:
        """Buyer and supplier are who the envelope says where N1 does not name them."""
        for role, side, other in (("buyer", "sender", "bill_to"), ("supplier", "receiver", "")):
            if role not in self.parties:
                known = self.parties.get(other)
                ident = self.envelope.get(f"isa_{side}", "").strip()
                qualifier = self.envelope.get(f"isa_{side}_qualifier", "")
                scheme = f"x12:{qualifier if qualifier.isascii() and qualifier.isalnum() else 'ZZ'}"
                if known is None and not ident:
                    self.faults.remark("party-unknown", f"nothing names the {role}")
                    ident, scheme = "unknown", "x12:ZZ"
                party = known or Party(name=ident, identifiers=(Identifier(scheme=scheme, value=ident),))
                self.parties[role] = party
                source = "the bill-to party" if known else f"the interchange {side}"
                text = f"no N1 names the {role}; it is taken from {source}, {party.name}"
                self.faults.remark("party-assumed", text, "N1")
        buyer = self.parties["buyer"]
        if self.buyer_contact and buyer.contact is None:
            self.parties["buyer"] = buyer.model_copy(update={"contact": self.buyer_contact})
        self.fields.update(self.parties)


_HANDLERS: Mapping[str, Callable[[OrderReader, list[str]], None]] = {
    "BEG": OrderReader._beg,
    "CUR": OrderReader._cur,
    "REF": OrderReader._ref,
    "PER": OrderReader._per,
    "FOB": OrderReader._fob,
    "SAC": OrderReader._sac,
    "ITD": OrderReader._itd,
    "DTM": OrderReader._dtm,
    "N9": OrderReader._n9,
    "MSG": OrderReader._msg,
    "MTX": OrderReader._msg,
    "NTE": OrderReader._msg,
    "N1": OrderReader._n1,
    "N2": OrderReader._part,
    "N3": OrderReader._part,
    "N4": OrderReader._part,
    "PO1": OrderReader._po1,
    "CTP": OrderReader._detail,
    "PID": OrderReader._pid,
    "TXI": OrderReader._detail,
    "SCH": OrderReader._sch,
    "CTT": OrderReader._ctt,
    "AMT": OrderReader._amt,
}
