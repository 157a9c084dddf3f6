"""Documents that Peppol takes: those of the family, with what its rules ask for put right."""

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from orderwire.document.order import Line, Order
from orderwire.document.order_change import OrderChange, between
from orderwire.document.party import Address, Identifier, Party
from orderwire.document.response import HeaderStatus, LineStatus, Response
from orderwire.document.terms import AllowanceCharge, Tax
from tests.pure.family import responses
from tests.pure.orders import orders

_DAY = datetime.date(2026, 11, 22)
_GLN = "7300010000001"


def _party(party: Party | None) -> Party | None:
    if party is None:
        return None
    kept = [i for i in party.identifiers if i.scheme in ("duns", "buyer")][:1]
    ids = (Identifier(scheme="eas:0088", value=_GLN), *kept, Identifier(scheme="vat", value="SE123"))
    address = (party.address or Address()).model_copy(update={"country": "SE"})
    return party.model_copy(update={"identifiers": ids, "address": address})


def _place(party: Party | None) -> Party | None:
    return _party(party) and _party(party).model_copy(update={"identifiers": (Identifier(scheme="gln", value=_GLN),)})


def _tax(tax: Tax | None) -> Tax | None:
    return (
        None if tax is None else Tax(category=tax.category, percent=tax.percent or Decimal(7), exemption=tax.exemption)
    )


def _charge(item: AllowanceCharge) -> AllowanceCharge:
    return item.model_copy(update={"reason": item.reason or "agreed", "kind": "charge", "tax": _tax(item.tax)})


def _line(line: Line) -> Line:
    update: dict[str, Any] = {
        "allowances_charges": tuple(_charge(item) for item in line.allowances_charges),
        "taxes": tuple(tax for item in line.taxes if (tax := _tax(item)) is not None),
    }
    return line.model_copy(update=update)


def righted(order: Order) -> Order:
    """The order with identifiers, reasons and rates that the rules accept, in euro."""
    update = {
        "currency": "EUR", "buyer": _party(order.buyer), "supplier": _party(order.supplier),
        "bill_to": _party(order.bill_to), "ship_to": _place(order.ship_to),
        "allowances_charges": tuple(_charge(item) for item in order.allowances_charges),
        "lines": tuple(_line(line) for line in order.lines),
    }  # fmt: skip
    return order.model_copy(update=update)


def peppol_orders() -> st.SearchStrategy[Order]:
    """Orders that keep the rules of T01."""
    return orders().map(righted)


@st.composite
def peppol_changes(draw: st.DrawFn) -> OrderChange:
    """Changes that keep the rules of T114."""
    old = draw(peppol_orders())
    new = draw(peppol_orders()).model_copy(update={"number": old.number, "revision": 2})
    return between(old, new, draw(st.sampled_from(["full", "delta"]))).model_copy(update={"issued": _DAY})


@st.composite
def peppol_responses(draw: st.DrawFn) -> Response:
    """Answers that keep the rules of T76 and T116."""
    response = draw(responses())
    lines = tuple(
        line.model_copy(update={
            "number": str(position), "substitute_part": "S-1" if line.status is LineStatus.SUBSTITUTED else None,
            "status": LineStatus.CHANGED if line.status is LineStatus.PENDING else line.status,
        })
        for position, line in enumerate(response.lines, 1)
    )  # fmt: skip
    status = response.status
    if status is HeaderStatus.ACCEPTED_WITH_CHANGES and not lines:
        status = HeaderStatus.ACCEPTED
    supplier = _party(response.supplier)
    update = {"answered": _DAY, "currency": "EUR", "lines": lines, "status": status, "supplier": supplier}
    return response.model_copy(update=update)
