"""The TradeParty: who it is, with the identifiers that have a place in it, where it sits and who speaks for it."""

from typing import Literal

from orderwire.document.finding import Severity
from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.formats.order_x.fit import Fit
from orderwire.formats.order_x.tables import COUNTRIES
from orderwire.formats.order_x.tree import Element, Reading, leaf, node
from orderwire.formats.pieces import country

Role = Literal["buyer", "supplier", "ship_to", "bill_to"]

_STREET = ("LineOne", "LineTwo", "LineThree")
_GLOBAL = {"gln": "0088", "duns": "0060"}
_GLOBAL_READ = {"0088": "gln", "0060": "duns"}
_TAXES = {"vat": "VA", "tax": "FC"}
_TAXES_READ = {"VA": "vat", "VAT": "vat", "FC": "tax"}
_OWN: dict[Role, str] = {"buyer": "supplier", "supplier": "buyer", "ship_to": "buyer", "bill_to": "buyer"}
"""Whose number an ID without scheme is: the other side's number for the party."""


def fitted(party: Party, where: str, role: Role, fit: Fit, *, addressed: bool) -> Party:
    """The party as it can be carried. `addressed` parties must have an address, and an address its country."""
    return Party(
        name=party.name,
        identifiers=_identifiers(party, f"{where}.identifiers", role, fit),
        address=_address(party.address, f"{where}.address", fit, needed=addressed),
        contact=party.contact if party.contact and party.contact != Contact() else None,
    )


def _identifiers(party: Party, where: str, role: Role, fit: Fit) -> tuple[Identifier, ...]:
    """Those that have an element, in the order of the elements, each once."""
    kept: dict[str, list[Identifier]] = {}
    for item in party.identifiers:
        place = _place(item.scheme, role, fit)
        if place is None:
            fit.lose(where, f"a number of the kind {item.scheme} has no place in {fit.format}; it is left out")
            continue
        taken = kept.setdefault(place, [])
        if taken and place != "GlobalID":
            text = f"there is only one place for numbers like {item.scheme} {item.value}; it is left out"
            fit.lose(where, text, said=f"{party.name}: {item.scheme} {item.value}")
        elif item not in taken:
            taken.append(item)
    if fit.level == "basic" and "VA" in kept and "FC" in kept:
        fit.lose(where, f"{fit.format} has one tax number; the VAT number is written")
        del kept["FC"]
    order = ("ID", "GlobalID", "Legal", "URI", "VA", "FC")
    return tuple(_as_read(item) for place in order for item in kept.get(place, ()))


def _as_read(item: Identifier) -> Identifier:
    scheme, _, code = item.scheme.partition(":")
    return (
        Identifier(scheme=_GLOBAL_READ[code], value=item.value)
        if scheme == "iso6523" and code in _GLOBAL_READ
        else item
    )


def _place(scheme: str, role: Role, fit: Fit) -> str | None:
    kind, _, code = scheme.partition(":")
    if scheme == _OWN[role]:
        return "ID"
    if scheme in _GLOBAL or (kind == "iso6523" and code):
        return "GlobalID"
    narrow = fit.level == "basic" and role == "ship_to"
    if kind == "legal" and not narrow:
        return "Legal"
    if scheme in _TAXES and not narrow:
        return _TAXES[scheme]
    return "URI" if kind == "eas" and code else None


def _address(address: Address | None, where: str, fit: Fit, *, needed: bool) -> Address | None:
    land = (address.country if address else None) or fit.profile.default_country
    if land is None or land not in COUNTRIES:
        problem = f"{land} is not a country of ISO 3166-1" if land else "there is no country"
        if needed:
            text = f"{problem}, but {fit.format} wants one in this address; name it, or set default_country"
            fit.stop(f"{where}.country", "country-missing", text)
        elif address and address != Address():
            told = f"{problem}, without which {fit.format} carries no address; it is left out"
            fit.lose(where, told, commercial=True, said=", ".join(_words(address)))
        return address if needed else None
    if address is None or address == Address():
        return Address(country=land) if needed else None
    lines = address.lines
    if len(lines) > len(_STREET):
        last = ", ".join(lines[2:])
        fit.note(Severity.INFO, f"{where}.lines", f"{len(lines)} lines are written as 3, the last with commas")
        lines = (*lines[:2], fit.cut(last, 200, f"{where}.lines"))
    return address.model_copy(update={"lines": lines, "country": land})


def _words(address: Address) -> list[str]:
    parts = (*address.lines, address.postal_code, address.city, address.region, address.country)
    return [part for part in parts if part]


def in_words(party: Party) -> str:
    """Name, address and numbers in one line, for a note."""
    numbers = [f"{item.scheme} {item.value}" for item in party.identifiers]
    return ", ".join([party.name, *(_words(party.address) if party.address else ()), *numbers])


