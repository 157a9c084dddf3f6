"""The header that Order and OrderChange share: currency, validity, references, parties, delivery, terms, charges."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orderwire.document.order import CURRENCIES, OrderHead
from orderwire.document.terms import Incoterm, Note, Reference
from orderwire.formats.ubl.charges import put_charges, read_charges
from orderwire.formats.ubl.delivery import put_header_delivery, read_place
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.parties import put_role, read_role
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.references import (
    ACCOUNTING_COST,
    CUSTOMER_REFERENCE,
    PRIOR_ORDER,
    Additional,
    Sorted,
    put_attachments,
    put_contract,
    put_fact,
    put_reference,
    put_rest,
    read_reference,
)
from orderwire.formats.ubl.tables import ORDER_KINDS, ORDER_TYPES
from orderwire.formats.ubl.texts import LONGEST, put_terms, read_notes, read_terms
from orderwire.formats.ubl.tree import Element, date, day, every, first, group, label, put, text
from orderwire.formats.xml import Faults

_YEAR = "Incoterms "
Fact = tuple[str, str | int | None]


def put_validity(root: Element, head: OrderHead, refs: Sorted, fit: Fit) -> None:
    """DocumentCurrencyCode to ValidityPeriod."""
    put(root, "cbc:DocumentCurrencyCode", head.currency)
    for code in (CUSTOMER_REFERENCE, ACCOUNTING_COST):
        for item in refs.take("other", code=code, bare=True):
            put(root, f"cbc:{code}", item.number)
    if fit.peppol and head.valid_from:
        fit.lose("valid_from", "Peppol carries the last day of an order only", said=f"Valid from {head.valid_from}")
    if head.valid_to or (head.valid_from and not fit.peppol):
        period = group(root, "cac:ValidityPeriod")
        day(period, "cbc:StartDate", None if fit.peppol else head.valid_from)
        day(period, "cbc:EndDate", head.valid_to)


def put_references(
    root: Element, head: OrderHead, refs: Sorted, facts: Sequence[Fact], fit: Fit, *, order: bool
) -> None:
    """The document references, in an Order or in an OrderChange, which has fewer elements for them."""
    where = "references"
    for item in refs.take("quotation"):
        put_reference(root, "cac:QuotationDocumentReference", item, where, fit)
    release = head.kind == "release"
    if order and (release or not fit.peppol):
        for item in refs.take("blanket", many=True):
            code = None if fit.peppol else ORDER_KINDS["blanket"]
            put_reference(root, "cac:OrderDocumentReference", item, where, fit, code=code)
    if order and not release:
        for item in refs.take("other", many=True, code=PRIOR_ORDER):
            put_reference(root, "cac:OrderDocumentReference", item, where, fit)
    for item in refs.take("requisition"):
        put_reference(root, "cac:OriginatorDocumentReference", item, where, fit)
    for fact, value in facts:
        put_fact(root, fact, value)
    put_attachments(root, head.attachments, fit)
    contracts = refs.take("contract", many=True)
    for item in refs.rest:
        if item.kind != "other" and item.code:
            fit.lose(where, f"the code {item.code} of the {item.kind} reference is left out")
    put_rest(root, "cac:AdditionalDocumentReference", refs.rest, where, fit)
    for item in contracts:
        put_contract(root, item)


def put_commerce(root: Element, head: OrderHead, lines_total: Decimal, fit: Fit) -> None:
    """The parties and everything that was agreed besides the lines. `lines_total` is what percentages are of."""
    profile = fit.profile
    put_role(root, "cac:BuyerCustomerParty", head.buyer, "buyer", fit, endpoint=profile.sender)
    put_role(root, "cac:SellerSupplierParty", head.supplier, "supplier", fit, endpoint=profile.receiver)
    if head.bill_to:
        put_role(root, "cac:AccountingCustomerParty", head.bill_to, "bill_to", fit)
    put_header_delivery(root, head.ship_to, fit)
    if head.incoterm:
        _put_incoterm(root, head.incoterm)
    put_terms(root, head.payment_terms, fit)
    put_charges(root, head.allowances_charges, lines_total, "allowances_charges", fit)


def _put_incoterm(root: Element, term: Incoterm) -> None:
    element = group(root, "cac:DeliveryTerms")
    put(element, "cbc:ID", term.code)
    put(element, "cbc:SpecialTerms", f"{_YEAR}{term.year}" if term.year else None)
    if term.place:
        put(group(element, "cac:DeliveryLocation"), "cbc:ID", term.place)


def currency_of(root: Element, profile: UblProfile) -> str | None:
    """The document's currency: stated, or that of its first amount, or the profile's."""
    stated = label(root, "cbc:DocumentCurrencyCode") or label(root, "cbc:PricingCurrencyCode")
    if stated is None:
        amounts = every(root, "cac:OrderLine/cac:LineItem/cac:Price/cbc:PriceAmount")[:1]
        stated = next((found for a in amounts if (found := a.get("currencyID"))), None)
    return stated or profile.default_currency


def read_head(root: Element, additional: Additional, currency: str | None, faults: Faults) -> dict[str, Any]:
    """Values of an OrderHead, without its day; `kind` is left to the caller as well."""
    terms, term_notes = _incoterm(root)
    notes = [*read_notes(root, "cbc:Note"), *term_notes, *additional.notes]
    originator = read_role(first(root, "cac:OriginatorCustomerParty"), faults)
    if originator is not None:
        notes.append(Note(text=originator.name, subject="Originator"))
    deliveries = every(root, "cac:Delivery")
    if len(deliveries) > 1:
        faults.warning(
            "deliveries", deliveries[1], "there are several deliveries for the whole order; the first is read"
        )
    if currency is not None and currency not in CURRENCIES:
        faults.error("currency", root, f"{currency!r} is not an ISO 4217 currency code such as EUR or USD")
    return {
        "valid_from": date(root, "cac:ValidityPeriod/cbc:StartDate", faults),
        "valid_to": date(root, "cac:ValidityPeriod/cbc:EndDate", faults),
        "currency": currency,
        "buyer": read_role(first(root, "cac:BuyerCustomerParty"), faults),
        "supplier": read_role(first(root, "cac:SellerSupplierParty"), faults),
        "bill_to": read_role(first(root, "cac:AccountingCustomerParty"), faults),
        "ship_to": read_place(deliveries[0], faults) if deliveries else None,
        "payment_terms": tuple(read_terms(root, faults)),
        "incoterm": terms,
        "notes": tuple(notes),
        "allowances_charges": tuple(read_charges(root, currency, faults)),
        "attachments": tuple(additional.attachments),
    }


def read_references(root: Element, additional: Additional, kind: str, faults: Faults) -> tuple[Reference, ...]:
    """The references of the header."""
    found = []
    if sales := label(root, "cbc:SalesOrderID"):
        found.append(Reference(kind="sales_order", number=sales))
    for code in (CUSTOMER_REFERENCE, ACCOUNTING_COST):
        value = label(root, f"cbc:{code}") or (label(root, f"cbc:{code}Code") if code == ACCOUNTING_COST else None)
        found += [Reference(kind="other", number=value, code=code)] if value else []
    read = [*additional.references]
    for name, own in (
        ("QuotationDocumentReference", "quotation"), ("OriginatorDocumentReference", "requisition"),
        ("Contract", "contract"), ("CatalogueReference", "catalog"), ("ProjectReference", "project"),
    ):  # fmt: skip
        read += [r for e in every(root, f"cac:{name}") if (r := read_reference(e, own, faults)) is not None]
    for element in every(root, "cac:OrderDocumentReference"):
        blanket = kind == "release" or label(element, "cbc:DocumentTypeCode") == ORDER_KINDS["blanket"]
        prior = None if blanket else PRIOR_ORDER
        if (reference := read_reference(element, "blanket" if blanket else "other", faults, prior)) is not None:
            read.append(reference)
    return (*found, *read)


def kind_of(code: str | None, place: Element, faults: Faults) -> str:
    """Our kind of an OrderTypeCode."""
    kind = next((kind for kind, known in ORDER_KINDS.items() if known == code), "standard")
    if code is not None and code not in ORDER_KINDS.values():
        words = ORDER_TYPES.get(code, "unknown to us")
        faults.info("order-type", place, f"OrderTypeCode {code} ({words}) is read as a standard order")
    return kind


def _incoterm(root: Element) -> tuple[Incoterm | None, list[Note]]:
    """The delivery term, and what is said about delivery in other words."""
    term: Incoterm | None = None
    notes: list[Note] = []
    for element in every(root, "cac:DeliveryTerms"):
        code, words = label(element, "cbc:ID"), [text(e) or "" for e in every(element, "cbc:SpecialTerms")]
        place = label(element, "cac:DeliveryLocation/cbc:ID") or label(element, "cac:DeliveryLocation/cbc:Name")
        years = [w.removeprefix(_YEAR) for w in words if w.startswith(_YEAR)]
        year = int(years[0]) if years and years[0] in {str(y) for y in range(1936, 2101)} else None
        words = [w for w in words if w and w != f"{_YEAR}{year}"]
        if code and len(code) == 3 and code.isascii() and code.isupper() and code.isalpha() and term is None:
            term = Incoterm(code=code, place=place, year=year)
        elif code or place:
            words.insert(0, " ".join(filter(None, (code, place))))
        notes += [Note(text=w[:LONGEST].strip(), subject="Delivery terms") for w in words]
    return term, notes
