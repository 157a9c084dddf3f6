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
    waiting: list[tuple[float, Path, Response]] = field(default_factory=list)

    def look(self) -> None:
        """One round: take what is new, answer what is due."""
        folder = self.house.edi(self.key)
        begun = {file for _, file, _ in self.waiting}
        for file in sorted(p for p in (folder / "orders").iterdir() if not p.name.startswith(".") and p not in begun):
            result = X12().read(file.read_bytes(), {})
            for ack, address in result.acks:
                self._write("997", X12().write(ack, address, self._numbers()).content)
            due = time.monotonic() + self.pause
            answers = [self._answer(d.document) for d in result.documents if isinstance(d.document, Order)]
            self.waiting += [(due, file, answer) for answer in answers if answer]
            if not any(answers):
                file.replace(folder / "read" / file.name)
        for due, file, answer in [w for w in self.waiting if w[0] <= time.monotonic()]:
            profile = {"isa_sender": isa(self.key), "isa_receiver": "NORDHAVEN"}
            self._write("855", X12().write(answer, profile, self._numbers()).content)
            # Only now: a desk that is stopped before it answered finds the file again.
            file.replace(folder / "read" / file.name)
            self.waiting.remove((due, file, answer))

    def _answer(self, order: Order) -> Response | None:
        status = BY_FILE.get((order.number, order.revision), "accepted")
        if not status:
            return None
        return Response(
            order_number=order.number,
            revision=order.revision,
            status=HeaderStatus(status),
            answered=datetime.date.today(),
            supplier_order_number=f"SO-{order.number[-5:]}",
            contact=SUPPLIERS[self.key].contact,
        )

    def _write(self, kind: str, content: bytes) -> None:
        folder = self.house.edi(self.key)
        drop(folder / "answers", f"{kind}-{self._numbers().control_number('file'):06d}.x12", content)

    def _numbers(self) -> Numbers:
        return Numbers(self.house.edi(self.key) / "control-number")
