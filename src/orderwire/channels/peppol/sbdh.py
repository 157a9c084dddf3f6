"""The Peppol envelope: a StandardBusinessDocument (UN/CEFACT SBDH 1.3 as in Peppol Business Message Envelope 2.0)
around a UBL document, and the header of one that came in."""

import datetime
import re
import uuid
from dataclasses import dataclass

from lxml import etree

from orderwire.channels import Refused
from orderwire.channels.xml import parse, text

SPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
SCHEME = "iso6523-actorid-upis"
_S = {"s": SPACE}
_UBL = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:\w+-2")
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
_IDS = uuid.UUID("0b0f2f0a-6b1e-4f0e-9d53-5f5d6a0c7f43")
_PARTICIPANT = re.compile(r"[0-9]{4}:[a-z0-9._~-]{1,50}")


@dataclass(frozen=True)
class Envelope:
    """Who sends what to whom; `instance` is the same on every try and known to both access points."""

    sender: str
    receiver: str
    instance: str
    content: bytes


def participant(value: str) -> str:
    """A participant as settings and look-ups have it: EAS code, colon, number, in lower case (Peppol Policy for use
    of Identifiers, policy 2). Raises ValueError."""
    plain = value.strip().lower().removeprefix(f"{SCHEME}::")
    if not _PARTICIPANT.fullmatch(plain):
        raise ValueError("is no Peppol participant: write the scheme's four digits, a colon and the number, 0088:4012…")
    return plain


def instance_id(sender: str, message_id: str) -> str:
    """The instance identifier of a parcel: a UUID that is the same on every try."""
    return str(uuid.uuid5(_IDS, f"{sender}|{message_id}"))


def wrap(content: bytes, *, sender: str, receiver: str, country: str, message_id: str) -> Envelope:
    """The document in its envelope; one that comes in an envelope goes as it is. Raises Refused."""
    try:
        root = parse(content)
    except Refused as failure:
        raise Refused(f"The document {failure.reason}. Choose the format UBL.") from failure
    if root.tag == f"{{{SPACE}}}StandardBusinessDocument":
        return read(content)
    kind = etree.QName(root)
    customization, process = text(root.find(f"{_CBC}CustomizationID")), text(root.find(f"{_CBC}ProfileID"))
    if not _UBL.fullmatch(kind.namespace or "") or not customization or not process:
        raise Refused("Peppol carries UBL documents that name their customization and process. Choose the format UBL "
                      "with the profile key customization: peppol.")  # fmt: skip
    instance = instance_id(sender, message_id)
    outer = etree.Element(f"{{{SPACE}}}StandardBusinessDocument", nsmap={None: SPACE})  # type: ignore[dict-item]
    header = _put(outer, "StandardBusinessDocumentHeader")
    _put(header, "HeaderVersion", "1.0")
    for side, value in (("Sender", sender), ("Receiver", receiver)):
        _put(_put(header, side), "Identifier", value).set("Authority", SCHEME)
    about = _put(header, "DocumentIdentification")
    _put(about, "Standard", kind.namespace)
    _put(about, "TypeVersion", "2.1")
    _put(about, "InstanceIdentifier", instance)
    _put(about, "Type", kind.localname)
    _put(about, "CreationDateAndTime", datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    scopes = _put(header, "BusinessScope")
    document = f"{kind.namespace}::{kind.localname}##{customization}::2.1"
    _scope(scopes, "DOCUMENTID", document, "busdox-docid-qns")
    _scope(scopes, "PROCESSID", process, "cenbii-procid-ubl")
    _scope(scopes, "COUNTRY_C1", country)
    outer.append(root)
    return Envelope(sender, receiver, instance, bytes(etree.tostring(outer, encoding="UTF-8", xml_declaration=True)))


def read(content: bytes) -> Envelope:
    """The header of a StandardBusinessDocument. Raises Refused."""
    root = parse(content)
    header = root.find("s:StandardBusinessDocumentHeader", _S)
    if root.tag != f"{{{SPACE}}}StandardBusinessDocument" or header is None:
        raise Refused("is no StandardBusinessDocument with a header")
    sides = []
    for side in ("Sender", "Receiver"):
        try:
            sides.append(participant(text(header.find(f"s:{side}/s:Identifier", _S))))
        except ValueError as failure:
            raise Refused(f"has a {side} that {failure}") from None
    instance = text(header.find("s:DocumentIdentification/s:InstanceIdentifier", _S))
    if not re.fullmatch(r"[!-~]{1,200}", instance):
        raise Refused("has no InstanceIdentifier")
    return Envelope(sides[0], sides[1], instance, content)


def _put(parent: "etree._Element", name: str, value: str | None = None) -> "etree._Element":
    element = etree.SubElement(parent, f"{{{SPACE}}}{name}")
    element.text = value
    return element


def _scope(parent: "etree._Element", kind: str, value: str, scheme: str = "") -> None:
    scope = _put(parent, "Scope")
    _put(scope, "Type", kind)
    _put(scope, "InstanceIdentifier", value)
    if scheme:
        _put(scope, "Identifier", scheme)
