"""Invoices of the same family (Factur-X, ZUGFeRD, XRechnung CII), as far as finance matches them with orders."""

from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.fulfillment import Invoice, InvoicedLine
from orderwire.document.states import DocumentType
from orderwire.formats import ReadDocument
from orderwire.formats.order_x import lines, parties
from orderwire.formats.order_x.tree import Element, Reading
from orderwire.formats.xml import where_is

_KINDS = {"381": "credit_note", "261": "credit_note", "262": "credit_note", "296": "credit_note", "308": "credit_note",
          "396": "credit_note", "420": "credit_note", "458": "credit_note", "532": "credit_note"}  # fmt: skip
_INVOICES = frozenset({"380", "384", "389", "326", "386", "393", "394", "395", "575", "623", "780", "877", "751"})
_LINE = "IncludedSupplyChainTradeLineItem"


def read(root: Element, reading: Reading) -> ReadDocument:
    """The invoice; names of ZUGFeRD 1 are taken beside those of the later standards."""
    faults = reading.faults
    document = _first(root, reading, "ExchangedDocument", "HeaderExchangedDocument")
    deal = _first(root, reading, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
    agreement = _first(deal, reading, "ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
    money = _first(deal, reading, "ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
    sums = _first(
        money, reading, "SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"
    )
    context = _first(root, reading, "ExchangedDocumentContext", "SpecifiedExchangedDocumentContext")
    code = reading.label(document, "TypeCode")
    if code is not None and code not in _KINDS and code not in _INVOICES and document is not None:
        faults.warning("type-code", document, f"TypeCode {code[:10]} is no invoice that we know; it is taken as one")
    total = reading.number(sums, "GrandTotalAmount")
    due = reading.number(sums, "DuePayableAmount")
    elements = reading.all(deal, _LINE)
    fields: dict[str, Any] = {
        "number": reading.label(document, "ID"),
        "kind": _KINDS.get(code or "", "invoice"),
        "code": code,
        "issued": reading.day(document, "IssueDateTime"),
        "order_number": _order(agreement, reading),
        "due": reading.day(reading.one(money, "SpecifiedTradePaymentTerms"), "DueDateDateTime"),
        "supplier": parties.read(reading.one(agreement, "SellerTradeParty"), "supplier", reading),
        "buyer": parties.read(reading.one(agreement, "BuyerTradeParty"), "buyer", reading),
        "currency": reading.label(money, "InvoiceCurrencyCode"),
        "net": reading.number(sums, "TaxBasisTotalAmount"),
        "tax": reading.number(sums, "TaxTotalAmount"),
        "total": total if total is not None else due,
        "test": reading.yes(context, "TestIndicator"),
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    fields["lines"] = tuple(line for element in elements if (line := _line(element, reading)) is not None)
    try:
        found = Invoice.model_validate(fields)
    except ValidationError as failure:
        faults.extend(from_validation(failure))
        found = None
    test = bool(fields.get("test"))
    return ReadDocument(DocumentType.INVOICE, found, fields.get("number"), faults.findings, test)


def _first(at: Element | None, reading: Reading, *names: str) -> Element | None:
    return next((found for name in names if (found := reading.one(at, name)) is not None), None)


def _order(agreement: Element | None, reading: Reading) -> str | None:
    order = reading.one(agreement, "BuyerOrderReferencedDocument")
    return reading.label(order, "IssuerAssignedID") or reading.label(order, "ID")


def _line(at: Element, reading: Reading) -> InvoicedLine | None:
    agreement = _first(at, reading, "SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
    delivery = _first(at, reading, "SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
    money = _first(at, reading, "SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
    product = reading.one(at, "SpecifiedTradeProduct")
    order = reading.one(agreement, "BuyerOrderReferencedDocument")
    sums = _first(
        money, reading, "SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"
    )
    quantity = reading.number(delivery, "BilledQuantity")
    if quantity is None:
        reading.label(at, "AssociatedDocumentLineDocument/LineID")
        if product is not None:
            reading.faults.info("not-kept", at, "a line without a quantity is a comment; it is left out")
        return None
    fields: dict[str, Any] = {
        "order_number": reading.label(order, "IssuerAssignedID"),
        "number": reading.label(order, "LineID"),
        "buyer_part": reading.label(product, "BuyerAssignedID"),
        "supplier_part": reading.label(product, "SellerAssignedID"),
        "gtin": lines.gtin(product, reading),
        "description": reading.text(product, "Name"),
        "quantity": quantity,
        "unit": lines.unit(delivery, "BilledQuantity", reading),
        "price": reading.number(agreement, "NetPriceProductTradePrice/ChargeAmount"),
        "price_basis": reading.number(agreement, "NetPriceProductTradePrice/BasisQuantity") or Decimal(1),
        "amount": reading.number(sums, "LineTotalAmount"),
    }
    try:
        return InvoicedLine.model_validate({name: value for name, value in fields.items() if value is not None})
    except ValidationError as failure:
        reading.faults.extend(from_validation(failure, lambda path: f"{where_is(at)} {'.'.join(map(str, path))}"))
        return None
