"""Which reader reads which document."""

from collections.abc import Callable, Mapping

from orderwire.document.states import DocumentType
from orderwire.formats import Content
from orderwire.formats.ubl import advice, cancellation, fulfillment, order, order_change, response
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.tree import Element
from orderwire.formats.xml import Faults

Reader = Callable[[Element, UblProfile, Faults], Content | None]

READERS: Mapping[str, tuple[DocumentType, Reader]] = {
    "Order": (DocumentType.ORDER, order.read),
    "OrderChange": (DocumentType.CHANGE, order_change.read),
    "OrderCancellation": (DocumentType.CANCELLATION, cancellation.read),
    "OrderResponse": (DocumentType.RESPONSE, response.read),
    "OrderResponseSimple": (DocumentType.RESPONSE, response.read),
    "ApplicationResponse": (DocumentType.APPLICATION_ADVICE, advice.read),
    "DespatchAdvice": (DocumentType.SHIP_NOTICE, fulfillment.read_despatch),
    "ReceiptAdvice": (DocumentType.RECEIPT, fulfillment.read_receipt),
}
"""Type and reader of each document, by the name of its root."""
