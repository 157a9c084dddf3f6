"""Reads the 860 purchase order change: the whole order again, the lines that differ, or its cancellation."""

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import ValidationError

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import from_validation
from orderwire.document.order import OrderHead
from orderwire.document.order_change import HeadPart, OrderChange
from orderwire.document.states import DocumentType
from orderwire.document.terms import Reference
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import BAD_CODE, BAD_DATE, MISSING, Faults
from orderwire.formats.x12.line_860 import ChangedLine
from orderwire.formats.x12.order_codes import BLANKETS, CANCELLATIONS, KINDS, PURPOSES, RELEASES
from orderwire.formats.x12.order_set import COMMON, Handler, OrderSetReader
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.project_860 import CONFIRMATION
from orderwire.formats.x12.terms_850 import date_of
from orderwire.formats.x12.values import date

Built = TypeVar("Built", OrderHead, HeadPart)
_USUAL = frozenset({"01", "04", "05", CONFIRMATION})
_REFUSED = frozenset({"11", "19", "54", "ZZ"})
_STATED = frozenset({"buyer", "supplier"})
"""A header that names these, and the currency, is stated whole: what it does not say is not there."""


def read(
    segments: list[str], marks: Marks, profile: X12Profile, faults: Faults, envelope: dict[str, str]
) -> tuple[DocumentType, OrderChange | Cancellation | None, str | None]:
    """What the 860 holds and the number of the order that it changes."""
    reader = ChangeReader(marks, profile, faults, envelope)
    reader.walk(segments)
    document = reader.document()
    kind = DocumentType.CANCELLATION if reader.cancels else DocumentType.CHANGE
    return kind, document, reader.fields.get("number") or None


