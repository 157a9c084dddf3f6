"""A process that orders: it uses the product's own verbs on the installation that ORDERWIRE_DATA names, one request a
line on stdin, one answer a line on stdout."""

import datetime
import json
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Address, Identifier, Party
from orderwire.formats import Approval

SOURCE = "api:erp"


def supplier(
    number: str,
    channel: str,
    config: dict[str, Any],
    max_parallel: int = 1,
    retry: tuple[int, ...] = (),
    format: str = "order_json",
) -> None:
    """A supplier with one endpoint; it gets our own format unless told otherwise."""
    from orderwire.records import Endpoint, EndpointVersion, Partner

    partner = Partner.objects.create(number=number, name=f"Supplier {number}", country="DE")
    endpoint = Endpoint.objects.create(partner=partner, name="first", max_parallel=max_parallel)
    EndpointVersion.objects.create(
        endpoint=endpoint, number=1, channel=channel, config=config, format=format, retry=list(retry)
    )


def erp(number: str, channel: str, config: dict[str, Any]) -> None:
    """An ERP of the house: an internal partner with one endpoint, tried again every second."""
    from orderwire.records import Endpoint, EndpointVersion, Partner

    partner = Partner.objects.create(number=number, name=f"ERP {number}", role=Partner.Role.INTERNAL)
    endpoint = Endpoint.objects.create(partner=partner, name="books")
    EndpointVersion.objects.create(
        endpoint=endpoint, number=1, channel=channel, config=config, format="order_json", retry=[1] * 60
    )


def order(numbers: list[str], supplier: str, revision: int = 1) -> dict[str, str]:
    """Create orders that arrive approved: number to fingerprint."""
    from orderwire.document.canonical import fingerprint
    from orderwire.flow.create import create

    made = {}
    for number in numbers:
        document = _document(number, supplier, revision)
        created = create(
            document, source=SOURCE, actor=SOURCE, approval=Approval("J. Petersen", "2026-11-16T14:42:00Z", "WF-1")
        )
        assert created.state == "approved", created
        made[number] = fingerprint(document)
    return made


def settle(number: str, arrived: bool) -> None:
    """A person settles the doubt about an order's delivery."""
    from orderwire.flow.distribute import settle_doubt
    from orderwire.records import Delivery

    settle_doubt(Delivery.objects.get(order__number=number).pk, arrived=arrived, actor="user:ines")


def _document(number: str, supplier: str, revision: int) -> Order:
    return Order(
        number=number,
        revision=revision,
        issued=datetime.date(2026, 11, 16),
        currency="EUR",
        buyer=Party(name="Nordhaven Pumpen GmbH", address=Address(city="Bremen", country="DE")),
        supplier=Party(name=f"Supplier {supplier}", identifiers=(Identifier(scheme="buyer", value=supplier),)),
        lines=(
            Line(
                number="10",
                description=f"Mechanical seal for {number}",
                quantity=Decimal(10 + revision),
                unit="C62",
                price=Decimal("61.20"),
                buyer_part="207-2801",
                schedules=(Schedule(quantity=Decimal(10 + revision), requested=datetime.date(2026, 12, 2)),),
            ),
        ),
    )


if __name__ == "__main__":
    from orderwire.installation import prepare

    prepare()
    from django.db import close_old_connections

    verbs: dict[str, Callable[..., Any]] = {"supplier": supplier, "erp": erp, "order": order, "settle": settle}
    for request in sys.stdin:
        verb, arguments = json.loads(request)
        close_old_connections()
        answer = verbs[verb](**arguments)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
