"""Dynamics 365 Finance and Supply Chain: confirmed purchase orders are read by OData, states go to fields of them.

Built from the published entities PurchaseOrderHeadersV2 and PurchaseOrderLinesV2; not run against the live product.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from orderwire.channels import guard
from orderwire.channels.erp import ErpChannel, Link
from orderwire.channels.erp.bearer import BearerHttp
from orderwire.channels.erp.dynamics365 import mapping
from orderwire.channels.erp.dynamics365.link import NAME, D365Link
from orderwire.channels.erp.record import Found, Raw
from orderwire.channels.erp.settings import HttpErpConfig
from orderwire.channels.oauth import OAuth, token

Property = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,80}$")]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]


class Dynamics365Config(HttpErpConfig):
    """`oauth` is the app registration; its scope is the environment's address with /.default. `company` is the legal
    entity (dataAreaId), `name` how suppliers know it. `changed_field` is the property with the time of the last change,
    which Microsoft's entities for headers and lines do not have: it is added to both under this name. `taxes` gives
    item sales tax groups their percent. `approval` are the states of approval in which an order may go out.
    `status_field` is a text property of headers that was added for the status. `write_reference` puts the supplier's
    order number into an empty vendor reference, `write_dates` the promised day into the confirmed delivery date of
    lines.
    """

    oauth: OAuth
    company: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,4}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    changed_field: Property
    approval: Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]+$")], ...], Field(min_length=1)] = (
        "Approved",
        "Confirmed",
    )
    taxes: dict[str, Percent] = {}
    status_field: Property | None = None
    write_reference: bool = False
    write_dates: bool = False

    @model_validator(mode="after")
    def _token_from_somewhere(self) -> Self:
        self._check(self.oauth.token_url)
        return self


class Dynamics365(ErpChannel[Dynamics365Config]):
    """See `ErpChannel`."""

    kind = "dynamics365"
    label = NAME
    config_model = Dynamics365Config

    @contextmanager
    def link(self, config: Dynamics365Config) -> Iterator[Link]:
        """Log in."""
        base = f"{config.url.rstrip('/')}/data"
        with guard.client(timeout=config.timeout, allow_private=config.allow_private, base_url=base) as client:
            http = BearerHttp(client, NAME, lambda asker, old: token(asker, config.oauth, name=NAME, refused=old))
            yield D365Link(http, config)

    def found(self, record: Raw, config: Dynamics365Config) -> Found:
        """See `dynamics365.mapping`."""
        return mapping.found(record, config)
