"""The account of what cXML cannot carry, with the pieces that several documents fit the same way."""

from orderwire.document.finding import Finding, Severity
from orderwire.document.party import Party
from orderwire.formats.cxml import parties
from orderwire.formats.cxml.profile import CxmlProfile
from orderwire.formats.fit import Fit


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