def write(parent: Element, name: str, party: Party, role: Role) -> None:
    """The party that `fitted` gave."""
    at = node(parent, name)
    schemes = {item.scheme: item.value for item in party.identifiers}
    leaf(at, "ID", schemes.get(_OWN[role]))
    for item in party.identifiers:
        code = _GLOBAL.get(item.scheme) or (item.scheme[8:] if item.scheme.startswith("iso6523:") else None)
        if code:
            leaf(at, "GlobalID", item.value, schemeID=code)
    leaf(at, "Name", party.name)
    for item in party.identifiers:
        if item.scheme.startswith("legal"):
            leaf(node(at, "SpecifiedLegalOrganization"), "ID", item.value, schemeID=item.scheme[6:] or None)
    if contact := party.contact:
        person = node(at, "DefinedTradeContact")
        leaf(person, "PersonName", contact.name)
        if contact.phone:
            leaf(node(person, "TelephoneUniversalCommunication"), "CompleteNumber", contact.phone)
        if contact.email:
            leaf(node(person, "EmailURIUniversalCommunication"), "URIID", contact.email)
    if address := party.address:
        place = node(at, "PostalTradeAddress")
        leaf(place, "PostcodeCode", address.postal_code)
        for line, element in zip(address.lines, _STREET, strict=False):
            leaf(place, element, line)
        leaf(place, "CityName", address.city)
        leaf(place, "CountryID", address.country)
        leaf(place, "CountrySubDivisionName", address.region)
    for item in party.identifiers:
        if item.scheme.startswith("eas:"):
            leaf(node(at, "URIUniversalCommunication"), "URIID", item.value, schemeID=item.scheme[4:])
    for scheme, code in _TAXES.items():
        if scheme in schemes:
            leaf(node(at, "SpecifiedTaxRegistration"), "ID", schemes[scheme], schemeID=code)


def read(at: Element | None, role: Role, reading: Reading) -> Party | None:
    """The party; None where there is neither a name nor a number."""
    if at is None:
        return None
    found = [Identifier(scheme=_OWN[role], value=own)] if (own := reading.label(at, "ID")) else []
    for element in reading.all(at, "GlobalID"):
        scheme = _code(element)
        _add(found, _GLOBAL_READ.get(scheme) or f"iso6523:{scheme or 'unknown'}", reading.label(element))
    legal = reading.one(at, "SpecifiedLegalOrganization/ID")
    _add(found, f"legal:{_code(legal)}" if _code(legal) else "legal", reading.label(legal))
    uri = reading.one(at, "URIUniversalCommunication/URIID")
    _add(found, f"eas:{_code(uri) or 'EM'}", reading.label(uri))
    for element in reading.all(at, "SpecifiedTaxRegistration"):
        number = reading.one(element, "ID")
        _add(found, _TAXES_READ.get(_code(number), "tax"), reading.label(number))
    name = reading.label(at, "Name") or reading.label(at, "SpecifiedLegalOrganization/TradingBusinessName")
    if name is None and found:
        name = found[0].value
        reading.faults.warning("party-unnamed", at, f"has no Name; its number {name} stands for it")
    if name is None:
        return None
    ids = tuple(dict.fromkeys(found))
    return Party(name=name, identifiers=ids, address=_read_address(at, reading), contact=person(at, reading))


def _code(element: Element | None) -> str:
    code = str(element.get("schemeID") or "").strip() if element is not None else ""
    return code if len(code) <= 20 and code.isascii() and code.isalnum() else ""


def _add(found: list[Identifier], scheme: str, value: str | None) -> None:
    if value:
        found.append(Identifier(scheme=scheme, value=value))


def _read_address(at: Element, reading: Reading) -> Address | None:
    place = reading.one(at, "PostalTradeAddress")
    if place is None:
        return None
    raw = reading.label(place, "CountryID")
    land = country(raw) if raw else None
    if raw and land is None:
        reading.faults.warning("country", place, f"{raw[:20]!r} is not a country code; it was left out")
    found = Address(
        lines=tuple(line for name in _STREET if (line := reading.label(place, name))),
        city=reading.label(place, "CityName"),
        postal_code=reading.label(place, "PostcodeCode"),
        region=reading.label(place, "CountrySubDivisionName"),
        country=land,
    )
    return found if found != Address() else None


def person(at: Element, reading: Reading) -> Contact | None:
    """The first contact; a department stands for a person without a name."""
    contact = reading.one(at, "DefinedTradeContact")
    found = Contact(
        name=reading.label(contact, "PersonName") or reading.label(contact, "DepartmentName"),
        phone=reading.label(contact, "TelephoneUniversalCommunication/CompleteNumber"),
        email=reading.label(contact, "EmailURIUniversalCommunication/URIID"),
    )
    return found if found != Contact() else None
