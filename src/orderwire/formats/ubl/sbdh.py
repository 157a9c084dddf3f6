"""The StandardBusinessDocumentHeader: who sends what to whom, wrapped around a document and taken off again."""

import datetime
import uuid

from lxml import etree

from orderwire.formats import Identity
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.tree import Element, first, label
from orderwire.formats.xml import local, text_of

SPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_AUTHORITY = "iso6523-actorid-upis"
_NS = {"s": SPACE}
_IDS = uuid.UUID("5f0c7d4e-5d0e-4a52-8c0a-3f7a5c1b9e21")
"""Namespace of instance identifiers: the same participants and number give the same, so that a resend is known."""


def participants(root: Element, fit: Fit) -> tuple[str, str]:
    """Sender and receiver: of the profile, else the endpoints of the parties. Buyers send orders, sellers answers."""
    buyer, seller = (_endpoint(root, name) for name in ("BuyerCustomerParty", "SellerSupplierParty"))
    answer = local(root).startswith("OrderResponse")
    known = (seller, buyer) if answer else (buyer, seller)
    sender, receiver = fit.profile.sender or known[0], fit.profile.receiver or known[1]
    for side, value in (("sender", sender), ("receiver", receiver)):
        if not value:
            text = f"the header (SBDH) needs the {side}: name it in the profile or give the party an eas identifier"
            fit.stop(f"sbdh.{side}", "sbdh-party", text)
    return sender or "", receiver or ""


def _endpoint(root: Element, role: str) -> str | None:
    found = first(root, f"cac:{role}/cac:Party/cbc:EndpointID")
    value = label(found)
    return f"{found.get('schemeID')}:{value}" if found is not None and value else None


def wrap(
    root: Element, sender: str, receiver: str, *, control: int, now: datetime.datetime, country: str | None
) -> Element:
    """The StandardBusinessDocument around a document. `control` is the number of this sending."""
    outer = etree.fromstring(f'<StandardBusinessDocument xmlns="{SPACE}"/>')
    header = _put(outer, "StandardBusinessDocumentHeader")
    _put(header, "HeaderVersion", "1.0")
    for side, value in (("Sender", sender), ("Receiver", receiver)):
        _put(_put(header, side), "Identifier", value).set("Authority", _AUTHORITY)
    space, kind = etree.QName(root).namespace or "", local(root)
    about = _put(header, "DocumentIdentification")
    _put(about, "Standard", space)
    _put(about, "TypeVersion", "2.1")
    _put(about, "InstanceIdentifier", str(uuid.uuid5(_IDS, f"{sender}|{receiver}|{control}|{now.isoformat()}")))
    _put(about, "Type", kind)
    _put(about, "CreationDateAndTime", now.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    scopes = _put(header, "BusinessScope")
    customization = label(root, "cbc:CustomizationID")
    document = f"{space}::{kind}##{customization}::2.1" if customization else f"{space}::{kind}"
    _scope(scopes, "DOCUMENTID", document, "busdox-docid-qns")
    if process := label(root, "cbc:ProfileID"):
        _scope(scopes, "PROCESSID", process, "cenbii-procid-ubl")
    if country:
        _scope(scopes, "COUNTRY_C1", country, None)
    outer.append(root)
    return outer


def instance_of(outer: Element) -> str:
    """The InstanceIdentifier of a wrapped document."""
    return outer.findtext(f".//{{{SPACE}}}InstanceIdentifier") or ""


def _put(parent: Element, name: str, text: str | None = None) -> Element:
    element = etree.SubElement(parent, f"{{{SPACE}}}{name}")
    element.text = text
    return element


def _scope(parent: Element, kind: str, value: str, identifier: str | None) -> None:
    scope = _put(parent, "Scope")
    _put(scope, "Type", kind)
    _put(scope, "InstanceIdentifier", value)
    if identifier:
        _put(scope, "Identifier", identifier)


def unwrap(root: Element) -> tuple[list[Element], dict[str, str], Identity | None]:
    """The documents in a StandardBusinessDocument, its header as text, and what makes a repetition recognizable.

    A root of another name is its own only document, without envelope.
    """
    if root.tag != f"{{{SPACE}}}StandardBusinessDocument":
        return [root], {}, None
    header = root.find("s:StandardBusinessDocumentHeader", _NS)
    envelope: dict[str, str] = {}
    for name, path in (
        ("sender", "s:Sender/s:Identifier"), ("receiver", "s:Receiver/s:Identifier"),
        ("instance", "s:DocumentIdentification/s:InstanceIdentifier"), ("type", "s:DocumentIdentification/s:Type"),
    ):  # fmt: skip
        if header is not None and (value := text_of(header.find(path, _NS))):
            envelope[name] = value[:300]
    for scope in header.iterfind("s:BusinessScope/s:Scope", _NS) if header is not None else ():
        kind, value = text_of(scope.find("s:Type", _NS)), text_of(scope.find("s:InstanceIdentifier", _NS))
        if kind in ("DOCUMENTID", "PROCESSID", "COUNTRY_C1") and value:
            envelope[kind.lower()] = value[:300]
    parts = [envelope.get(name) for name in ("sender", "receiver", "instance")]
    identity = Identity(*(part or "" for part in parts)) if all(parts) else None
    return [child for child in root if child is not header], envelope, identity
