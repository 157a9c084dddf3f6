"""The sealer passes over what is not settled yet, and PostgreSQL itself writes now and then: it analyzes tables."""

import time

from django.db import connection

from orderwire.ledger.seal import seal

PATIENCE_S = 60
OTHERS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()
"""


def settled() -> None:
    """Wait until no transaction runs that began before the last event was committed."""
    until = time.monotonic() + PATIENCE_S
    while _others():
        assert time.monotonic() < until, "another transaction does not end"
        time.sleep(0.01)


def sealed() -> int:
    """Seal all that happened so far; returns how many events that were."""
    settled()
    return seal()


def _others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        return int(cursor.fetchone()[0])
