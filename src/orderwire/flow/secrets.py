"""Named secrets, which the operator keeps once and endpoints refer to: set, list, remove, seal with a new key."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from orderwire.flow import Refused
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import Endpoint, EndpointChange, EndpointVersion, secret

LONGEST = 64 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}")


@dataclass(frozen=True)
class Kept:
    """A named secret without its text. `used_by` are endpoints ("Acme: edi") whose settings in use, or in a change that
    waits, name it."""

    name: str
    changed_at: datetime.datetime
    changed_by: str
    used_by: tuple[str, ...]


def keep(name: str, text: str, *, actor: str) -> None:
    """Keep a secret under this name; all that refer to it use the new one from their next sending on. Raises
    Refused."""
    if not _NAME.fullmatch(name):
        remedy = "Use letters, digits, spaces, dots and dashes, at most 80."
        raise Refused(f"{name[:80]!r} cannot be the name of a secret.", remedy=remedy)
    if not text or len(text) > LONGEST:
        raise Refused("There is no secret, or it is longer than 64 KiB.", remedy="Give it on standard input.")
    with transaction.atomic():
        secret.put(text, by=actor, name=name)
        append(events.SecretChanged(name=name, what="set"), actor=actor)


def kept() -> list[Kept]:
    """All named secrets by name."""
    uses = _uses()
    rows = secret.Secret.objects.filter(name__isnull=False).order_by("name")
    return [
        Kept(str(row.name), row.changed_at, row.changed_by, tuple(sorted(uses.get(str(row.name), set()))))
        for row in rows
    ]


def remove(name: str, *, actor: str) -> None:
    """Forget a secret. Raises Refused where there is none, or where endpoints use it."""
    with transaction.atomic():
        row = secret.Secret.objects.select_for_update().filter(name=name).first()
        if row is None:
            raise Refused(f"There is no secret {name[:80]!r}.", remedy="orderwire secret list", kind="not_found")
        if users := sorted(_uses().get(name, set())):
            text = f"The secret {name!r} is used by {', '.join(users[:5])}{' and others' if len(users) > 5 else ''}."
            raise Refused(text, remedy="Give them another secret first.", kind="conflict")
        row.delete()
        append(events.SecretChanged(name=name, what="removed"), actor=actor)


def rotate(*, actor: str) -> int:
    """Seal all secrets with the first of the vault's keys, also those that belong to one endpoint; how many."""
    with transaction.atomic():
        count = secret.rotate()
        append(events.SecretsSealed(count=count), actor=actor)
    return count


def _uses() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    versions = {(v.endpoint_id, v.number): v for v in EndpointVersion.objects.filter(config__isnull=False).iterator()}
    for endpoint in Endpoint.objects.select_related("partner"):
        for name in _names(versions[endpoint.pk, endpoint.version].config):
            found.setdefault(name, set()).add(str(endpoint))
    for change in EndpointChange.objects.filter(state=EndpointChange.State.OPEN).select_related("partner"):
        for name in _names(change.content):
            found.setdefault(name, set()).add(f"{change.partner}: {change.content.get('name', '')} (waits)")
    return found


def _names(config: Any) -> set[str]:
    if secret.is_named(config):
        return {config[secret.NAMED]} if isinstance(config[secret.NAMED], str) else set()
    if isinstance(config, Mapping):
        return {name for value in config.values() for name in _names(value)}
    return {name for value in config for name in _names(value)} if isinstance(config, list | tuple) else set()
