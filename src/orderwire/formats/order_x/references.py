"""References: the documents that have an element of their own, and AdditionalReferencedDocument for the others."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from orderwire.document.finding import Severity
from orderwire.document.terms import Reference
from orderwire.formats.order_x.fit import Fit
from orderwire.formats.order_x.profile import Level
from orderwire.formats.order_x.tables import (
    OBJECT,
    REFERENCE_CODES,
    REFERENCE_WORDS,
    RELATED,
    RELEASE,
    REVISION,
    SECOND_CODES,
    SECOND_READ,
    SEQUENCE,
    TENDER,
)
from orderwire.formats.order_x.tree import QDT, Element, Reading, day, leaf, node

HEAD = {
    "sales_order": "SellerOrderReferencedDocument", "quotation": "QuotationReferencedDocument",
    "contract": "ContractReferencedDocument", "requisition": "RequisitionReferencedDocument",
    "catalog": "CatalogueReferencedDocument", "blanket": "BlanketOrderReferencedDocument",
    "project": "SpecifiedProcuringProject",
}  # fmt: skip
"""Elements of the header, one of each."""
LINE = {
    "quotation": "QuotationReferencedDocument", "contract": "ContractReferencedDocument",
    "catalog": "CatalogueReferencedDocument", "blanket": "BlanketOrderReferencedDocument",
}  # fmt: skip
_BASIC = frozenset({"quotation", "contract", "blanket"})
_OWN = frozenset({REVISION, SEQUENCE, RELEASE})
_PROJECT = "Project reference"
_CODE = re.compile(r"[A-Za-z0-9._:/ -]{1,35}")


@dataclass(frozen=True)
class OwnOrder:
    """What a change or answer says of its order: its number, its day, the number of the change that is answered."""

    number: str
    issued: datetime.date | None = None
    change: str | None = None


def fitted(items: Sequence[Reference], where: str, fit: Fit, blanket: str | None = None) -> tuple[Reference, ...]:
    """References as header or line (then `blanket` is the header's blanket order) carries them, in written order."""
    line = where.startswith("lines")
    single: dict[str, Reference] = {}
    more: list[Reference] = []
    for position, item in enumerate(items, 1):
        at = f"{where}[{position}]"
        item = _coded(item, at, fit)
        if _has_element(item, fit.level, line, blanket) and item.kind not in single:
            single[item.kind] = _narrowed(item, at, fit, line)
        elif fit.comfort and (item.kind == "other" or item.kind in SECOND_CODES):
            more.append(_narrowed(item, at, fit, line, additional=True))
        else:
            text = f"there is no place for the {item.kind} reference {item.number}; it is left out"
            fit.lose(at, text, commercial=item.kind in ("contract", "blanket"), said=f"{item.kind}: {item.number}")
    elements = LINE if line else HEAD
    return (*(single[kind] for kind in elements if kind in single), *more)


def _has_element(item: Reference, level: Level, line: bool, blanket: str | None) -> bool:
    if not line:
        return item.kind in (_BASIC if level == "basic" else HEAD)
    if item.kind == "blanket":
        return item.number == blanket and item.line is not None
    return item.kind in LINE and level != "basic" and (item.kind != "contract" or level == "extended")


def _coded(item: Reference, where: str, fit: Fit) -> Reference:
    if item.kind != "other" and item.code:
        fit.lose(where, f"the code {item.code} of the {item.kind} reference is left out")
        return item.model_copy(update={"code": None})
    if item.kind != "other" or item.code is None or item.code == TENDER:
        return item
    if item.code in SECOND_READ:
        fit.note(Severity.INFO, where, f"the code {item.code} says that it is a {SECOND_READ[item.code]} reference")
        return item.model_copy(update={"kind": SECOND_READ[item.code], "code": None})
    if item.code in _OWN:
        fit.lose(where, f"the code {item.code} is taken for the {REFERENCE_WORDS[item.code]}; it is left out")
        return item.model_copy(update={"code": None})
    return item


def _narrowed(item: Reference, where: str, fit: Fit, line: bool, *, additional: bool = False) -> Reference:
    update: dict[str, object] = {}
    if item.line and not line:
        fit.lose(where, f"line {item.line} of {item.number} is left out", said=f"{item.number}: line {item.line}")
        update["line"] = None
    blanket = line and item.kind == "blanket" and not additional
    if item.date and (not fit.extended or (item.kind == "project" and not additional) or blanket):
        fit.lose(where, f"the day of {item.number} is left out", said=f"{item.number}: {item.date}")
        update["date"] = None
    return item.model_copy(update=update) if update else item


def write_head(
    at: Element, references: Sequence[Reference], level: Level, own: dict[str, str], order: OwnOrder | None = None
) -> None:
    """Header references in the order of the schema. `own` are the additional ones by their code (1153); `order` is
    the order that a change or an answer is about."""
    single, more = _sorted(references, level, line=False)
    _single(at, single, ("sales_order",))
    if order is not None:
        _document(at, "BuyerOrderReferencedDocument", Reference(kind="other", number=order.number, date=order.issued))
    _single(at, single, ("quotation", "contract", "requisition"))
    for code, number in own.items():
        _additional(at, number, OBJECT, code)
    for item in more:
        _more(at, item)
    _single(at, single, ("catalog", "blanket"))
    if order is not None and order.change is not None:
        leaf(node(at, "PreviousOrderChangeReferencedDocument"), "IssuerAssignedID", order.change)
    if project := single.get("project"):
        project_at = node(at, HEAD["project"])
        leaf(project_at, "ID", project.number)
        leaf(project_at, "Name", _PROJECT)


def write_line(at: Element, references: Sequence[Reference], level: Level, blanket: str | None) -> None:
    """References of a line that stand before its prices."""
    single, more = _sorted(references, level, line=True, blanket=blanket)
    _single(at, single, ("quotation", "contract"))
    for item in more:
        _more(at, item)


def write_line_end(at: Element, references: Sequence[Reference], level: Level, blanket: str | None) -> None:
    """References of a line that stand behind its prices."""
    single, _ = _sorted(references, level, line=True, blanket=blanket)
    _single(at, single, ("catalog",))
    if found := single.get("blanket"):
        leaf(node(at, LINE["blanket"]), "LineID", found.line)


def _sorted(
    references: Sequence[Reference], level: Level, *, line: bool, blanket: str | None = None
) -> tuple[dict[str, Reference], list[Reference]]:
    single: dict[str, Reference] = {}
    more = []
    for item in references:
        if _has_element(item, level, line, blanket) and item.kind not in single:
            single[item.kind] = item
        else:
            more.append(item)
    return single, more


def _single(at: Element, single: dict[str, Reference], kinds: Sequence[str]) -> None:
    for kind in kinds:
        if item := single.get(kind):
            _document(at, HEAD[kind], item)


def _document(at: Element, name: str, item: Reference) -> None:
    found = node(at, name)
    leaf(found, "IssuerAssignedID", item.number)
    leaf(found, "LineID", item.line)
    day(found, "FormattedIssueDateTime", item.date, QDT)


def _more(at: Element, item: Reference) -> None:
    code = SECOND_CODES.get(item.kind) or item.code
    if code == TENDER:
        _additional(at, item.number, TENDER, None, item)
    elif code is None:
        _additional(at, item.number, RELATED, None, item)
    elif item.kind != "other" or code in REFERENCE_CODES:
        _additional(at, item.number, OBJECT, code, item)
    else:
        _additional(at, item.number, RELATED, None, item, name=code)


def _additional(
    at: Element, number: str, kind: str, code: str | None, item: Reference | None = None, name: str | None = None
) -> None:
    found = node(at, "AdditionalReferencedDocument")
    leaf(found, "IssuerAssignedID", number)
    leaf(found, "LineID", item.line if item else None)
    leaf(found, "TypeCode", kind)
    leaf(found, "Name", name)
    leaf(found, "ReferenceTypeCode", code)
    day(found, "FormattedIssueDateTime", item.date if item else None, QDT)


def read(at: Element | None, reading: Reading, *, blanket: str | None = None, line: bool = False) -> list[Reference]:
    """References of a header or a line, in the order in which `fitted` gives them."""
    found = []
    for kind, name in (LINE if line else HEAD).items():
        for position, element in enumerate(reading.all(at, name)):
            number = reading.label(element, "ID" if kind == "project" else "IssuerAssignedID")
            if kind == "project":
                reading.skip(element, "Name")
            number = number or (blanket if kind == "blanket" else None)
            if number and position == 0:
                place = reading.label(element, "LineID")
                when = reading.day(element, "FormattedIssueDateTime")
                found.append(Reference(kind=kind, number=number, line=place, date=when))
    for element in reading.all(at, "AdditionalReferencedDocument"):
        item = _read_additional(element, reading)
        if item is not None:
            found.append(item)
    return found


def own(at: Element | None, reading: Reading) -> dict[str, str]:
    """The additional references that are fields of the document itself, by their code."""
    found: dict[str, str] = {}
    for element in reading.all(at, "AdditionalReferencedDocument"):
        code = reading.label(element, "ReferenceTypeCode")
        number = reading.label(element, "IssuerAssignedID")
        if code in _OWN and number:
            found.setdefault(str(code), number)
            reading.skip(element, "TypeCode")
    return found


def _read_additional(element: Element, reading: Reading) -> Reference | None:
    kind, code = reading.label(element, "TypeCode"), reading.label(element, "ReferenceTypeCode")
    number = reading.label(element, "IssuerAssignedID")
    if number is None or code in _OWN:
        return None
    place, when = reading.label(element, "LineID"), reading.day(element, "FormattedIssueDateTime")
    if code in SECOND_READ:
        return Reference(kind=SECOND_READ[str(code)], number=number, line=place, date=when)
    code = TENDER if kind == TENDER else code or reading.label(element, "Name")
    if code and not _CODE.fullmatch(code):
        reading.faults.info("not-kept", element, f"{code[:60]!r} is longer than a code; only the number is kept")
        code = None
    return Reference(kind="other", number=number, line=place, date=when, code=code)
