"""The order change: what the buyer tells the supplier who holds an earlier revision (X12 860, EDIFACT ORDCHG,
UBL OrderChange, cXML update), as the whole order again or as the lines that differ."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from orderwire.document.base import Code, Date, Document, Label, Text
from orderwire.document.finding import Finding, error, from_validation
from orderwire.document.order import (
    Line,
    LineNumber,
    Order,
    OrderHead,
    OrderNumber,
    Price,
    Quantity,
    Revision,
    Schedule,
)
from orderwire.document.party import Party
from orderwire.document.terms import AllowanceCharge, Incoterm, Note, Reference, TermsPart


class LineAction(StrEnum):
    """What becomes of a line (X12 DE 670, UNCL 1229)."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    UNCHANGED = "unchanged"


class LinePart(Document):
    """What a document says of a line that it does not state whole; an absent field means "as before"."""

    description: Text | None = None
    quantity: Quantity | None = None
    unit: Code | None = None
    price: Price | None = None
    price_basis: Quantity | None = None
    requested: Date | None = None
    buyer_part: Label | None = None
    supplier_part: Label | None = None
    gtin: Label | None = None


class HeadPart(Document):
    """What a document says of a header that it does not state whole; an absent field means "as before"."""

    valid_from: Date | None = None
    valid_to: Date | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    buyer: Party | None = None
    supplier: Party | None = None
    ship_to: Party | None = None
    bill_to: Party | None = None
    payment_terms: tuple[TermsPart, ...] = ()
    incoterm: Incoterm | None = None
    references: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()
    allowances_charges: tuple[AllowanceCharge, ...] = ()


class LineChange(Document):
    """One line of a change. `line` states it whole as it now stands, `part` only what differs; at most one of both.

    `action` is None where the document states lines without saying what became of them. `code` is the standard's own
    (POC02, LIN 1229, LineStatusCode).
    """

    number: LineNumber
    action: LineAction | None = None
    line: Line | None = None
    part: LinePart | None = None
    reason: Text | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> "LineChange":
        if self.line is not None and (self.part is not None or self.line.number != self.number):
            raise ValueError(f"line {self.number}: states the line whole, in part, or under another number; choose one")
        if self.action is LineAction.ADDED and self.line is None:
            raise ValueError(f"line {self.number} is added but not stated whole; give quantity, unit and price")
        return self


class OrderChange(Document):
    """Revision `revision` of an order for somebody who holds an earlier one.

    Form "full" states every line that the order still has; a line that is not there is gone. Form "delta" states only
    lines that differ. `head` is the header as it now stands; where the document does not state it whole, `head_part` is
    what it says of it, and where it says nothing the header stays.
    `number` is the change document's own, `sequence` counts the changes of the order (BCH05, SequenceNumberID).
    `order_issued` is the day of the order where no header states it (BCH06). `confirms`: the change only takes up what
    the supplier's answer proposed, and asks for no other one (DE 353 06, UNCL 1225 6).
    """

    order_number: OrderNumber
    release_number: Label | None = None
    revision: Revision | None = None
    form: Literal["full", "delta"]
    number: Label | None = None
    sequence: Annotated[int, Field(ge=1, le=99999)] | None = None
    issued: Date | None = None
    order_issued: Date | None = None
    reason: Text | None = None
    confirms: bool = False
    code: Code | None = None
    head: OrderHead | None = None
    head_part: HeadPart | None = None
    test: bool = False
    lines: Annotated[tuple[LineChange, ...], Field(max_length=100_000)] = ()


class DoesNotFit(Exception):
    """The change does not fit the order it is applied to; each finding names the line and the remedy."""

    def __init__(self, findings: tuple[Finding, ...]):
        super().__init__("; ".join(f"{f.where}: {f.text}" for f in findings))
        self.findings = findings


def between(old: Order, new: Order, form: Literal["full", "delta"]) -> OrderChange:
    """The change that leads from one revision to the next, every line that it names stated whole."""
    before = {line.number: line for line in old.lines}
    now = {line.number for line in new.lines}
    lines = []
    for line in new.lines:
        known = before.get(line.number)
        action = LineAction.ADDED if known is None else LineAction.CHANGED if known != line else LineAction.UNCHANGED
        if form == "full" or action is not LineAction.UNCHANGED:
            lines.append(LineChange(number=line.number, action=action, line=line))
    gone = [line for line in old.lines if line.number not in now]
    lines += [LineChange(number=line.number, action=LineAction.DELETED, line=line) for line in gone]
    return OrderChange(
        order_number=new.number,
        release_number=new.release_number,
        revision=new.revision,
        form=form,
        sequence=new.revision - 1 or None,
        head=new.head,
        test=new.test,
        lines=tuple(lines),
    )


def applied(change: OrderChange, before: Order) -> Order:
    """The revision that a change makes of the one before it. Raises DoesNotFit."""
    held = {line.number: line for line in before.lines}
    problems: list[Finding] = []
    stated: dict[str, Line | None] = {}
    for item in change.lines:
        where = f"lines[{item.number}]"
        known = held.get(item.number)
        if item.action is LineAction.ADDED and known is not None:
            problems.append(error("line-exists", where, "is added but the order has it already; change it instead"))
        elif item.action is not LineAction.ADDED and item.line is None and known is None:
            problems.append(error("line-unknown", where, f"the order has no such line; it has {', '.join(held)[:200]}"))
        else:
            try:
                stated[item.number] = _line(item, known)
            except ValidationError as failure:
                problems += [replace(found, where=f"{where}.{found.where}") for found in from_validation(failure)]
            except DoesNotFit as failure:
                problems += failure.findings
    if problems:
        raise DoesNotFit(tuple(problems))
    kept = held if change.form == "delta" else {n: line for n, line in held.items() if n in stated}
    lines = [line for line in {**kept, **stated}.values() if line is not None]
    head = {name: getattr(change.head or before, name) for name in OrderHead.model_fields}
    if change.head is None and change.head_part is not None:
        head |= {name: value for name, value in change.head_part if value}
    try:
        return Order(
            **head,
            number=before.number,
            revision=change.revision or before.revision + 1,
            release_number=before.release_number,
            test=change.test,
            lines=tuple(lines),
        )
    except ValidationError as failure:
        raise DoesNotFit(from_validation(failure)) from failure


def _line(item: LineChange, known: Line | None) -> Line | None:
    """The line as it now stands, None where it is gone."""
    if item.action is LineAction.DELETED:
        return None
    if item.line is not None or known is None or item.part is None:
        return item.line or known
    said = {name: value for name, value in item.part if value is not None}
    requested = said.pop("requested", None)
    if "quantity" in said or requested:
        said["schedules"] = _schedules(known, said.get("quantity", known.quantity), requested)
    return Line.model_validate({name: getattr(known, name) for name in Line.model_fields} | said)


def _schedules(known: Line, quantity: Quantity, requested: Date | None) -> tuple[Schedule, ...]:
    """One schedule line moves with the line; several cannot tell which of them changed."""
    if len(known.schedules) > 1:
        problem = error(
            "schedules-unknown",
            f"lines[{known.number}]",
            "the line is wanted in several parts and the change does not say which of them changes; state them all",
        )
        raise DoesNotFit((problem,))
    only = known.schedules[0]
    return (Schedule(quantity=quantity, requested=requested or only.requested, ship_to=only.ship_to),)
