"""NetSuite: approved purchase orders are found by SuiteQL and read by SuiteTalk REST, states stand in a custom field.

Built from Oracle's published help pages; not run against the live product.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from orderwire.channels import guard
from orderwire.channels.erp import ErpChannel, Link
from orderwire.channels.erp.bearer import BearerHttp
from orderwire.channels.erp.netsuite import mapping
from orderwire.channels.erp.netsuite.link import NAME, NetSuiteLink
from orderwire.channels.erp.netsuite.token import key_of, token
from orderwire.channels.erp.record import Found, Raw
from orderwire.channels.erp.settings import HttpErpConfig, Zone
from orderwire.document.codes import UNITS

Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]


class NetSuiteConfig(HttpErpConfig):
    """`url` is the account's SuiteTalk address, `client_id` that of the integration record, `certificate_id` and
    `private_key` (PEM) those of its certificate. `zone` is the time zone that SuiteQL says times in. `default_unit` is
    the Rec 20 code for lines without a unit. `status_field` is a text area on purchase orders, added for the status.
    `write_reference` puts the supplier's order number into an empty reference number of the vendor.
    """

    client_id: Word
    certificate_id: Word
    private_key: SecretStr
    zone: Zone
    default_unit: Annotated[str, Field(max_length=3)] = ""
    status_field: Annotated[str, Field(pattern=r"^custbody[a-z0-9_]{1,40}$")] = "custbody_orderwire_status"
    write_reference: bool = False

    @model_validator(mode="after")
    def _usable(self) -> Self:
        try:
            key_of(self.private_key.get_secret_value())
        except ValueError as failure:
            raise ValueError(f"private_key {failure}") from None
        if self.default_unit and self.default_unit not in UNITS:
            raise ValueError("default_unit is no code of UN/ECE Recommendation 20, such as C62")
        return self


class NetSuite(ErpChannel[NetSuiteConfig]):
    """See `ErpChannel`."""

    kind = "netsuite"
    label = NAME
    config_model = NetSuiteConfig

    @contextmanager
    def link(self, config: NetSuiteConfig) -> Iterator[Link]:
        """Log in."""
        base = config.url.rstrip("/")

        def given(client: guard.Client, refused: str) -> str:
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

        with guard.client(
            timeout=config.timeout, allow_private=config.allow_private, base_url=f"{base}/services/rest"
        ) as client:
            yield NetSuiteLink(BearerHttp(client, NAME, given), config)

    def found(self, record: Raw, config: NetSuiteConfig) -> Found:
        """See `netsuite.mapping`."""
        return mapping.found(record, units=config.units, default_unit=config.default_unit)
