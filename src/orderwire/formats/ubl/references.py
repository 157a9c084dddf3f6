"""References to other documents, the files that belong to the order, and facts that UBL has no element for."""

import base64
import binascii
import datetime
import hashlib
import re
from collections.abc import Iterable

from pydantic import ValidationError

from orderwire.document.terms import Attachment, Note, Reference
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.tables import ATTACHMENT, FACTS, REFERENCES
from orderwire.formats.ubl.tree import Element, date, day, every, first, group, label, put, text
from orderwire.formats.xml import Faults

_KINDS = {words: kind for kind, words in REFERENCES.items()}
_CODE = re.compile(r"[A-Za-z0-9._:/ -]{1,35}")
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_LINE = "line "
CUSTOMER_REFERENCE, ACCOUNTING_COST, PRIOR_ORDER = "CustomerReference", "AccountingCost", "ON"
"""Codes of references of kind other that have elements of their own."""


class Sorted:
    """References by the element that each goes to; what no element took is `rest`."""

    def __init__(self, references: Iterable[Reference], fit: Fit, *, release: bool = False):
        self._items, self._fit = list(references), fit
        self._release = release

    def take(self, kind: str, *, many: bool = False, code: str | None = None, bare: bool = False) -> list[Reference]:
        """The references of a kind for its element: all with `many`, else the first. `bare` elements have nothing
        but the number. Peppol's take one, and only the number."""
        fits = [
            item for item in self._items
            if item.kind == kind and (kind != "other" or item.code == code)
            and not ((bare or self._fit.peppol) and (item.line or item.date))
        ]  # fmt: skip
        found = fits if many and not self._fit.peppol else fits[:1]
        self._items = [item for item in self._items if not any(item is taken for taken in found)]
        return found

    @property
    def rest(self) -> list[Reference]:
        """Those that no element took."""
        return self._items


def put_reference(parent: Element, name: str, item: Reference, where: str, fit: Fit, *, kind: str | None = None,
                  code: str | None = None) -> None:  # fmt: skip
    """One document reference; `kind` is written as DocumentType, `code` as DocumentTypeCode."""
    element = group(parent, name)
    put(element, "cbc:ID", item.number)
    if fit.peppol:
        for field in ("date", "line"):
            if (value := getattr(item, field)) is not None:
                said = f"{item.kind} {item.number}: {field} {value}"
                fit.lose(f"{where}.{field}", f"Peppol has no place for the {field} of {item.number}", said=said)
    else:
        day(element, "cbc:IssueDate", item.date)
    put(element, "cbc:DocumentTypeCode", code)
    put(element, "cbc:DocumentType", kind)
    if item.line and not fit.peppol:
        put(element, "cbc:DocumentDescription", f"{_LINE}{item.line}")


def put_contract(parent: Element, item: Reference) -> None:
    """Contract, which is no document reference in UBL."""
    element = group(parent, "cac:Contract")
    put(element, "cbc:ID", item.number)
    day(element, "cbc:IssueDate", item.date)
    put(element, "cbc:Description", f"{_LINE}{item.line}" if item.line else None)


def put_rest(parent: Element, name: str, items: Iterable[Reference], where: str, fit: Fit) -> None:
    """References under a common element, their kind or code as DocumentType."""
    for item in items:
        put_reference(parent, name, item, where, fit, kind=REFERENCES.get(item.kind, item.code))


def put_fact(parent: Element, fact: str, value: str | int | datetime.date | None) -> None:
    """A fact that UBL 2.1 has no element for, as an AdditionalDocumentReference of that type."""
    if value is not None:
        element = group(parent, "cac:AdditionalDocumentReference")
        put(element, "cbc:ID", str(value))
        put(element, "cbc:DocumentType", fact)


def put_attachments(parent: Element, items: Iterable[Attachment], fit: Fit) -> None:
    """Files by name and hash; Peppol takes only whole files or addresses, which we do not have here."""
    for item in items:
        if fit.peppol:
            told = f"Peppol has no place for the hash of a file; send {item.filename} beside the order"
            fit.lose("attachments", told, said=f"File: {item.filename}")
            continue
        element = group(parent, "cac:AdditionalDocumentReference")
        put(element, "cbc:ID", item.filename)
        put(element, "cbc:DocumentType", ATTACHMENT)
        external = group(group(element, "cac:Attachment"), "cac:ExternalReference")
        put(external, "cbc:DocumentHash", item.sha256)
        put(external, "cbc:HashAlgorithmMethod", _SHA256)
        put(external, "cbc:MimeCode", item.media_type)
        put(external, "cbc:FileName", item.filename)
        put(external, "cbc:Description", f"{item.size} bytes")


