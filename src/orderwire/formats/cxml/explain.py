"""A cXML file in words for the viewer: each element that says something, its codes explained, secrets masked."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from orderwire.document.codes import UNIT_WORDS
from orderwire.formats import Explained
from orderwire.formats.cxml.tables import (
    HEADER_ANSWERS,
    LINE_ANSWER_WORDS,
    NOT_READ,
    OPERATIONS,
    ORDER_TYPES,
    STATUS_WORDS,
)
from orderwire.formats.cxml.tree import LANG, Element
from orderwire.formats.xml import local, parse

_SECRET = frozenset({"SharedSecret", "CredentialMac", "DigitalSignature", "SignatureValue"})
_SECRET_ATTRIBUTES = frozenset({("PCard", "number"), ("PCard", "expiration")})
_MASK = "•••"
_LONG = 400
_WORDS: Mapping[str, str] = {
    "cXML": "cXML document", "From": "Sender's side", "Identity": "Identity", "Credential": "Known as",
    "SharedSecret": "Shared secret", "UserAgent": "Written by", "OrderRequestHeader": "Order",
    "ItemOut": "Line", "Money": "Amount", "ShipTo": "Deliver to", "BillTo": "Bill to", "BusinessPartner": "Partner",
    "SupplierPartID": "Supplier's part", "BuyerPartID": "Buyer's part", "UnitOfMeasure": "Unit",
    "ConfirmationHeader": "Answer", "ConfirmationItem": "Answer to a line", "ConfirmationStatus": "Answer to a part",
    "OrderReference": "About the order", "DocumentReference": "Follows the document", "ShipNoticeHeader": "Shipment",
    "ShipNoticeItem": "Shipped line", "ReceiptItem": "Received line", "DeliverTo": "Attention",
    "Extrinsic": "Also said", "PaymentTerm": "Payment term", "IdReference": "Reference", "Comments": "Note",
}  # fmt: skip
_CODES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("OrderRequestHeader", "type"): OPERATIONS, ("OrderRequestHeader", "orderType"): ORDER_TYPES,
    ("ItemOut", "operation"): OPERATIONS, ("ConfirmationHeader", "type"): HEADER_ANSWERS,
    ("ConfirmationHeader", "operation"): OPERATIONS, ("ConfirmationStatus", "type"): LINE_ANSWER_WORDS,
    ("ShipNoticeHeader", "operation"): OPERATIONS, ("Status", "code"): STATUS_WORDS,
    ("Request", "deploymentMode"): {"production": "a real document", "test": "a test: nothing may come of it"},
}  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def pieces(content: bytes, limit: int) -> tuple[Explained, ...]:
    """The first `limit` elements with text or attributes; nothing of a file that is no XML."""
    root, _ = parse(content)
    if root is None or limit <= 0:
        return ()
    found: list[Explained] = []
    for element, path in _walk(root, local(root)):
        if piece := _piece(element, path):
            found.append(piece)
            if len(found) >= limit:
                break
    return tuple(found)


def _walk(root: Element, name: str) -> Iterator[tuple[Element, str]]:
    """Every element with its path as findings give it, without looking at siblings once for each of them."""
    stack = [(root, name)]
    while stack:
        element, path = stack.pop()
        yield element, path
        children = list(element)
        many = Counter(child.tag for child in children) if len(children) < 1000 else Counter()
        seen: Counter[str] = Counter()
        below = []
        for child in children:
            seen[child.tag] += 1
            index = f"[{seen[child.tag]}]" if many[child.tag] > 1 else ""
            below.append((child, f"{path}/{local(child)}{index}"))
        stack += reversed(below)


def _piece(element: Element, path: str) -> Explained | None:
    tag, own = local(element), (element.text or "").strip()
    attributes = [(str(k).rpartition("}")[2], str(v)) for k, v in element.attrib.items() if k != LANG and v.strip()]
    if tag in _SECRET or "SharedSecret/" in path:
        own, attributes = _MASK, []
    if not own and not attributes and tag not in NOT_READ:
        return None
    attributes = [(k, _MASK if (tag, k) in _SECRET_ATTRIBUTES else v) for k, v in attributes]
    codes = [
        (f"{tag} {k}", v, _CODES[tag, k].get(v, "not a code of cXML")) for k, v in attributes if (tag, k) in _CODES
    ]
    if tag == "UnitOfMeasure" and own in UNIT_WORDS:
        codes.append((tag, own, UNIT_WORDS[own]))
    said = [f"{_spaced(k)} {_meaning(tag, k, v)}" for k, v in attributes]
    if own:
        said.insert(0, UNIT_WORDS.get(own, own) if tag == "UnitOfMeasure" else own)
    if tag in NOT_READ:
        said.append(NOT_READ[tag])
    raw = "".join(f' {k}="{v}"' for k, v in attributes)
    place = f"line {element.sourceline or '?'} {path}"
    words = f"{_WORDS.get(tag, _spaced(tag).capitalize())}: {', '.join(said)}"
    return Explained(0, place, f"<{tag}{raw}>{own}"[:_LONG], words[:_LONG], tuple(codes))


def _meaning(tag: str, name: str, value: str) -> str:
    words = _CODES.get((tag, name), {}).get(value)
    return f"{value} ({words})" if words else value


def _spaced(name: str) -> str:
    """orderID -> order ID."""
    return _CAMEL.sub(" ", name)
