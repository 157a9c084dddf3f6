"""Finds the partner that a document or a sender means."""

from orderwire.document.party import Party
from orderwire.records import Partner, PartnerIdentifier


def find_supplier(party: Party) -> Partner | None:
    """The supplier that a document means: by the buyer's own number, by any other identifier, by its exact name."""
    suppliers = Partner.objects.filter(role=Partner.Role.SUPPLIER)
    own = party.identifier("buyer")
    if own and (found := suppliers.filter(number=own).first()):
        return found
    for identifier in party.identifiers:
        match = PartnerIdentifier.objects.filter(
            scheme=identifier.scheme, value=identifier.value, partner__role=Partner.Role.SUPPLIER
        ).select_related("partner")
        if known := match.first():
            return known.partner
    named = list(suppliers.filter(name__iexact=party.name)[:2])
    return named[0] if len(named) == 1 else None
