"""The settings of a Dynamics 365 endpoint."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from orderwire.channels.erp.settings import HttpErpConfig
from orderwire.channels.http.oauth import OAuth

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
