"""SAP S/4HANA: released purchase orders are read by OData V4, states stand as a header text of them.

Built from the published metadata of CE_PURCHASEORDER_0001; not run against the live product.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager

from orderwire.channels.erp import ErpChannel, Link
from orderwire.channels.erp.bearer import BearerHttp
from orderwire.channels.erp.http import Http
from orderwire.channels.erp.record import Found, Raw
from orderwire.channels.erp.s4hana import mapping
from orderwire.channels.erp.s4hana.config import S4HanaConfig
from orderwire.channels.erp.s4hana.link import NAME, S4Link
from orderwire.channels.http.oauth import token


class S4Hana(ErpChannel[S4HanaConfig]):
    """See `ErpChannel`."""

    kind = "s4hana"
    label = NAME
    config_model = S4HanaConfig

    @contextmanager
    def link(self, config: S4HanaConfig) -> Iterator[Link]:
        """Log in; cookies go along, for SAP ties its token against forged requests to them."""
        headers = {"sap-client": config.client} if config.client else {}
        if config.password is not None:
            pair = f"{config.user}:{config.password.get_secret_value()}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        with config.guarded(config.service, headers=headers) as client:
            oauth = config.oauth
            if oauth is None:
                http = Http(client, NAME)
            else:
                http = BearerHttp(client, NAME, lambda asker, old: token(asker, oauth, name=NAME, refused=old))
            yield S4Link(http, config)

    def found(self, record: Raw, config: S4HanaConfig) -> Found:
        """See `s4hana.mapping`."""
        return mapping.found(record, config)
