"""One house, two suppliers and their approvers, for many stories: each begins with an empty ledger."""

from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from orderwire.records import Endpoint, Partner, User
from tests.database.flow import road

_STAYS = ("ow_partner", "ow_endpoint", "ow_user", "ow_rule", "ow_api")
"""How the names of tables begin that are made once."""


@dataclass(frozen=True)
class World:
    """Who takes part."""

    supplier: Partner
    other: Partner
    lead: User
    finance: User

    @classmethod
    def made(cls, config: Path, folder: Path) -> "World":
        """The suppliers' addresses have one shard each."""
        del config  # the policy is there before the orders are
        made = cls(
            road.supplier(folder / "first"),
            road.supplier(folder / "second", "Dichtwerk"),
            road.person("lena", "purchasing-leads"),
            road.person("kai", "finance-leads"),
        )
        Endpoint.objects.update(max_parallel=1)
        return made


def emptied() -> None:
    """Every row that a story wrote is gone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where tablename like 'ow\\_%'")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(_STAYS)]
        cursor.execute(f"truncate {', '.join(tables)}")
        cursor.execute("update ow_endpoint set paused_until = null, failures = 0, active = true")
