"""Codes of UN/EDIFACT (D.96A and D.01B) that the product uses, in our own words; numbers are those of data elements.

Each table is written once and used by readers, writers and the document viewer alike.
"""

from collections.abc import Mapping
from typing import Final

from orderwire.document.states import DocumentType

# 0065: the messages that belong to an order's life, and what they are.
MESSAGES: Final[Mapping[str, DocumentType]] = {
    "ORDERS": DocumentType.ORDER, "ORDCHG": DocumentType.CHANGE, "ORDRSP": DocumentType.RESPONSE,
    "CONTRL": DocumentType.FUNCTIONAL_ACK, "APERAK": DocumentType.APPLICATION_ADVICE,
    "DESADV": DocumentType.SHIP_NOTICE, "RECADV": DocumentType.RECEIPT, "INVOIC": DocumentType.INVOICE,
}  # fmt: skip
