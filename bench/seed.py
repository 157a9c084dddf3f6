"""Shared parts of the benchmarks: a ready database, a trusted source, suppliers with endpoints, believable orders."""

import datetime
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.document.terms import TermsPart
from orderwire.formats import Approval

SOURCE = "api:bench"
APPROVAL = Approval("J. Petersen", "2026-11-16T14:42:00Z", "WF-1")
BUYER = Party(
    name="Nordhaven Pumpen GmbH",
    identifiers=(Identifier(scheme="gln", value="4012345000009"), Identifier(scheme="vat", value="DE136695976")),
    address=Address(lines=("Überseestraße 114",), city="Bremen", postal_code="28217", country="DE"),
    contact=Contact(name="Ines Albrecht", phone="+49 421 5550 142", email="ines.albrecht@nordhaven.example"),
)


def ready() -> None:
    """The database of this run with the newest schema, and a policy that trusts SOURCE."""
    from orderwire.database import data_folder

    config = data_folder() / "config"
    config.mkdir(exist_ok=True)
    policy = files("orderwire.defaults").joinpath("policy.yaml").read_text()
    trusted = f"trusted_sources:\n  - source: {SOURCE}\n"
    (config / "policy.yaml").write_text(policy.replace("trusted_sources: []\n", trusted))
    from orderwire.installation import prepare

    prepare()


def supplier(number: str, *, channel: str, config: dict[str, Any], format: str, **version: Any) -> Any:
    """A supplier with one endpoint."""
    from orderwire.records import Endpoint, EndpointVersion, Partner

    partner = Partner.objects.create(number=number, name=f"Supplier {number}", country="US", language="en")
    endpoint = Endpoint.objects.create(partner=partner, name="first")
    EndpointVersion.objects.create(
        endpoint=endpoint, number=1, channel=channel, config=config, format=format, **version
    )
    return partner


def order(number: str, supplier: str, lines: int = 10) -> Order:
    """An order with that many lines, two of them with two dates."""
    return Order(
        number=number,
        issued=datetime.date(2026, 11, 16),
        currency="EUR",
        buyer=BUYER,
        supplier=Party(name=f"Supplier {supplier}", identifiers=(Identifier(scheme="buyer", value=supplier),)),
        payment_terms=(TermsPart(days=60, discount_percent=Decimal(2), discount_days=14),),
        lines=tuple(_line(n) for n in range(1, lines + 1)),
    )


def _line(n: int) -> Line:
    dates = (datetime.date(2026, 12, 2), datetime.date(2026, 12, 9))
    quantity = Decimal(100 + 2 * n)
    parts = 2 if n % 5 == 0 else 1
    return Line(
        number=str(10 * n),
        description=f"Mechanical seal MG1/{20 + n}-G60",
        quantity=quantity,
        unit="C62",
        price=Decimal("61.20") + n,
        buyer_part=f"207-{2800 + n}",
        supplier_part=f"TS-{102800 + n}",
        schedules=tuple(Schedule(quantity=quantity / parts, requested=day) for day in dates[:parts]),
    )


def create(document: Order) -> None:
    """Create, approve and plan one order, durable when this returns."""
    from orderwire.flow.create import create

    create(document, source=SOURCE, actor="api:bench", approval=APPROVAL)


def rates(work: Callable[[int], int], repeats: int) -> tuple[float, float, float]:
    """Median, lowest and highest things per second; `work(n)` does the n-th repeat and returns how many it did."""
    found = []
    for repeat in range(repeats):
        started = time.perf_counter()
        done = work(repeat)
        found.append(done / (time.perf_counter() - started))
    return statistics.median(found), min(found), max(found)


def figure(name: str, unit: str, values: tuple[float, float, float], n: int, bounded_by: str) -> dict[str, Any]:
    """One line of output."""
    median, lo, hi = (round(v, 2) for v in values)
    return {"name": name, "unit": unit, "median": median, "lo": lo, "hi": hi, "n": n, "bounded_by": bounded_by}


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A partner's folder in the data folder of this run."""
    path = Path(os.environ["ORDERWIRE_DATA"]) / name
    path.mkdir(parents=True, exist_ok=True)
    yield path
