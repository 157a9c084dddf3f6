"""What all lines share: fitted to the level, written, and read. The same for an order and for its change."""

import datetime
import re
from typing import Any

from orderwire.document.finding import Severity
from orderwire.document.order import OrderHead
from orderwire.document.party import Party
from orderwire.document.terms import Incoterm, Note, Reference
from orderwire.formats.order_x import lines, parties, payment, references, settlement
from orderwire.formats.order_x.fit import Fit
from orderwire.formats.order_x.profile import OrderXProfile
from orderwire.formats.order_x.tables import INCOTERMS, KINDS, NEWER_CURRENCIES, ORDER_TYPES, REASON
from orderwire.formats.order_x.tree import RSM, Element, Reading, day, flag, leaf, node

_YEAR = re.compile(r"Incoterms (\d{4})", re.ASCII)


def fitted(head: OrderHead, fit: Fit) -> dict[str, Any]:
    """The fields of the header as the level carries them, but for the notes."""
    update: dict[str, Any] = {
        "buyer": parties.fitted(head.buyer, "buyer", "buyer", fit, addressed=True),
        "supplier": parties.fitted(head.supplier, "supplier", "supplier", fit, addressed=False),
        "references": references.fitted(head.references, "references", fit),
        "allowances_charges": settlement.adjustments(head.allowances_charges, "allowances_charges", fit),
        "incoterm": _incoterm(head.incoterm, fit) if head.incoterm else None,
        "payment_terms": _payment(head, fit),
    }
    if head.ship_to:
        update["ship_to"] = parties.fitted(head.ship_to, "ship_to", "ship_to", fit, addressed=True)
    if head.bill_to and fit.comfort:
        update["bill_to"] = parties.fitted(head.bill_to, "bill_to", "bill_to", fit, addressed=False)
    elif head.bill_to:
        said = f"invoice to: {parties.in_words(head.bill_to)}"
        fit.lose("bill_to", "the invoice address is left out", commercial=True, said=said)
        update["bill_to"] = None
    if (head.valid_from or head.valid_to) and not fit.comfort:
        said = f"valid from {head.valid_from or '…'} to {head.valid_to or '…'}"
        fit.lose("valid_from", "the time of validity is left out", commercial=head.kind == "blanket", said=said)
        update |= {"valid_from": None, "valid_to": None}
    if head.attachments:
        names = ", ".join(item.filename for item in head.attachments[:3])
        fit.lose("attachments", f"files are not enclosed; send {names} beside it", said=f"files: {names}")
        update["attachments"] = ()
    known_currency(head.currency, fit)
    return update


def known_currency(currency: str, fit: Fit) -> None:
    """Stop where the schema's list is older than the currency."""
    if currency in NEWER_CURRENCIES:
        fit.stop("currency", "currency", f"{currency} is newer than the list of {fit.format}; use another format")


def notes(head: OrderHead, fit: Fit) -> tuple[Note, ...]:
    """The header's notes and those that carry what has no other place: to be asked for last."""
    own = fit.texts(head.notes, "notes")
    return own + fit.notes()


def _payment(head: OrderHead, fit: Fit) -> tuple[Any, ...]:
    if not head.payment_terms:
        return ()
    words = payment.said(head.payment_terms)
    if not fit.comfort:
        fit.lose("payment_terms", "payment terms are left out", commercial=True, said=f"payment: {words}")
        return ()
    terms = payment.understood(words)
    if terms != head.payment_terms:
        fit.note(Severity.WARNING, "payment_terms", "their words are read as other terms; say them differently")
    return terms


def _incoterm(term: Incoterm, fit: Fit) -> Incoterm | None:
    words = " ".join(filter(None, (term.code, term.place, f"Incoterms {term.year}" if term.year else "")))
    if term.code not in INCOTERMS:
        text = f"{term.code} is not in its list of Incoterms 2010; it is left out"
        fit.lose("incoterm", text, commercial=True, said=words)
        return None
    if fit.comfort:
        return term
    if term.place or term.year:
        text = "only the code of the delivery term is written; place and year are left out"
        fit.lose("incoterm", text, commercial=bool(term.place), said=words)
    return Incoterm(code=term.code)


