"""ORDERS, ORDCHG and ORDRSP for the reference page: where each of our fields stands."""

from collections.abc import Mapping
from typing import Final

from orderwire.document.states import DocumentType
from orderwire.formats import DocumentForm

_PARTY: Final[Mapping[str, str]] = {
    "name": "NAD C080 3036", "identifiers": "NAD C082 3039, RFF 1154", "address.lines": "NAD C059 3042",
    "address.city": "NAD 3164", "address.postal_code": "NAD 3251", "address.region": "NAD 3229",
    "address.country": "NAD 3207", "contact.name": "CTA 3412", "contact.phone": "COM 3148 (TE)",
    "contact.email": "COM 3148 (EM)",
}  # fmt: skip
_TERMS: Final[Mapping[str, str]] = {
    "payment_terms.basis": "PAT 2475", "payment_terms.percent": "PAT+21, PCD+7", "payment_terms.days": "PAT 2152 (D)",
    "payment_terms.months": "PAT 2152 (M)", "payment_terms.end_of_month": "PAT 2009, PAT 4279 2",
    "payment_terms.due": "DTM+13 behind PAT", "payment_terms.discount_percent": "PAT+22, PCD+12",
    "payment_terms.discount_days": "PAT+22 2152", "payment_terms.text": "FTX+AAB",
    "incoterm.code": "TOD 4053", "incoterm.place": "LOC+1 behind TOD", "incoterm.year": "TOD 4052",
}  # fmt: skip
_CHARGE: Final[Mapping[str, str]] = {
    "kind": "ALC 5463", "amount": "MOA+8 behind ALC", "percent": "PCD+1, PCD+2 behind ALC", "code": "ALC 7161",
    "reason": "ALC 7160", "tax": "TAX behind ALC",
}  # fmt: skip
_REFERENCE: Final[Mapping[str, str]] = {
    "kind": "RFF 1153", "number": "RFF 1154", "line": "RFF 1156", "date": "DTM+171 behind RFF", "code": "RFF 1153",
}  # fmt: skip


def _under(prefix: str, places: Mapping[str, str]) -> dict[str, str]:
    return {f"{prefix}.{name}": place for name, place in places.items()}


_LINE: Final[Mapping[str, str]] = {
    "number": "LIN 1082, PIA (PL)", "description": "IMD C273 7008", "quantity": "QTY+21 6060", "unit": "QTY 6411",
    "price": "PRI+AAA 5118", "price_basis": "PRI 5284", "buyer_part": "PIA (IN)", "supplier_part": "PIA (SA)",
    "gtin": "LIN 7140 (EN)", "category": "PIA (CC)", "schedules.quantity": "SCC/QTY+21, LOC/QTY+11, QTY+11",
    "schedules.requested": "DTM+2 behind LIN, SCC or LOC", "schedules.ship_to": "LOC+7, NAD+DP of the line",
    "taxes.kind": "TAX 5153", "taxes.category": "TAX 5305", "taxes.percent": "TAX 5278",
    "accounts.cost_center": "RFF+AWE (D.01B)", "accounts.gl_account": "RFF+ADE", "notes": "FTX of the line",
    **_under("allowances_charges", _CHARGE), **_under("references", _REFERENCE),
}  # fmt: skip
_HEAD: Final[Mapping[str, str]] = {
    "kind": "BGM 1001 (220, 221, 226)", "valid_from": "DTM+157", "valid_to": "DTM+36", "currency": "CUX 6345",
    "buyer": "NAD+BY", "supplier": "NAD+SU", "ship_to": "NAD+DP", "bill_to": "NAD+IV",
    **_under("buyer", _PARTY), **_TERMS, **_under("references", _REFERENCE), "notes.text": "FTX C108 4440",
    "notes.subject": "FTX 4451", **_under("allowances_charges", _CHARGE),
}  # fmt: skip
_VERSIONS: Final = "D.96A and D.01B, with or without EANCOM; D.90 to D.24 are read"
FORMS: Final[tuple[DocumentForm, ...]] = (
    DocumentForm(
        "ORDERS Purchase order", DocumentType.ORDER, _VERSIONS, True, True,
        {"number": "BGM 1004", "revision": "BGM 1056 (D.01B), RFF+ON 4000 (D.96A)", "release_number": "RFF+RE",
         "issued": "DTM+137", "test": "UNB 0035", **_HEAD, **_under("lines", _LINE)},
    ),
    DocumentForm(
        "ORDCHG Purchase order change", DocumentType.CHANGE, _VERSIONS, True, True,
        {"order_number": "RFF+ON 1154", "revision": "RFF+ON 4000", "release_number": "RFF+RE",
         "form": "BGM 1225 (4, 6 delta, 5 full)", "confirms": "BGM 1225 (6)",
         "code": "BGM 1225", "number": "BGM 1004", "sequence": "RFF+PP",
         "issued": "DTM+137", "reason": "FTX+CHG", "test": "UNB 0035", "head.issued": "DTM+171 behind RFF+ON",
         **_under("head", _HEAD), "head_part": "what of the header is there, without DTM+171 behind RFF+ON",
         "lines.number": "LIN 1082, PIA (PL)", "lines.action": "LIN 1229",
         "lines.code": "LIN 1229", "lines.reason": "FTX+CHG of the line", **_under("lines.line", _LINE),
         "lines.part": "what of the LIN group is there"},
    ),
    DocumentForm(
        "ORDCHG Purchase order change (cancellation)", DocumentType.CANCELLATION, _VERSIONS, True, True,
        {"order_number": "RFF+ON 1154", "revision": "RFF+ON 4000", "release_number": "RFF+RE", "code": "BGM 1225 (1)",
         "number": "BGM 1004", "sequence": "RFF+PP", "issued": "DTM+137", "order_issued": "DTM+171 behind RFF+ON",
         "buyer": "NAD+BY", "supplier": "NAD+SU", "currency": "CUX 6345", "reason": "FTX+CHG", "test": "UNB 0035"},
    ),
    DocumentForm(
        "ORDRSP Purchase order response", DocumentType.RESPONSE, _VERSIONS, True, True,
        {"order_number": "RFF+ON 1154", "answers": "RFF+PP", "change_number": "RFF+PP 1154", "sequence": "RFF+PP 4000",
         "revision": "RFF+ON 4000", "release_number": "RFF+RE", "number": "BGM 1004", "status": "BGM 1225, BGM 4343",
         "code": "BGM 1225:4343", "answered": "DTM+137", "supplier": "NAD+SU", "contact": "CTA+OC",
         "supplier_order_number": "RFF+VN", "currency": "CUX 6345", "charge": "ALC+C, MOA+8",
         "reason": "FTX+ACD, AJT 4465", "test": "UNB 0035",
         "lines.number": "LIN 1082, PIA (PL)", "lines.status": "LIN 1229, SCC 4493", "lines.code": "LIN 1229",
         "lines.quantity": "QTY+113 6060, QTY+83 (backorder)", "lines.unit": "QTY 6411", "lines.price": "PRI+AAA 5118",
         "lines.price_basis": "PRI 5284, 6411", "lines.promised": "DTM+69", "lines.ships": "DTM+79",
         "lines.buyer_part": "PIA (IN)", "lines.supplier_part": "PIA (SA)", "lines.gtin": "LIN 7140 (EN)",
         "lines.substitute_part": "PIA+3 (SA)", "lines.reason": "FTX+ACD, AJT 4465"},
    ),
)  # fmt: skip
