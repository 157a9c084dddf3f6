"""Finds the partner that a document or a sender means."""

from orderwire.document.party import Party
from orderwire.records import recipients


def find_supplier(party: Party) -> int | None:
    """The id of the supplier that a document means: by the buyer's own number for it, by another identifier, by its
    exact name; None where none or more than one fits."""
    identifiers = [(identifier.scheme, identifier.value) for identifier in party.identifiers]
    return recipients.find_supplier(name=party.name, identifiers=identifiers)
