"""The N1 loop: a party with its name, address, identifiers and contact."""

import re
from functools import lru_cache

from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.formats.construct import build_address, build_contact, build_identifier, build_party, label
from orderwire.formats.pieces import country, rejoin
from orderwire.formats.x12.faults import BAD_CODE, Faults
from orderwire.formats.x12.tables import PARTY_ID_CODES, PARTY_ID_SCHEMES, PARTY_REF_CODES, PARTY_REF_SCHEMES

_MANY = 50
_SCHEMES = frozenset((*PARTY_ID_CODES, *PARTY_REF_CODES))
_SCHEME = re.compile(r"[A-Za-z0-9._:/ -]{1,35}")
NAME, STREET = 60, 55
"""Longest name (DE 93) and street line (DE 166)."""


class PartyReader:
    """Gathers one N1 loop; `party()` closes it."""

    __slots__ = ("_city", "_contact", "_ids", "_name", "_street", "entity", "position", "schedules")

    def __init__(self, n1: list[str], faults: Faults):
        self.entity = n1[1] if len(n1) > 1 else ""
        self.position = faults.at
        self.schedules: list[tuple[int, list[str]]] = []
        self._name = [n1[2]] if len(n1) > 2 and n1[2].strip() else []
        self._ids: list[Identifier] = []
        self._street: list[str] = []
        self._city: list[str] = []
        self._contact: list[str] = []
        code, value = (n1[3] if len(n1) > 3 else "", n1[4].strip() if len(n1) > 4 else "")
        if value:
            self._identify(scheme_of(code), value, faults)

    def add(self, segment: list[str], faults: Faults) -> bool:
        """Take a segment of the loop. False when it has no place in a party."""
        name = segment[0]
        if name == "N2":
            self._name += [part for part in segment[1:3] if part.strip()]
        elif name == "N3":
            self._street += [part.strip() for part in segment[1:3] if part.strip()]
        elif name == "N4" and not self._city:
            self._city = [*segment, "", "", "", "", "", ""][:7]
        elif name == "PER" and not self._contact:
            self._contact = segment
        elif name == "REF" and len(segment) > 2 and segment[2].strip():
            code, value = segment[1], segment[2].strip()
            scheme = segment[3].strip() if len(segment) > 3 else ""
            known = PARTY_REF_SCHEMES.get(code)
            self._identify(known or (scheme if code == "ZZ" and scheme else f"ref:{code}"), value, faults)
        else:
            return False
        return True

    def party(self, faults: Faults) -> Party | None:
        """The party; None, with an error, where it has neither name nor identifier."""
        name = label(rejoin(self._name, NAME)) or (self._ids[0].value if self._ids else None)
        if name is None:
            faults.error(
                "party-unnamed", f"N1*{self.entity} has neither a name (N102) nor an identifier (N104)", 2, ack="2"
            )
            return None
        return build_party(name, tuple(self._ids), self._place(faults), self.person())

    def _place(self, faults: Faults) -> Address | None:
        city = self._city
        if not (self._street or any(part.strip() for part in city)):
            return None
        land = None
        if city and city[4].strip():
            land = country(city[4])
            if land is None:
                faults.warning(
                    "country", f"{city[4]!r} is not a country code; it was left out", 4, ack=BAD_CODE, value=city[4]
                )
        region = city[6] if city and city[5] == "SP" else city[2] if city else ""
        street = tuple([line for part in self._street if (line := label(part))])
        if not city:
            return build_address(street, None, None, None, None)
        return build_address(street, label(city[1]), label(city[3]), label(region), land)

    def person(self) -> Contact | None:
        """The contact of the PER segment, where there was one."""
        if not self._contact:
            return None
        name = label(self._contact[2]) if len(self._contact) > 2 else None
        found: dict[str, str] = {}
        for qualifier, value in zip(self._contact[3::2], self._contact[4::2], strict=False):
            kind = {"TE": "phone", "EM": "email"}.get(qualifier)
            if kind and (said := label(value)):
                found.setdefault(kind, said)
        return build_contact(name, found.get("phone"), found.get("email")) if name or found else None

    def _identify(self, scheme: str, value: str, faults: Faults) -> None:
        found, scheme = label(value), scheme.strip()
        if found is None or len(self._ids) >= _MANY or not (scheme in _SCHEMES or _SCHEME.fullmatch(scheme)):
            faults.not_kept(f"{faults.segment} identifier")
        elif all(known.scheme != scheme or known.value != found for known in self._ids):
            self._ids.append(build_identifier(scheme, found))


def scheme_of(qualifier: str) -> str:
    """The scheme of an identifier by its qualifier (DE 66: N103, SDQ02); the buyer's own number where it has none."""
    return PARTY_ID_SCHEMES.get(qualifier) or (f"n103:{qualifier}" if qualifier else "buyer")


@lru_cache(maxsize=16384)
def store(qualifier: str, value: str) -> Party | None:
    """A place that only its number names; None where qualifier or number are no such thing."""
    number, scheme = label(value), scheme_of(qualifier.strip())
    if number is None or not _SCHEME.fullmatch(scheme):
        return None
    return build_party(number, (build_identifier(scheme, number),), None, None)


@lru_cache(maxsize=4096)
def known_by(scheme: str, value: str) -> Party:
    """A party that only its interchange id names."""
    return Party(name=value, identifiers=(Identifier(scheme=scheme, value=value),))


def contact_of(per: list[str]) -> Contact | None:
    """The contact of a PER that stands outside an N1 loop."""
    reader = PartyReader(["N1"], Faults())
    reader.add(per, Faults())
    return reader.person()


def written(party: Party, entity: str) -> list[list[str]]:
    """The N1 loop of a party that `project` has made fit."""
    first, others = None, []
    for item in party.identifiers:
        if first is None and n103(item.scheme):
            first = item
        else:
            others.append(item)
    rows = [["N1", entity, party.name[:NAME], n103(first.scheme) if first else "", first.value if first else ""]]
    rest = [party.name[at : at + NAME] for at in range(NAME, len(party.name), NAME)]
    rows += [["N2", *rest[at : at + 2]] for at in range(0, len(rest), 2)]
    address = party.address
    if address:
        rows += [["N3", *address.lines[at : at + 2]] for at in range(0, len(address.lines), 2)]
        short = state(address.region)
        rows.append(
            ["N4", address.city or "", short, address.postal_code or "", address.country or ""]
            + (["SP", address.region] if address.region and not short else [])
        )
    for item in others:
        code = PARTY_REF_CODES.get(item.scheme) or (item.scheme[4:] if item.scheme.startswith("ref:") else "")
        rows.append(["REF", code, item.value] if code else ["REF", "ZZ", item.value, item.scheme])
    if party.contact:
        contact = party.contact
        row = ["PER", "BD" if entity == "BY" else "CN", contact.name or ""]
        row += ["TE", contact.phone] if contact.phone else []
        row += ["EM", contact.email] if contact.email else []
        rows.append(row)
    return [row for row in rows if len(row) > 1 and any(row[1:])]


def n103(scheme: str) -> str:
    """The N103 qualifier of a scheme, empty where it has none."""
    return PARTY_ID_CODES.get(scheme) or (scheme[5:] if scheme.startswith("n103:") else "")


def state(region: str | None) -> str:
    """N402: a two-letter region, empty where the region is longer."""
    return region if region and len(region) == 2 and region.isascii() and region.isalpha() and region.isupper() else ""
