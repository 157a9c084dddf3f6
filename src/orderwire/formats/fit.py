"""The account of what a format cannot carry: the base of every `project`. A profile says what to do with it."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from orderwire.document.base import plain
from orderwire.document.finding import Finding, Severity, info
from orderwire.document.response import LineAnswer
from orderwire.document.terms import Note

OnLoss = Literal["commercial", "refuse", "note", "accept"]
"""Key `on_loss` of profiles. Content that the format has no place for: refuse only what matters to the deal
(commercial), refuse everything, carry it in words in a note of the document, or leave it out with a warning."""

ChangeForm = Literal["order", "full", "delta"]
"""Key `change` of profiles. How a new version goes to a partner who holds an earlier one: as the order again, as a
change that states the whole order (860 05, ORDCHG 5, cXML update), or as one that states what differs (860 04)."""

CONFIRMS = "This change only takes up what you proposed in your answer."
"""What stands for OrderChange.confirms where there is no code for it."""
SUBJECT = "Not in the data"
"""Subject of the note that carries what the format has no place for."""
_TOO_MUCH = Decimal(10) ** 15


class Fit:
    """One projection. `findings` holds errors for what stops the writing and warnings for what is lost but may be.

    `format` is the format's name as findings print it (X12, EDIFACT).
    """

    def __init__(self, format: str, on_loss: OnLoss):
        self.format, self.on_loss = format, on_loss
        self.findings: list[Finding] = []
        self._said: list[str] = []

    def stop(self, where: str, code: str, text: str) -> None:
        """Nothing can be written as long as this stands."""
        self.findings.append(Finding(Severity.ERROR, code, where, text))

    def lose(self, where: str, text: str, *, commercial: bool = False, said: str | None = None) -> None:
        """Content that this format has no place for. `said` is that content in words a person understands, for the
        note that carries it where the profile asks for one; without it the content cannot be said in a note."""
        if self.on_loss == "note" and said:
            self._said.append(said)
            self.findings.append(Finding(Severity.INFO, "carried-in-note", where, f"{text}; a note says it"))
            return
        stops = self.on_loss == "refuse" or (commercial and self.on_loss != "accept")
        self.findings.append(Finding(Severity.ERROR if stops else Severity.WARNING, "not-carried", where, text))

    def lose_confirmation(self, element: str, *, whole: str, confirmed: str) -> None:
        """One code cannot say both that a change states the whole order and that it takes up the supplier's answer."""
        either = f"that an order is whole ({whole}) or that it is confirmed ({confirmed}, of lines that differ)"
        self.lose("confirms", f"{element} says either {either}", said=CONFIRMS)

    def notes(self) -> tuple[Note, ...]:
        """The notes that carry what was said instead, to be added to the document's own."""
        text = "\n".join(dict.fromkeys(self._said))
        return tuple(Note(text=text[at : at + 4000], subject=SUBJECT) for at in range(0, len(text), 4000))

    def cut(self, text: str, limit: int, where: str) -> str:
        """Text of at most `limit` characters."""
        if len(text) <= limit:
            return text
        told = f"has {len(text)} characters but {self.format} carries {limit}; it is cut"
        self.lose(where, told, said=f"{where}: {text}")
        return text[:limit].strip()

    def label(self, text: str | None, limit: int, where: str) -> str | None:
        """As `cut`, for a value that may be missing."""
        return None if text is None else self.cut(text, limit, where) or None

    def whole(self, text: str, limit: int, where: str) -> bool:
        """True when an identifying text fits uncut; else a finding that stops the writing."""
        if len(text) <= limit:
            return True
        told = f"has {len(text)} characters but {self.format} carries {limit}; shorten it"
        self.stop(where, "too-long", told)
        return False

    def amount(self, value: Decimal, limit: int, where: str) -> None:
        """Stop where a number has more digits, sign and point not counted, than its element."""
        text = plain(value)
        if len(text) - text.count(".") - text.count("-") > limit:
            told = f"{text} has more than the {limit} digits that {self.format} carries; round it"
            self.stop(where, "too-many-digits", told)

    def for_one(self, answer: LineAnswer, where: str) -> Decimal | None:
        """The price of an answer for one unit, where the format cannot say that it is for so many."""
        price, basis, one = answer.price, answer.price_basis, answer.price_for(Decimal(1))
        if price is None or basis is None or one is None:
            return price
        where, told = f"{where}.price", f"the price {plain(price)} for {plain(basis)} is {plain(one)} for one"
        if one >= _TOO_MUCH:
            self.stop(where, "too-many-digits", f"{told}; state the price for fewer units")
        elif Fraction(one) * Fraction(basis) != Fraction(price):
            self.lose(where, f"{told}, rounded; {self.format} has no place for a price for so many", commercial=True)
        else:
            self.findings.append(info("price-for-one", where, f"{told} and written so"))
        return one
