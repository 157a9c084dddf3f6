"""The settings of an ERPNext endpoint."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from orderwire.channels.erp.settings import HttpErpConfig, Zone


class ErpNextConfig(HttpErpConfig):
    """`key` and `secret` are the API key and API secret of the user. `zone` is the site's time zone, in which its times
    are. `company` limits what is read to one company. `lines` numbers lines: "row" by the name of the row, which
    stays whatever is deleted; "position" by its place, which is short. `status_field` names a text field of
    Purchase Order that was added there and may be changed after submitting; the answer is put into it as well.
    `write_confirmation` puts the supplier's order number and the day of the answer where ERPNext has fields for them.
    """

    key: SecretStr
    secret: SecretStr
    zone: Zone
    company: Annotated[str, Field(max_length=140)] = ""
    lines: Literal["row", "position"] = "row"
    status_field: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,60})?$")] = ""
    write_confirmation: bool = True

    @model_validator(mode="after")
    def _keys(self) -> Self:
        for name, value in (("key", self.key), ("secret", self.secret)):
            if not re.fullmatch(r"[\x21-\x39\x3b-\x7e]{1,200}", value.get_secret_value()):
                raise ValueError(f"{name} is none: copy it from ERPNext, without blanks")
        return self
