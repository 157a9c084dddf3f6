"""Makes values fit their elements, and keeps the account of what is lost: the base of every `project`."""

from collections.abc import Sequence

from orderwire.document.finding import info
from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.document.terms import Reference
from orderwire.formats import fit
from orderwire.formats.edifact import parties, units
from orderwire.formats.edifact.limits import limits
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.references import code_of, kind_of
from orderwire.formats.pieces import pieces, rejoin


class Fit(fit.Fit):
    """One projection onto EDIFACT, by the limits of the profile's directory."""

    def __init__(self, profile: EdifactProfile):
        super().__init__("EDIFACT", profile.on_loss)
        self.profile = profile
        self.limits = limits(profile.version)

    def inform(self, where: str, text: str) -> None:
        """Content that stands elsewhere than in its own place; nothing is lost."""
        self.findings.append(info("elsewhere", where, text))

    def unit(self, code: str, where: str) -> None:
        """Stop where a unit would not read back as itself."""
        if not units.known(code, self.profile.units):
            text = f"the unit {code} has no code of its own at this partner; correct the profile's units or use another"
            self.stop(where, "unit-unmapped", text)

    def party(self, party: Party, where: str) -> Party:
        """The party as a NAD group carries it."""
        name = party.name
        if len(name) > parties.NAME and len(parts := pieces(name, parties.NAME)) > parties.NAMES:
            kept = rejoin(parts[: parties.NAMES], parties.NAME).strip()
            name = self.cut(name, len(kept), f"{where}.name")
        address = self._address(party.address, where) if party.address else None
        contact = self._contact(party.contact, where) if party.contact else None
        identifiers = self._identifiers(party, where) if party.identifiers else ()
        if (name, address, contact, identifiers) == (party.name, party.address, party.contact, party.identifiers):
            return party
        return party.model_copy(
            update={"name": name, "address": address, "contact": contact, "identifiers": identifiers}
        )

    def _identifiers(self, party: Party, where: str) -> tuple[Identifier, ...]:
        kept: list[Identifier] = []
        first = parties.leading(party, self.profile)
        for item in ([first] if first else []) + [item for item in party.identifiers if item is not first]:
            limit = parties.ID if item is first else self.limits.reference
            # RFF holds the scheme of a further number in 35 characters and reads VAT and tax numbers by their codes.
            if len(item.value) > limit or len(kept) > self.limits.party_references:
                text = f"the {item.scheme} number {item.value[:40]} has no room in NAD and RFF; it is left out"
                self.lose(f"{where}.identifiers", text, commercial=True)
            elif item not in kept:
                kept.append(item)
        return tuple(kept)

    def _address(self, address: Address, where: str) -> Address | None:
        if not (address.lines or address.city or address.postal_code or address.region or address.country):
            return None
        lines = list(address.lines)
        if any(len(line) > parties.STREET for line in lines):
            lines = [part.strip() for line in lines for part in pieces(line, parties.STREET) if part.strip()]
        if len(lines) > parties.STREETS:
            text = f"the street needs {len(lines)} lines of {parties.STREET} characters but NAD carries 4; shorten it"
            said = f"{where}: " + ", ".join(address.lines)
            self.lose(f"{where}.address.lines", text, commercial=True, said=said)
        old = self.limits.postal == 9
        kept = {
            "lines": tuple(lines[: parties.STREETS]),
            "city": self.label(address.city, parties.CITY, f"{where}.address.city"),
            "postal_code": self.label(address.postal_code, self.limits.postal, f"{where}.address.postal_code"),
            "region": self.label(address.region, parties.REGION if old else 70, f"{where}.address.region"),
        }
        same = all(getattr(address, name) == value for name, value in kept.items())
        return address if same else address.model_copy(update=kept)

    def _contact(self, contact: Contact, where: str) -> Contact | None:
        if not (contact.name or contact.phone or contact.email):
            return None
        name = self.label(contact.name, 35, f"{where}.contact.name")
        return contact if name == contact.name else contact.model_copy(update={"name": name})

    def references(self, items: Sequence[Reference], where: str, most: int) -> tuple[Reference, ...]:
        """References as RFF carries them, at most `most`."""
        kept: list[Reference] = []
        for item in items:
            code = code_of(item, self.profile)
            if len(item.number) > self.limits.reference or len(kept) >= most:
                text = f"the {item.kind} reference {item.number[:40]} has no room in RFF; it is left out"
                said = f"Reference {item.kind}: {item.number}"
                self.lose(where, text, commercial=item.kind in ("contract", "blanket"), said=said)
                continue
            update: dict[str, object] = {}
            kind, own = kind_of(code, self.profile)
            if (kind, own) != (item.kind, item.code):
                if item.code and not own:
                    self.lose(where, f"the code {item.code} of the {item.kind} reference is left out")
                update = {"kind": kind, "code": own}
            if item.line is not None and len(item.line) > 6:
                self.lose(where, f"line {item.line} of a reference has more than 6 characters; it is left out")
                update["line"] = None
            kept.append(item.model_copy(update=update) if update else item)
        return tuple(kept)
