"""The cXML envelope: who speaks to whom (From, To, Sender), under which payloadID, in production or test."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from orderwire.formats import Context, Identity
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.cxml.tables import DOMAINS, FULFILL, SCHEMES
from orderwire.formats.cxml.tree import LANG, Element, Reading, add
from orderwire.formats.xml import text_of, to_bytes

_SYSTEM = "http://xml.cxml.org/schemas/cXML"


@dataclass(frozen=True)
class Envelope:
    """What stands around a document. `values` is for answers and viewers; the shared secret is never among them."""

    test: bool
    identity: Identity | None
    values: dict[str, str] = field(default_factory=dict)


def payload_id(now: datetime.datetime, number: int, profile: CxmlProfile) -> str:
    """time.number@host: never the same twice, as the standard asks."""
    return f"{now:%Y%m%d%H%M%S}.{number}@{profile.host}"


def start(profile: CxmlProfile, context: Context) -> tuple[Element, str]:
    """An empty cXML element with its payloadID, and that payloadID."""
    payload = payload_id(context.now, context.control_number("payload"), profile)
    root = etree.Element("cXML", {"payloadID": payload, "timestamp": context.now.isoformat(timespec="seconds")})
    root.set(LANG, profile.language)
    root.set("version", profile.version)
    return root, payload


def request(root: Element, kind: str, profile: CxmlProfile, *, test: bool) -> Element:
    """Header and Request; gives the element of the document itself. Sender has no SharedSecret: the channel puts it in
    while sending."""
    header = add(root, "Header")
    _credential(add(header, "From"), profile.from_domain, profile.from_identity)
    _credential(add(header, "To"), profile.to_domain, profile.to_identity)
    sender = add(header, "Sender")
    _credential(sender, profile.sender_domain or profile.from_domain, profile.sender_identity or profile.from_identity)
    add(sender, "UserAgent", profile.user_agent)
    return add(add(root, "Request", deploymentMode="test" if test else "production"), kind)


def finish(root: Element, kind: str, profile: CxmlProfile) -> bytes:
    """The bytes with the document type that the kind belongs to."""
    dtd = "Fulfill" if kind in FULFILL else "cXML"
    return to_bytes(root, doctype=f'<!DOCTYPE cXML SYSTEM "{_SYSTEM}/{profile.version}/{dtd}.dtd">')


def read_envelope(root: Element, reading: Reading) -> Envelope:
    """Identity and envelope of a document; what is missing is a warning."""
    values: dict[str, str] = {}
    payload = reading.attribute(root, "payloadID")
    if payload is None:
        reading.warning("payload-id", root, "has no payloadID; a repetition of this document cannot be recognized")
    for name, value in (
        ("payload", payload), ("timestamp", reading.attribute(root, "timestamp")),
        ("version", reading.attribute(root, "version") or _version(root)),
    ):  # fmt: skip
        if value:
            values[name] = value
    header = root.find("Header")
    if header is None and root.find("Response") is None:
        reading.warning("header", root, "has no Header; nothing says who sent this to whom")
    names: dict[str, str] = {}
    for role in ("From", "To", "Sender") if header is not None else ():
        side = header.find(role) if header is not None else None
        domain, identity = _identity(side, reading) if side is not None else ("", "")
        if not identity:
            reading.warning("credential", root, f"Header has no identity in {role}; add its Credential")
            continue
        values |= {f"{role.lower()}_domain": domain, f"{role.lower()}_identity": identity}
        names[role] = f"{domain}:{identity}"
    body = next((e for tag in ("Request", "Message", "Response") if (e := root.find(tag)) is not None), None)
    mode = (body.get("deploymentMode") or "production").strip().lower() if body is not None else "production"
    if mode not in ("production", "test") and body is not None:
        text = f"deploymentMode is {mode[:40]!r}; expected production or test. Read as a test"
        reading.warning("deployment-mode", body, text)
    values["deployment"] = mode
    known = Identity(names["From"], names["To"], payload) if payload and {"From", "To"} <= names.keys() else None
    return Envelope(mode != "production", known, values)


def _version(root: Element) -> str | None:
    """The version that the system identifier of the DOCTYPE names."""
    docinfo: Any = root.getroottree().docinfo
    parts = (docinfo.system_url or "").split("/")
    return next((p for p in parts if p.startswith("1.") and p.replace(".", "").isdigit()), None)


def _credential(parent: Element, domain: str, identity: str) -> None:
    add(add(parent, "Credential", domain=domain), "Identity", identity)


def _identity(side: Element, reading: Reading) -> tuple[str, str]:
    """Domain and identity of the first credential of the party itself, not of its marketplace."""
    found = sorted(side.iterchildren("Credential"), key=lambda c: c.get("type") == "marketplace")
    for credential in found:
        if identity := text_of(credential.find("Identity")):
            domain = reading.attribute(credential, "domain") or ""
            scheme = SCHEMES.get(domain.lower())
            return DOMAINS.get(scheme or "", domain), identity[:200]
    return "", ""
