"""The transaction sets that X12 speaks here: who reads each by its id, and who writes each of our documents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from orderwire.document.advice import ApplicationAdvice
from orderwire.document.base import Document
from orderwire.document.cancellation import Cancellation
from orderwire.document.functional import FunctionalAck
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.states import DocumentType
from orderwire.formats import Content, Context, DocumentForm
from orderwire.formats.fit import Fit
from orderwire.formats.x12 import (
    advice_824,
    project_850,
    project_860,
    read_810,
    read_850,
    read_855,
    read_856,
    read_860,
    read_861,
    read_865,
    read_997,
    write_850,
    write_855,
    write_860,
    write_997,
)
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import Faults
from orderwire.formats.x12.forms import ACK_997, CANCELLATION_860, CHANGE_860, ORDER_850, RESPONSE_855, RESPONSE_865
from orderwire.formats.x12.forms_around import ADVICE_824, INVOICE_810, RECEIPT_861, SHIP_NOTICE_856
from orderwire.formats.x12.profile import X12Profile

Found = tuple[DocumentType, Content | None, str | None]
"""What a set holds: its document type, the document where it could be understood, the number that names it."""

Reader = Callable[[list[str], Marks, X12Profile, Faults, dict[str, str]], Found | list[Found]]
"""Reads the segments from ST to SE; the last argument is the envelope, to which it may add. A list where one set may
hold several documents."""

READERS: Mapping[str, Reader] = {
    "850": read_850.read,
    "855": read_855.read,
    "860": read_860.read,
    "865": read_865.read,
    "810": read_810.read,
    "824": advice_824.read,
    "856": read_856.read,
    "861": read_861.read,
    "997": read_997.read,
    "999": read_997.read,
}
"""By the set's id (DE 143)."""


@dataclass(frozen=True)
class SetWriter:
    """`kind` is the id of the set (DE 143) that carries a document, `project` makes the document fit, `body` gives
    the segments between ST and SE, joined, and how many they are."""

    kind: Callable[[Any, X12Profile], str]
    project: Callable[[Any, X12Profile], tuple[Any, Fit]]
    body: Callable[[Any, X12Profile, Context], tuple[str, int]]


WRITERS: Mapping[type[Document], SetWriter] = {
    Order: SetWriter(lambda *_: "850", project_850.project, write_850.body),
    OrderChange: SetWriter(lambda *_: "860", project_860.project, write_860.body),
    Cancellation: SetWriter(lambda *_: "860", project_860.project, write_860.body),
    Response: SetWriter(write_855.kind, write_855.project, write_855.body),
    ApplicationAdvice: SetWriter(lambda *_: "824", advice_824.project, advice_824.body),
    FunctionalAck: SetWriter(write_997.kind, write_997.project, write_997.body),
}
"""By the model of the document."""

FORMS: tuple[DocumentForm, ...] = (
    ORDER_850,
    CHANGE_860,
    CANCELLATION_860,
    RESPONSE_855,
    RESPONSE_865,
    ACK_997,
    ADVICE_824,
    SHIP_NOTICE_856,
    RECEIPT_861,
    INVOICE_810,
)
"""The documents as the reference page names them."""
