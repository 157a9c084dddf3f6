"""Parties: the Address of ShipTo, BillTo and BusinessPartner, and Contact, which is one without the wrapper."""

from typing import Any

from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.formats.cxml.tables import DOMAINS, SCHEMES
from orderwire.formats.cxml.tree import LANG, Element, Reading, add
from orderwire.formats.pieces import country
from orderwire.formats.xml import text_of

NO_COUNTRY = "ZZ"
"""ISO 3166 leaves this code to its users; here it stands where cXML demands a country that we do not know."""
_ADDRESS = frozenset({"Name", "PostalAddress", "Email", "Phone", "IdReference"})
_POSTAL = frozenset({"DeliverTo", "Street", "City", "State", "PostalCode", "Country"})


def domain_of(scheme: str) -> str:
    """The domain of an identifier scheme."""
    return DOMAINS.get(scheme, scheme)


def scheme_of(domain: str) -> str:
    """The identifier scheme of a domain: NetworkId and NetworkID are one."""
    return SCHEMES.get(domain.lower(), domain)


def fitted(party: Party) -> Party:
    """The party as it comes back: the buyer's number for it, which is addressID, first; nothing empty."""
    ids = [Identifier(scheme=scheme_of(domain_of(i.scheme)), value=i.value) for i in party.identifiers]
    first = next((i for i in ids if i.scheme == "buyer"), None)
    if first is not None:
        ids.remove(first)
        ids.insert(0, first)
    address, contact = party.address, party.contact
    if address is not None and address.country == NO_COUNTRY:
        address = address.model_copy(update={"country": None})
    if address == Address():
        address = None
    return Party(
        name=party.name, identifiers=tuple(ids), address=address, contact=None if contact == Contact() else contact
    )


def write_party(parent: Element, tag: str, party: Party, language: str, **attributes: str) -> None:
    """ShipTo, BillTo or BusinessPartner with the party's Address."""
    holder = add(parent, tag, **attributes)
    address = add(holder, "Address")
    others = _write(address, party, language)
    _identifiers(holder, others)


def write_contact(parent: Element, party: Party, language: str, role: str) -> None:
    """The party as Contact in a role."""
    contact = add(parent, "Contact", role=role)
    _identifiers(contact, _write(contact, party, language))


def _write(element: Element, party: Party, language: str) -> tuple[Identifier, ...]:
    others = party.identifiers
    address, contact = party.address, party.contact
    if address is not None and address.country and element.tag == "Address":
        element.set("isoCountryCode", address.country)
    if others and others[0].scheme == "buyer":
        element.set("addressID", others[0].value)
        others = others[1:]
    add(element, "Name", party.name, lang=language)
    if address is not None or (contact is not None and contact.name):
        postal, place = add(element, "PostalAddress"), address or Address()
        if contact is not None and contact.name:
            add(postal, "DeliverTo", contact.name)
        for line in place.lines or ("",):
            add(postal, "Street", line)
        add(postal, "City", place.city or "")
        if place.region:
            add(postal, "State", place.region)
        if place.postal_code:
            add(postal, "PostalCode", place.postal_code)
        add(postal, "Country", isoCountryCode=place.country or NO_COUNTRY)
    if contact is not None and contact.email:
        add(element, "Email", contact.email)
    if contact is not None and contact.phone:
        number = add(add(element, "Phone"), "TelephoneNumber")
        add(number, "CountryCode", isoCountryCode=(address.country if address else None) or NO_COUNTRY)
        add(number, "AreaOrCityCode")
        add(number, "Number", contact.phone)
    return others


def _identifiers(element: Element, identifiers: tuple[Identifier, ...]) -> None:
    for item in identifiers:
        add(element, "IdReference", identifier=item.value, domain=domain_of(item.scheme))


def read_party(holder: Element | None, reading: Reading) -> Party | None:
    """The party of ShipTo, BillTo, BusinessPartner or Contact; None where it has neither name nor number."""
    if holder is None:
        return None
    inner = holder if holder.tag == "Contact" else holder.find("Address")
    if inner is None:
        return None
    identifiers = _read_identifiers(holder, inner, reading)
    name = reading.label(_named(inner, reading.profile.language))
    postal = inner.find("PostalAddress")
    address, people = _read_postal(postal, inner, reading)
    name = name or (identifiers[0].value if identifiers else None) or (people[0] if people else None)
    if name is None:
        return None
    reading.rest(inner, _ADDRESS)
    return Party(name=name, identifiers=tuple(identifiers), address=address, contact=_contact(inner, people, reading))


def _named(inner: Element, language: str) -> Element | None:
    names = [n for n in inner.iterchildren("Name") if text_of(n)]
    return next((n for n in names if (n.get(LANG) or "").startswith(language)), names[0] if names else None)


def _read_identifiers(holder: Element, inner: Element, reading: Reading) -> list[Identifier]:
    found = []
    if number := reading.attribute(inner, "addressID"):
        found.append(Identifier(scheme="buyer", value=number))
    for item in list(holder.iterchildren("IdReference"))[:50]:
        scheme = reading.code(scheme_of(reading.attribute(item, "domain") or ""), item)
        value = reading.attribute(item, "identifier")
        if scheme and value:
            found.append(Identifier(scheme=scheme, value=value))
    return found


def _read_postal(postal: Element | None, inner: Element, reading: Reading) -> tuple[Address | None, list[str]]:
    land = inner.get("isoCountryCode") or ""
    if postal is None:
        return None, []
    people = [text for e in postal.iterchildren("DeliverTo") if (text := reading.label(e))]
    lines = people[1:] + [text for e in postal.iterchildren("Street") if (text := reading.label(e))]
    element = postal.find("Country")
    code = (element.get("isoCountryCode") if element is not None else None) or text_of(element) or land
    known = country(code)
    if code.strip() and known is None:
        reading.warning("country", postal, f"{code[:40]!r} is not a country code; it is left out")
    address = Address(
        lines=tuple(lines[:20]),
        city=reading.label(postal.find("City")),
        region=reading.label(postal.find("State")),
        postal_code=reading.label(postal.find("PostalCode")),
        country=None if known == NO_COUNTRY else known,
    )
    reading.rest(postal, _POSTAL)
    return None if address == Address() else address, people


def _contact(inner: Element, people: list[str], reading: Reading) -> Contact | None:
    found: dict[str, Any] = {"name": people[0] if people else None, "email": reading.label(inner.find("Email"))}
    number = inner.find("Phone/TelephoneNumber")
    if number is not None:
        parts = {str(e.tag): text for e in number if (text := reading.label(e))}
        if "CountryCode" in parts:
            parts["CountryCode"] = "+" + parts["CountryCode"].lstrip("+")
        if "Extension" in parts:
            parts["Extension"] = "x" + parts["Extension"]
        found["phone"] = " ".join(parts.values())[:200] or None
    contact = Contact(**found)
    return None if contact == Contact() else contact
