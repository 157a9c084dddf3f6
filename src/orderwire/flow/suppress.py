"""Addresses that nothing is sent to: their mail came back for good, or their reader complained. A person lifts it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from orderwire.flow import Refused
from orderwire.ledger.append import append
from orderwire.ledger.events import AddressLifted, AddressSuppressed
from orderwire.records import Delivery, Suppression


def suppress(address: str, why: Suppression.Why, text: str, delivery: Delivery | None) -> None:
    """Nothing is sent to this address any more, until a person lifts it. The caller holds a transaction."""
    _, new = Suppression.objects.get_or_create(
        address=address.lower(), lifted_at=None, defaults={"why": why, "text": text, "delivery": delivery}
    )
    if new:
        subjects = {"delivery": delivery.pk} if delivery is not None else {}
        append(
            AddressSuppressed(address=address.lower(), why=why, reason=text),
            actor="system:worker",
            order=delivery.order if delivery is not None else None,
            subjects=subjects,  # type: ignore[arg-type]
        )


def lift(address: str, *, actor: str, reason: str) -> None:
    """Mail may go to this address again, from its next try on. Raises Refused where nothing keeps it."""
    with transaction.atomic():
        rows = Suppression.objects.select_for_update().filter(address=address.strip().lower(), lifted_at=None)
        found = rows.first()
        if found is None:
            raise Refused(f"Nothing keeps mail from {address.strip()}.", kind="not_found")
        found.lifted_at, found.lifted_by = timezone.now(), actor
        found.save(update_fields=["lifted_at", "lifted_by"])
        append(AddressLifted(address=found.address, reason=reason), actor=actor)


def suppressed(addresses: Iterable[str]) -> frozenset[str]:
    """Those of the addresses that nothing is sent to, in lower case."""
    asked = {address.lower() for address in addresses}
    if not asked:
        return frozenset()
    return frozenset(Suppression.objects.filter(address__in=asked, lifted_at=None).values_list("address", flat=True))


def addresses(settings: Mapping[str, Any]) -> frozenset[str]:
    """Every mail address that the settings of an endpoint name, whatever its channel calls them."""
    found: set[str] = set()
    waiting: list[Any] = [settings]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, str) and "@" in value:
            found.add(value)
    return frozenset(found)
