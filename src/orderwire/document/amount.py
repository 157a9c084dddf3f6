"""An amount with its currency, and exact comparison across currencies: without a rate no answer, never a guess."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from orderwire.document.money import exponent
from orderwire.document.order import CURRENCIES

_WRITTEN = re.compile(r"([A-Z]{3}) ?(\d{1,3}(?:,\d{3})+|\d{1,24})(\.\d{1,9})?")


@dataclass(frozen=True)
class Amount:
    """`value` in `currency` (ISO 4217)."""

    value: Decimal
    currency: str

    def __str__(self) -> str:
        """As people read it: EUR 31,910.93, and EUR 50,000 where there is nothing after the point."""
        digits = -int(exponent(self.currency).as_tuple().exponent)
        own = -int(self.value.normalize().as_tuple().exponent) if self.value else 0
        return f"{self.currency} {self.value:,.{max(digits, own) if own > 0 else 0}f}"

    @classmethod
    def parse(cls, text: str) -> "Amount":
        """'EUR 50000' or 'EUR 50,000.00'. Raises ValueError with the remedy."""
        match = _WRITTEN.fullmatch(text.strip())
        if not match:
            raise ValueError(f"{text!r} is not an amount; write it like EUR 50000 or EUR 50,000.00")
        currency, whole, fraction = match[1], match[2].replace(",", ""), match[3] or ""
        if currency not in CURRENCIES:
            raise ValueError(f"{currency!r} is not an ISO 4217 currency code such as EUR or USD")
        if fraction and len(fraction) - 1 > -int(exponent(currency).as_tuple().exponent):
            raise ValueError(f"{text!r} has more decimals than {currency} has; write thousands with a comma or without")
        return cls(Decimal(whole + fraction), currency)


@dataclass(frozen=True)
class Rates:
    """`per_unit`: what one unit of each currency is worth in `base`; the base itself is worth 1."""

    base: str = "EUR"
    per_unit: Mapping[str, Decimal] = field(default_factory=dict)

    def exact(self, amount: Amount, currency: str) -> Fraction | None:
        """The amount in another currency, unrounded, or None where a rate is missing."""
        if amount.currency == currency:
            return Fraction(amount.value)
        source, target = self._rate(amount.currency), self._rate(currency)
        return Fraction(amount.value) * source / target if source and target else None

    def _rate(self, currency: str) -> Fraction | None:
        rate = Decimal(1) if currency == self.base else self.per_unit.get(currency)
        return Fraction(rate) if rate is not None and rate.is_finite() and rate > 0 else None


NO_RATES = Rates()
