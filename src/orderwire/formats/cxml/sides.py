"""Buyer and supplier of an OrderRequest: named in its header, else known by the credentials of the envelope."""

from orderwire.document.party import Contact, Identifier, Party
from orderwire.formats.cxml.header import Envelope
from orderwire.formats.cxml.parties import read_party, scheme_of
from orderwire.formats.cxml.tree import Element, Reading
from orderwire.formats.cxml.write_order import SUPPLIER


class Sides:
    """Reads the two sides of one order."""

    def __init__(self, header: Element, envelope: Envelope, reading: Reading):
        self.header, self.envelope, self.reading = header, envelope, reading

    def buyer(self) -> tuple[Party | None, Party | None]:
        """soldTo is the buyer and BillTo who pays; where only BillTo stands it is the buyer."""
        reading, header = self.reading, self.header
        bill_to = read_party(header.find("BillTo"), reading)
        buyer = read_party(self._partner("soldTo"), reading)
        buyer, bill_to = (buyer, bill_to) if buyer is not None else (bill_to, None)
        if buyer is None:
            buyer = self._known_as("from")
            reading.warning("buyer", header, "neither BillTo nor soldTo names the buyer; From does")
        if buyer is None:
            reading.error("buyer-missing", header, "nothing names the buyer; add BillTo")
        elif buyer.contact is None and (person := self._role("buyer", "purchasingagent", "buyercorporate")) is not None:
            said = read_party(person, reading)
            if said is not None:
                known = said.contact or Contact()
                buyer = buyer.model_copy(update={"contact": known.model_copy(update={"name": known.name or said.name})})
        return buyer, None if bill_to == buyer else bill_to

    def supplier(self) -> Party | None:
        """The supplier as the document names it."""
        for element in (
            self._role(SUPPLIER.lower()), self._partner("orderingAddress"),
            self._role("supplier", "supplieraccount", "suppliermasteraccount", "sales"),
        ):  # fmt: skip
            if (found := read_party(element, self.reading)) is not None:
                return found
        return None

    def known_as_supplier(self) -> Party | None:
        """The supplier as To knows it; None with an error where it does not."""
        known = self._known_as("to")
        if known is None:
            self.reading.error("supplier-missing", self.header, "nothing names the supplier; add his credential to To")
        return known

    def _partner(self, role: str) -> Element | None:
        partners = self.header.iterchildren("BusinessPartner")
        return next((p for p in partners if (p.get("role") or "").lower() == role.lower()), None)

    def _role(self, *roles: str) -> Element | None:
        return next((c for c in self.header.iterchildren("Contact") if (c.get("role") or "").lower() in roles), None)

    def _known_as(self, side: str) -> Party | None:
        """The party of a credential, where the document does not name it."""
        domain, identity = (self.envelope.values.get(f"{side}_{part}") for part in ("domain", "identity"))
        if not identity:
            return None
        scheme = self.reading.code(scheme_of(domain) if domain else None, self.header)
        return Party(name=identity, identifiers=(Identifier(scheme=scheme, value=identity),) if scheme else ())
