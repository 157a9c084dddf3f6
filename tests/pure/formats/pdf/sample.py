"""One believable order and a context for the tests of the printed order."""

import datetime
import io
import subprocess
from collections.abc import Mapping
from typing import Any

from pypdf import PdfReader

from orderwire.document.order import Order
from orderwire.formats import Written
from orderwire.formats.pdf import Pdf

LINKS = {
    "answer_url": "https://o.nordhaven.example/a/7H2K-QX9M",
    "answer_by": "2026-11-20T17:00:00+01:00",
    "timezone": "Europe/Madrid",
    "approved_by": "Jens Petersen",
    "approved_at": "2026-11-16T15:42:00+01:00",
}


class Printing:
    """A context with links and a clock."""

    def __init__(self, links: Mapping[str, str] = LINKS, now: str = "2026-11-16T16:00:00+00:00"):
        self.links = links
        self.now = datetime.datetime.fromisoformat(now)

    def control_number(self, name: str) -> int:
        raise AssertionError(f"a printed order carries no control number, asked for {name}")


def line(number: int = 10, **changes: Any) -> dict[str, Any]:
    """A line as plain data."""
    plain = {
        "number": str(number),
        "description": "Mechanical seal MG1/28-G60",
        "quantity": "100",
        "unit": "H87",
        "price": "61.20",
        "supplier_part": "TS-102860",
        "buyer_part": "207-2860",
        "gtin": "8412345002860",
        "taxes": [{"category": "S", "percent": "19"}],
    } | changes
    return {"schedules": [{"quantity": plain["quantity"], "requested": "2026-12-09"}]} | plain


def order(**changes: Any) -> Order:
    """The order, with changes."""
    plain: dict[str, Any] = {
        "number": "4500071791",
        "issued": "2026-11-16",
        "currency": "EUR",
        "buyer": {
            "name": "Nordhaven Pumpen GmbH",
            "identifiers": [{"scheme": "vat", "value": "DE136695976"}],
            "address": {"lines": ["Überseestraße 114"], "postal_code": "28217", "city": "Bremen", "country": "DE"},
            "contact": {"name": "Ines Albrecht", "email": "ines@nordhaven.example"},
        },
        "supplier": {
            "name": "Tecnosellos Ibérica S.L.",
            "identifiers": [{"scheme": "buyer", "value": "70418"}],
            "address": {"lines": ["Calle E 27"], "postal_code": "50016", "city": "Zaragoza", "country": "ES"},
        },
        "ship_to": {"name": "Plant 2", "address": {"city": "Bremen", "country": "DE"}},
        "payment_terms": [{"days": 60, "discount_percent": "2", "discount_days": 14}],
        "incoterm": {"code": "DAP", "place": "Bremen", "year": 2020},
        "references": [{"kind": "contract", "number": "FA-2025-113"}],
        "notes": [{"subject": "packing", "text": "EUR pallets, at most 1.2 m high."}],
        "allowances_charges": [{"kind": "allowance", "percent": "2", "reason": "frame agreement"}],
        "lines": [line()],
    } | changes
    return Order.model_validate(plain)


def printed(document: Order, links: Mapping[str, str] = LINKS, **profile: Any) -> Written:
    """The order written by the format."""
    return Pdf().write(document, profile, Printing(links))


def reader(written: Written) -> PdfReader:
    """pypdf's view of it."""
    return PdfReader(io.BytesIO(written.content), strict=True)


def words_of(written: Written) -> str:
    """Its text in reading order as pdftotext sees it, on one line, without invisible characters."""
    found = subprocess.run(["pdftotext", "-", "-"], input=written.content, capture_output=True, check=True)
    invisible = dict.fromkeys(map(ord, "\u200b\u2066\u2067\u2068\u2069\u200e\u200f\u202a\u202b\u202c\u202d\u202e"))
    return " ".join(found.stdout.decode().translate(invisible).split())
