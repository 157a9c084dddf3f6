"""The supplier's answer (TypeCode 231): projected, written, read. Each answer to a line is a line of its own with the
number of the order's line in BuyerOrderReferencedDocument, so that a line promised in parts has several."""

from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.party import Address, Contact, Party
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.formats.agreeing import NOT_KEPT, as_charge, asked
from orderwire.formats.order_x import heads, lines, parties, settlement
from orderwire.formats.order_x.changes import bare_numbers
from orderwire.formats.order_x.fit import Fit
from orderwire.formats.order_x.orders import is_test, own_fitted, own_read, own_written
from orderwire.formats.order_x.profile import OrderXProfile
from orderwire.formats.order_x.references import OwnOrder
from orderwire.formats.order_x.tables import (
    ANSWER_CODES,
    ANSWER_NAMES,
    ANSWERED,
    ANSWERS,
    COUNTRIES,
    LINE_ANSWER_CODES,
    LINE_ANSWERS,
    NO_CURRENCY,
    NO_LINE,
    NO_UNIT,
    RESPONSE,
    STATUSES,
)
from orderwire.formats.order_x.tree import Element, Reading, day, leaf, node, root

_DELIVERY, _DESPATCH = "RequestedDeliverySupplyChainEvent", "RequestedDespatchSupplyChainEvent"


def project(response: Response, profile: OrderXProfile) -> tuple[Response, Fit]:
    """The answer that comes back when it is read, and the account of what is lost."""
    fit = Fit(profile)
    update = own_fitted(fit, response.release_number, response.revision, sequence=response.sequence)
    if not fit.comfort:
        update["revision"] = None
        if response.supplier_order_number:
            fit.lose("supplier_order_number", "is left out", said=f"sales order {response.supplier_order_number}")
            update["supplier_order_number"] = None
    for name in ("number", "change_number"):
        if getattr(response, name) == response.order_number:
            fit.lose(name, "is the order's own number; it is left out")
            update[name] = None
    if response.answers == "order" and response.change_number is not None:
        fit.lose("change_number", "an answer to an order names no change; it is left out")
        update["change_number"] = None
    if ANSWERS.get(response.code or "") is not response.status:
        if response.code:
            fit.lose("code", f"{response.code} is not a code for {response.status.value}; another is written")
        update["code"] = ANSWER_CODES[response.status]
    if response.answered is None:
        fit.stop("answered", "answered-missing", f"{fit.format} wants the day of the answer; state it")
    update["supplier"] = _supplier(response, fit)
    if response.currency is not None and (len(response.currency) != 3 or response.currency == NO_CURRENCY):
        fit.lose("currency", f"{response.currency} is not a currency code; it is left out")
        update["currency"] = None
    heads.known_currency(response.currency or "", fit)
    supplier = update["supplier"]
    update["contact"] = supplier.contact.name if supplier and supplier.contact else None
    if response.charge is not None:
        update["charge"] = _charge(response.charge, fit)
    update["lines"] = tuple(_line(line, f"lines[{n}]", fit) for n, line in enumerate(response.lines, 1))
    if carried := fit.notes():
        update["reason"] = "\n".join(filter(None, (response.reason, *(note.text for note in carried))))[:4000].strip()
    return response.model_copy(update=update), fit


def _charge(charge: Decimal, fit: Fit) -> Decimal | None:
    found = settlement.adjustments((as_charge(charge),), "charge", fit)
    return found[0].amount if found else None


def _supplier(response: Response, fit: Fit) -> Party | None:
    party = response.supplier
    if party is None:
        fit.stop("supplier", "party-missing", f"{fit.format} names the supplier in an answer; state it")
        return None
    party = parties.fitted(party, "supplier", "supplier", fit, addressed=False)
    if not _buyer_country(party, fit.profile):
        text = f"{fit.format} wants the buyer's country, which an answer does not know; set default_country"
        fit.stop("profile.default_country", "country-missing", text)
    if response.contact and party.contact and party.contact.name and party.contact.name != response.contact:
        fit.lose("supplier.contact.name", f"the contact {response.contact} of the answer stands in its place")
    contact = Contact(
        name=response.contact or (party.contact.name if party.contact else None),
        phone=party.contact.phone if party.contact else None,
        email=party.contact.email if party.contact else None,
    )
    return party.model_copy(update={"contact": contact if contact != Contact() else None})


