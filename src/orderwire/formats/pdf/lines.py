"""The lines of the order as printed, the widths of their columns, and the delivery addresses they name."""

from collections.abc import Iterable, Sequence
from typing import Any

from orderwire.document.money import allowance_total, line_amount, rounded
from orderwire.document.order import Account, Line, Order
from orderwire.document.party import Party
from orderwire.document.terms import Note
from orderwire.formats.pdf.agreed import adjustment, reference, tax_word
from orderwire.formats.pdf.parties import Block, block
from orderwire.formats.pdf.words import Words
from orderwire.formats.pdf.wrap import ZERO_WIDTH_SPACE, wrap

_MILLIMETRES_PER_CHARACTER = 1.85
"""A digit of Noto Sans at 9 points, and a little."""
_LEAST = {"n": 3.4, "item": 0, "date": 13.5, "quantity": 6, "unit": 4.5, "price": 6, "amount": 9}
_MOST = {"n": 8, "item": 0, "date": 17, "quantity": 13, "unit": 9, "price": 13, "amount": 15}
_NAME, _SMALL = 30, 40
_UNBREAKABLE = 900
"""Characters up to which a row is kept on one page: well below half a page of text."""


def is_internal(note: Note) -> bool:
    """A note that the buyer keeps: it is never printed for the supplier."""
    return is_internal_subject(note.subject)


def is_internal_subject(subject: str | None) -> bool:
    """True for the subject that marks such a note."""
    return (subject or "").casefold() == "internal"


class Places:
    """Delivery addresses that differ from the order's own, each with the short name that its lines print."""

    def __init__(self, order: Order, words: Words):
        self._names: dict[Party, str] = {}
        taken: set[str] = set()
        for line in order.lines:
            for schedule in line.schedules:
                place = schedule.ship_to
                if place is None or place == order.ship_to or place in self._names:
                    continue
                name, n = place.name, 2
                while name in taken:
                    name, n = f"{place.name} ({n})", n + 1
                taken.add(name)
                self._names[place] = name
        self.blocks: list[Block] = [
            block(words.own(name) if name != party.name else "", party, "ours", words)
            for party, name in self._names.items()
        ]
        self._words = words

    def name(self, place: Party | None) -> str:
        """The short name to print, empty for the order's own place."""
        name = self._names.get(place) if place else None
        return self._words.own(wrap(name, 14)) if name else ""


def rows(order: Order, words: Words, places: Places, *, prices: bool) -> list[dict[str, Any]]:
    """One dictionary per line with finished texts for the template."""
    uniform = len({frozenset((t.kind, t.category, t.percent) for t in line.taxes) for line in order.lines}) == 1
    return [_row(line, order.currency, words, places, prices, taxes=prices and not uniform) for line in order.lines]


def _row(line: Line, currency: str, words: Words, places: Places, prices: bool, *, taxes: bool) -> dict[str, Any]:
    small = list(_small(line, currency, words, prices=prices, taxes=taxes))
    row = {
        "n": wrap(line.number, 8),
        "name": words.own(wrap(line.description, _NAME)),
        "small": "\n".join(wrap(text, _SMALL) for text in small),
        "when": [
            [
                words.short_date(s.requested) if s.requested else words.text("date_open"),
                _number(words.number(s.quantity)),
                places.name(s.ship_to),
            ]
            for s in line.schedules
        ],
        "unit": wrap(words.unit(line.unit), 8),
        "keep": len(line.description) + sum(map(len, small)) < _UNBREAKABLE and len(line.schedules) < 8,
    }
    if prices:
        row["price"] = _number(words.price(line.price, currency))
        row["per"] = "" if line.price_basis == 1 else words.text("per", n=_number(words.number(line.price_basis)))
        row["amount"] = _number(words.amount(line_amount(line, currency), currency))
    return row


