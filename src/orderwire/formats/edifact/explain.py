"""A file in plain words for the document viewer: each segment, its codes and values, from the tables of the readers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from orderwire.document.codes import unit_word
from orderwire.document.finding import Finding
from orderwire.formats import Explained
from orderwire.formats.edifact import codes_around, tables
from orderwire.formats.edifact.envelope import LIMIT, Interchange, interchanges
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at, split
from orderwire.formats.edifact.values import date

_TEXT = 2000
Places = Sequence[tuple[int, int, str, Mapping[str, str]]]
_MESSAGES: Final = {name: kind.value.replace("_", " ") for name, kind in tables.MESSAGES.items()}
_CODES: Final[Mapping[str, Places]] = {
    "UNB": ((11, 0, "0035", {"1": "test"}), (9, 0, "0031", {"1": "asks for a CONTRL"})),
    "UNH": ((2, 0, "0065", _MESSAGES),),
    "UNS": ((1, 0, "0081", {"S": "summary follows", "D": "details follow"}),),
    "BGM": ((1, 0, "1001", {**tables.DOCUMENT_NAMES, **codes_around.ADVICE_NAME_WORDS}),
            (3, 0, "1225", tables.FUNCTIONS), (4, 0, "4343", tables.ANSWER_WORDS)),
    "DTM": ((1, 0, "2005", tables.DATE_WORDS),),
    "FTX": ((1, 0, "4451", {code: words or "general" for code, words in tables.SUBJECTS.items()}),),
    "RFF": ((1, 0, "1153", tables.REFERENCE_WORDS),),
    "NAD": ((1, 0, "3035", tables.PARTY_WORDS), (2, 2, "3055", tables.AGENCY_WORDS)),
    "LOC": ((1, 0, "3227", {"1": "place of the delivery term", "7": "place of delivery"}),),
    "CTA": ((1, 0, "3139", {"PD": "purchasing", "IC": "information", "OC": "orders"}),),
    "COM": ((1, 1, "3155", {"TE": "phone", "EM": "e-mail", "AL": "mobile phone", "FX": "fax"}),),
    "TAX": ((2, 0, "5153", tables.TAXES), (6, 0, "5305", tables.TAX_CATEGORIES)),
    "CUX": ((1, 0, "6347", {"2": "reference currency"}), (1, 2, "6343", {"9": "currency of the order"})),
    "PAT": ((1, 0, "4279", tables.TERMS_WORDS), (3, 0, "2475", tables.TERMS_BASIS)),
    "PCD": ((1, 0, "5245", tables.PERCENT_WORDS),),
    "MOA": ((1, 0, "5025", tables.AMOUNT_WORDS),),
    "ALC": ((1, 0, "5463", tables.ALLOWANCE_WORDS), (5, 0, "7161", tables.SPECIAL_SERVICES)),
    "SCC": ((1, 0, "4017", {"1": "firm"}), (2, 0, "4493", tables.DELIVERY_INSTRUCTIONS)),
    "LIN": ((2, 0, "1229", tables.LINE_WORDS), (3, 1, "7143", tables.PRODUCT_WORDS)),
    "PIA": ((1, 0, "4347", tables.PRODUCT_FUNCTIONS), *((n, 1, "7143", tables.PRODUCT_WORDS) for n in range(2, 7))),
    "QTY": ((1, 0, "6063", tables.QUANTITY_WORDS),),
    "PRI": ((1, 0, "5125", tables.PRICE_WORDS),),
    "CNT": ((1, 0, "6069", {"1": "sum of the quantities", "2": "number of lines"}),),
    "AJT": ((1, 0, "4465", tables.ADJUSTMENTS),),
    "UCI": ((4, 0, "0083", codes_around.ACTION_WORDS), (5, 0, "0085", codes_around.SYNTAX_ERRORS)),
    "UCM": ((3, 0, "0083", codes_around.ACTION_WORDS), (4, 0, "0085", codes_around.SYNTAX_ERRORS)),
    "UCF": ((4, 0, "0083", codes_around.ACTION_WORDS), (5, 0, "0085", codes_around.SYNTAX_ERRORS)),
    "GIN": ((1, 0, "7405", codes_around.IDENTITY_WORDS),),
    "CPS": ((3, 0, "7075", codes_around.PACKING_WORDS),),
    "QVR": ((1, 1, "6063", tables.QUANTITY_WORDS), (2, 0, "4221", codes_around.DISCREPANCIES)),
    "UCS": ((2, 0, "0085", codes_around.SYNTAX_ERRORS),),
    "UCD": ((1, 0, "0085", codes_around.SYNTAX_ERRORS),),
}  # fmt: skip
"""Where codes stand in a segment, their data element, and their words."""
_VALUES: Final[Mapping[str, Sequence[tuple[int, int]]]] = {
    "UNB": ((2, 0), (3, 0), (5, 0)), "UNG": ((1, 0), (5, 0)), "UNH": ((1, 0), (2, 2), (2, 4)), "UNT": ((1, 0),),
    "UNE": ((1, 0),), "UNZ": ((1, 0),), "BGM": ((2, 0),), "RFF": ((1, 1), (1, 2), (1, 3)),
    "NAD": ((4, 0), (4, 1), (3, 0), (2, 0), (5, 0), (8, 0), (6, 0), (9, 0)), "LOC": ((2, 3), (2, 0)),
    "CTA": ((2, 1),), "COM": ((1, 0),), "TAX": ((2, 3), (5, 3)), "CUX": ((1, 1),), "PAT": ((3, 3), (3, 2)),
    "PCD": ((1, 1),), "MOA": ((1, 1), (1, 2)), "TOD": ((3, 0), (3, 3)), "ALC": ((5, 3), (5, 4)),
    "LIN": ((3, 0),), "PIA": tuple((n, 0) for n in range(2, 7)), "IMD": ((3, 3), (3, 4)),
    "PRI": ((1, 1),), "CNT": ((1, 1),), "FTX": tuple((4, n) for n in range(5)), "ERC": ((1, 0),), "TDT": ((5, 3),),
    "UCI": ((1, 0),), "UCM": ((1, 0), (2, 0)), "UCS": ((1, 0),), "PAC": ((1, 0),), "CPS": ((1, 0),),
    "UCF": ((1, 0),), "UCD": ((2, 0), (2, 1)), "GIN": ((2, 0), (2, 1), (3, 0)), "QVR": ((1, 0), (3, 3)),
    "ALI": ((1, 0),),
}  # fmt: skip
"""Where the values stand that are worth reading."""


def explain(content: bytes, limit: int) -> tuple[Explained, ...]:
    """The first `limit` segments of a file; none of a file that is too large to read."""
    found: list[Explained] = []
    if len(content) > LIMIT or limit <= 0:
        return ()
    findings: list[Finding] = []
    documents = 0
    for interchange in interchanges(content, EdifactProfile(), findings):
        for piece in _pieces(interchange, documents):
            found.append(piece)
            if len(found) == limit:
                return tuple(found)
        documents += sum(len(group.messages) for group in interchange.groups)
    return tuple(found)


def _pieces(interchange: Interchange, documents: int) -> Iterator[Explained]:
    marks = interchange.marks
    outside = f"interchange {interchange.control}"
    position = 0
    for raw in interchange.raw:
        tag = raw[:3]
        if tag == "UNH":
            position, documents = 1, documents + 1
        elif position:
            position += 1
        if tag in ("UNZ", "UNE", "UNG"):
            position = 0
        segment = split(raw, marks)
        inside = position > 0
        place = f"segment {position}" if inside else f"{outside} {tag}"
        yield Explained(documents - 1 if inside else None, place, raw[:_TEXT], _words(segment), _codes(segment))
        if tag == "UNT":
            position = 0
        if tag == "UNZ":
            return


def _codes(segment: Segment) -> tuple[tuple[str, str, str], ...]:
    tag = segment[0][0]
    return tuple(
        (f"{tag} {element}", code, table.get(code, "not a code that we know"))
        for at_element, component, element, table in _CODES.get(tag, ())
        if (code := at(segment, at_element, component))
    )


def _words(segment: Segment) -> str:
    tag = segment[0][0]
    name = tables.SEGMENTS.get(tag)
    if name is None:
        return f"{tag[:3] or 'empty'}: not a segment that we read"
    if tag == "LIN" and at(segment, 1):
        name += f" {at(segment, 1)}"
    said = [words for _, _, words in _codes(segment) if words != "not a code that we know"]
    if tag == "DTM":
        when = date(at(segment, 1, 1), at(segment, 1, 2) or "102")
        said.append(when.isoformat() if when else at(segment, 1, 1))
    elif tag == "QTY":
        said.append(f"{at(segment, 1, 1)} {unit_word(at(segment, 1, 2))}".strip())
    elif tag == "PRI" and at(segment, 1, 4):
        said.append(f"{at(segment, 1, 1)} per {at(segment, 1, 4)} {unit_word(at(segment, 1, 5))}".strip())
    else:
        said += [value for place in _VALUES.get(tag, ()) if (value := at(segment, *place))]
    return f"{name}: {', '.join(said)}"[:_TEXT] if said else name
