"""What tests of the road share: a policy that trusts one source, suppliers with a folder, and a look at all rows."""

import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection

from orderwire.document.order import Order as Document
from orderwire.flow.create import Created, create
from orderwire.formats import Approval
from orderwire.records import Delivery, Endpoint, Event, Order, Partner, User
from tests.database import factories

SOURCE = "api:erp"
ACTOR = "api:erp"
TRUSTED = f"trusted_sources:\n  - source: {SOURCE}\n    up_to: EUR 100000\n    approvers: [j.petersen, k.holm]\n"


def claim(approver: str = "j.petersen", reference: str | None = "WF-1", at: str | None = None) -> Approval:
    """What a source says about the approval it gave."""
    earlier = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    return Approval(approver, at or earlier.isoformat(), reference)


def default(name: str) -> str:
    """The shipped text of a configuration file."""
    return files("orderwire.defaults").joinpath(name).read_text(encoding="utf-8")


def trusting(folder: Path) -> None:
    """A policy in this configuration folder that trusts SOURCE up to EUR 100,000."""
    (folder / "policy.yaml").write_text(default("policy.yaml").replace("trusted_sources: []\n", TRUSTED))


def supplier(folder: Path, name: str = "Tecnosellos", **fields: Any) -> Partner:
    """A supplier that receives our JSON in a folder."""
    partner = factories.supplier(name, **fields)
    desk(partner, folder)
    return partner


def desk(partner: Partner, folder: Path, *, format: str = "order_json", **config: Any) -> Endpoint:
    """A folder endpoint; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    return factories.endpoint(partner, channel="folder", format=format, out=str(folder), **config)


def approved(document: Document | None = None, **fields: Any) -> Order:
    """An order that came in approved."""
    return Order.objects.get(pk=bring(document or factories.document(**fields)).order_id)


def bring(document: Document, **how: Any) -> Created:
    """Create an order as the trusted source does."""
    return create(document, **({"source": SOURCE, "actor": ACTOR, "approval": claim()} | how))


def waiting(document: Document | None = None, **how: Any) -> Order:
    """An order that waits for approval here."""
    made = create(document or factories.document(), **({"source": "api:shop", "actor": "api:shop"} | how))
    return Order.objects.get(pk=made.order_id)


def person(username: str, *groups: str, **fields: Any) -> User:
    """A user in these groups."""
    user: User = User.objects.create_user(username, password=None, first_name=username.capitalize(), **fields)
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in groups])
    return user


def sha256(order: Order) -> str:
    """The fingerprint of the order's current version."""
    return order.revisions.get(number=order.revision).sha256


def kinds(order: Order | None = None) -> list[str]:
    """The kinds of all events, or of those of one order, as they happened."""
    found = Event.objects.order_by("pk") if order is None else Event.objects.filter(order=order).order_by("pk")
    return list(found.values_list("kind", flat=True))


def states(order: Order) -> list[str]:
    """The states of an order's deliveries, the oldest first."""
    return list(Delivery.objects.filter(order=order).order_by("pk").values_list("state", flat=True))


def everything() -> dict[str, list[Any]]:
    """Every row of every table of ours except the ledger's events, to see that nothing changed."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where tablename like 'ow\\_%' and tablename <> 'ow_event'")
        rows = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"select to_jsonb(t)::text from {table} t order by 1")
            rows[table] = cursor.fetchall()
    return rows


def forge(table: str, statement: str, *values: Any) -> None:
    """What somebody does who owns the database and switches the guards of a table off."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(statement, values)
        cursor.execute("set constraints all immediate")
        cursor.execute(f"alter table {table} enable trigger user")
        cursor.execute("set constraints all deferred")
