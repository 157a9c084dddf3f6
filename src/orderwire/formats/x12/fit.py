"""Makes values fit their elements, and keeps the account of what is lost: the base of every `project`."""

import re
from collections.abc import Sequence

from orderwire.document.finding import Finding, Severity
from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.document.terms import Note, Reference
from orderwire.formats import fit
from orderwire.formats.pieces import pieces
from orderwire.formats.x12.parties import STREET, n103, state
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.texts import PLAIN, SUBJECT, split_refs
from orderwire.formats.x12.units import x12


class Fit(fit.Fit):
    """One projection onto X12, by the limits of the profile's version."""

    def __init__(self, profile: X12Profile):
        super().__init__("X12", profile.on_loss)
        self.profile = profile
        self.reference_limit = 30 if profile.release < "005010" else 50

    def unit(self, code: str, where: str) -> None:
        """Stop where a unit has no X12 code."""
        if x12(code, self.profile.units) is None:
            text = (
                f"the unit {code} has no X12 code (DE 355) that we know; add it to the profile's units or use another"
            )
            self.stop(where, "unit-unmapped", text)

    def info(self, where: str, text: str) -> None:
        """Content that is carried, but elsewhere or otherwise than one would look for it."""
        self.findings.append(Finding(Severity.INFO, "carried-otherwise", where, text))

    def notes(self) -> tuple[Note, ...]:
        """As the base says, in text that N9 and MSG carry."""
        return self.texts(super().notes(), "notes")

    def party(self, party: Party, where: str) -> Party:
        """The party as an N1 loop carries it."""
        update: dict[str, object] = {}
        if party.identifiers and (identifiers := self._identifiers(party.identifiers, where)) != party.identifiers:
            update["identifiers"] = identifiers
        if party.address is not None and (address := self._address(party.address, where)) is not party.address:
            update["address"] = address
        if party.contact is not None and (contact := self._contact(party.contact, where)) is not party.contact:
            update["contact"] = contact
        return party.model_copy(update=update) if update else party

    def _identifiers(self, items: Sequence[Identifier], where: str) -> tuple[Identifier, ...]:
        kept: list[Identifier] = []
        first = next((item for item in items if n103(item.scheme)), None)
        for item in ([first] if first else []) + [item for item in items if item is not first]:
            limit = 80 if item is first else self.reference_limit
            if len(item.value) > limit:
                text = (
                    f"the {item.scheme} number has {len(item.value)} characters but X12 carries {limit}; it is left out"
                )
                words = f"{where}: {item.scheme} number {item.value}"
                self.lose(f"{where}.identifiers", text, commercial=True, said=words)
            elif item not in kept:
                kept.append(item)
        return tuple(kept)

    def _address(self, address: Address, where: str) -> Address | None:
        if not (address.lines or address.city or address.postal_code or address.region or address.country):
            return None
        if (
            len(address.lines) <= 4
            and all(len(line) <= STREET for line in address.lines)
            and len(address.city or "") <= 30
            and len(address.postal_code or "") <= 15
            and len(address.region or "") <= 30
        ):
            return address
        lines = [part for line in address.lines for part in _street(line)]
        if len(lines) > 4:
            text = f"the street needs {len(lines)} lines of {STREET} characters but X12 carries 4; shorten it"
            self.lose(f"{where}.address.lines", text, commercial=True, said=f"{where}: {', '.join(address.lines)}")
        region = address.region
        if region and not state(region):
            region = self.cut(region, 30, f"{where}.address.region")
        return Address(
            lines=tuple(lines[:4]),
            city=self.label(address.city, 30, f"{where}.address.city"),
            postal_code=self.label(address.postal_code, 15, f"{where}.address.postal_code"),
            region=region,
            country=address.country,
        )

    def _contact(self, contact: Contact, where: str) -> Contact | None:
        if not (contact.name or contact.phone or contact.email):
            return None
        if max(len(contact.name or ""), len(contact.phone or ""), len(contact.email or "")) <= 60:
            return contact
        limit = 80 if self.profile.release < "005010" else 256
        return Contact(
            name=self.label(contact.name, 60, f"{where}.contact.name"),
            phone=self.label(contact.phone, limit, f"{where}.contact.phone"),
            email=self.label(contact.email, limit, f"{where}.contact.email"),
        )

    def references(self, items: Sequence[Reference], where: str) -> tuple[Reference, ...]:
        """References as REF and N9 carry them, those with a date last."""
        kept = []
        for item in items:
            too_long = max(len(item.number), len(item.line or "")) > self.reference_limit
            if too_long:
                text = f"the {item.kind} reference has more than {self.reference_limit} characters; it is left out"
                words = f"{where}: {item.kind} {item.number}{f', line {item.line}' if item.line else ''}"
                self.lose(where, text, commercial=True, said=words)
                continue
            if item.kind != "other" and item.code:
                text = f"the code {item.code} of the {item.kind} reference is left out"
                self.lose(where, text, said=f"{where}: {item.kind} {item.number} has the code {item.code}")
                item = item.model_copy(update={"code": None})
            elif item.kind == "other" and item.code == "catalog":
                item = item.model_copy(update={"kind": "catalog", "code": None})
            kept.append(item)
        return split_refs(kept)

    def texts(self, items: Sequence[Note], where: str) -> tuple[Note, ...]:
        """Notes as N9 and MSG carry them: no tabs, no blanks at the end of a line, subjects of 45 characters."""
        kept = []
        for item in items:
            text = "\n".join(line.rstrip(" ") for line in item.text.replace("\t", " ").split("\n")).strip()
            subject = None if item.subject in PLAIN else self.label(item.subject, SUBJECT, f"{where}.subject")
            if text != item.text or subject != item.subject:
                item = Note(text=text, subject=subject)
            kept.append(item)
        return tuple(kept)


_BLANK_LINES = re.compile(r"[ \t]*\n\s*")


def one_paragraph(text: str) -> str:
    """Text in one line."""
    return _BLANK_LINES.sub(" ", text).replace("\t", " ").strip()


def paragraph(text: str) -> str:
    """Text as PID carries it: no tabs, no empty lines, no blanks at the end of a line."""
    rows = [row.rstrip(" ") for row in text.replace("\t", " ").split("\n")]
    return "\n".join(row for row in rows if row).strip()


def _street(line: str) -> list[str]:
    return [part.strip() for part in pieces(line, STREET) if part.strip()]
