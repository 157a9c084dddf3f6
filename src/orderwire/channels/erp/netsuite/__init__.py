"""NetSuite: approved purchase orders are found by SuiteQL and read by SuiteTalk REST, states stand in a custom field.

Built from Oracle's published help pages; not run against the live product.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from orderwire.channels.erp import ErpChannel, Link
from orderwire.channels.erp.bearer import BearerHttp
from orderwire.channels.erp.netsuite import mapping
from orderwire.channels.erp.netsuite.config import NetSuiteConfig
from orderwire.channels.erp.netsuite.link import NAME, NetSuiteLink
from orderwire.channels.erp.netsuite.token import token
from orderwire.channels.erp.record import Found, Raw


class NetSuite(ErpChannel[NetSuiteConfig]):
    """See `ErpChannel`."""

    kind = "netsuite"
    label = NAME
    config_model = NetSuiteConfig

    @contextmanager
    def link(self, config: NetSuiteConfig) -> Iterator[Link]:
        """Log in."""
        base = config.url.rstrip("/")

        def given(client: httpx2.Client, refused: str) -> str:
            pem = config.private_key.get_secret_value()
            return token(
                client,
                url=base,
                client_id=config.client_id,
                certificate_id=config.certificate_id,
                pem=pem,
                name=NAME,
                refused=refused,
            )

        with config.guarded("/services/rest") as client:
            yield NetSuiteLink(BearerHttp(client, NAME, given), config)

    def found(self, record: Raw, config: NetSuiteConfig) -> Found:
        """See `netsuite.mapping`."""
        return mapping.found(record, units=config.units, default_unit=config.default_unit)
