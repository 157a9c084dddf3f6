"""The settings of an SAP S/4HANA endpoint."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator

from orderwire.channels.erp.settings import HttpErpConfig
from orderwire.channels.http.oauth import OAuth

PATH = "/sap/opu/odata4/sap/api_purchaseorder_2/srvd_a2x/sap/purchaseorder/0001"
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]


class S4HanaConfig(HttpErpConfig):
    """`user` and `password` of a communication user, or `oauth`. `client` is the SAP client, three digits. `service` is
    the path of the purchase order API. `company_codes` limits what is read; `names` gives company codes and plants the
    names that suppliers know, which the API does not say. `taxes` gives tax codes their percent. `text` is the header
    text that the status is written to, and `language` its language: a text of its own, for it is replaced each time; it
    is never sent to suppliers. `write_number` puts the supplier's order number into the lines' acknowledgment number.
    """

    user: Annotated[str, Field(max_length=200, pattern=r"^[^:\x00-\x1f]*$")] = ""
    password: SecretStr | None = None
    oauth: OAuth | None = None
    client: Annotated[str, Field(pattern=r"^(\d{3})?$")] = ""
    service: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_.;=-]+)+$", max_length=300)] = PATH
    company_codes: tuple[Annotated[str, Field(pattern=r"^[A-Z0-9]{1,4}$")], ...] = ()
    names: dict[str, Annotated[str, Field(min_length=1, max_length=200)]] = {}
    taxes: dict[str, Percent] = {}
    text: Annotated[str, Field(pattern=r"^([A-Z0-9]{4}|[A-Z][0-9]{2})$")] = "F02"
    language: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "EN"
    write_number: bool = False

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        if (self.oauth is None) == (self.password is None or not self.user):
            raise ValueError("needs either user and password, or oauth")
        if self.oauth is not None:
            self._check(self.oauth.token_url)
        return self
