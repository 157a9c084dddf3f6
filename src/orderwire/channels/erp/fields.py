"""Values of a raw record: whatever stands there, the answer is a value or `NotUsable` with its place."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from orderwire.channels.erp.record import NotUsable, Raw
from orderwire.document.party import Address, Contact, Identifier, Party

_LARGEST = Decimal(10) ** 15
_PLACES = Decimal("1e-9")


def text(record: Raw, *names: str) -> str:
    """The first of these that says something, on one line; "" where none does."""
    for name in names:
        value = record.get(name)
        known = isinstance(value, str | int) and not isinstance(value, bool)
        if known and (found := " ".join(str(value).split())):
            return found
    return ""


def required(record: Raw, *names: str, where: str = "the order") -> str:
    """As `text`. Raises NotUsable where nothing is said."""
    found = text(record, *names)
    if not found:
        raise NotUsable(f"{where} has no {names[0]}")
    return found


def number(record: Raw, name: str, *, where: str = "the order") -> Decimal:
    """A decimal with at most 9 places, 0 where nothing is said. Raises NotUsable."""
    value = record.get(name)
    if value is None or value is False or value == "":
        return Decimal(0)
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            found = Decimal(value)
        except (InvalidOperation, ValueError):
            found = Decimal("NaN")
        if found.is_finite() and abs(found) < _LARGEST:
            return found.quantize(_PLACES).normalize() + 0
    raise NotUsable(f"{name} of {where} is no number: {str(value)[:40]!r}")


def moment(value: Any, *, where: str = "the order") -> datetime.datetime:
    """A time as ISO 8601; one without a zone is UTC. Raises NotUsable."""
    try:
        found = datetime.datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=datetime.UTC)).astimezone(datetime.UTC)
    except (TypeError, ValueError, OverflowError):
        raise NotUsable(f"{where} has no time that can be read: {str(value)[:40]!r}") from None


def day(record: Raw, *names: str, zone: str = "", where: str = "the order") -> datetime.date | None:
    """The first of these days; one with a time is the day in `zone`. Raises NotUsable for what is no day."""
    found = text(record, *names)
    if not found or found.startswith("0001-01-01"):
        return None
    try:
        if len(found) == 10:
            return datetime.date.fromisoformat(found)
        at = moment(found, where=where)
        return at.astimezone(ZoneInfo(zone)).date() if zone else at.date()
    except (ValueError, OverflowError):
        raise NotUsable(f"{where} has a day that cannot be read: {found[:40]!r}") from None


def records(record: Raw, name: str) -> tuple[Raw, ...]:
    """The records in a list; whatever else stands there is left out."""
    value = record.get(name)
    return tuple(one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def part(record: Raw, name: str) -> Raw:
    """A record in a record; an empty one where none is."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def party(
    name: str,
    *,
    identifiers: Mapping[str, str],
    lines: Iterable[str] = (),
    city: str = "",
    postal_code: str = "",
    region: str = "",
    country: str = "",
    phone: str = "",
    email: str = "",
    contact: str = "",
) -> Party:
    """A party of what an ERP says about it; empty texts are left out. `country` counts only as ISO 3166-1 alpha-2."""
    streets = tuple(line for line in lines if line)
    code = country.upper() if len(country) == 2 and country.isascii() and country.isalpha() else None
    known = Address(
        lines=streets, city=city or None, postal_code=postal_code or None, region=region or None, country=code
    )
    person = Contact(name=contact or None, phone=phone or None, email=email or None)
    return Party(
        name=name,
        identifiers=tuple(Identifier(scheme=scheme, value=value) for scheme, value in identifiers.items() if value),
        address=known if known != Address() else None,
        contact=person if person != Contact() else None,
    )
