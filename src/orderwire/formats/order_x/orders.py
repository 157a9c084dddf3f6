"""The order (TypeCode 220): projected, written, read."""

import datetime
from typing import Any

from orderwire.document.base import plain
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.formats.order_x import heads, lines, references
from orderwire.formats.order_x.fit import Fit
from orderwire.formats.order_x.profile import OrderXProfile
from orderwire.formats.order_x.tables import NAMES, ORDER, RELEASE, REVISION, SEQUENCE
from orderwire.formats.order_x.tree import Element, Reading, root


def project(order: Order, profile: OrderXProfile) -> tuple[Order, Fit]:
    """The order that comes back when it is read, and the account of what is lost."""
    fit = Fit(profile)
    update = heads.fitted(order, fit) | own_fitted(fit, order.release_number, order.revision)
    blanket = next((item.number for item in update["references"] if item.kind == "blanket"), None)
    common = common_date(order) is not None
    update["lines"] = tuple(lines.fitted(line, fit, blanket, common_date=common) for line in order.lines)
    update["notes"] = heads.notes(order, fit)
    return order.model_copy(update=update), fit


def own_fitted(fit: Fit, release: str | None, revision: int | None, *, sequence: int | None = None) -> dict[str, Any]:
    """Numbers of the document that only an additional reference carries, from comfort on."""
    if fit.comfort:
        return {}
    update: dict[str, Any] = {}
    if release is not None:
        fit.lose("release_number", "the release number is left out", commercial=True, said=f"release {release}")
        update["release_number"] = None
    if revision is not None and revision > 1:
        fit.lose("revision", f"version {revision} is left out", said=f"version {revision}")
        update["revision"] = 1
    if sequence is not None:
        fit.lose("sequence", f"the number {sequence} in the row of changes is left out", said=f"change {sequence}")
        update["sequence"] = None
    return update


def own_written(release: str | None, revision: int | None, sequence: int | None = None) -> dict[str, str]:
    """Those numbers by their code."""
    values = {REVISION: revision, SEQUENCE: sequence, RELEASE: release}
    return {code: str(value) for code, value in values.items() if value is not None}


def own_read(agreement: Element | None, reading: Reading) -> dict[str, Any]:
    """Those numbers as fields."""
    found = references.own(agreement, reading)
    fields: dict[str, Any] = {"release_number": found[RELEASE]} if RELEASE in found else {}
    for name, code in (("revision", REVISION), ("sequence", SEQUENCE)):
        value = found.get(code, "")
        if value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= 99999 and len(value) < 6:
            fields[name] = int(value)
        elif value and agreement is not None:
            told = f"{value[:30]!r} is not a number from 1 to 99999; it is left out"
            reading.faults.warning(name, agreement, told)
    return fields


def common_date(order: Order) -> datetime.date | None:
    """The one day on which everything is wanted, None where there are several or none."""
    dates = {item.requested for line in order.lines for item in line.schedules}
    return next(iter(dates)) if len(dates) == 1 else None


def write(order: Order, profile: OrderXProfile, *, duplicate: bool = False) -> Element:
    """The projected order."""
    document = root()
    heads.write_context(document, profile, test=order.test)
    heads.write_document(
        document,
        profile,
        number=order.number,
        name=NAMES[order.kind],
        kind=ORDER,
        issued=order.issued,
        purpose="7" if duplicate else "9",
        notes=order.notes,
        head=order,
    )
    deal = heads.transaction(document)
    blanket = next((item.number for item in order.references if item.kind == "blanket"), None)
    for line in order.lines:
        lines.write(deal, line, order.currency, profile.level, blanket=blanket)
    revision = order.revision if order.revision > 1 else None
    heads.write_agreement(deal, order, profile, own_written(order.release_number, revision))
    heads.write_delivery(deal, order, common_date(order))
    sums = totals(order)
    heads.write_settlement(deal, order, sums.lines, sums.tax)
    return document


def read(at: Element, reading: Reading) -> tuple[dict[str, Any], list[Element]]:
    """The fields of the order, and the elements of its lines."""
    fields = heads.read(at, reading)
    document, agreement, delivery, money = heads.places(at, reading)
    blanket = next((item.number for item in fields["references"] if item.kind == "blanket"), None)
    common = next((when for when, _ in lines.wanted(delivery, reading) if when), None)
    own = own_read(agreement, reading)
    own.pop("sequence", None)
    elements = reading.all(reading.one(at, "SupplyChainTradeTransaction"), "IncludedSupplyChainTradeLineItem")
    read_lines = [lines.read(element, reading, blanket, common) for element in elements]
    number = reading.label(document, "ID")
    repeated = reading.label(agreement, "BuyerOrderReferencedDocument/IssuerAssignedID")
    if document is not None and number and repeated and repeated != number:
        told = f"the order is {number} but it names {repeated[:60]} as the buyer's order; {number} is taken"
        reading.faults.warning("order-number", document, told)
    _header_account(money, read_lines, reading)
    return fields | own | {"number": number, "lines": tuple(read_lines), "test": is_test(at, reading)}, elements


def is_test(at: Element, reading: Reading) -> bool:
    """The test indicator."""
    return reading.yes(at, "ExchangedDocumentContext/TestIndicator")


def _header_account(money: Element | None, found: list[dict[str, Any]], reading: Reading) -> None:
    """The buyer's account of the whole order holds for lines without one of their own."""
    number = reading.label(money, "ReceivableSpecifiedTradeAccountingAccount/ID")
    for line in found if number else ():
        line["accounts"] = line["accounts"] or ({"cost_center": number},)


def check_totals(order: Order, at: Element, reading: Reading) -> None:
    """Totals are derived and never trusted: a stated one that differs is told."""
    sums = totals(order)
    place = (
        "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/SpecifiedTradeSettlementHeaderMonetarySummation"
    )
    summation = reading.one(at, place)
    reading.skip(at, place)
    for name, derived in (("LineTotalAmount", sums.lines), ("GrandTotalAmount", sums.total)):
        stated = reading.number(summation, name)
        if summation is not None and stated is not None and stated != derived:
            told = f"says {plain(stated)}, but the lines make {plain(derived)}; the lines hold"
            reading.faults.warning("total", f"{name}", told)