def _buyer_country(supplier: Party, profile: OrderXProfile) -> str | None:
    found = profile.default_country or (supplier.address.country if supplier.address else None)
    return found if found in COUNTRIES else None


def _line(line: LineAnswer, where: str, fit: Fit) -> LineAnswer:
    update: dict[str, Any] = {}
    status = line.status
    if status is LineStatus.BACKORDERED:
        fit.lose(f"{where}.status", "a backorder has no code of its own; it is written as a change")
        status = LineStatus.CHANGED
    if status is LineStatus.CHANGED and line.substitute_part is not None:
        fit.lose(f"{where}.status", "a change that names a substitute is a substitution")
        status = LineStatus.SUBSTITUTED
    if line.substitute_part is not None and status is not LineStatus.SUBSTITUTED:
        text = "only a substituted line names a substitute; it is left out"
        fit.lose(f"{where}.substitute_part", text, commercial=True)
        update["substitute_part"] = None
    update["status"] = status
    if _status(line.code, substituted=line.substitute_part is not None) is not status:
        if line.code:
            fit.lose(f"{where}.code", f"{line.code} is not a code for {status.value}; another is written")
        update["code"] = LINE_ANSWER_CODES[status]
    if line.number == NO_LINE:
        fit.stop(f"{where}.number", "line-number", f"{NO_LINE} stands for an answer without a line number")
    if line.gtin is not None and not (
        line.gtin.isdigit() and line.gtin.isascii() and len(line.gtin) in (8, 12, 13, 14)
    ):
        fit.lose(f"{where}.gtin", f"{line.gtin} is not a GTIN; it is left out", commercial=True)
        update["gtin"] = None
    if line.quantity is None and line.unit is not None:
        fit.lose(f"{where}.unit", "a unit without a quantity is left out")
        update["unit"] = None
    if line.unit == NO_UNIT and line.quantity is not None:
        update["unit"] = None
    if line.price is None:
        update["price_basis"] = None
    if not fit.comfort:
        for name in ("promised", "ships"):
            if value := getattr(line, name):
                said = f"{where}: {name} {value.isoformat()}"
                fit.lose(f"{where}.{name}", "lines have no date; it is left out", commercial=True, said=said)
                update[name] = None
    return line.model_copy(update=update)


def _status(code: str | None, *, substituted: bool) -> LineStatus | None:
    status = LINE_ANSWERS.get(code or "")
    return LineStatus.SUBSTITUTED if substituted and status is LineStatus.CHANGED else status


def write(response: Response, profile: OrderXProfile) -> Element:
    """The projected answer."""
    supplier = response.supplier
    assert supplier is not None
    at = root()
    heads.write_context(at, profile, test=response.test)
    heads.write_document(
        at,
        profile,
        number=response.number or response.order_number,
        name=ANSWER_NAMES[response.answers],
        kind=RESPONSE,
        issued=response.answered,
        purpose=response.code or ANSWER_CODES[response.status],
        reason=response.reason,
        ask=False,
    )
    deal = heads.transaction(at)
    for position, line in enumerate(response.lines, 1):
        _write_line(deal, line, str(position))
    buyer = Party(name=profile.buyer_name, address=Address(country=_buyer_country(supplier, profile)))
    sales = response.supplier_order_number
    head = heads.mere(
        buyer=buyer,
        supplier=supplier,
        currency=response.currency or NO_CURRENCY,
        references=(heads.sales_order(sales),) if sales else (),
    )
    if response.charge is not None:
        head = head.model_copy(update={"allowances_charges": (as_charge(response.charge),)})
    own = own_written(response.release_number, response.revision, response.sequence)
    change = response.change_number or (response.order_number if response.answers == "change" else None)
    heads.write_agreement(deal, head, profile, own, OwnOrder(response.order_number, change=change))
    heads.write_delivery(deal)
    heads.write_settlement(deal, head, Decimal(0), Decimal(0))
    return at


