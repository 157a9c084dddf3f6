"""What the UBL tests share: the format, the corpus, a Peppol profile, an order that Peppol takes."""

import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Address, Identifier, Party
from orderwire.document.terms import Tax
from orderwire.formats.ubl import Ubl

FORMAT = Ubl()
CORPUS = Path(__file__).resolve().parents[4].parent / "shared/corpus/ubl"
SCHEMAS = CORPUS / "oasis-ubl-2.1-xsd"
SAMPLES = CORPUS / "oasis-samples"
PEPPOL: dict[str, Any] = {
    "customization": "peppol", "sender": "0192:987654325", "receiver": "0088:7300010000001", "test": True,
}  # fmt: skip


@cache
def schema(name: str) -> etree.XMLSchema:
    """The OASIS schema of a document, compiled once."""
    return etree.XMLSchema(etree.parse(SCHEMAS / f"maindoc/UBL-{name}-2.1.xsd"))


def party(name: str, endpoint: str, country: str = "SE") -> Party:
    """A party with an electronic address."""
    return Party(
        name=name,
        identifiers=(Identifier(scheme="eas:0088", value=endpoint),),
        address=Address(lines=("Street 1",), city="Town", postal_code="12345", country=country),
    )


LINE = Line(
    number="10",
    description="Bolt M8",
    quantity=Decimal(100),
    unit="C62",
    price=Decimal("0.125"),
    supplier_part="B-8",
    schedules=(Schedule(quantity=Decimal(100), requested=datetime.date(2026, 12, 1)),),
    taxes=(Tax(percent=Decimal(25)),),
)
ORDER = Order(
    number="PO-1",
    issued=datetime.date(2026, 11, 22),
    currency="SEK",
    buyer=party("Buyer AB", "7300010000001"),
    supplier=party("Seller AB", "7350053850019"),
    lines=(LINE,),
)
"""An order that keeps every rule of Peppol T01."""


def changed(**update: object) -> Order:
    """The order with other fields."""
    return Order.model_validate(dict(ORDER) | update)


def with_line(**update: object) -> Order:
    """The order with its line changed."""
    return changed(lines=(Line.model_validate(dict(LINE) | update),))
