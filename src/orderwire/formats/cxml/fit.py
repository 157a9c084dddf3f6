"""The account of what cXML cannot carry, with the pieces that several documents fit the same way."""

from typing import TypeVar

from orderwire.document.base import Document
from orderwire.document.finding import Finding, Severity
from orderwire.document.party import Party
from orderwire.formats.cxml import parties
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.fit import Fit

Model = TypeVar("Model", bound=Document)


class CxmlFit(Fit):
    """One projection under a profile."""

    def __init__(self, profile: CxmlProfile):
        super().__init__("cXML", profile.on_loss)
        self.profile = profile

    def remark(self, where: str, text: str) -> None:
        """What comes back says the same in another way."""
        self.findings.append(Finding(Severity.INFO, "said-otherwise", where, text))

    def party(self, party: Party | None, where: str) -> Party | None:
        """The party as it comes back."""
        if party is None:
            return None
        fitted = parties.fitted(party)
        if fitted != party:
            self.remark(where, "identifiers get the spelling and order of cXML, and empty parts are left out")
        return fitted

    def line_number(self, number: str, where: str) -> None:
        """Stop where the number of a line is none in cXML."""
        if self.profile.line_numbers == "whole" and not (number.isascii() and number.isdigit()):
            text = f"line number {number!r} is not a whole number; renumber, or set line_numbers: any for this partner"
            self.stop(where, "line-number", text)

    def needs(self, value: object | None, where: str, what: str) -> None:
        """Stop where cXML demands a value that is not there."""
        if value is None:
            self.stop(where, "missing", f"cXML demands {what}; give it")

    def drop(self, document: Model, fields: dict[str, str], where: str = "") -> Model:
        """The document without these fields, each with the words of why."""
        gone = {}
        for name, text in fields.items():
            value = getattr(document, name)
            if value not in (None, ()):
                gone[name] = () if isinstance(value, tuple) else None
                said = value if isinstance(value, str | int) else None
                self.lose(f"{where}{name}", text, said=f"{where}{name}: {said}" if said is not None else None)
        return document.model_copy(update=gone) if gone else document
