"""Numbers as people write them: quantities and prices, on screens and in their fields."""

from decimal import Decimal

from orderwire.document.base import plain
from orderwire.document.money import exponent


def figure(value: Decimal, digits: int = 0) -> str:
    """A number for people: thousands apart, no trailing zeros beyond `digits`."""
    own = len(plain(value).partition(".")[2])
    return f"{value:,.{max(own, digits)}f}"


def digits(currency: str) -> int:
    """How many decimals an amount of this currency has."""
    return -int(exponent(currency).as_tuple().exponent)
