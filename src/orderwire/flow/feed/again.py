"""Reads an ERP again from an earlier day: after its books were restored, or a setting was put right."""

import datetime

from orderwire import plugins
from orderwire.channels.erp import ErpChannel
from orderwire.channels.erp.cursor import Cursor
from orderwire.flow import Refused
from orderwire.records import Endpoint


def pull_again(endpoint_id: int, since: datetime.datetime) -> Endpoint:
    """Everything that changed since then is brought once more, from the next round on; what is here already changes
    nothing. Never from before the day that the endpoint's settings name. Raises Refused."""
    endpoint = Endpoint.objects.select_related("partner").filter(pk=endpoint_id).first()
    if endpoint is None:
        raise Refused(f"There is no endpoint {endpoint_id}.", kind="not_found")
    if not isinstance(plugins.channel(endpoint.current.channel), ErpChannel):
        raise Refused(f"{endpoint} is no ERP.", remedy="orderwire erp check lists those that are.")
    endpoint.cursor = Cursor(since).text()
    endpoint.save(update_fields=["cursor"])
    return endpoint
