"""What the reference page says of the messages around the order: acknowledgment, advice, ship notice, receipt."""

from orderwire.document.states import DocumentType
from orderwire.formats import DocumentForm

_READ = "D.90 to D.24 read"
_PARTS = {
    "code": "BGM 1225",
    "issued": "DTM+137",
    "order_number": "RFF+ON or CO, also where all lines share it",
    "release_number": "RFF+RE or COF",
    "supplier": "NAD+SU, SE, else CZ, SF",
    "buyer": "NAD+BY, OB, else IV",
    "ship_to": "NAD+DP, ST, UC, CN",
    "test": "UNB 0035, BGM 1225 53",
    "lines.order_number": "RFF+ON 1154 of the line",
    "lines.release_number": "RFF+RE or COF of the line",
    "lines.number": "RFF+ON 1156 or RFF+LI of the line, PIA with PL, else LIN 1082",
    "lines.buyer_part": "LIN or PIA with IN, BP",
    "lines.supplier_part": "LIN or PIA with SA, VN, VP",
    "lines.gtin": "LIN or PIA with EN, UP, SRV",
    "lines.description": "IMD 7008",
    "lines.unit": "QTY 6411",
}

CONTRL = DocumentForm(
    "CONTRL Syntax and Service Report",
    DocumentType.FUNCTIONAL_ACK,
    "syntax versions 1 to 4 read, D.3 written",
    read=True,
    written=True,
    mapping={
        "group_kind": "UCI, always UNB",
        "group_control": "UCI 0020",
        "status": "UCI 0083 with the UCM below it",
        "code": "UCI 0083",
        "error_codes": "UCI 0085",
        "transactions.kind": "UCM S009",
        "transactions.control": "UCM 0062",
        "transactions.status": "UCM 0083",
        "transactions.code": "UCM 0083",
        "transactions.error_codes": "UCM 0085",
        "transactions.errors.segment": "UCM 0013, for UNH and UNT alone",
        "transactions.errors.position": "UCS 0096",
        "transactions.errors.code": "UCS 0085",
        "transactions.errors.elements.position": "UCD 0098, less one",
        "transactions.errors.elements.component": "UCD 0104",
        "transactions.errors.elements.code": "UCD 0085",
        "test": "UNB 0035",
    },
)

APERAK = DocumentForm(
    "APERAK Application Error and Acknowledgement",
    DocumentType.APPLICATION_ADVICE,
    f"{_READ}, D.96A and D.01B written",
    read=True,
    written=True,
    mapping={
        "number": "BGM 1004",
        "issued": "DTM+137",
        "status": "BGM 4343, else BGM 1225, else BGM 1001, else the codes of ERC",
        "code": "BGM 4343",
        "document_kind": "DOC 1001 (D.01B)",
        "document_number": "RFF+ACW or AGO, DOC 1004",
        "order_number": "RFF+ON",
        "interchange_control": "RFF+INO or ACE",
        "set_control": "RFF+TN",
        "reason": "FTX of the head",
        "details.code": "ERC 9321",
        "details.text": "FTX+AAO below ERC",
        "details.line": "RFF+LI below ERC",
        "test": "UNB 0035",
    },
)

DESADV = DocumentForm(
    "DESADV Despatch Advice",
    DocumentType.SHIP_NOTICE,
    _READ,
    read=True,
    written=False,
    mapping={
        **_PARTS,
        "number": "BGM 1004",
        "shipped": "DTM+11, else 133 or 200",
        "expected": "DTM+17, else 132, 191, 67 or 2",
        "carrier": "TDT C040, else NAD+CA or FW",
        "tracking": "GIN+BJ or AW, RFF+CN, AAS, BM, CRN or AAM, TDT 8028",
        "packages": "CNT+11, else PAC 7224 of the outermost level",
        "lines.quantity": "QTY+12, else 46 or 1",
        "lines.ordered": "QTY+21",
        "lines.open": "QTY+83, else QVR where the rest is to follow",
        "lines.lot": "GIN+BX, RFF+BT, PIA with NB or BB",
        "lines.country_of_origin": "ALI 3239, LOC+27",
    },
)

RECADV = DocumentForm(
    "RECADV Receiving Advice",
    DocumentType.RECEIPT,
    _READ,
    read=True,
    written=False,
    mapping={
        **_PARTS,
        "number": "BGM 1004",
        "received": "DTM+50, else 310 or 35",
        "ship_notice": "RFF+AAK, else AAU or DQ",
        "lines.received": "QTY+48, else 194 with what is refused, else 12 with the difference of QVR",
        "lines.rejected": "QTY+195 and 196, else 124, else QVR with one of them",
        "lines.reason": "QVR 4221 and C960 in words",
        "lines.code": "QVR 4221, else 4295",
    },
)

FORMS = (CONTRL, APERAK, DESADV, RECADV)
