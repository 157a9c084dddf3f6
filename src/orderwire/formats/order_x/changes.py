"""The order change and the cancellation (TypeCode 230): projected, written, read."""

from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orderwire.document.cancellation import Cancellation
from orderwire.document.money import totals
from orderwire.document.order import Line, Order, OrderHead
from orderwire.document.order_change import LineAction, LineChange, LinePart, OrderChange
from orderwire.formats.order_x import heads, lines, parties
from orderwire.formats.order_x.fit import Fit
from orderwire.formats.order_x.orders import is_test, own_fitted, own_read, own_written
from orderwire.formats.order_x.profile import OrderXProfile
from orderwire.formats.order_x.references import OwnOrder
from orderwire.formats.order_x.tables import (
    ACTION_CODES,
    ACTIONS,
    CANCELLATION,
    CHANGE,
    CHANGE_NAMES,
    CONFIRMATION,
    FORM_CODES,
    FORMS,
    NO_CURRENCY,
    NO_UNIT,
)
from orderwire.formats.order_x.tree import Element, Reading, leaf, node, root

_CANCEL_NAME = "Order cancellation"


def project(change: OrderChange, profile: OrderXProfile) -> tuple[OrderChange, Fit]:
    """The change that comes back when it is read, and the account of what is lost."""
    fit = Fit(profile)
    update = own_fitted(fit, change.release_number, change.revision, sequence=change.sequence)
    if not fit.comfort:
        update["revision"] = None
    update |= _named(change.number, change.order_number, fit)
    code = CONFIRMATION if change.confirms and change.form == "delta" else FORM_CODES[change.form]
    if change.confirms and change.form == "full":
        fit.lose_confirmation("PurposeCode", whole=FORM_CODES["full"], confirmed=CONFIRMATION)
        update["confirms"] = False
    if change.code != code:
        if change.code:
            fit.lose("code", f"{change.code} is not the code of this change; {code} is written")
        update["code"] = code
    head = change.head
    if head is None:
        fit.stop("head", "head-missing", f"{fit.format} repeats the order's header in a change; state it")
        return change, fit
    update["issued"] = change.issued or head.issued
    of_head = heads.fitted(head, fit)
    if not fit.extended and head.issued != update["issued"]:
        fit.lose("head.issued", "the day of the order is left out; only that of the change is written")
        of_head["issued"] = update["issued"]
    blanket = next((item.number for item in of_head["references"] if item.kind == "blanket"), None)
    common = _common(change) is not None
    update["lines"] = tuple(_line(item, fit, blanket, common) for item in change.lines)
    of_head["notes"] = heads.notes(head, fit)
    update["head"] = OrderHead.model_construct(
        **{name: getattr(head, name) for name in OrderHead.model_fields} | of_head
    )
    return change.model_copy(update=update), fit


def _named(number: str | None, order_number: str, fit: Fit) -> dict[str, Any]:
    if number != order_number:
        return {}
    fit.lose("number", "is the order's own number; the document goes without one of its own")
    return {"number": None}


def _line(item: LineChange, fit: Fit, blanket: str | None, common: bool) -> LineChange:
    where = f"lines[{item.number}]"
    if item.part is not None or (item.line is None and item.action not in (LineAction.DELETED, LineAction.UNCHANGED)):
        fit.stop(where, "line-in-part", f"{fit.format} states changed lines whole; apply the change and state the line")
        return item
    update: dict[str, Any] = {}
    if item.line is not None:
        update["line"] = lines.fitted(item.line, fit, blanket, common_date=common)
    if item.action is not None and ACTIONS.get(item.code or "") is not item.action:
        if item.code:
            fit.lose(f"{where}.code", f"{item.code} is not a code for {item.action.value}; another is written")
        update["code"] = ACTION_CODES[item.action]
    elif item.action is None and item.code is not None:
        fit.lose(f"{where}.code", f"{item.code} says nothing here; it is left out")
        update["code"] = None
    return item.model_copy(update=update)


def _common(change: OrderChange) -> Any:
    whole = [item.line for item in change.lines if item.line is not None]
    dates = {schedule.requested for line in whole for schedule in line.schedules}
    return next(iter(dates)) if len(dates) == 1 and len(whole) == len(change.lines) else None


