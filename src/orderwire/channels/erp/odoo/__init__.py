"""Odoo: confirmed purchase orders are read by JSON-2 or XML-RPC, states are noted on their chatter.

Built from Odoo's published documentation and source; not run against the live product.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from orderwire.channels.erp import ErpChannel, Link
from orderwire.channels.erp.http import Http
from orderwire.channels.erp.odoo import mapping
from orderwire.channels.erp.odoo.calls import NAME, Json2, XmlRpc
from orderwire.channels.erp.odoo.link import OdooLink
from orderwire.channels.erp.record import Found, Raw
from orderwire.channels.erp.settings import HttpErpConfig, Zone


class OdooConfig(HttpErpConfig):
    """`key` is an API key of the user. `api` is json2 for Odoo 19 and later, xmlrpc before; that also needs `database`
    and `login`. `zone` is the company's time zone: Odoo keeps days as moments. `companies` limits what is read to these
    companies (their ids). `write_reference` puts the supplier's order number into an empty vendor reference."""

    key: SecretStr
    api: Literal["json2", "xmlrpc"] = "json2"
    database: Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9_.-]*$")] = ""
    login: Annotated[str, Field(max_length=200)] = ""
    zone: Zone = "UTC"
    companies: tuple[int, ...] = ()
    write_reference: bool = True

    @model_validator(mode="after")
    def _all_there(self) -> Self:
        key = self.key.get_secret_value()
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("key is none: copy it from Odoo, without blanks")
        if self.api == "xmlrpc" and not (self.database and self.login):
            raise ValueError("database and login are needed for xmlrpc")
        return self


class Odoo(ErpChannel[OdooConfig]):
    """See `ErpChannel`."""

    kind = "odoo"
    label = NAME
    config_model = OdooConfig

    @contextmanager
    def link(self, config: OdooConfig) -> Iterator[Link]:
        """Log in."""
        context = {"lang": "en_US", **({"allowed_company_ids": list(config.companies)} if config.companies else {})}
        key = config.key.get_secret_value()
        if config.api == "json2":
            headers = {"Authorization": f"bearer {key}"}
            headers |= {"X-Odoo-Database": config.database} if config.database else {}
            with config.guarded(headers=headers) as client:
                yield self._linked(Json2(Http(client, NAME), context), config)
            return
        with config.guarded() as client:
            calls = XmlRpc(client, database=config.database, login=config.login, key=key, context=context)
            yield self._linked(calls, config)

    def _linked(self, calls: Json2 | XmlRpc, config: OdooConfig) -> Link:
        return OdooLink(calls, url=config.url, write_reference=config.write_reference)

    def found(self, record: Raw, config: OdooConfig) -> Found:
        """See `odoo.mapping`."""
        return mapping.found(record, zone=config.zone, units=config.units)