def _small(line: Line, currency: str, words: Words, *, prices: bool, taxes: bool) -> Iterable[str]:
    parts = []
    if line.supplier_part:
        parts.append(words.text("yours", part=words.own(line.supplier_part)))
    if line.buyer_part:
        parts.append(words.text("ours", part=words.own(line.buyer_part)))
    codes = [words.own(f"GTIN\xa0{line.gtin}")] if line.gtin else []
    if line.category:
        codes.append(f"{words.text('category')} {words.own(line.category)}")
    codes += [" ".join(reference(item, words)) for item in line.references]
    if taxes:
        parts += [tax_word(tax, words) for tax in line.taxes]
    notes = [_note(note, words) for note in line.notes if not is_internal(note)]
    if notes and len(notes[0]) < _SMALL and "\n" not in notes[0]:
        codes.insert(0, notes.pop(0))
    for group in (parts, codes):
        if group:
            yield " · ".join(group)
    yield from notes
    if prices:
        gross = rounded(line.quantity * line.price / line.price_basis, currency)
        for item in line.allowances_charges:
            amount = words.money(allowance_total([item], gross, currency), currency)
            yield f"{adjustment(item, words)}: {amount}"
    yield from (_account(account, words) for account in line.accounts)


def subject_word(note: Note, words: Words) -> str:
    """The subject of a note in the reader's language where it is one of the usual ones."""
    if note.subject is None:
        return words.text("note")
    return words.known("subjects", note.subject.casefold(), "") or words.own(note.subject)


def _note(note: Note, words: Words) -> str:
    return f"{subject_word(note, words)}: {words.own(note.text)}" if note.subject else words.own(note.text)


def _account(account: Account, words: Words) -> str:
    named = ((words.text("cost_center"), account.cost_center), (words.text("gl_account"), account.gl_account))
    said = [f"{label} {words.own(value)}" for label, value in named if value]
    if account.project:
        said.append(f"{words.text('references.project')} {words.own(account.project)}")
    if account.percent is not None:
        said.append(f"{words.text('account_share')} {words.percent(account.percent)}")
    return " · ".join(said)


def _number(text: str) -> str:
    """A number that does not fit into the widest column breaks between its digits rather than run over."""
    return wrap(text, 15)


def widths(heads: Sequence[str], rows: Iterable[dict[str, Any]]) -> list[float]:
    """Column widths in millimetres, the item's left out: fixed, since measuring them costs the engine more.

    `heads` are the columns' labels: line, item, arrives, quantity, unit and perhaps price and amount.
    """
    names = ("n", "item", "date", "quantity", "unit", "price", "amount")[: len(heads)]
    cells = {name: max(_LEAST[name], 0.8 * _longest(head)) for name, head in zip(names, heads, strict=True)}
    for row in rows:
        cells["n"] = max(cells["n"], _longest(row["n"]))
        cells["unit"] = max(cells["unit"], _longest(row["unit"]))
        for date, quantity, _ in row["when"]:
            cells["date"] = max(cells["date"], _longest(date))
            cells["quantity"] = max(cells["quantity"], _longest(quantity))
        if "price" in cells:
            cells["price"] = max(cells["price"], _longest(row["price"]), 0.85 * _longest(row["per"]))
            cells["amount"] = max(cells["amount"], _longest(row["amount"]))
    edges = {"n": 1.6, "amount": 1.6}
    return [
        round(min(size, _MOST[name]) * _MILLIMETRES_PER_CHARACTER + edges.get(name, 3.2), 1)
        for name, size in cells.items()
        if name != "item"
    ]


def _longest(text: str) -> float:
    """Width in digits: what separates thousands is narrow; ideographs are wide."""
    narrow = sum(text.count(c) for c in ",.’\u202f\xa0 ")
    wide = sum(1 for c in text if "\u2e80" <= c <= "\uffef")
    return len(text.replace(ZERO_WIDTH_SPACE, "")) - narrow / 2 + 1.7 * wide
