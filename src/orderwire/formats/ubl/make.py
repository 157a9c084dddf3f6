"""From our documents to UBL's and back in memory: what is written is read at once, and that is the projection."""

import datetime
from dataclasses import dataclass

from orderwire.document.advice import ApplicationAdvice
from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Severity, error
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.formats import CannotCarry, Content
from orderwire.formats.ubl import advice, cancellation, checks, compare, order, order_change, response
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.tree import Element
from orderwire.formats.xml import Faults


@dataclass(frozen=True)
class Made:
    """A document built for a partner: its root, what comes back from it, and the account of what is lost."""

    root: Element
    document: Content
    fit: Fit


def make(document: Content, profile: UblProfile, today: datetime.date) -> Made:
    """Build a document. Raises CannotCarry for what no profile key can settle; other losses are the fit's findings."""
    root, fit = _build(document, profile, today)
    checks.strict(root, fit)
    stops = [f for f in fit.findings if f.severity is Severity.ERROR and f.code != "not-carried"]
    if stops:
        raise CannotCarry(tuple(stops))
    faults = Faults()
    back: Content | None
    match document:
        case Order():
            back = order.read(root, profile, faults)
        case OrderChange():
            back = order_change.read(root, profile, faults)
        case Cancellation():
            back = cancellation.read(root, profile, faults)
        case Response():
            back = response.read(root, profile, faults)
        case _:
            back = advice.read(root, profile, faults)
    if back is None:
        raise CannotCarry(faults.findings)
    compare.account(document, back, fit)
    return Made(root, back, fit)


def _currency(change: OrderChange) -> str:
    """The currency of a change; XXX, no currency, where it says none."""
    said = change.head or change.head_part
    return (said.currency if said else None) or "XXX"


def _build(document: Content, profile: UblProfile, today: datetime.date) -> tuple[Element, Fit]:
    match document:
        case Order():
            fit = Fit(profile, "Order", document.currency, today=today)
            return order.build(document, fit), fit
        case OrderChange():
            fit = Fit(profile, "OrderChange", _currency(document), today=today)
            return order_change.build(document, fit), fit
        case Cancellation():
            fit = Fit(profile, "OrderCancellation", today=today)
            return cancellation.build(document, fit), fit
        case Response():
            fit = Fit(profile, response.transaction(document, profile), document.currency or "XXX", today=today)
            return response.build(document, fit), fit
        case ApplicationAdvice():
            fit = Fit(profile, "ApplicationResponse", today=today)
            return advice.build(document, fit), fit
    name = type(document).__name__
    raise CannotCarry((error("cannot-carry", name, "has no place among the UBL documents that we write"),))
