"""NAD and its group: a party with its name, address, identifiers and contact. The same in every message."""

from collections.abc import Sequence
from functools import lru_cache

from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.formats.edifact.faults import BAD_VALUE, MISSING, Faults
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at
from orderwire.formats.edifact.tables import (
    AGENCIES,
    AGENCY_CODES,
    OTHER_PARTY_REFERENCE,
    PARTY_REFERENCE_CODES,
    PARTY_REFERENCES,
)
from orderwire.formats.edifact.writer import c
from orderwire.formats.pieces import country, pieces, rejoin

NAME, STREET, CITY, REGION = 35, 35, 35, 9
"""Longest component of name (3036) and street (3042), city (3164), code of region (3229)."""
ID = 35
NAMES, STREETS = 5, 4
_MANY = 50
_CHANNELS = {"TE": "phone", "AL": "phone", "EM": "email"}


class PartyReader:
    """Gathers one NAD group; `party()` closes it. `nad` is the segment that opens it."""

    __slots__ = ("_contacts", "_ids", "nad", "position")

    def __init__(self, nad: Segment, position: int):
        self.nad, self.position = nad, position
        self._ids: list[Identifier] = []
        self._contacts: list[tuple[str, dict[str, str]]] = []

    @property
    def role(self) -> str:
        """3035: BY, SU, DP…"""
        return at(self.nad, 1)

    def add(self, segment: Segment, faults: Faults) -> bool:
        """Take an RFF, CTA or COM of the group. False when it has no place in a party."""
        name = segment[0][0]
        if name == "CTA":
            person = at(segment, 2, 1) or at(segment, 2, 0)
            self._contacts.append((at(segment, 1), {"name": person[:200]} if person else {}))
            return True
        if name == "COM" and (kind := _CHANNELS.get(at(segment, 1, 1))) and at(segment, 1):
            if not self._contacts:
                self._contacts.append(("", {}))
            self._contacts[-1][1].setdefault(kind, at(segment, 1)[:200])
            return True
        if name == "RFF" and at(segment, 1, 1):
            code, scheme = at(segment, 1), at(segment, 1, 3)
            known = PARTY_REFERENCES.get(code)
            other = scheme if code == OTHER_PARTY_REFERENCE and scheme else f"ref:{code}"
            self._identify(known or other, at(segment, 1, 1), faults)
            return True
        return False

    def contact(self, function: str) -> Contact | None:
        """The first contact of this function (CTA 3139)."""
        return next((_contact(said) for code, said in self._contacts if code == function), None)

    def party(self, faults: Faults, *, without: str = "") -> Party | None:
        """The party; None where it has neither name nor identifier. Contacts of function `without` are left out."""
        nad = self.nad
        loose = [part for part in nad[3] if part.strip()] if len(nad) > 3 else []
        names = [part for part in nad[4][:NAMES] if part.strip()] if len(nad) > 4 else []
        if not names and loose:
            names, loose = loose[:1], loose[1:]
        if value := at(nad, 2):
            agency = at(nad, 2, 2)
            scheme = AGENCIES.get(agency) or (f"nad:{agency}" if agency else _guessed(value))
            ids, self._ids = self._ids, []
            self._identify(scheme, value, faults)
            self._ids += [item for item in ids if item not in self._ids]
        name = rejoin(names, NAME).strip() or (self._ids[0].value if self._ids else "")
        if not name:
            return None
        contact = next((_contact(said) for code, said in self._contacts if code != without), None)
        return Party(
            name=name[:200], identifiers=tuple(self._ids), address=self._address(loose, faults), contact=contact
        )

    def _address(self, loose: Sequence[str], faults: Faults) -> Address | None:
        nad = self.nad
        if len(nad) < 6 and not loose:
            return None
        lines = [part.strip()[:200] for part in (nad[5] if len(nad) > 5 else []) if part.strip()]
        if lines and loose:
            faults.not_kept("NAD C058")
        lines = lines or list(loose)
        city, postal, land = at(nad, 6), at(nad, 8), at(nad, 9)
        region = at(nad, 7) or at(nad, 7, 3)
        if not (lines or city or postal or land or region):
            return None
        code = country(land) if land else None
        if land and code is None:
            faults.warning(
                "country",
                f"NAD 3207 {land[:20]!r} is not a country code; it was left out",
                9,
                ack=BAD_VALUE,
                value=land,
            )
        return _address(tuple(lines), city[:200] or None, postal[:200] or None, region[:200] or None, code)

    def _identify(self, scheme: str, value: str, faults: Faults) -> None:
        bad = len(scheme) > 35 or not all(ch.isascii() and (ch.isalnum() or ch in "._:/ -") for ch in scheme)
        if bad or len(self._ids) >= _MANY:
            faults.not_kept("NAD identifier")
        elif all(known.scheme != scheme or known.value != value for known in self._ids):
            self._ids.append(_identifier(scheme, value[:200]))


