"""A simulated EDI desk: reads 850 files from its folder, answers each with a 997 and, where it is so minded, an 855."""

import datetime
import time
from dataclasses import dataclass, field
from pathlib import Path

from orderwire.demo.company import SUPPLIERS, isa
from orderwire.demo.house import House, drop
from orderwire.demo.suppliers.habits import BY_FILE
from orderwire.document.order import Order
from orderwire.document.response import HeaderStatus, Response
from orderwire.formats.x12 import X12


@dataclass
class Numbers:
    """A writer's context with control numbers that are never used twice, over restarts too."""

    file: Path
    links: dict[str, str] = field(default_factory=dict)
    now: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))

    def control_number(self, name: str) -> int:
        """The next one; one sequence for all levels."""
        following = int(self.file.read_text() if self.file.exists() else 0) + 1
        self.file.write_text(str(following))
        return following


@dataclass
class Desk:
    """The desk of one supplier; `pause` in seconds lies between the 997 and the 855."""

    house: House
    key: str
    pause: float
    waiting: list[tuple[float, Response]] = field(default_factory=list)

    def look(self) -> None:
        """One round: take what is new, answer what is due."""
        folder = self.house.edi(self.key)
        for file in sorted(p for p in (folder / "orders").iterdir() if not p.name.startswith(".")):
            result = X12().read(file.read_bytes(), {})
            for ack, address in result.acks:
                self._write("997", X12().write(ack, address, self._numbers()).content)
            for found in result.documents:
                if isinstance(found.document, Order):
                    self._plan(found.document)
            file.replace(folder / "read" / file.name)
        now = time.monotonic()
        for due, answer in [w for w in self.waiting if w[0] <= now]:
            profile = {"isa_sender": isa(self.key), "isa_receiver": "NORDHAVEN"}
            self._write("855", X12().write(answer, profile, self._numbers()).content)
            self.waiting.remove((due, answer))

    def _plan(self, order: Order) -> None:
        status = BY_FILE.get((order.number, order.revision), "accepted")
        if not status:
            return
        answer = Response(
            order_number=order.number,
            revision=order.revision,
            status=HeaderStatus(status),
            answered=datetime.date.today(),
            supplier_order_number=f"SO-{order.number[-5:]}",
            contact=SUPPLIERS[self.key].contact,
        )
        self.waiting.append((time.monotonic() + self.pause, answer))

    def _write(self, kind: str, content: bytes) -> None:
        folder = self.house.edi(self.key)
        drop(folder / "answers", f"{kind}-{self._numbers().control_number('file'):06d}.x12", content)

    def _numbers(self) -> Numbers:
        return Numbers(self.house.edi(self.key) / "control-number")