def write_context(root: Element, profile: OrderXProfile, *, test: bool) -> None:
    """Test indicator, process and level."""
    at = _rsm(root, "ExchangedDocumentContext")
    flag(at, "TestIndicator", test)
    leaf(node(at, "BusinessProcessSpecifiedDocumentContextParameter"), "ID", profile.business_process)
    leaf(node(at, "GuidelineSpecifiedDocumentContextParameter"), "ID", f"urn:order-x.eu:1p0:{profile.level}")


def write_document(
    root: Element,
    profile: OrderXProfile,
    *,
    number: str,
    name: str,
    kind: str,
    issued: Any,
    purpose: str,
    notes: tuple[Note, ...] = (),
    reason: str | None = None,
    head: OrderHead | None = None,
    ask: bool = True,
) -> None:
    """The document itself: what it is, its number and day, its purpose and notes."""
    at = _rsm(root, "ExchangedDocument")
    leaf(at, "ID", number)
    leaf(at, "Name", name)
    leaf(at, "TypeCode", kind)
    day(at, "IssueDateTime", issued)
    leaf(at, "PurposeCode", purpose)
    leaf(at, "RequestedResponseTypeCode", "AC" if ask and profile.ask_response else None)
    lines.write_notes(at, notes, reason)
    if head and (head.valid_from or head.valid_to):
        period = node(at, "EffectiveSpecifiedPeriod")
        day(period, "StartDateTime", head.valid_from)
        day(period, "EndDateTime", head.valid_to)


def _rsm(parent: Element, name: str) -> Element:
    at = node(parent, name)
    at.tag = RSM + name
    return at


def transaction(root: Element) -> Element:
    """The part with lines, agreement, delivery and settlement."""
    return _rsm(root, "SupplyChainTradeTransaction")


def write_agreement(
    parent: Element,
    head: OrderHead,
    profile: OrderXProfile,
    own: dict[str, str],
    order: references.OwnOrder | None = None,
) -> None:
    """Parties, delivery term and references."""
    at = node(parent, "ApplicableHeaderTradeAgreement")
    parties.write(at, "SellerTradeParty", head.supplier, "supplier")
    parties.write(at, "BuyerTradeParty", head.buyer, "buyer")
    if term := head.incoterm:
        terms = node(at, "ApplicableTradeDeliveryTerms")
        leaf(terms, "DeliveryTypeCode", term.code)
        leaf(terms, "Description", f"Incoterms {term.year}" if term.year else None)
        if term.place:
            leaf(node(terms, "RelevantTradeLocation"), "Name", term.place)
    references.write_head(at, head.references, profile.level, own, order)


def write_delivery(parent: Element, head: OrderHead | None = None, common: Any = None) -> None:
    """Where everything goes, and when where that is one day."""
    at = node(parent, "ApplicableHeaderTradeDelivery")
    if head and head.ship_to:
        parties.write(at, "ShipToTradeParty", head.ship_to, "ship_to")
    if common:
        day(node(at, "RequestedDeliverySupplyChainEvent"), "OccurrenceDateTime", common)


def write_settlement(parent: Element, head: OrderHead, goods: Any, tax: Any) -> None:
    """Currency, invoice address, allowances, payment and the derived totals; `goods` is the sum of the lines."""
    at = node(parent, "ApplicableHeaderTradeSettlement")
    leaf(at, "OrderCurrencyCode", head.currency)
    if head.bill_to:
        parties.write(at, "InvoiceeTradeParty", head.bill_to, "bill_to")
    settlement.write_adjustments(at, head.allowances_charges, goods, head.currency)
    if head.payment_terms:
        leaf(node(at, "SpecifiedTradePaymentTerms"), "Description", payment.said(head.payment_terms))
    settlement.write_totals(at, goods, head.allowances_charges, tax, head.currency)


