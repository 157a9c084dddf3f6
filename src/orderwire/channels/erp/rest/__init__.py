"""Any system with a REST interface of its own: where it lists, shows and is told is said in the settings, and where its
JSON has what, in JSON pointers (RFC 6901)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from orderwire.channels.erp import ErpChannel, Link
from orderwire.channels.erp.record import Found, Raw
from orderwire.channels.erp.rest import mapping
from orderwire.channels.erp.rest.link import NAME, RestLink
from orderwire.channels.erp.rest.pointer import pointer, template
from orderwire.channels.erp.settings import HttpErpConfig

Pointer = Annotated[str, AfterValidator(pointer)]


class ErpRestConfig(HttpErpConfig):
    """Paths follow `url`: `list_path` may hold {since}, {until}, {after} (the id of the last order of the page before)
    and {limit}; `record_path` and `status_path` hold {id}. `authorization` is the whole value of that header.

    Pointers: `orders` leads to the list in its answer; from each of those `id`, `number`, `changed` and `entry_version`
    lead to what they are named for. In a record, `document` leads to an order in our own JSON; or else `fields` and,
    from each of the `lines`, `line_fields` lead to the values of an order (`rest.mapping`). An order is cancelled where
    `state` leads to one of the words in `cancelled`.
    """

    authorization: SecretStr
    list_path: Annotated[str, AfterValidator(template("since", "until", "after", "limit"))] = (
        "/orders?since={since}&until={until}&after={after}&limit={limit}"
    )
    record_path: Annotated[str, AfterValidator(template("id"))] = "/orders/{id}"
    status_path: Annotated[str, AfterValidator(template("id"))] = "/orders/{id}/status"
    page: Annotated[int, Field(ge=1, le=1000)] = 100
    orders: Pointer = "/orders"
    id: Pointer = "/id"
    number: Pointer = "/number"
    changed: Pointer = "/changed"
    entry_version: Pointer = "/version"
    document: Pointer = ""
    fields: dict[mapping.FieldName, Pointer] = {}
    lines: Pointer = "/lines"
    line_fields: dict[mapping.LineFieldName, Pointer] = {}
    state: Pointer = "/state"
    cancelled: tuple[str, ...] = ("cancelled",)


class ErpRest(ErpChannel[ErpRestConfig]):
    """See `ErpChannel`."""

    kind = "erp_rest"
    label = "ERP by REST"
    config_model = ErpRestConfig

    @contextmanager
    def link(self, config: ErpRestConfig) -> Iterator[Link]:
        """There is no login, for each call has the key: a look at an empty list says whether the service is there."""
        headers = {"Authorization": config.authorization.get_secret_value()}
        with config.reached(NAME, headers=headers) as http:
            found = RestLink(http, config)
            found.reach()
            yield found

    def found(self, record: Raw, config: ErpRestConfig) -> Found:
        """See `rest.mapping`."""
        return mapping.found(record, config)
