"""Who could get an order: the supplier that its document means, and the endpoints of him and of the groups in the
house, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orderwire.records.hot import rows

# By the buyer's own number, else by the first other identifier we know, else by its name if only one has it.
FIND = """
select coalesce(
  (select id from ow_partner where role = 'supplier' and number = %(own)s::text),
  (select i.partner_id
   from unnest(%(schemes)s::text[], %(values)s::text[]) with ordinality as asked(scheme, value, place)
   join ow_partner_identifier i using (scheme, value)
   join ow_partner p on p.id = i.partner_id and p.role = 'supplier'
   order by asked.place limit 1),
  (select min(id) from ow_partner where role = 'supplier' and upper(name) = upper(%(name)s::text) having count(*) = 1)
)
"""

READ = """
select p.id, p.number, p.name, p.role, p.language, p.country, p.categories, p.active,
       e.id, e.name, e.rank, e.version, e.active, v.channel, v.format
from ow_partner p
left join ow_endpoint e on e.partner_id = p.id
left join ow_endpoint_version v on v.endpoint_id = e.id and v.number = e.version
where p.id = %(supplier)s::bigint or p.role = 'internal'
order by p.id, e.rank, e.id
"""


@dataclass(frozen=True)
class EndpointRow:
    """An endpoint in its current version."""

    id: int
    name: str
    rank: int
    version: int
    active: bool
    channel: str
    format: str


@dataclass(frozen=True)
class PartnerRow:
    """A partner with its endpoints, best rank first."""

    id: int
    number: str
    name: str
    role: str
    language: str
    country: str
    categories: tuple[str, ...]
    active: bool
    endpoints: tuple[EndpointRow, ...]


def find_supplier(*, name: str, identifiers: Sequence[tuple[str, str]]) -> int | None:
    """The id of the supplier that a document means by its name and (scheme, value) pairs, or None."""
    own = next((value for scheme, value in identifiers if scheme == "buyer"), None)
    schemes, values = [s for s, _ in identifiers], [v for _, v in identifiers]
    found = rows(FIND, {"own": own, "schemes": schemes, "values": values, "name": name})
    return found[0][0] if found else None


def recipients(supplier_id: int) -> list[PartnerRow]:
    """The supplier and every group in the house."""
    partners: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows(READ, {"supplier": supplier_id}):
        partners.setdefault(row[0], []).append(row)
    return [_partner(found) for found in partners.values()]


def _partner(found: Sequence[tuple[Any, ...]]) -> PartnerRow:
    id, number, name, role, language, country, categories, active = found[0][:8]
    endpoints = tuple(EndpointRow(*row[8:]) for row in found if row[8] is not None)
    return PartnerRow(id, number, name, role, language, country, tuple(categories), active, endpoints)
