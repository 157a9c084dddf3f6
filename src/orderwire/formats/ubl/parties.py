"""Parties: names, identifiers by scheme, addresses, contacts. Peppol takes fewer of them, and fewer in answers."""

import re

from pydantic import ValidationError

from orderwire.document.finding import from_validation
from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.formats.pieces import country
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.tables import PEPPOL_SCHEMES, SCHEMES, SCHEMES_READ
from orderwire.formats.ubl.tree import Element, every, first, group, label, put, without_empty
from orderwire.formats.xml import Faults

_CODE = re.compile(r"[A-Za-z0-9._:/ -]{1,27}")
_EXTRA_LINES = ("Postbox", "BuildingName", "Department", "Floor", "Room", "InhouseMail")
_CONTACTS = ("BuyerContact", "SellerContact", "DeliveryContact", "AccountingContact", "DespatchContact")


def put_role(
    parent: Element, name: str, party: Party | None, where: str, fit: Fit, *, endpoint: str | None = None,
    brief: bool = False, contact: str | None = None,
) -> None:  # fmt: skip
    """BuyerCustomerParty, SellerSupplierParty … with its Party. `endpoint` stands in for a missing eas identifier.

    `brief`: the parties of Peppol's answers and cancellations have identifiers and a name, no more. `contact` is the
    supplier's desk of an answer.
    """
    role = group(parent, name)
    if party is not None or endpoint:
        put_party(role, "cac:Party", party, where, fit, endpoint=endpoint, brief=brief and fit.peppol)
    if contact:
        put(group(role, "cac:SellerContact"), "cbc:Name", contact)


def put_party(
    parent: Element, name: str, party: Party | None, where: str, fit: Fit, *, endpoint: str | None = None,
    brief: bool = False,
) -> None:  # fmt: skip
    """One party under the given name; delivery parties have neither address nor endpoint of their own."""
    element = group(parent, name)
    delivery = name == "cac:DeliveryParty"
    rest = list(party.identifiers) if party else []
    own = next((i for i in rest if i.scheme.startswith("eas:")), None)
    if own and not delivery:
        rest.remove(own)
        put(element, "cbc:EndpointID", own.value, schemeID=own.scheme[4:])
    elif endpoint:
        scheme, _, value = endpoint.partition(":")
        put(element, "cbc:EndpointID", value, schemeID=scheme)
        fit.say(f"{where}.identifiers", f"the endpoint {endpoint} is that of the profile")
        if party is None:  # Peppol asks for a name or a number
            put(group(element, "cac:PartyIdentification"), "cbc:ID", value, schemeID=scheme)
    taxes = [] if delivery or brief else [i for i in rest if i.scheme in ("vat", "tax")]
    if fit.peppol:
        taxes = [i for i in taxes if i.scheme == "vat"][:1]
    legal = None if delivery else next((i for i in rest if i.scheme.partition(":")[0] == "company"), None)
    _put_identifications(element, [i for i in rest if i not in taxes and i is not legal], where, fit)
    if party is None:
        return
    if not brief:
        put(group(element, "cac:PartyName"), "cbc:Name", party.name)
        if party.address and not delivery:
            put_address(element, "cac:PostalAddress", party.address, f"{where}.address", fit)
        for item in taxes:
            tax = group(element, "cac:PartyTaxScheme")
            put(tax, "cbc:CompanyID", item.value)
            put(group(tax, "cac:TaxScheme"), "cbc:ID", "TAX" if item.scheme == "tax" else fit.profile.tax_scheme)
    if (fit.peppol or legal) and not delivery:
        entity = group(element, "cac:PartyLegalEntity")
        put(entity, "cbc:RegistrationName", party.name)
        if legal:
            put(entity, "cbc:CompanyID", legal.value, schemeID=legal.scheme.partition(":")[2] or None)
    if party.contact and not brief:
        contact = group(element, "cac:Contact")
        put(contact, "cbc:Name", party.contact.name)
        put(contact, "cbc:Telephone", party.contact.phone)
        put(contact, "cbc:ElectronicMail", party.contact.email)
        without_empty(contact)
    if brief and (party.address or party.contact):
        fit.lose(where, "this document carries no address and contact of its parties; they are left out")


def _put_identifications(element: Element, items: list[Identifier], where: str, fit: Fit) -> None:
    written = 0
    for item in items:
        scheme = (PEPPOL_SCHEMES if fit.peppol else SCHEMES).get(item.scheme, item.scheme)
        if item.scheme == "buyer":
            scheme = ""
        elif scheme.startswith("icd:"):
            scheme = scheme[4:]
        if fit.peppol and (written or not (scheme == "" or re.fullmatch(r"\d{4}", scheme))):
            text = f"the {item.scheme} number {item.value} has no place beside the others; it is left out"
            fit.lose(f"{where}.identifiers", text, said=f"{where}: {item.scheme} {item.value}")
            continue
        put(group(element, "cac:PartyIdentification"), "cbc:ID", item.value, schemeID=scheme or None)
        written += 1


def put_address(parent: Element, name: str, address: Address, where: str, fit: Fit) -> None:
    """A postal address; nothing where it is empty."""
    element = group(parent, name)
    lines = address.lines
    put(element, "cbc:StreetName", lines[0] if lines else None)
    put(element, "cbc:AdditionalStreetName", lines[1] if len(lines) > 1 else None)
    put(element, "cbc:CityName", address.city)
    put(element, "cbc:PostalZone", address.postal_code)
    put(element, "cbc:CountrySubentity", address.region)
    if fit.peppol and len(lines) > 3:
        text = f"has {len(lines)} lines but Peppol carries 3; shorten it"
        fit.lose(f"{where}.lines", text, commercial=True, said=f"{where}: {', '.join(lines)}")
        lines = lines[:3]
    for line in lines[2:]:
        put(group(element, "cac:AddressLine"), "cbc:Line", line)
    if address.country:
        put(group(element, "cac:Country"), "cbc:IdentificationCode", address.country)
    elif fit.peppol and len(element):
        fit.stop(f"{where}.country", "country-missing", "Peppol asks for the country of an address; name it")
    without_empty(element)