def write(change: OrderChange, profile: OrderXProfile) -> Element:
    """The projected change."""
    head = change.head
    assert head is not None
    document = root()
    heads.write_context(document, profile, test=change.test)
    heads.write_document(
        document,
        profile,
        number=change.number or change.order_number,
        name=CHANGE_NAMES[head.kind],
        kind=CHANGE,
        issued=change.issued,
        purpose=change.code or FORM_CODES[change.form],
        notes=head.notes,
        reason=change.reason,
        head=head,
    )
    deal = heads.transaction(document)
    blanket = next((item.number for item in head.references if item.kind == "blanket"), None)
    for item in change.lines:
        if item.line is None:
            _bare(deal, item)
        else:
            _whole(deal, item, item.line, head.currency, profile, blanket)
    own = own_written(change.release_number, change.revision, change.sequence)
    issued = head.issued if profile.level == "extended" else None
    heads.write_agreement(deal, head, profile, own, OwnOrder(change.order_number, issued))
    heads.write_delivery(deal, head, _common(change))
    standing = [i.line for i in change.lines if i.line is not None and i.action is not LineAction.DELETED]
    named = {name: getattr(head, name) for name in OrderHead.model_fields}
    sums = totals(Order.model_construct(**named, number=change.order_number, lines=tuple(standing)))
    heads.write_settlement(deal, head, sums.lines, sums.tax)
    return document


def _whole(
    deal: Element, item: LineChange, line: Line, currency: str, profile: OrderXProfile, blanket: str | None
) -> None:
    lines.write(
        deal, line, currency, profile.level, blanket=blanket, number=item.number, code=item.code, reason=item.reason
    )


def _bare(deal: Element, item: LineChange) -> None:
    """A line that is only named: the schema wants numbers, which say zero."""
    at = node(deal, "IncludedSupplyChainTradeLineItem")
    head = node(at, "AssociatedDocumentLineDocument")
    leaf(head, "LineID", item.number)
    leaf(head, "LineStatusCode", item.code)
    lines.write_notes(head, (), item.reason)
    bare_numbers(at, item.number)


def bare_numbers(at: Element, number: str) -> Element:
    """Agreement, delivery and settlement of a line that states neither price nor quantity; gives the delivery."""
    agreement = node(at, "SpecifiedLineTradeAgreement")
    leaf(node(agreement, "BuyerOrderReferencedDocument"), "LineID", number)
    price = node(agreement, "NetPriceProductTradePrice")
    leaf(price, "ChargeAmount", "0")
    leaf(price, "BasisQuantity", "0", unitCode=NO_UNIT)
    delivery = node(at, "SpecifiedLineTradeDelivery")
    leaf(delivery, "RequestedQuantity", "0", unitCode=NO_UNIT)
    money = node(at, "SpecifiedLineTradeSettlement")
    leaf(node(money, "SpecifiedTradeSettlementLineMonetarySummation"), "LineTotalAmount", "0")
    return delivery


def read(at: Element, reading: Reading) -> tuple[dict[str, Any], list[Element]]:
    """The fields of the change, and the elements of its lines."""
    document, agreement, delivery, money = heads.places(at, reading)
    fields, elements = _common_fields(at, reading)
    purpose = fields["code"]
    if purpose not in FORMS and document is not None:
        told = f"PurposeCode {purpose} is not a change (4, 5, 6) or cancellation (1); it is taken as changed lines (4)"
        reading.faults.warning("purpose", document, told)
    head_fields = heads.read(at, reading, change=True)
    ordered = reading.day(agreement, "BuyerOrderReferencedDocument/FormattedIssueDateTime")
    head_fields["issued"] = ordered or head_fields.get("issued")
    blanket = next((item.number for item in head_fields["references"] if item.kind == "blanket"), None)
    common = next((when for when, _ in lines.wanted(delivery, reading) if when), None)
    reading.skip(money, "SpecifiedTradeSettlementHeaderMonetarySummation")
    fields |= {
        "form": FORMS.get(purpose or "", "delta"),
        "confirms": purpose == CONFIRMATION,
        "head": _read_head(head_fields, document, reading),
        "lines": tuple(_read_line(element, reading, blanket, common) for element in elements),
    }
    return fields, elements


def _common_fields(at: Element, reading: Reading) -> tuple[dict[str, Any], list[Element]]:
    document, agreement, _, _ = heads.places(at, reading)
    number = reading.label(document, "ID")
    order = reading.label(agreement, "BuyerOrderReferencedDocument/IssuerAssignedID")
    order = order or reading.label(agreement, "PreviousOrderReferencedDocument/IssuerAssignedID")
    if order is None and document is not None and number:
        reading.faults.warning("order-number", document, f"names no order; {number} is taken for the order's number")
    fields = own_read(agreement, reading) | {
        "order_number": order or number,
        "number": number if order and number != order else None,
        "issued": reading.day(document, "IssueDateTime"),
        "reason": lines.reason(document, reading),
        "code": reading.label(document, "PurposeCode"),
        "test": is_test(at, reading),
    }
    deal = reading.one(at, "SupplyChainTradeTransaction")
    return fields, reading.all(deal, "IncludedSupplyChainTradeLineItem")


