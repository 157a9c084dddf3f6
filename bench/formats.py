"""Orders of 25 lines as X12 850 and EDIFACT ORDERS, read and validated, and written, in MB/s of processor time on
one core (targets 12 and 40), beside `str.split`, the reader of pyx12, and pydifact, which checks nothing."""

import datetime
import io
import statistics
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydifact.segmentcollection import Interchange
from pyx12.x12file import X12Reader

from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.document.terms import Incoterm, Note, Reference, TermsPart
from orderwire.formats import Format
from orderwire.formats.edifact import Edifact
from orderwire.formats.x12 import X12

ORDERS, RUNS, SLOW = 400, 9, 20


class Sending:
    """Control numbers that count, nothing to print."""

    now = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
    links: Mapping[str, str] = {}

    def __init__(self) -> None:
        self._last = 0

    def control_number(self, name: str) -> int:
        """The next number, the same sequence for all names."""
        self._last += 1
        return self._last


def run() -> Iterator[dict[str, Any]]:
    """Every order differs in every line, so that no cache of numbers or dates helps more than in life."""
    orders = [_order(n) for n in range(1, ORDERS + 1)]
    x12, edifact = _files(X12(), orders), _files(Edifact(), orders)
    context = Sending()
    some, some_x12 = edifact[:SLOW], x12[: 5 * SLOW]
    work: Sequence[tuple[str, str, Callable[[], None], int]] = (
        ("x12_850_read_validated", "cProfile: segments 36 %, lines 24 %, garbage 12 %, envelope 11 %, header 8 %",
         lambda: _each(lambda content: X12().read(content, {}), x12), _size(x12)),
        ("x12_850_write", "cProfile: fitting 29 %, formatting lines 25 %, header 11 %, envelope 11 %, totals 10 %",
         lambda: _each(lambda order: X12().write(order, {}, context), orders), _size(x12)),
        ("x12_850_str_split", "the floor: splitting into segments and elements, nothing checked",
         lambda: _each(_split, x12), _size(x12)),
        ("x12_850_pyx12", "its reader of segments alone; it has no rules for an 850 and builds no model",
         lambda: _each(_pyx12, some_x12), _size(some_x12)),
        ("edifact_orders_read_validated", "cProfile: segments 51 %, building lines 20 %, envelope 8 %",
         lambda: _each(lambda content: Edifact().read(content, {}), edifact), _size(edifact)),
        ("edifact_orders_write", "cProfile: formatting lines 39 %, fitting 32 %, header 9 %, envelope 8 %, totals 7 %",
         lambda: _each(lambda order: Edifact().write(order, {}, context), orders), _size(edifact)),
        ("edifact_orders_str_split", "the floor: splitting into segments, elements and components, nothing checked",
         lambda: _each(_split_edifact, edifact), _size(edifact)),
        ("edifact_orders_pydifact", "its reader alone, character by character; nothing checked, no model built",
         lambda: _each(_pydifact, some), _size(some)),
    )  # fmt: skip
    for name, bounded_by, task, size in work:
        speeds = []
        task()
        for _ in range(RUNS):
            start = time.process_time()
            task()
            speeds.append(size / 1e6 / (time.process_time() - start))
        yield {
            "name": name, "unit": "MB/s", "median": round(statistics.median(speeds), 1), "lo": round(min(speeds), 1),
            "hi": round(max(speeds), 1), "n": RUNS, "bounded_by": bounded_by,
        }  # fmt: skip


def _files(subject: Format, orders: Sequence[Order]) -> list[bytes]:
    context = Sending()
    files = [subject.write(order, {}, context).content for order in orders]
    if not all(subject.read(content, {}).documents[0].usable for content in files):
        raise RuntimeError("an order that was written does not read back")
    return files


def _size(files: Sequence[bytes]) -> int:
    return sum(map(len, files))


def _each(task: Callable[[Any], object], items: Sequence[Any]) -> None:
    for item in items:
        task(item)


def _split(content: bytes) -> object:
    return [segment.split("*") for segment in content.decode().split("~")]


def _split_edifact(content: bytes) -> object:
    return [[e.split(":") for e in s.split("+")] for s in content.decode().split("'")]


def _pyx12(content: bytes) -> object:
    return list(X12Reader(io.StringIO(content.decode())))


def _pydifact(content: bytes) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(Interchange.from_str(content.decode()).segments)


def _order(n: int) -> Order:
    address = Address(lines=("1200 Industrial Pkwy",), city="Dayton", region="OH", postal_code="45402", country="US")
    start = datetime.date(2026, 4, 1)
    return Order(
        number=f"45{n:08d}",
        issued=datetime.date(2026, 3, 1),
        currency="USD",
        buyer=Party(
            name="Acme Manufacturing Inc",
            identifiers=(Identifier(scheme="duns", value="123456789"),),
            address=address,
            contact=Contact(name="Ann Lee", phone="+19375550100", email="ann@acme.example"),
        ),
        supplier=Party(name=f"Supplier {n}", identifiers=(Identifier(scheme="buyer", value=f"V{n}"),), address=address),
        ship_to=Party(name="Acme Plant 2", identifiers=(Identifier(scheme="buyer", value="P2"),), address=address),
        payment_terms=(TermsPart(days=30, discount_percent=Decimal(2), discount_days=10),),
        incoterm=Incoterm(code="FCA", place="Dayton"),
        references=(Reference(kind="contract", number=f"C-{n}"),),
        notes=(Note(text="Deliver to gate 4 between 7 and 15 h."),),
        lines=tuple(
            Line(
                number=str(k * 10),
                description=f"Hex bolt M8 x {k}, zinc plated, lot {n}",
                quantity=Decimal(k * 7 + n),
                unit="EA",
                price=Decimal(f"{k}.{(k * 37 + n) % 100:02d}"),
                buyer_part=f"A-{100000 + k * n}",
                supplier_part=f"V{k * n:06d}",
                gtin=f"{4000000000000 + k * n}",
                schedules=(Schedule(quantity=Decimal(k * 7 + n), requested=start + datetime.timedelta(k * n % 60)),),
            )
            for k in range(1, 26)
        ),
    )
