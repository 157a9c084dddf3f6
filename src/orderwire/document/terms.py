"""What was agreed besides the goods: payment, delivery terms, allowances, charges, taxes, references."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from orderwire.document.base import Code, Date, Document, Exact, Label, Text

Percent = Annotated[Exact, Field(ge=0, le=100)]


class TermsPart(Document):
    """One part of the payment terms (X12 ITD, EDIFACT PAT/PYT, UBL PaymentTerms).

    Due date = `basis` date + `days` (+ `months`), moved to the end of the month first when `end_of_month`
    is "before", last when "after". `percent` is the share of the total; the one part without it is the balance.
    """

    basis: Literal["invoice", "invoice_receipt", "goods_receipt", "delivery", "shipment", "order", "fixed"] = "invoice"
    percent: Percent | None = None
    days: Annotated[int, Field(ge=0, le=3650)] = 0
    months: Annotated[int, Field(ge=0, le=120)] = 0
    end_of_month: Literal["before", "after"] | None = None
    due: Date | None = None
    discount_percent: Percent | None = None
    discount_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    text: Text | None = None


class Incoterm(Document):
    """Delivery term: the three-letter ICC code and the named place. Year of the rules when stated."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    place: Label | None = None
    year: Annotated[int, Field(ge=1936, le=2100)] | None = None


class Reference(Document):
    """A document this order refers to. `kind` other keeps a partner's own qualifier in `code`."""

    kind: Literal["contract", "blanket", "requisition", "quotation", "sales_order", "project", "catalog", "other"]
    number: Label
    line: Label | None = None
    date: Date | None = None
    code: Code | None = None


class Note(Document):
    """Free text with an optional subject (packing, delivery, terms, papers, internal…)."""

    text: Text
    subject: Label | None = None


class Tax(Document):
    """A tax that applies. `category` is UNCL 5305 (S standard, Z zero, E exempt, AE reverse charge, K, G, O)."""

    kind: Code = "VAT"
    category: Annotated[str, Field(pattern=r"^[A-Z]{1,2}$")] = "S"
    percent: Percent = Decimal(0)
    exemption: Text | None = None


class AllowanceCharge(Document):
    """A deduction (allowance) or addition (charge), on the order or on a line.

    Either a fixed `amount`, or `percent` of the line's (or the lines') amount; exactly one of them.
    `code` is UNCL 5189 for allowances and UNCL 7161 for charges (FC freight).
    """

    kind: Literal["allowance", "charge"]
    amount: Annotated[Exact, Field(ge=0)] | None = None
    percent: Percent | None = None
    code: Code | None = None
    reason: Label | None = None
    tax: Tax | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "AllowanceCharge":
        if (self.amount is None) == (self.percent is None):
            raise ValueError(f"the {self.kind} needs either an amount or a percent, and not both")
        return self


class Attachment(Document):
    """A file that belongs to the order, named by the SHA-256 of its bytes (hex)."""

    filename: Label
    media_type: Label
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]
