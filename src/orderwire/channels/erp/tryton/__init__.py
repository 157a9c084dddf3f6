"""Tryton: confirmed purchases are read by JSON-RPC, and how they stand is left as a note on each of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from pydantic import Field, SecretStr

from orderwire.channels.erp import ErpChannel, Link
from orderwire.channels.erp.record import Found, Raw
from orderwire.channels.erp.settings import HttpErpConfig
from orderwire.channels.erp.tryton import mapping
from orderwire.channels.erp.tryton.calls import NAME, logged_in
from orderwire.channels.erp.tryton.link import TrytonLink


class TrytonConfig(HttpErpConfig):
    """`url` is the server's address without the database, `login` a user of our own there, who may read purchases and
    write notes. `write_reference` puts the supplier's order number into a purchase's empty reference."""

    database: Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[A-Za-z0-9_.-]+$")]
    login: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^:\x00-\x1f]+$")]
    password: SecretStr
    write_reference: bool = True


class Tryton(ErpChannel[TrytonConfig]):
    """See `ErpChannel`."""

    kind = "tryton"
    label = NAME
    config_model = TrytonConfig

    @contextmanager
    def link(self, config: TrytonConfig) -> Iterator[Link]:
        """Log in; the session ends with the connection."""
        with (
            config.reached(NAME) as http,
            logged_in(http, config.database, config.login, config.password.get_secret_value()) as calls,
        ):
            yield TrytonLink(calls, database=config.database, write_reference=config.write_reference)

    def found(self, record: Raw, config: TrytonConfig) -> Found:
        """See `tryton.mapping`."""
        return mapping.found(record, units=config.units)
