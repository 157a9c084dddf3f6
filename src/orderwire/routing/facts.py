"""What a rule may ask about an order: the list of facts with their types, and their values for one order."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from orderwire.document.amount import NO_RATES, Amount, Rates
from orderwire.document.base import plain
from orderwire.document.money import totals
from orderwire.document.order import Order

SCHEMA = 1
"""Version of this list; a rule set says which one it was written for."""

Value = str | frozenset[str] | Amount | Decimal | datetime.date | bool


class FactType(StrEnum):
    """text is one word, texts any number of words; an amount has a currency; a flag is true or false."""

    TEXT = "text"
    TEXTS = "texts"
    AMOUNT = "amount"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True)
class Fact:
    """One thing that can be asked. `label` reads on in a sentence after "the"; a flag's label is a whole clause."""

    name: str
    type: FactType
    label: str


_TYPES: Mapping[FactType, type] = {
    FactType.TEXT: str,
    FactType.TEXTS: frozenset,
    FactType.AMOUNT: Amount,
    FactType.NUMBER: Decimal,
    FactType.DATE: datetime.date,
    FactType.FLAG: bool,
}

FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("kind", FactType.TEXT, "kind of order"),
        Fact("test", FactType.FLAG, "order is a test"),
        Fact("total", FactType.AMOUNT, "total"),
        Fact("currency", FactType.TEXT, "currency"),
        Fact("lines", FactType.NUMBER, "number of lines"),
        Fact("categories", FactType.TEXTS, "category"),
        Fact("issued", FactType.DATE, "order date"),
        Fact("need_by", FactType.DATE, "first date needed"),
        Fact("days_until_needed", FactType.NUMBER, "number of days until the first date needed"),
        Fact("buyer", FactType.TEXT, "buyer"),
        Fact("ship_to_country", FactType.TEXT, "ship-to country"),
        Fact("supplier", FactType.TEXT, "supplier"),
        Fact("supplier_country", FactType.TEXT, "supplier country"),
        Fact("supplier_language", FactType.TEXT, "supplier's language"),
        Fact("supplier_categories", FactType.TEXTS, "supplier category"),
        Fact("supplier_channels", FactType.TEXTS, "supplier's channel"),
        Fact("supplier_formats", FactType.TEXTS, "supplier's format"),
    )
}


@dataclass(frozen=True)
class Supplier:
    """What is known of a supplier besides the order. `number` is the buyer's; channels and formats are active ones."""

    number: str
    country: str | None = None
    language: str | None = None
    categories: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """Facts of one order on one day. A fact that is None is not known; `rates` compare amounts across currencies."""

    values: Mapping[str, Value | None]
    rates: Rates = field(default=NO_RATES)

    def __post_init__(self) -> None:
        """Raises TypeError for a value of another type, so that no comparison can fail later."""
        for name, value in self.values.items():
            if value is not None and type(value) is not _TYPES[FACTS[name].type]:
                raise TypeError(f"the fact {name} is of type {FACTS[name].type}, not {type(value).__name__}")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON from which `from_json` makes equal facts, to be kept with a plan."""
        rates = {currency: plain(rate) for currency, rate in sorted(self.rates.per_unit.items())}
        values = {name: _plain(value) for name, value in self.values.items() if value is not None}
        return {"schema": SCHEMA, "values": values, "rates": {"base": self.rates.base, "per_unit": rates}}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Facts":
        """The facts that were kept."""
        values = {name: _typed(FACTS[name].type, value) for name, value in kept["values"].items()}
        rates = {currency: Decimal(rate) for currency, rate in kept["rates"]["per_unit"].items()}
        return cls({**dict.fromkeys(FACTS), **values}, Rates(kept["rates"]["base"], rates))


def facts(order: Order, supplier: Supplier, *, on_date: datetime.date, rates: Rates = NO_RATES) -> Facts:
    """The facts of an order for this supplier on this day.

    Buyer and ship-to are those of the order; the buyer is named by its number (scheme buyer, gln, duns) or its name.
    """
    wanted = [s.requested for line in order.lines for s in line.schedules if s.requested]
    need_by = min(wanted, default=None)
    ship_to = order.ship_to or order.buyer
    buyer = next(filter(None, (order.buyer.identifier(s) for s in ("buyer", "gln", "duns"))), order.buyer.name)
    address = order.supplier.address
    values: dict[str, Value | None] = {
        "kind": str(order.kind),
        "test": order.test,
        "total": Amount(totals(order).total, order.currency),
        "currency": order.currency,
        "lines": Decimal(len(order.lines)),
        "categories": frozenset(line.category for line in order.lines if line.category),
        "issued": order.issued,
        "need_by": need_by,
        "days_until_needed": Decimal((need_by - on_date).days) if need_by else None,
        "buyer": buyer,
        "ship_to_country": ship_to.address.country if ship_to.address else None,
        "supplier": supplier.number,
        "supplier_country": supplier.country or (address.country if address else None),
        "supplier_language": supplier.language,
        "supplier_categories": supplier.categories,
        "supplier_channels": supplier.channels,
        "supplier_formats": supplier.formats,
    }
    return Facts(values, rates)


def shown(value: Value | None) -> str:
    """A value in words."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _plain(value: Value) -> Any:
    if isinstance(value, Amount):
        return {"value": plain(value.value), "currency": value.currency}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def _typed(kind: FactType, kept: Any) -> Value:
    match kind:
        case FactType.AMOUNT:
            return Amount(Decimal(kept["value"]), kept["currency"])
        case FactType.TEXTS:
            return frozenset(kept)
        case FactType.NUMBER:
            return Decimal(kept)
        case FactType.DATE:
            return datetime.date.fromisoformat(kept)
        case FactType.FLAG:
            return bool(kept)
        case FactType.TEXT:
            return str(kept)
