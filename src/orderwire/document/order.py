"""The order: one immutable revision of a purchase order, as every format, screen and rule sees it."""

from collections import Counter
from decimal import Decimal
from typing import Annotated, Literal, Self

from iso4217 import Currency
from pydantic import AfterValidator, Field, field_validator, model_validator

from orderwire.document.base import Code, Date, Document, Exact, Label, Text, no_control
from orderwire.document.codes import UNITS
from orderwire.document.party import Party
from orderwire.document.terms import (
    AllowanceCharge,
    Attachment,
    Incoterm,
    Note,
    Reference,
    Tax,
    TermsPart,
)

Quantity = Annotated[Exact, Field(gt=0)]
Price = Annotated[Exact, Field(ge=0)]
Kind = Literal["standard", "blanket", "release"]
OrderNumber = Annotated[str, Field(pattern=r"^[^\s*~'|\x00-\x1f][^*~|\x00-\x1f]{0,34}$"), AfterValidator(no_control)]
Revision = Annotated[int, Field(ge=1, le=99999)]
LineNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,20}$")]

CURRENCIES = frozenset(c.code for c in Currency)

MAX_VALUE = Decimal(10) ** 14
"""No order is worth this much in any currency: more is a slip in a quantity, a price or a price basis."""


class Schedule(Document):
    """A schedule line: how much of the line is wanted when and where (X12 SCH, EDIFACT SCC/QTY/DTM)."""

    quantity: Quantity
    requested: Date | None = None
    ship_to: Party | None = None


class Account(Document):
    """Account assignment of a line; shares in percent add up to 100 where several are given."""

    cost_center: Label | None = None
    gl_account: Label | None = None
    project: Label | None = None
    percent: Annotated[Exact, Field(gt=0, le=100)] | None = None


class Line(Document):
    """What is ordered. Amount = quantity x price / price_basis, rounded to the currency (`money.line_amount`)."""

    number: LineNumber
    description: Text
    quantity: Quantity
    unit: Code
    price: Price
    price_basis: Quantity = Decimal(1)
    buyer_part: Label | None = None
    supplier_part: Label | None = None
    gtin: Annotated[str, Field(pattern=r"^\d{8}(\d{4,6})?$")] | None = None
    category: Label | None = None
    schedules: Annotated[tuple[Schedule, ...], Field(min_length=1)]
    taxes: tuple[Tax, ...] = ()
    allowances_charges: tuple[AllowanceCharge, ...] = ()
    accounts: tuple[Account, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        if unit not in UNITS:
            raise ValueError(f"unit {unit!r} is not a UN/ECE Recommendation 20 code we know, such as C62, KGM or MTR")
        return unit

    @model_validator(mode="after")
    def _schedules_add_up(self) -> "Line":
        placed = sum((s.quantity for s in self.schedules), Decimal(0))
        if placed != self.quantity:
            raise ValueError(
                f"line {self.number}: its schedules add up to {placed}, but {self.quantity} is ordered; correct either"
            )
        return self


class OrderHead(Document):
    """The header of an order, but for what tells it from other orders. Dates as in the buyer's system.

    `valid_from` and `valid_to` bound the time in which a blanket order may be drawn on, both days included.
    """

    kind: Kind = "standard"
    issued: Date
    valid_from: Date | None = None
    valid_to: Date | None = None
    currency: str
    buyer: Party
    supplier: Party
    ship_to: Party | None = None
    bill_to: Party | None = None
    payment_terms: tuple[TermsPart, ...] = ()
    incoterm: Incoterm | None = None
    references: tuple[Reference, ...] = ()
    notes: tuple[Note, ...] = ()
    allowances_charges: tuple[AllowanceCharge, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, currency: str) -> str:
        if currency not in CURRENCIES:
            raise ValueError(f"{currency!r} is not an ISO 4217 currency code such as EUR or USD")
        return currency

    @model_validator(mode="after")
    def _named_and_in_order(self) -> Self:
        if self.kind == "release" and not any(r.kind in ("blanket", "contract") for r in self.references):
            raise ValueError("a release names its blanket order or contract in references")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"ends on {self.valid_to}, before it begins on {self.valid_from}; correct either day")
        return self


class Order(OrderHead):
    """One revision of an order. Numbers, dates and parties as in the buyer's system; totals are derived.

    Raises pydantic.ValidationError naming the field and the remedy.
    """

    number: OrderNumber
    revision: Revision = 1
    release_number: Label | None = None
    test: bool = False
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=100_000)]

    @property
    def head(self) -> OrderHead:
        """What all of its lines share."""
        return OrderHead.model_construct(**{name: getattr(self, name) for name in OrderHead.model_fields})

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        twice = [number for number, n in Counter(line.number for line in self.lines).items() if n > 1]
        if twice:
            raise ValueError(f"line number {twice[0]} stands on several lines; each line needs its own")
        if sum((line.quantity * line.price / line.price_basis for line in self.lines), Decimal(0)) >= MAX_VALUE:
            raise ValueError(f"the lines are worth {MAX_VALUE:,} or more; check quantities, prices and price bases")
        return self