def missing(reader: PartyReader, faults: Faults) -> None:
    """Says that a party has neither name nor identifier."""
    faults.at, faults.segment = reader.position, "NAD"
    text = f"NAD+{reader.role[:3]} has neither an identifier (3039) nor a name (3036); nothing says who it is"
    faults.warning("party-unnamed", text, 2, ack=MISSING)


# The same few houses stand in every message, so that each is checked once.
@lru_cache(maxsize=1024)
def _identifier(scheme: str, value: str) -> Identifier:
    return Identifier(scheme=scheme, value=value)


@lru_cache(maxsize=1024)
def _address(
    lines: tuple[str, ...], city: str | None, postal_code: str | None, region: str | None, land: str | None
) -> Address:
    return Address(lines=lines, city=city, postal_code=postal_code, region=region, country=land)


@lru_cache(maxsize=1024)
def _reached(name: str | None, phone: str | None, email: str | None) -> Contact:
    return Contact(name=name, phone=phone, email=email)


def _contact(said: dict[str, str]) -> Contact | None:
    return _reached(said.get("name"), said.get("phone"), said.get("email")) if said else None


def _guessed(value: str) -> str:
    return "gln" if len(value) == 13 and value.isascii() and value.isdigit() else "buyer"


def place_id(scheme: str) -> str:
    """3055 of an identifier that may stand in C082 or LOC; empty where it may not."""
    return AGENCY_CODES.get(scheme) or (scheme[4:] if scheme.startswith("nad:") and len(scheme) < 8 else "")


def leading(party: Party, profile: EdifactProfile) -> Identifier | None:
    """The identifier that goes into NAD itself: of the profile's scheme, else the first that can."""
    own = [item for item in party.identifiers if place_id(item.scheme) and len(item.value) <= ID]
    return next((item for item in own if item.scheme == profile.party_id), own[0] if own else None)


def written(party: Party, role: str, profile: EdifactProfile) -> list[list[str]]:
    """The NAD group of a party that `fit.Fit.party` has made fit."""
    first = leading(party, profile)
    address = party.address or Address()
    region = address.region or ""
    nad = ["NAD", role, c(first.value, "", place_id(first.scheme)) if first else "", "", c(*pieces(party.name, NAME)),
           c(*address.lines), address.city or "", region if len(region) <= REGION else c("", "", "", region),
           address.postal_code or "", address.country or ""]  # fmt: skip
    rows = [nad]
    for item in party.identifiers:
        if item is not first:
            code = PARTY_REFERENCE_CODES.get(item.scheme) or (item.scheme[4:] if item.scheme.startswith("ref:") else "")
            rows.append(["RFF", c(code, item.value) if code else c(OTHER_PARTY_REFERENCE, item.value, "", item.scheme)])
    rows += reach(party.contact, "PD" if role == "BY" else "IC")
    return rows


def reach(contact: Contact | None, function: str) -> list[list[str]]:
    """CTA and COM of a contact."""
    if contact is None:
        return []
    rows = [["CTA", function, c("", contact.name or "")]]
    rows += [["COM", c(contact.phone, "TE")]] if contact.phone else []
    rows += [["COM", c(contact.email, "EM")]] if contact.email else []
    return rows
