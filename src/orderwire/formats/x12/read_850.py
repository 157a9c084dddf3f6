"""Reads the 850 purchase order, releases 003010 to 008010: an order, or the change or cancellation that BEG01 makes
of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import ValidationError

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import from_validation
from orderwire.document.money import totals
from orderwire.document.order import Line, Order, OrderHead
from orderwire.document.order_change import LineAction, LineChange, OrderChange
from orderwire.document.states import DocumentType
from orderwire.document.terms import Reference
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CODE, BAD_DATE, MISSING, Faults
from orderwire.formats.x12.line_850 import LineReader
from orderwire.formats.x12.order_codes import BLANKETS, CANCELLATIONS, KINDS, NOT_LIVE, ORDERS, PURPOSES
from orderwire.formats.x12.order_set import COMMON, Handler, OrderSetReader
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import NOT_SUPPORTED
from orderwire.formats.x12.values import date

_ORDINARY = frozenset({"SA", "NE", "KN"})


def read(
    segments: list[str], marks: Marks, profile: X12Profile, faults: Faults, envelope: dict[str, str]
) -> tuple[DocumentType, Order | OrderChange | Cancellation | None, str | None]:
    """What the 850 holds and the number that it names."""
    reader = OrderReader(marks, profile, faults, envelope)
    reader.walk(segments)
    document = reader.document()
    return reader.type, document, reader.fields.get("number") or None


class OrderReader(OrderSetReader[LineReader]):
    """Reads one 850."""

    handlers: ClassVar[Mapping[str, Handler]]
    purpose = "00"

    @property
    def type(self) -> DocumentType:
        """What BEG01 makes of the set."""
        if self.purpose in CANCELLATIONS:
            return DocumentType.CANCELLATION
        return DocumentType.CHANGE if self.purpose in ("02", "04") else DocumentType.ORDER

    def document(self) -> Order | OrderChange | Cancellation | None:
        """The document; None where the faults have an error that leaves nothing to show."""
        faults, fields = self.faults, self.fields
        if "number" not in fields:
            faults.missing_segment("BEG", "BEG, which opens an 850, is missing; nothing says which order this is")
            return None
        if faults.crowded:
            return None
        self.release()
        if self.type is DocumentType.CANCELLATION:
            return None if faults.failed else self.cancellation(code=self.purpose)
        if not self.lines:
            faults.missing_segment("PO1", "there is no PO1; an order needs at least one line")
            return None
        header = self.header()
        if self.purpose == "05" and "revision" not in fields:
            text = "BEG01 05 replaces an earlier order but does not say which version this is"
            faults.remark("revision-unknown", text)
        default = self.requested or self.ship_by
        lines = [line for reader in self.lines if (line := reader.line(faults, default))]
        if len(lines) < len(self.lines) or fields["issued"] is None or (faults.failed and not fields["number"]):
            return None
        try:
            return self._change(header, lines) if self.type is DocumentType.CHANGE else self._order(header, lines)
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None

    def _order(self, header: dict[str, Any], lines: list[Line]) -> Order:
        order = Order(**header, lines=tuple(lines), test=self.test)
        if self.total is not None and self.total != (derived := totals(order).total):
            text = f"AMT*TT says {self.total:f} but the lines give {derived:f}; the totals do not add up"
            self.faults.remark("total-differs", text, "AMT02")
        return order

    def _change(self, header: dict[str, Any], lines: list[Line]) -> OrderChange | None:
        """BEG01 02 adds its lines; what 04 says of lines that are not there, only the partner can tell."""
        form, action = self.profile.changed_850, LineAction.ADDED if self.purpose == "02" else None
        if action is None and form is None:
            text = (
                "BEG01 04 makes this 850 a change, but not whether lines that it does not name stay; set changed_850 "
                "in the profile, or ask the partner for an 860"
            )
            self.faults.codes.append(NOT_SUPPORTED)
            self.faults.segment, self.faults.at = "BEG", 2
            self.faults.error("not-supported", text, 1)
            return None
        return OrderChange(
            order_number=header["number"], release_number=header.get("release_number"),
            revision=header.get("revision"), form="delta" if action else form or "full", code=self.purpose,
            head=OrderHead(**{name: header[name] for name in OrderHead.model_fields if name in header}),
            lines=tuple(LineChange(number=line.number, action=action, line=line) for line in lines), test=self.test,
        )  # fmt: skip

    def _beg(self, segment: list[str]) -> None:
        purpose, kind, po, release, when, contract = [*segment, "", "", "", "", "", ""][1:7]
        faults, fields = self.faults, self.fields
        if "number" in fields:
            faults.error("segment-twice", "BEG stands twice in one order", ack="5")
            return
        self._purpose(purpose)
        self._kind(kind)
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

    def _purpose(self, purpose: str) -> None:
        faults = self.faults
        if purpose in CANCELLATIONS or purpose in ("02", "04"):
            self.purpose = purpose
            words = "withdraws the whole order" if purpose in CANCELLATIONS else "changes an order"
            faults.warning("purpose", f"BEG01 {purpose} ({PURPOSES[purpose]}): this 850 {words}", 1)
        elif purpose not in ORDERS:
            text = f"BEG01 {purpose!r} does not open an order; expected 00 (original), 05, 06, 07 or 22"
            faults.error("purpose", text, 1, ack=BAD_CODE if purpose else MISSING, value=purpose)
        else:
            self.purpose = purpose
            if purpose not in ("00", "05"):
                text = f"BEG01 {purpose} marks this order as {PURPOSES[purpose]}; look before you act on it"
                faults.warning("purpose", text, 1)

    def _kind(self, kind: str) -> None:
        faults = self.faults
        if kind in BLANKETS:
            self.fields["kind"] = "blanket"
        elif kind == "RL":
            self.fields["kind"] = "release"
        elif kind not in KINDS:
            text = f"BEG02 {kind!r} is not a known kind; read as a standard order"
            faults.warning("order-kind", text, 2, ack=BAD_CODE if kind else MISSING, value=kind)
        elif kind == "TR" and self.type is DocumentType.ORDER:
            text = "BEG02 TR terminates an order but BEG01 opens one; ask the partner which is meant"
            faults.error("order-kind", text, 2, ack=BAD_CODE, value=kind)
        elif kind in NOT_LIVE and self.type is DocumentType.ORDER:
            text = f"BEG02 {kind} ({KINDS[kind]}) may ask for no new delivery; look before you act on it"
            faults.warning("order-kind", text, 2)
        elif kind not in _ORDINARY:
            faults.info("order-kind", f"BEG02 {kind} ({KINDS[kind]}) is read as a standard order", 2)

    def _po1(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self.leave()
        self.line = LineReader(segment, len(self.lines) + 1, self.faults, self.profile)
        self.lines.append(self.line)


OrderReader.handlers = {**COMMON, "BEG": OrderReader._beg, "PO1": OrderReader._po1}
