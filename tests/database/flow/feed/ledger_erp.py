"""An ERP of a few lines: records in a dict, states told in a list. And the ledger sealed inside a transaction."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from orderwire.channels import Unavailable
from orderwire.channels.erp import Entry, ErpChannel, ErpConfig, Found, Link, NotUsable, Raw
from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Order as Document
from orderwire.document.status import OrderStatus
from orderwire.records import Event, Leaf, TreeHead

AT = datetime.datetime(2026, 11, 20, 9, 0, tzinfo=datetime.UTC)


class PaperErp(ErpChannel[ErpConfig]):
    """Keeps its books in memory."""

    kind = "paper"
    label = "Paper ERP"
    config_model = ErpConfig

    def __init__(self) -> None:
        self.records: dict[str, tuple[int, Raw]] = {}
        self.states: list[OrderStatus] = []
        self.away = False
        self.clock = 0

    def put(self, id: str, document: Document | None = None, **more: Any) -> None:
        """A new state of a record; without a document it is withdrawn."""
        self.clock += 1
        number = document.number if document else self.records[id][1]["number"]
        content = document.model_dump(mode="json") if document else None
        self.records[id] = (self.clock, {"number": number, "order": content, **more})

    @contextmanager
    def link(self, config: ErpConfig) -> Iterator[Link]:
        if self.away:
            raise Unavailable("The paper ERP is on holiday.")
        yield _Drawer(self)

    def found(self, record: Raw, config: ErpConfig) -> Found:
        if "broken" in record:
            raise NotUsable("the ink is smudged")
        if record["order"] is None:
            return Found(Cancellation(order_number=record["number"]))
        document = Document.model_validate(record["order"])
        return Found(document, approver="j.petersen", approved_at=AT, reference="WF-1")


class _Drawer:
    def __init__(self, erp: PaperErp) -> None:
        self._erp = erp

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        for id, (at, record) in sorted(self._erp.records.items(), key=lambda item: item[1][0]):
            changed = AT + datetime.timedelta(minutes=at)
            if since <= changed and (until is None or changed <= until):
                yield Entry(id, record["number"], str(at), changed)

    def record(self, entry: Entry) -> Raw:
        return self._erp.records[entry.id][1]

    def tell(self, status: OrderStatus) -> str:
        self._erp.states.append(status)
        return "Written down."

    def probe(self) -> str:
        return "Open."


def sealed() -> None:
    """What happened so far is in the tree: a transaction that is still open is never sealed by the sealer."""
    begin = Leaf.objects.count()
    fresh = Event.objects.filter(leaf=None).order_by("pk")
    Leaf.objects.bulk_create(Leaf(position=begin + n, event=event, hash=b"") for n, event in enumerate(fresh))
    size = Leaf.objects.count()
    if size > begin:
        TreeHead.objects.create(
            size=size, root=b"", frontier=b"", horizon=0, at=timezone.now(), key_id="", public_key=b"", signature=b""
        )
