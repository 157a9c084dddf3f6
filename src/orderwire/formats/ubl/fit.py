"""The account of one document that is written: what it loses, and which transaction and subset it belongs to."""

import datetime

from orderwire.document.finding import info
from orderwire.formats import fit
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.tables import RULES


class Fit(fit.Fit):
    """One document on its way to UBL. `transaction` is a key of tables.CUSTOMIZATIONS, `currency` that of amounts.

    `today` is the IssueDate of a document without a day of its own; `undated` tells that it was used.
    """

    def __init__(self, profile: UblProfile, transaction: str, currency: str = "XXX", *, today: datetime.date):
        super().__init__("Peppol BIS 3" if profile.peppol else "UBL", profile.on_loss)
        self.profile, self.transaction, self.currency = profile, transaction, currency
        self.peppol = profile.peppol
        self.today, self.undated = today, False

    def rule(self, number: str, where: str, text: str) -> None:
        """A rule of Peppol's that the document breaks; nothing is written."""
        name = f"PEPPOL-{RULES[self.transaction]}-{number}"
        self.stop(where, name.lower(), f"{text} ({name})")

    def say(self, where: str, text: str) -> None:
        """Something that reads otherwise afterwards without being lost."""
        self.findings.append(info("written-as", where, text))

    def unit(self, code: str) -> str:
        """The unit as the partner writes it."""
        return self.profile.units.get(code, code)
