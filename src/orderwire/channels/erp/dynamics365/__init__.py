"""Dynamics 365 Finance and Supply Chain: confirmed purchase orders are read by OData, states go to fields of them.

Built from the published entities PurchaseOrderHeadersV2 and PurchaseOrderLinesV2; not run against the live product.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from orderwire.channels.erp import ErpChannel, Link
from orderwire.channels.erp.bearer import BearerHttp
from orderwire.channels.erp.dynamics365 import mapping
from orderwire.channels.erp.dynamics365.config import Dynamics365Config
from orderwire.channels.erp.dynamics365.link import NAME, D365Link
from orderwire.channels.erp.record import Found, Raw
from orderwire.channels.http.oauth import token


class Dynamics365(ErpChannel[Dynamics365Config]):
    """See `ErpChannel`."""

    kind = "dynamics365"
    label = NAME
    config_model = Dynamics365Config

    @contextmanager
    def link(self, config: Dynamics365Config) -> Iterator[Link]:
        """Log in."""
        with config.guarded("/data") as client:
            http = BearerHttp(client, NAME, lambda asker, old: token(asker, config.oauth, name=NAME, refused=old))
            yield D365Link(http, config)

    def found(self, record: Raw, config: Dynamics365Config) -> Found:
        """See `dynamics365.mapping`."""
        return mapping.found(record, config)
