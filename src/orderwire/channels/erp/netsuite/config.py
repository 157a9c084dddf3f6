"""The settings of a NetSuite endpoint."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from orderwire.channels.erp.netsuite.token import key_of
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
