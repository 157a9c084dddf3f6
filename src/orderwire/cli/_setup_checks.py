"""What can be wrong with an installation itself: database, settings, secrets, plug-ins, and the operator's files."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

OLDEST_POSTGRESQL = 14
LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]"}
SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and what to do."""

    what: str
    where: str
    remedy: str


def database() -> Iterator[Fault]:
    """Nothing where the database can be used as it is."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import Error

    from orderwire.database import DatabaseRefused

    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseRefused, Error) as failure:
        text = " ".join(str(failure).split())
        yield Fault(f"cannot be used: {text}", "database", "Start it, or correct DATABASE_URL.")
        return
    version = connection.pg_version // 10000  # type: ignore[attr-defined]
    if version < OLDEST_POSTGRESQL:
        remedy = f"Use PostgreSQL {OLDEST_POSTGRESQL} or later."
        yield Fault(f"is PostgreSQL {version}, which is too old", "database", remedy)
    if waiting:
        first = f"{waiting[0][0].app_label}.{waiting[0][0].name}"
        text = f"its schema is {len(waiting)} step{'s' * (len(waiting) > 1)} behind this version (from {first} on)"
        yield Fault(text, "database", "Run orderwire serve or orderwire worker of this version once.")


def settings() -> Iterator[Fault]:
    """Settings that are dangerous or do not fit each other."""
    from django.conf import settings as given

    address = urlsplit(given.ORDERWIRE_URL)
    public = set(given.ALLOWED_HOSTS) - LOOPBACK
    if public and address.hostname in LOOPBACK:
        text = f"mailed links begin with {given.ORDERWIRE_URL}, which nobody outside can open"
        yield Fault(text, "ORDERWIRE_URL", f"Set it to the address of {min(public)}.")
    elif address.hostname not in LOOPBACK:
        if address.scheme != "https":
            yield Fault("is not https: answer links and passwords would travel in clear text", "ORDERWIRE_URL",
                        "Put a TLS proxy in front and write https://.")  # fmt: skip
        if address.hostname not in given.ALLOWED_HOSTS and "*" not in given.ALLOWED_HOSTS:
            yield Fault(f"does not name {address.hostname}", "ORDERWIRE_HOSTS", "Add it, or its pages are refused.")
    if "*" in given.ALLOWED_HOSTS:
        yield Fault("accepts every host name", "ORDERWIRE_HOSTS", "Name the ones under which it is reached.")
    if given.DEBUG:
        yield Fault("error pages for developers are on", "ORDERWIRE_DEBUG", "Unset it.")
    yield from _secrets()
    for folder in (Path(given.DATA), given.ORDERWIRE_CONFIG):
        if folder.exists() and not os.access(folder, os.W_OK if folder == Path(given.DATA) else os.R_OK):
            yield Fault(f"the folder {folder} is closed to this user", "ORDERWIRE_DATA", "Change its owner or mode.")


def _secrets() -> Iterator[Fault]:
    from django.conf import settings as given

    for name in ("SECRET_KEY", "VAULT_KEYS"):
        own = os.environ.get(f"ORDERWIRE_{name}")
        file = Path(given.DATA) / "keys" / name.lower()
        if own is not None and any(len(part) < SHORTEST_SECRET or len(set(part)) < 10 for part in own.split(",")):
            remedy = f"Use at least {SHORTEST_SECRET} random characters, or leave it out to have one made."
            yield Fault("can be guessed", f"ORDERWIRE_{name}", remedy)
        elif own is None and file.exists() and file.stat().st_mode & 0o077:
            yield Fault("can be read by other users of this machine", str(file), f"chmod 600 {file}")


def plugins() -> Iterator[Fault]:
    """Channels and formats that did not load."""
    from orderwire.plugins import plugins as installed

    for plugin in installed():
        if plugin.problem:
            where = f"{plugin.group} {plugin.name}"
            yield Fault(f"did not load: {plugin.problem}", where, f"Correct or remove the package {plugin.source}.")


def files() -> "tuple[Any, Any, Any, Any, list[Fault]]":
    """The rules, the approval policy, the policy of changes and the reminders as they stand, each None where it cannot
    be used, and what is wrong with them."""
    from orderwire.flow import configuration
    from orderwire.governance import changes, policy, reminding
    from orderwire.routing import table
    from orderwire.yaml_file import Unreadable

    found: list[Any] = []
    faults: list[Fault] = []
    readers: list[tuple[str, Any]] = [
        ("rules.yaml", table.from_yaml),
        ("policy.yaml", policy.from_yaml),
        ("changes.yaml", changes.from_yaml),
        ("reminders.yaml", reminding.from_yaml),
    ]
    for name, read in readers:
        try:
            found.append(read(configuration.text_of(name)))
        except Unreadable as failure:
            found.append(None)
            faults += [
                Fault(f.text, f.where, "Correct that line; the remedy stands beside it.") for f in failure.findings
            ]
        except (OSError, UnicodeDecodeError) as failure:
            found.append(None)
            faults.append(Fault(f"cannot be read: {failure}", name, "Save it as UTF-8 and readable for this user."))
    return found[0], found[1], found[2], found[3], faults
