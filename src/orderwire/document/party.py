"""Who and where: parties as printed on a document, with every identifier a standard may ask for."""

from orderwire.document.base import Code, Country, Document, Label


class Identifier(Document):
    """One identifier of a party.

    `scheme` is a lower-case word: gln, duns, duns4, vat, tax, buyer (the buyer's number for the party),
    supplier (the supplier's number for the party), eas:NNNN (Peppol electronic address scheme),
    x12:QQ (X12 ISA05 qualifier) or edifact:QQ (UNB 0007 qualifier).
    """

    scheme: Code
    value: Label


class Address(Document):
    """Postal address; `lines` are the street lines in order. Region is an ISO 3166-2 suffix or a name."""

    lines: tuple[Label, ...] = ()
    city: Label | None = None
    postal_code: Label | None = None
    region: Label | None = None
    country: Country | None = None


class Contact(Document):
    """A person or desk at a party."""

    name: Label | None = None
    phone: Label | None = None
    email: Label | None = None


class Party(Document):
    """One side of an order as the document names it."""

    name: Label
    identifiers: tuple[Identifier, ...] = ()
    address: Address | None = None
    contact: Contact | None = None

    def identifier(self, scheme: str) -> str | None:
        """The value of the first identifier of this scheme, or None."""
        return next((i.value for i in self.identifiers if i.scheme == scheme), None)
