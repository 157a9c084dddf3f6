"""The cXML envelope as a transport needs it: who sends, with which secret, what; and the Response that goes back."""

import datetime
import re
import uuid
from dataclasses import dataclass

from lxml import etree

from orderwire.channels import Refused
from orderwire.channels.seal import seal
from orderwire.channels.xml import parse, text

DOCTYPE = '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.063/cXML.dtd">'
STATUS_WORDS = {
    "200": "OK", "400": "Bad Request", "401": "Unauthorized", "406": "Not Acceptable", "450": "Not Implemented",
    "500": "Internal Server Error",
}  # fmt: skip
TAKES = ("ConfirmationRequest", "ShipNoticeRequest", "StatusUpdateRequest", "ReceiptRequest", "InvoiceDetailRequest")
"""The requests of suppliers that our readers know."""

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SECRET = re.compile(rb"(<SharedSecret(?:\s[^<>]{0,200})?>)([^<]{0,1000})(</SharedSecret\s*>)")
MOST_SECRETS = 3
"""Secrets in one document that are sealed; each costs some time, and one is needed."""


@dataclass(frozen=True)
class Credential:
    """Who somebody is: an identity within a domain (NetworkID, DUNS …)."""

    domain: str
    identity: str


@dataclass(frozen=True)
class Envelope:
    """What stands around a Request. `secret` is sealed."""

    payload: str
    sender: Credential
    by: Credential
    secret: str
    request: str


def sealed(body: bytes) -> bytes:
    """The document with its SharedSecrets replaced by what only proves them, so that no secret is kept.

    Raises Refused where one is written so that it would stay (as CDATA, in another encoding): it would be kept, and a
    seal that somebody saw would pass for the secret.
    """
    seals = [""]

    def replaced(found: re.Match[bytes]) -> bytes:
        if len(seals) > MOST_SECRETS:
            return found[1] + found[3]
        try:
            secret = text(parse(b"<s>" + found[2] + b"</s>"))
        except Refused:
            return found[1] + found[3]
        seals.append(seal(secret))
        return found[1] + seals[-1].encode() + found[3]

    made = _SECRET.sub(replaced, body)
    try:
        root = parse(made)
    except Refused:
        return made  # `hear` says what is wrong with it
    if any(str(found.xpath("string()")).strip() not in seals for found in root.iter("SharedSecret")):
        raise Refused("the SharedSecret must be plain text in UTF-8, of at most 1,000 characters")
    return made


def without_secret(body: bytes) -> bytes:
    """The document without any secret or seal: the same again has the same bytes."""
    return _SECRET.sub(rb"\1\3", body)


def read(body: bytes) -> Envelope:
    """The envelope. Raises Refused."""
    root = parse(body)
    request = root.find("Request")
    if root.tag != "cXML" or request is None:
        raise Refused("is no cXML Request")
    kind = next((child.tag for child in request if isinstance(child.tag, str)), "")
    by = root.find("Header/Sender")
    return Envelope(
        payload=(root.get("payloadID") or "").strip()[:300],
        sender=_credential(root.find("Header/From"), "From"),
        by=_credential(by, "Sender"),
        secret=next((text(found) for found in by.iterfind("Credential/SharedSecret")), "") if by is not None else "",
        request=str(kind)[:60],
    )


def status(body: bytes) -> tuple[str, str] | None:
    """Code and words of the Status of a cXML Response; None where the bytes are none."""
    try:
        root = parse(body)
    except Refused:
        return None
    found = root.find("Response/Status") if root.tag == "cXML" else None
    code = (found.get("code") or "").strip() if found is not None else ""
    if found is None or not re.fullmatch(r"[1-5][0-9]{2}", code):
        return None
    words = ": ".join(part for part in ((found.get("text") or "").strip(), text(found)) if part)
    return code, " ".join("".join(c if c.isprintable() else " " for c in words).split())[:300]


def response(code: str, words: str = "") -> bytes:
    """A Response with its Status."""
    root = _start()
    _status(etree.SubElement(root, "Response"), code, words)
    return _bytes(root)


def profile_response(url: str) -> bytes:
    """The Response to a ProfileRequest: what we take, and where."""
    root = _start()
    answer = etree.SubElement(root, "Response")
    _status(answer, "200", "")
    profile = etree.SubElement(answer, "ProfileResponse", effectiveDate="2026-01-01T00:00:00+00:00")
    for name in ("ProfileRequest", *TAKES):
        etree.SubElement(etree.SubElement(profile, "Transaction", requestName=name), "URL").text = url
    return _bytes(root)


def profile_request(us: Credential, them: Credential, secret: str | None) -> bytes:
    """The question what a partner takes: it changes nothing there."""
    root = _start()
    header = etree.SubElement(root, "Header")
    for role, who in (("From", us), ("To", them), ("Sender", us)):
        side = etree.SubElement(header, role)
        credential = etree.SubElement(side, "Credential", domain=who.domain)
        etree.SubElement(credential, "Identity").text = who.identity
        if role == "Sender":
            if secret:
                etree.SubElement(credential, "SharedSecret").text = secret
            etree.SubElement(side, "UserAgent").text = "Orderwire"
    etree.SubElement(etree.SubElement(root, "Request"), "ProfileRequest")
    return _bytes(root)


def with_secret(body: bytes, secret: str) -> bytes:
    """The document with the secret in its Sender, where it has none. Raises Refused."""
    try:
        root = parse(body)
    except Refused as failure:
        raise Refused(f"The document {failure.reason}. Choose the format cXML.") from failure
    credential = root.find("Header/Sender/Credential")
    if root.tag != "cXML" or credential is None:
        raise Refused("The document names no Sender, so the shared secret has no place. Choose the format cXML.")
    if credential.find("SharedSecret") is None:
        etree.SubElement(credential, "SharedSecret").text = secret
    return bytes(etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True))


def payload_of(body: bytes) -> tuple[str, bool]:
    """The payloadID of a document of ours, and whether it is a Response."""
    try:
        root = parse(body)
    except Refused:
        return "", False
    return (root.get("payloadID") or "")[:200], root.tag == "cXML" and root.find("Response") is not None


def _credential(side: "etree._Element | None", role: str) -> Credential:
    """The first credential of the party itself, not of its marketplace. Raises Refused."""
    found = (
        sorted(side.iterchildren("Credential"), key=lambda c: c.get("type") == "marketplace")
        if side is not None
        else []
    )
    for credential in found:
        if identity := text(credential.find("Identity")):
            return Credential((credential.get("domain") or "").strip()[:200], identity[:200])
    raise Refused(f"names no identity in {role}")


def _start() -> "etree._Element":
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    root = etree.Element("cXML", {"payloadID": f"{uuid.uuid4()}@orderwire", "timestamp": now})
    root.set(_LANG, "en")
    return root


def _status(parent: "etree._Element", code: str, words: str) -> None:
    made = etree.SubElement(parent, "Status", code=code, text=STATUS_WORDS[code])
    made.set(_LANG, "en")
    made.text = "".join(c if c.isprintable() and c not in "\ufffe\uffff" else " " for c in words)[:2000] or None


def _bytes(root: "etree._Element") -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{DOCTYPE}\n'.encode()
    return head + bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=False)) + b"\n"