def _write_line(deal: Element, line: LineAnswer, number: str) -> None:
    at = node(deal, "IncludedSupplyChainTradeLineItem")
    head = node(at, "AssociatedDocumentLineDocument")
    leaf(head, "LineID", number)
    leaf(head, "LineStatusCode", line.code)
    lines.write_notes(head, (), line.reason)
    product = node(at, "SpecifiedTradeProduct")
    ordered = product
    if line.status is LineStatus.SUBSTITUTED:
        leaf(product, "SellerAssignedID", line.substitute_part)
        ordered = node(at, "SubstitutedReferencedProduct")
    leaf(ordered, "GlobalID", line.gtin, schemeID="0160")
    leaf(ordered, "SellerAssignedID", line.supplier_part)
    leaf(ordered, "BuyerAssignedID", line.buyer_part)
    delivery = bare_numbers(at, line.number or NO_LINE)
    unit = line.unit or NO_UNIT
    if line.price is not None:
        price = at.find("*/{*}NetPriceProductTradePrice")
        assert price is not None
        price[0].text, price[1].text = plain(line.price), plain(line.price_basis or Decimal(1))
        price[1].set("unitCode", unit)
        if line.price_basis is None:
            price.remove(price[1])
    if line.quantity is not None:
        delivery[0].text = plain(line.quantity)
        delivery[0].set("unitCode", unit)
        leaf(delivery, "AgreedQuantity", plain(line.quantity), unitCode=unit)
    for name, when in ((_DESPATCH, line.ships), (_DELIVERY, line.promised)):
        if when is not None:
            day(node(delivery, name), "OccurrenceDateTime", when)


def read(at: Element, reading: Reading) -> tuple[dict[str, Any], list[Element]]:
    """The fields of the answer, and the elements of its lines."""
    document, agreement, _, money = heads.places(at, reading)
    number = reading.label(document, "ID")
    order = reading.label(agreement, "BuyerOrderReferencedDocument/IssuerAssignedID")
    change = reading.label(agreement, "PreviousOrderChangeReferencedDocument/IssuerAssignedID")
    named = ANSWERED.get(reading.label(document, "Name") or "")
    supplier = parties.read(reading.one(agreement, "SellerTradeParty"), "supplier", reading)
    elements = reading.all(reading.one(at, "SupplyChainTradeTransaction"), "IncludedSupplyChainTradeLineItem")
    found = [_read_line(element, reading) for element in elements]
    code, status = _read_status(document, found, reading)
    currency = heads.currency(money, reading)
    reading.skip(money, "SpecifiedTradeSettlementHeaderMonetarySummation")
    reading.skip(agreement, "BuyerTradeParty")
    texts = [note.text for note, _ in lines.notes(document, reading)]
    fields = own_read(agreement, reading) | {
        "order_number": order or number,
        "number": number if order and number != order else None,
        "answers": named or ("change" if change else "order"),
        "change_number": change if change != order else None,
        "status": status,
        "code": code,
        "answered": reading.day(document, "IssueDateTime"),
        "supplier": supplier,
        "supplier_order_number": reading.label(agreement, "SellerOrderReferencedDocument/IssuerAssignedID"),
        "currency": None if currency == NO_CURRENCY else currency,
        "reason": "\n".join(texts)[:4000].strip() or None,
        "charge": _read_charge(money, reading),
        "contact": supplier.contact.name if supplier and supplier.contact else None,
        "test": is_test(at, reading),
        "lines": tuple(found),
    }
    return fields, elements


