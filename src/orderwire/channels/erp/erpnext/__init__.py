"""ERPNext: submitted purchase orders are read by its REST interface, states stand as comments on them.

Built from the published documentation of Frappe and the doctypes of ERPNext; not run against the live product.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from orderwire.channels.erp import ErpChannel, Link
from orderwire.channels.erp.erpnext import mapping
from orderwire.channels.erp.erpnext.config import ErpNextConfig
from orderwire.channels.erp.erpnext.link import NAME, ErpNextLink
from orderwire.channels.erp.http import Http
from orderwire.channels.erp.record import Found, Raw


class ErpNext(ErpChannel[ErpNextConfig]):
    """See `ErpChannel`."""

    kind = "erpnext"
    label = NAME
    config_model = ErpNextConfig

    @contextmanager
    def link(self, config: ErpNextConfig) -> Iterator[Link]:
        """Log in."""
        token = f"token {config.key.get_secret_value()}:{config.secret.get_secret_value()}"
        with config.guarded(headers={"Authorization": token}) as client:
            yield ErpNextLink(Http(client, NAME), config)

    def found(self, record: Raw, config: ErpNextConfig) -> Found:
        """See `erpnext.mapping`."""
        return mapping.found(record, zone=config.zone, units=config.units, by_row=config.lines == "row")