def read(root: Element, reading: Reading, *, change: bool = False) -> dict[str, Any]:
    """The fields of the header; what is missing in them is told by the model."""
    document, agreement, delivery, money = places(root, reading)
    period = reading.one(document, "EffectiveSpecifiedPeriod")
    found = tuple(references.read(agreement, reading))
    fields: dict[str, Any] = {
        "kind": _kind(document, found, reading),
        "issued": reading.day(document, "IssueDateTime"),
        "valid_from": reading.day(period, "StartDateTime"),
        "valid_to": reading.day(period, "EndDateTime"),
        "currency": currency(money, reading),
        "buyer": parties.read(reading.one(agreement, "BuyerTradeParty"), "buyer", reading),
        "supplier": parties.read(reading.one(agreement, "SellerTradeParty"), "supplier", reading),
        "ship_to": parties.read(reading.one(delivery, "ShipToTradeParty"), "ship_to", reading),
        "bill_to": parties.read(reading.one(money, "InvoiceeTradeParty"), "bill_to", reading),
        "payment_terms": _read_payment(money, reading),
        "incoterm": _read_incoterm(reading.one(agreement, "ApplicableTradeDeliveryTerms"), reading),
        "references": found,
        "notes": tuple(note for note, code in lines.notes(document, reading) if not change or code != REASON),
        "allowances_charges": settlement.read_adjustments(money, reading),
    }
    return {name: value for name, value in fields.items() if value is not None}


def places(root: Element, reading: Reading) -> tuple[Element | None, Element | None, Element | None, Element | None]:
    """Document, agreement, delivery and settlement."""
    deal = reading.one(root, "SupplyChainTradeTransaction")
    return (
        reading.one(root, "ExchangedDocument"),
        reading.one(deal, "ApplicableHeaderTradeAgreement"),
        reading.one(deal, "ApplicableHeaderTradeDelivery"),
        reading.one(deal, "ApplicableHeaderTradeSettlement"),
    )


def currency(money: Element | None, reading: Reading) -> str | None:
    """The currency of the document; some senders write the invoice's only."""
    return reading.label(money, "OrderCurrencyCode") or reading.label(money, "InvoiceCurrencyCode")


def _kind(document: Element | None, found: tuple[Any, ...], reading: Reading) -> str:
    kind = ORDER_TYPES.get(reading.label(document, "TypeCode") or "", "standard")
    name = reading.label(document, "Name")
    if kind == "standard":
        named = any(item.kind == "blanket" for item in found)
        kind = KINDS.get(name or "") or ("release" if named else "standard")
    if kind == "release" and document is not None and not any(item.kind in ("blanket", "contract") for item in found):
        told = "is a release but names no blanket order or contract; it is taken as an order of its own"
        reading.faults.warning("release-unnamed", document, told)
        return "standard"
    return kind


def _read_payment(money: Element | None, reading: Reading) -> tuple[Any, ...]:
    terms = reading.all(money, "SpecifiedTradePaymentTerms")
    texts = [
        text for at in terms for part in reading.all(at, "Description") if (text := reading.text(part, "", 20_000))
    ]
    return payment.understood("\n".join(texts)) if texts else ()


def _read_incoterm(at: Element | None, reading: Reading) -> Incoterm | None:
    code = reading.label(at, "DeliveryTypeCode")
    words = reading.label(at, "Description")
    if at is None or code is None:
        return None
    if not re.fullmatch(r"[A-Z]{3}", code):
        reading.faults.warning("incoterm", at, f"{code[:20]!r} is not a delivery term like DAP; it is left out")
        return None
    year = _YEAR.search(words or "")
    known = year is not None and 1936 <= int(year[1]) <= 2100
    place = reading.label(at, "RelevantTradeLocation/Name") or reading.label(at, "RelevantTradeLocation/ID")
    return Incoterm(code=code, place=place, year=int(year[1]) if year and known else None)


def sales_order(number: str) -> Reference:
    """The supplier's own number of the order."""
    return Reference(kind="sales_order", number=number)


def mere(*, buyer: Party, supplier: Party, currency: str, references: tuple[Reference, ...] = ()) -> OrderHead:
    """As much of a header as a cancellation or an answer has."""
    return OrderHead.model_construct(
        issued=datetime.date.min, buyer=buyer, supplier=supplier, currency=currency, references=references
    )