def _read_status(
    document: Element | None, found: list[dict[str, Any]], reading: Reading
) -> tuple[str | None, HeaderStatus]:
    code = reading.label(document, "PurposeCode")
    stated = reading.label(document, "StatusCode")
    status = ANSWERS.get(code or "") or STATUSES.get(stated or "")
    if status is not None:
        return (code if ANSWERS.get(code or "") else stated), status
    kinds = {line["status"] for line in found}
    if kinds == {LineStatus.ACCEPTED}:
        status = HeaderStatus.ACCEPTED
    elif kinds == {LineStatus.REJECTED}:
        status = HeaderStatus.REJECTED
    else:
        status = HeaderStatus.ACCEPTED_WITH_CHANGES if kinds else HeaderStatus.RECEIVED
    if document is not None:
        told = f"PurposeCode {code} does not say what the answer is; by its lines it is {status.value}"
        reading.faults.warning("answer-unclear", document, told)
    return code, status


def _read_charge(money: Element | None, reading: Reading) -> Decimal | None:
    """All charges together: what the supplier asks for agreeing."""
    charge, all_kept = asked(settlement.read_adjustments(money, reading))
    if money is not None and not all_kept:
        reading.faults.warning("not-kept", money, NOT_KEPT)
    return charge


def _read_line(at: Element, reading: Reading) -> dict[str, Any]:
    head = reading.one(at, "AssociatedDocumentLineDocument")
    agreement = reading.one(at, "SpecifiedLineTradeAgreement")
    delivery = reading.one(at, "SpecifiedLineTradeDelivery")
    product = reading.one(at, "SpecifiedTradeProduct")
    replaced = reading.one(at, "SubstitutedReferencedProduct")
    ordered = replaced if replaced is not None else product
    code = reading.label(head, "LineStatusCode")
    quantity = reading.number(delivery, "AgreedQuantity")
    reading.skip(delivery, "RequestedQuantity")
    reading.skip(at, "SpecifiedLineTradeSettlement")
    substitute = reading.label(product, "SellerAssignedID") if replaced is not None else None
    if replaced is not None:
        substitute = substitute or reading.label(product, "GlobalID") or reading.label(product, "BuyerAssignedID")
    number = reading.label(agreement, "BuyerOrderReferencedDocument/LineID") or reading.label(head, "LineID")
    reading.label(head, "LineID")
    unit = lines.unit(delivery, "AgreedQuantity", reading) if quantity is not None else None
    texts = [note.text for note, _ in lines.notes(head, reading)]
    promised, ships = (lines.wanted(delivery, reading, name) for name in (_DELIVERY, _DESPATCH))
    return {
        "number": None if number == NO_LINE else number,
        "status": _read_line_status(code, at, reading, substituted=replaced is not None),
        "quantity": quantity,
        "unit": None if unit == NO_UNIT else unit,
        **_read_price(agreement, reading),
        "promised": promised[0][0] if promised else None,
        "ships": ships[0][0] if ships else None,
        "buyer_part": reading.label(ordered, "BuyerAssignedID"),
        "supplier_part": reading.label(ordered, "SellerAssignedID"),
        "gtin": lines.gtin(ordered, reading),
        "substitute_part": substitute,
        "reason": "\n".join(texts)[:4000].strip() or None,
        "code": code,
    }


def _read_line_status(code: str | None, at: Element, reading: Reading, *, substituted: bool) -> LineStatus:
    status = _status(code, substituted=substituted)
    if status is not None:
        return status
    status = LineStatus.SUBSTITUTED if substituted else LineStatus.PENDING if code else LineStatus.ACCEPTED
    if code:
        told = f"LineStatusCode {code[:10]} is not an answer that we know; the line is taken as pending"
        reading.faults.warning("line-status", at, told)
    return status


def _read_price(agreement: Element | None, reading: Reading) -> dict[str, Decimal | None]:
    """The price and for how many it is; a price for none is none (`bare_numbers`)."""
    price = reading.number(agreement, "NetPriceProductTradePrice/ChargeAmount")
    basis = reading.number(agreement, "NetPriceProductTradePrice/BasisQuantity")
    return {} if price is None or basis == 0 else {"price": price, "price_basis": basis}