def _read_head(fields: dict[str, Any], document: Element | None, reading: Reading) -> OrderHead | None:
    try:
        return OrderHead.model_validate(fields)
    except ValidationError as failure:
        first = failure.errors()[0]
        which = first["loc"][0] if first["loc"] else "header"
        told = f"the header is not whole ({which}: {first['msg']}); it stays as it was"
        reading.faults.warning("head", document if document is not None else "document", told)
        return None


def _read_line(at: Element, reading: Reading, blanket: str | None, common: Any) -> dict[str, Any]:
    head = reading.one(at, "AssociatedDocumentLineDocument")
    code = reading.label(head, "LineStatusCode")
    fields = lines.read(at, reading, blanket, common, change=True)
    number = reading.label(at, "SpecifiedLineTradeAgreement/BuyerOrderReferencedDocument/LineID") or fields.get(
        "number"
    )
    found: dict[str, Any] = {
        "number": number,
        "action": ACTIONS.get(code or ""),
        "code": code,
        "reason": lines.reason(head, reading),
    }
    try:
        return found | {"line": Line.model_validate(fields | {"number": number})}
    except ValidationError as failure:
        missing = {str(error["loc"][0]) for error in failure.errors() if error["loc"]}
    if found["action"] is LineAction.DELETED or not fields.get("quantity"):
        return found
    told = f"does not state the line whole ({', '.join(sorted(missing))}); what it says is taken as the difference"
    reading.faults.warning("line-in-part", at, told)
    names = ("description", "quantity", "unit", "price", "price_basis", "buyer_part", "supplier_part", "gtin")
    part = {name: fields[name] for name in names if name in fields and name not in missing}
    if part.get("price_basis") == 1:
        del part["price_basis"]
    requested = fields["schedules"][0]["requested"]
    return found | {"part": LinePart.model_validate(part | {"requested": requested})}


def project_cancellation(document: Cancellation, profile: OrderXProfile) -> tuple[Cancellation, Fit]:
    """The cancellation that comes back when it is read, and the account of what is lost."""
    fit = Fit(profile)
    update = own_fitted(fit, document.release_number, document.revision, sequence=document.sequence)
    if not fit.comfort:
        update["revision"] = None
    update |= _named(document.number, document.order_number, fit)
    if document.code not in (None, CANCELLATION):
        fit.lose("code", f"{document.code} is not the code of a cancellation; {CANCELLATION} is written")
    update["code"] = CANCELLATION
    update["issued"] = document.issued or document.order_issued
    if update["issued"] is None:
        fit.stop("issued", "issued-missing", f"{fit.format} wants the day of the cancellation; state it")
    if document.order_issued and not fit.extended:
        fit.lose("order_issued", "the day of the order is left out")
        update["order_issued"] = None
    for role in ("buyer", "supplier"):
        party = getattr(document, role)
        if party is None:
            fit.stop(role, "party-missing", f"{fit.format} names the {role} in a cancellation; state it")
        else:
            update[role] = parties.fitted(party, role, role, fit, addressed=role == "buyer")
    if document.currency:
        heads.known_currency(document.currency, fit)
    return document.model_copy(update=update), fit


def write_cancellation(document: Cancellation, profile: OrderXProfile) -> Element:
    """The projected cancellation: no lines, no money."""
    assert document.buyer is not None and document.supplier is not None
    at = root()
    heads.write_context(at, profile, test=document.test)
    heads.write_document(
        at,
        profile,
        number=document.number or document.order_number,
        name=_CANCEL_NAME,
        kind=CHANGE,
        issued=document.issued,
        purpose=CANCELLATION,
        reason=document.reason,
    )
    deal = heads.transaction(at)
    currency = document.currency or NO_CURRENCY
    head = heads.mere(buyer=document.buyer, supplier=document.supplier, currency=currency)
    own = own_written(document.release_number, document.revision, document.sequence)
    heads.write_agreement(deal, head, profile, own, OwnOrder(document.order_number, document.order_issued))
    heads.write_delivery(deal)
    heads.write_settlement(deal, head, Decimal(0), Decimal(0))
    return at


def read_cancellation(at: Element, reading: Reading) -> dict[str, Any]:
    """The fields of the cancellation."""
    _, agreement, _, money = heads.places(at, reading)
    fields, _ = _common_fields(at, reading)
    currency = heads.currency(money, reading)
    reading.skip(money, "SpecifiedTradeSettlementHeaderMonetarySummation")
    return fields | {
        "order_issued": reading.day(agreement, "BuyerOrderReferencedDocument/FormattedIssueDateTime"),
        "buyer": parties.read(reading.one(agreement, "BuyerTradeParty"), "buyer", reading),
        "supplier": parties.read(reading.one(agreement, "SellerTradeParty"), "supplier", reading),
        "currency": None if currency == NO_CURRENCY else currency,
    }