def read_reference(element: Element, kind: str, faults: Faults, code: str | None = None) -> Reference | None:
    """A reference of a known kind; None where it has no number."""
    value = label(element, "cbc:ID")
    if value is None:
        return None
    said = label(element, "cbc:DocumentDescription") or label(element, "cbc:Description") or ""
    return Reference.model_validate({
        "kind": kind, "number": value, "date": date(element, "cbc:IssueDate", faults), "code": code,
        "line": said.removeprefix(_LINE).strip() or None if said.startswith(_LINE) else None,
    })  # fmt: skip


def read_typed(element: Element, faults: Faults) -> Reference | None:
    """A reference whose DocumentType says its kind."""
    words = label(element, "cbc:DocumentType", 35) or label(element, "cbc:DocumentTypeCode", 35)
    kind = _KINDS.get(words or "", "other")
    code = words if kind == "other" and words and _CODE.fullmatch(words) else None
    return read_reference(element, kind, faults, code)


class Additional:
    """What the AdditionalDocumentReferences of a document say: facts, references, files, and notes of links."""

    def __init__(self, root: Element, faults: Faults):
        self.facts: dict[str, str] = {}
        self.references: list[Reference] = []
        self.attachments: list[Attachment] = []
        self.notes: list[Note] = []
        for element in every(root, "cac:AdditionalDocumentReference"):
            kind, value = label(element, "cbc:DocumentType"), label(element, "cbc:ID")
            if kind in FACTS and value:
                self.facts.setdefault(kind, value)
            elif (file := first(element, "cac:Attachment")) is not None:
                self._file(element, file, value or "file", faults)
            elif (found := read_typed(element, faults)) is not None:
                self.references.append(found)

    def fact(self, name: str, upper: int) -> int | None:
        """A fact that is a number from 1 to `upper`."""
        value = self.facts.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and 0 < int(value[:9]) <= upper else None

    def day(self, name: str) -> datetime.date | None:
        """A fact that is a date."""
        try:
            return datetime.date.fromisoformat(self.facts.get(name, ""))
        except ValueError:
            return None

    def _file(self, element: Element, file: Element, name: str, faults: Faults) -> None:
        embedded = first(file, "cbc:EmbeddedDocumentBinaryObject")
        external = first(file, "cac:ExternalReference")
        found = None
        if embedded is not None:
            found = _embedded(embedded, name)
        elif external is not None and text(external, "cbc:DocumentHash"):
            found = _hashed(external, name)
        if found is not None:
            self.attachments.append(found)
        elif address := label(external, "cbc:URI"):
            kind = label(element, "cbc:DocumentType") or "Document"
            self.notes.append(Note(text=f"{kind}: {address}", subject=name.replace("#", " ")[:200].strip() or None))
        else:
            faults.warning("attachment", element, f"the file {name} cannot be read; ask the sender for it")


def _embedded(element: Element, name: str) -> Attachment | None:
    try:
        content = base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    filename = label_of(element.get("filename")) or name
    return _attachment(filename, element.get("mimeCode"), hashlib.sha256(content).hexdigest(), str(len(content)))


def label_of(value: str | None) -> str | None:
    """An attribute as one line."""
    return " ".join((value or "").split())[:200].strip() or None


def _hashed(external: Element, name: str) -> Attachment | None:
    size = (label(external, "cbc:Description") or "").removesuffix(" bytes")
    digest = (label(external, "cbc:DocumentHash") or "").lower()
    return _attachment(label(external, "cbc:FileName") or name, label(external, "cbc:MimeCode"), digest, size or "0")


def _attachment(filename: str, media_type: str | None, digest: str, size: str) -> Attachment | None:
    values = {
        "filename": filename, "media_type": label_of(media_type) or "application/octet-stream", "sha256": digest,
        "size": size,
    }  # fmt: skip
    try:
        return Attachment.model_validate(values)
    except ValidationError:
        return None
