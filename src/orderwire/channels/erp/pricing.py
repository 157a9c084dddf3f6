"""Lines that are worth to us what they are worth in the ERP, to the last cent, though it may round in another order."""

from decimal import Decimal

from orderwire.document.base import plain
from orderwire.document.money import line_amount
from orderwire.document.order import CURRENCIES, Line
from orderwire.document.terms import Note


def worth(line: Line, amount: Decimal, currency: str) -> Line:
    """The line, where it comes to `amount` as it stands. Otherwise with its discount taken off the price; and where
    that differs too, with the amount as the price of its whole quantity."""
    if currency not in CURRENCIES or line_amount(line, currency) == amount:
        return line
    off = line.allowances_charges[0].percent if len(line.allowances_charges) == 1 else None
    if off:
        note = Note(text=f"{plain(off)} % off {plain(line.price)} is taken off the price")
        price = (line.price * (100 - off) / 100).quantize(Decimal("1e-9"))
        net = _with(line, price, line.price_basis, note)
        if line_amount(net, currency) == amount:
            return net
    note = Note(text=f"The price is {plain(amount)} for all of it; per unit it is {plain(line.price)} before discounts")
    return _with(line, amount, line.quantity, note)


def _with(line: Line, price: Decimal, basis: Decimal, note: Note) -> Line:
    changed = {"price": price, "price_basis": basis, "allowances_charges": (), "notes": (*line.notes, note)}
    return Line.model_validate({**dict(line), **changed})
