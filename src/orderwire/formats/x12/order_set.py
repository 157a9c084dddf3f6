"""What 850 and 860 share: one pass over header, parties, notes, lines and summary, and the header that comes of it."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import ValidationError

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import from_validation
from orderwire.document.order import CURRENCIES
from orderwire.document.party import Contact, Party
from orderwire.document.terms import Note, Reference
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CODE, MISSING, MOST_LINES, Faults
from orderwire.formats.x12.line_850 import LineReader, allowance, put
from orderwire.formats.x12.parties import PartyReader, contact_of, known_by
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import (
    BOUND_DATES,
    LATEST_DELIVERY,
    LATEST_SHIPMENT,
    PARTY_ENTITIES,
    PLACES,
    REQUESTED_DATES,
    SHIP_DATES,
    VALIDITY,
    WEIGHTY,
)
from orderwire.formats.x12.terms_850 import amount_of, dates_of, incoterm, payment
from orderwire.formats.x12.texts import NoteReader, reference, revision
from orderwire.formats.x12.values import number

KEPT_DATES = REQUESTED_DATES | SHIP_DATES | VALIDITY.keys() | BOUND_DATES.keys()
_IGNORED = frozenset({"ST", "SE", "LM", "LS", "LE"})
LineKind = TypeVar("LineKind", bound=LineReader)
Handler = Callable[[Any, list[str]], None]


class OrderSetReader(Generic[LineKind]):
    """Takes the segments of one set; `fields` are those of the document as far as the header gives them.

    A subclass adds the segments that open the set and its lines to `handlers`.
    """

    handlers: ClassVar[Mapping[str, Handler]]
    tells_reasons: ClassVar[bool] = False

    def __init__(self, marks: Marks, profile: X12Profile, faults: Faults, envelope: Mapping[str, str]):
        self.marks, self.profile, self.faults, self.envelope = marks, profile, faults, envelope
        self.test = envelope.get("usage") != "P"
        self.fields: dict[str, Any] = {}
        self.references: list[Reference] = []
        self.notes: list[Note] = []
        self.reasons: list[Note] = []
        self.parties: dict[str, Party] = {}
        self.lines: list[LineKind] = []
        self.line: LineKind | None = None
        self.party: PartyReader | None = None
        self.note: NoteReader | None = None
        self.summary = False
        self.requested: datetime.date | None = None
        self.ship_by: datetime.date | None = None
        self.buyer_contact: Contact | None = None
        self.own_number = ""
        self.counted: tuple[Decimal | None, Decimal | None] = (None, None)
        self.total: Decimal | None = None

    def walk(self, segments: list[str]) -> None:
        """Take all segments of the set."""
        mark, faults, handlers = self.marks.element, self.faults, self.handlers
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
                    faults.not_kept(name, WEIGHTY.get(name, ""))
        self.leave()
        faults.segment = "SE"
        if len(self.lines) > MOST_LINES:
            faults.too_many_lines()
            self.lines = self.lines[:MOST_LINES]

    def leave(self) -> None:
        """Close what is open: the note and the N1 loop."""
        if self.note is not None:
            note, self.note = self.note, None
            found = note.close(self.marks.component, self.faults)
            if isinstance(found, Reference):
                put(self.line or self, "references", found)
            elif found is not None:
                put(self.line or self, "reasons" if self.tells_reasons and note.tells_reason else "notes", found)
        if self.party is not None:
            reader, self.party = self.party, None
            entity = reader.entity
            roles = ("ship_to", "bill_to") if entity == "BS" else (PARTY_ENTITIES.get(entity),)
            if self.line is not None:
                if entity != "ST":
                    self.faults.not_kept(f"N1*{entity}", PLACES.get(entity, ""))
                self.line.deliver(reader, self.faults)
            elif roles == (None,) or all(role in self.parties for role in roles):
                self.faults.not_kept(f"N1*{entity}", "" if entity == "BY" else PLACES.get(entity, ""))
            elif party := reader.party(self.faults):
                for role in roles:
                    self.parties.setdefault(str(role), party)

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
            self.leave()
        if self.party is not None:
            if not self.party.add(segment, self.faults):
                self.faults.not_kept("REF")
            return
        code, value, words, composite = [*segment, "", "", "", ""][1:5]
        if self.line is None and (version := revision(code, value)):
            self.fields["revision"] = version
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
            self.faults.not_kept("FOB", WEIGHTY["FOB"])
        else:
            self.fields["incoterm"] = found

    def _itd(self, segment: list[str]) -> None:
        if self.party is not None or self.note is not None:
            self.leave()
        if self.line is not None:
            self.faults.not_kept("ITD", "terms of payment for a part of the order")
        elif found := payment(segment, self.faults):
            self.fields.setdefault("payment_terms", []).append(found)

    def _dtm(self, segment: list[str]) -> None:
        if self.line is None and self.party is not None:
            self.leave()
        code = segment[1] if len(segment) > 1 else ""
        if code not in KEPT_DATES or self.party is not None or self.note is not None:
            self.faults.not_kept(f"DTM*{code}", "a date" if code in KEPT_DATES else "")
            return
        start, end = dates_of(segment, self.faults)
        if start is None or end is None:
            return
        if start != end and code not in VALIDITY:
            self._remember(f"{code}: from {start} to {end}")
        if code in BOUND_DATES:
            self._remember(f"{BOUND_DATES[code]} {end}")
        if code in VALIDITY:
            self._valid(code, start, end)
        elif self.line is not None:
            if code in REQUESTED_DATES:
                self.line.requested = end
            elif code in SHIP_DATES or code in (LATEST_DELIVERY, LATEST_SHIPMENT):
                self.line.requested = self.line.requested or end
        elif code in REQUESTED_DATES:
            self.requested = end
        elif code == LATEST_DELIVERY:
            self.requested = self.requested or end
        elif code in SHIP_DATES:
            self.ship_by = end
        elif code == LATEST_SHIPMENT:
            self.ship_by = self.ship_by or end
        if code in SHIP_DATES:
            self.faults.info(
                "ship-date", f"DTM*{code} asks for a ship date; it is used where no delivery date is given"
            )

    def _valid(self, code: str, start: datetime.date, end: datetime.date) -> None:
        """The time in which a blanket order may be drawn on; a period says both ends."""
        names = (VALIDITY[code],) if start == end else ("valid_from", "valid_to")
        if self.line is not None or any(name in self.fields for name in names):
            self.faults.not_kept(f"DTM*{code}")
            return
        self.fields.update({name: start if name == "valid_from" else end for name in names})

    def _remember(self, words: str) -> None:
        """A date for which there is no field goes into a note."""
        put(self.line or self, "notes", Note(text=words[0].upper() + words[1:], subject="Dates"))
        self.faults.info("date-noted", f"DTM ({words}) is kept as a note")

    def _n9(self, segment: list[str]) -> None:
        self.leave()
        self.note = NoteReader(segment)

    def _msg(self, segment: list[str]) -> None:
        if self.note is None:
            self.note = NoteReader(None)
        if len(segment) > 1:
            self.note.add(segment)

    def _n1(self, segment: list[str]) -> None:
        self.leave()
        self.party = PartyReader(segment, self.faults)

    def _part(self, segment: list[str]) -> None:
        if self.party is None:
            self.faults.warning("segment-place", f"{segment[0]} stands outside an N1 loop", ack="2")
        else:
            self.party.add(segment, self.faults)

    def _detail(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self.leave()
        if self.line is None or not self.line.add(segment, self.faults, self.marks.component):
            self.faults.not_kept(segment[0], WEIGHTY.get(segment[0], ""))

    def _sdq(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self.leave()
        if self.line is None:
            self.faults.warning("segment-place", "SDQ stands outside a line", ack="2")
        else:
            self.line.distribute(segment)

    def _pid(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self.leave()
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
                self.leave()
            self.line.schedule(segment, self.faults)

    def _sac(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self.leave()
        if found := allowance(segment, self.faults):
            if self.line is not None:
                put(self.line, "allowances_charges", found)
            else:
                self.fields.setdefault("allowances_charges", []).append(found)

    def _ctt(self, segment: list[str]) -> None:
        self.leave()
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

    def release(self) -> None:
        """A release: BEG03 or BCH03 is the blanket order's number, BEG04 or BCH04 the release; our own number is
        REF*PO or both."""
        fields = self.fields
        if fields.get("kind") != "release":
            return
        agreement = fields["number"]
        if not any(r.number == agreement and r.kind in ("blanket", "contract") for r in self.references) and agreement:
            self.references.append(Reference(kind="blanket", number=agreement[:200]))
        release = fields.get("release_number")
        fields["number"] = self.own_number or (f"{agreement}-{release}" if release else agreement)

    def header(self) -> dict[str, Any]:
        """The fields of the document, with parties and currency found elsewhere where the set does not name them."""
        self._parties()
        if "currency" not in self.fields:
            self.fields["currency"] = self.profile.default_currency
            text = f"there is no CUR segment; {self.profile.default_currency} is assumed"
            self.faults.remark("currency-assumed", text)
        return {**self.fields, **self.parties, "references": tuple(self.references), "notes": tuple(self.notes)}

    def cancellation(self, **fields: Any) -> Cancellation | None:
        """The withdrawal of the whole order; of the header only what names it is kept. `fields` are its own."""
        known = self.fields
        for name in ("payment_terms", "incoterm", "allowances_charges", "valid_from", "valid_to"):
            if name in known:
                self.faults.not_kept(name)
        if self.lines:
            text = f"the set withdraws the whole order; its {len(self.lines)} lines say nothing more and are not kept"
            self.faults.remark("lines-not-kept", text)
        reason = "\n".join(note.text for note in (*self.reasons, *self.notes))[:4000].strip()
        try:
            return Cancellation.model_validate(
                {
                    "order_number": known["number"], "release_number": known.get("release_number"),
                    "revision": known.get("revision"), "order_issued": known.get("issued"),
                    "buyer": self.parties.get("buyer"), "supplier": self.parties.get("supplier"),
                    "currency": known.get("currency"), "reason": reason or None, "test": self.test, **fields,
                }
            )  # fmt: skip
        except ValidationError as failure:
            self.faults.extend(from_validation(failure))
            return None

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
                party = known or known_by(scheme, ident)
                self.parties[role] = party
                source = "the bill-to party" if known else f"the interchange {side}"
                text = f"no N1 names the {role}; it is taken from {source}, {party.name}"
                self.faults.remark("party-assumed", text, "N1")
        buyer = self.parties["buyer"]
        if self.buyer_contact and buyer.contact is None:
            self.parties["buyer"] = buyer.model_copy(update={"contact": self.buyer_contact})


COMMON: Mapping[str, Handler] = {
    "CUR": OrderSetReader._cur,
    "REF": OrderSetReader._ref,
    "PER": OrderSetReader._per,
    "FOB": OrderSetReader._fob,
    "SAC": OrderSetReader._sac,
    "ITD": OrderSetReader._itd,
    "DTM": OrderSetReader._dtm,
    "N9": OrderSetReader._n9,
    "MSG": OrderSetReader._msg,
    "MTX": OrderSetReader._msg,
    "NTE": OrderSetReader._msg,
    "N1": OrderSetReader._n1,
    "N2": OrderSetReader._part,
    "N3": OrderSetReader._part,
    "N4": OrderSetReader._part,
    "CTP": OrderSetReader._detail,
    "PID": OrderSetReader._pid,
    "TXI": OrderSetReader._detail,
    "SCH": OrderSetReader._sch,
    "SDQ": OrderSetReader._sdq,
    "CTT": OrderSetReader._ctt,
    "AMT": OrderSetReader._amt,
}
"""Segments that mean the same in every set of the family."""
