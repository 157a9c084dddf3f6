"""Parties as printed: name, postal address in the habit of its country, contact and identifiers."""

from typing import Literal, TypedDict

from orderwire.document.party import Address, Identifier, Party
from orderwire.formats.pdf.words import Words
from orderwire.formats.pdf.wrap import wrap

Role = Literal["supplier", "ours"]

_WIDTH = 26
_CITY_REGION_CODE = {"US", "CA", "AU", "IN"}
_CITY_FIRST = {"GB", "IE"}
_NAMES = {"gln": "GLN", "duns": "D-U-N-S", "duns4": "D-U-N-S+4"}


class Block(TypedDict):
    """A party in the template: `label` above, `name` in bold, then lines, then quieter lines."""

    label: str
    name: str
    lines: str
    quiet: str


def block(label: str, party: Party, role: Role, words: Words, last: str = "") -> Block:
    """A party under its label; `last` is a quiet sentence to end with."""
    lines = [*(_contact(party) if role == "supplier" else ()), *postal(party.address, words)]
    if role != "supplier":
        lines += _contact(party)
    quiet = [*identifiers(party, role, words), *filter(None, (last,))]
    return {
        "label": label,
        "name": words.own(wrap(party.name, 22)),
        "lines": "\n".join(words.own(wrap(line, _WIDTH)) for line in lines),
        "quiet": "\n".join(wrap(line, _WIDTH) for line in quiet),
    }


def postal(address: Address | None, words: Words) -> list[str]:
    """Street lines, then the place, then the country."""
    if address is None:
        return []
    city, code, region = address.city or "", address.postal_code or "", address.region or ""
    if address.country in _CITY_REGION_CODE:
        places = [", ".join(filter(None, (city, f"{region} {code}".strip())))]
    elif address.country in _CITY_FIRST:
        places = [", ".join(filter(None, (city, region))), code]
    else:
        places = [", ".join(filter(None, (f"{code} {city}".strip(), region)))]
    country = words.country(address.country) if address.country else ""
    return [*address.lines, *filter(None, [*places[:-1], words.join(places[-1], country)])]


def identifiers(party: Party, role: Role, words: Words) -> list[str]:
    """Every identifier with the word that its reader knows it by."""
    return [_identifier(item, role, words) for item in party.identifiers]


def _identifier(item: Identifier, role: Role, words: Words) -> str:
    scheme = item.scheme
    if scheme == "buyer":
        label = words.text("ids.your_number" if role == "supplier" else "ids.our_number")
    elif scheme == "supplier":
        label = words.text("ids.your_number_own" if role == "supplier" else "ids.our_number_there")
    elif scheme in ("vat", "tax"):
        label = words.text(f"ids.{scheme}")
    elif scheme.startswith("eas:"):
        return words.own(f"Peppol {scheme[4:]}:{item.value}")
    else:
        return words.own(f"{_NAMES.get(scheme, scheme.upper())} {item.value}")
    return f"{label} {words.own(item.value)}"


def _contact(party: Party) -> list[str]:
    contact = party.contact
    return [] if contact is None else list(filter(None, (contact.name, contact.phone, contact.email)))
