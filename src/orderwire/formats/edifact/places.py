"""LOC of a line: where a part of it goes. LOC has room for a number and a name; what else is known of the place stands
in a NAD of the same line, found by that number and name."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderwire.document.party import Identifier, Party
from orderwire.formats.edifact import parties
from orderwire.formats.edifact.limits import limits
from orderwire.formats.edifact.parties import PartyReader
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at
from orderwire.formats.edifact.tables import AGENCIES
from orderwire.formats.edifact.writer import c

_ID = 25
"""Longest 3225."""


@dataclass(frozen=True, slots=True)
class Place:
    """What LOC says of a place."""

    value: str
    agency: str
    name: str

    def party(self, known: Sequence[tuple[PartyReader, Party]]) -> Party | None:
        """The party of NAD that this place is, else one of what LOC says itself."""
        for reader, party in known:
            number = at(reader.nad, 2)
            if self.value and self.value == number and (not self.name or party.name.startswith(self.name)):
                return party
            # LOC without a number means a NAD without one, or one whose number LOC has no room for.
            if not self.value and (not number or len(number) > _ID) and party.name.startswith(self.name):
                return party
        scheme = AGENCIES.get(self.agency) or (f"nad:{self.agency}" if self.agency else "buyer")
        ids = (Identifier(scheme=scheme, value=self.value),) if self.value else ()
        return Party(name=self.name or self.value, identifiers=ids) if self.name or self.value else None


def place(loc: Segment) -> Place:
    """The place of a LOC."""
    agency = at(loc, 2, 2)
    return Place(at(loc, 2), agency if agency.isascii() and agency.isalnum() else "", at(loc, 2, 3)[:200])


def place_of(party: Party, profile: EdifactProfile) -> Place:
    """What LOC can say of a party."""
    first = parties.leading(party, profile)
    name = party.name[: limits(profile.version).place].strip()
    if first is None or len(first.value) > _ID:
        return Place("", "", name)
    return Place(first.value, parties.place_id(first.scheme), name)


def written(party: Party, profile: EdifactProfile) -> list[str]:
    """LOC+7 of a party."""
    said = place_of(party, profile)
    return ["LOC", "7", c(said.value, "", said.agency, said.name)]