def read_role(role: Element | None, faults: Faults, *, desks: bool = True) -> Party | None:
    """The party of a CustomerParty or SupplierParty, with the numbers that the two sides gave it.

    Where the party names no contact, a desk of the role stands in with `desks`.
    """
    if role is None:
        return None
    known = []
    for name, scheme in (("CustomerAssignedAccountID", "buyer"), ("SupplierAssignedAccountID", "supplier")):
        if value := label(role, f"cbc:{name}"):
            known.append(Identifier(scheme=scheme, value=value))
    desk = next((c for name in _CONTACTS if desks and (c := first(role, f"cac:{name}")) is not None), None)
    return read_party(first(role, "cac:Party"), faults, known, desk)


def read_party(
    element: Element | None, faults: Faults, known: list[Identifier] | None = None, desk: Element | None = None
) -> Party | None:
    """The party, None where there is nothing that names it."""
    if element is None:
        return None
    identifiers = _identifiers(element)
    identifiers += [item for item in known or () if item not in identifiers]
    name = (
        label(element, "cac:PartyName/cbc:Name")
        or label(element, "cac:PartyLegalEntity/cbc:RegistrationName")
        or label(element, "cac:PartyTaxScheme/cbc:RegistrationName")
        or next((item.value for item in identifiers), None)
    )
    contact = _contact(first(element, "cac:Contact"), first(element, "cac:Person"))
    if contact is None and desk is not None:
        contact = _contact(desk, None)
    return make(element, name or (contact.name if contact else None), identifiers, contact,
                read_address(first(element, "cac:PostalAddress"), faults), faults)  # fmt: skip


def make(
    place: Element, name: str | None, identifiers: list[Identifier], contact: Contact | None, address: Address | None,
    faults: Faults,
) -> Party | None:  # fmt: skip
    """The party of its parts; None where there is no name."""
    if name is None:
        return None
    try:
        return Party(name=name, identifiers=tuple(identifiers), address=address, contact=contact)
    except ValidationError as failure:
        faults.warning("party", place, f"cannot be kept: {from_validation(failure)[0].text}")
        return None


def _identifiers(element: Element) -> list[Identifier]:
    found: list[Identifier] = []

    def add(scheme: str, value: str | None) -> None:
        if value and (item := Identifier(scheme=scheme, value=value)) not in found:
            found.append(item)

    endpoint = first(element, "cbc:EndpointID")
    if endpoint is not None:
        add(f"eas:{_eas(endpoint.get('schemeID'))}", label(endpoint))
    for item in every(element, "cac:PartyIdentification/cbc:ID"):
        add(scheme_of(item.get("schemeID")), label(item))
    for tax in every(element, "cac:PartyTaxScheme"):
        add("tax" if label(tax, "cac:TaxScheme/cbc:ID") == "TAX" else "vat", label(tax, "cbc:CompanyID"))
    company = first(element, "cac:PartyLegalEntity/cbc:CompanyID")
    if company is not None:
        scheme = company.get("schemeID") or ""
        add(f"company:{scheme}" if _CODE.fullmatch(scheme) else "company", label(company))
    return found


def _eas(scheme: str | None) -> str:
    known = (scheme or "").strip()
    return {"GLN": "0088", "DUNS": "0060"}.get(known, known) if _CODE.fullmatch(known) else "unknown"


def scheme_of(code: str | None) -> str:
    """Our word for the schemeID of a PartyIdentification; without one it is the buyer's number for the party."""
    code = (code or "").strip()
    if code in SCHEMES_READ:
        return SCHEMES_READ[code]
    if re.fullmatch(r"\d{4}", code, re.ASCII):
        return f"icd:{code}"
    return code if _CODE.fullmatch(code) else "buyer"


def read_address(element: Element | None, faults: Faults) -> Address | None:
    """A postal address; None where it is empty."""
    if element is None:
        return None
    street = " ".join(filter(None, (label(element, "cbc:StreetName"), label(element, "cbc:BuildingNumber"))))
    lines = [street, label(element, "cbc:AdditionalStreetName")]
    lines += [label(element, f"cbc:{name}") for name in _EXTRA_LINES]
    lines += [label(line) for line in every(element, "cac:AddressLine/cbc:Line")]
    stated = label(element, "cac:Country/cbc:IdentificationCode")
    code = country(stated) if stated else None
    if stated and code is None:
        faults.warning("country", element, f"{stated!r} is not a country code of two letters; it is left out")
    address = Address(
        lines=tuple(line[:200] for line in lines if line),
        city=label(element, "cbc:CityName"),
        postal_code=label(element, "cbc:PostalZone"),
        region=label(element, "cbc:CountrySubentity") or label(element, "cbc:CountrySubentityCode"),
        country=code,
    )
    return address if address != Address() else None


def _contact(element: Element | None, person: Element | None) -> Contact | None:
    name = label(element, "cbc:Name")
    if name is None and person is not None:
        parts = (label(person, "cbc:FirstName"), label(person, "cbc:MiddleName"), label(person, "cbc:FamilyName"))
        name = " ".join(filter(None, parts))[:200] or None
    contact = Contact(name=name, phone=label(element, "cbc:Telephone"), email=label(element, "cbc:ElectronicMail"))
    return contact if contact != Contact() else None