class ChangeReader(OrderSetReader[ChangedLine]):
    """Reads one 860."""

    handlers: ClassVar[Mapping[str, Handler]]
    tells_reasons: ClassVar[bool] = True
    purpose = ""
    number: str | None = None
    sequence: int | None = None
    issued: datetime.date | None = None

    @property
    def cancels(self) -> bool:
        """True where the set withdraws the whole order: by BCH01, or by POC02 CF."""
        return self.purpose in CANCELLATIONS or (bool(self.lines) and all(line.code == "CF" for line in self.lines))

    def document(self) -> OrderChange | Cancellation | None:
        """The document; None where the faults have an error."""
        faults, fields = self.faults, self.fields
        if "number" not in fields:
            faults.missing_segment("BCH", "BCH, which opens an 860, is missing; nothing says which order this is")
            return None
        if faults.crowded:
            return None
        self.release()
        own = {"number": self.number, "sequence": self.sequence, "issued": self.issued, "code": self.purpose}
        if self.cancels:
            return None if faults.failed else self.cancellation(**own)
        default = self.requested or self.ship_by
        lines = []
        for reader in self.lines:
            if reader.code == "CF":
                faults.at, faults.segment = reader.position, "POC"
                text = "POC02 CF cancels the whole order but other lines go on; ask the partner which is meant"
                faults.error("line-change", text, 2, ack=BAD_CODE, value="CF")
            elif line := reader.change(faults, default):
                lines.append(line)
        faults.segment = "SE"
        if faults.failed:
            return None
        form: Literal["full", "delta"] = "full" if self.purpose == "05" else "delta"
        if form == "full" and not lines:
            faults.missing_segment("POC", "BCH01 05 states the whole order but there is no POC; it would have no lines")
            return None
        whole = self.parties.keys() >= _STATED and "currency" in fields
        head, part = (self._head(), None) if whole else (None, self._in_part(lines_dated=bool(lines)))
        notes = self.reasons if whole else [*self.reasons, *self.notes]
        reason = "\n".join(note.text for note in notes)[:4000].strip()
        if faults.failed:
            return None
        if head is None and part is None and not lines:
            text = "the change names no line and does not repeat the header; nothing says what changes"
            faults.remark("nothing-changed", text)
        try:
            return OrderChange.model_validate(
                {
                    **own, "order_number": fields["number"], "release_number": fields.get("release_number"),
                    "revision": fields.get("revision"), "form": form, "reason": reason or None, "head": head,
                    "confirms": self.purpose == CONFIRMATION,
                    "head_part": part, "order_issued": None if whole else fields["issued"], "test": self.test,
                    "lines": tuple(lines),
                }
            )  # fmt: skip
        except ValidationError as failure:
            faults.extend(from_validation(failure))
            return None

    def _head(self) -> OrderHead | None:
        """The header as it now stands."""
        if self.fields["issued"] is None:
            text = "BCH06, the date of the order, is missing, so that its header is not whole"
            self.faults.error("bad-date", text, 6, ack=MISSING)
            return None
        header = self.header()
        return self._built(OrderHead, header)

    def _in_part(self, *, lines_dated: bool) -> HeadPart | None:
        """What the header says where it is not stated whole; None where that is nothing. References and notes are
        not among it: those of the order would go for them."""
        faults = self.faults
        if (self.requested or self.ship_by) and not lines_dated:
            text = "the header gives a date but the change names no line; ask the partner which lines it is for"
            faults.error("header-date", text)
        if self.references:
            faults.not_kept("REF of a header in part")
        if self.buyer_contact:
            faults.not_kept("PER")
        said = {name: value for name, value in {**self.fields, **self.parties}.items() if name in HeadPart.model_fields}
        return self._built(HeadPart, said) if said else None

    def _built(self, model: type[Built], values: dict[str, Any]) -> Built | None:
        try:
            return model.model_validate({name: values[name] for name in model.model_fields if name in values})
        except ValidationError as failure:
            self.faults.extend(from_validation(failure))
            return None

    def _bch(self, segment: list[str]) -> None:
        purpose, kind, po, release, sequence, when, number, contract, _, _, changed = [*segment, *[""] * 11][1:12]
        faults, fields = self.faults, self.fields
        if "number" in fields:
            faults.error("segment-twice", "BCH stands twice in one change", ack="5")
            return
        self._purpose(purpose.strip(), kind.strip())
        if not po.strip():
            faults.error("number-missing", "BCH03, the purchase order number, is missing", 3, ack=MISSING)
        fields["number"] = po.strip()
        if release.strip():
            fields["release_number"] = release.strip()[:200]
        sequence = sequence.strip()
        self.sequence = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) <= 5 else None
        self.sequence = self.sequence or None
        if sequence and self.sequence is None:
            faults.warning("sequence", f"BCH05 {sequence!r} is not a count of changes; it is not kept", 5)
        fields["issued"] = date(when)
        if fields["issued"] is None:
            text = f"BCH06, the date of the order, is {when!r}; expected CCYYMMDD"
            faults.warning("bad-date", text, 6, ack=BAD_DATE if when.strip() else MISSING, value=when)
        self.number = number.strip()[:200] or None
        if contract.strip():
            self.references.append(Reference(kind="contract", number=contract.strip()[:200]))
        self.issued = date_of(changed, 11, faults)

    def _purpose(self, purpose: str, kind: str) -> None:
        faults = self.faults
        if kind in _USUAL and purpose not in _USUAL:
            text = f"BCH02 {kind} is a purpose and BCH01 is {purpose!r}: BCH01 is read as {kind}"
            faults.warning("purpose", text, 1, ack=BAD_CODE, value=purpose)
            purpose, kind = kind, ""
        self.purpose = purpose
        if purpose not in PURPOSES or purpose in _REFUSED:
            text = f"BCH01 {purpose!r} does not say what the change is; expected 01, 04 or 05"
            faults.error("purpose", text, 1, ack=BAD_CODE if purpose else MISSING, value=purpose)
        elif purpose not in _USUAL:
            text = f"BCH01 {purpose} ({PURPOSES[purpose]}) is unusual in an 860; lines that it does not name stay"
            faults.warning("purpose", "BCH01 withdraws the order" if purpose in CANCELLATIONS else text, 1)
        if kind in BLANKETS:
            self.fields["kind"] = "blanket"
        elif kind in RELEASES:
            self.fields["kind"] = "release"
        elif kind not in KINDS:
            text = f"BCH02 {kind!r} is not a known kind; read as a standard order"
            faults.warning("order-kind", text, 2, ack=BAD_CODE if kind else MISSING, value=kind)

    def _poc(self, segment: list[str]) -> None:
        if self.note is not None or self.party is not None:
            self.leave()
        self.line = ChangedLine(segment, len(self.lines) + 1, self.faults, self.profile, self.marks.component)
        self.lines.append(self.line)

    def _po1(self, segment: list[str]) -> None:
        text = "an 860 changes lines with POC, not with PO1; ask the partner what becomes of the line"
        self.faults.error("segment-place", text, ack="2")


ChangeReader.handlers = {**COMMON, "BCH": ChangeReader._bch, "POC": ChangeReader._poc, "PO1": ChangeReader._po1}
