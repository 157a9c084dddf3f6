"""A simulated EDI desk: reads orders, changes and cancellations from its folder in the format it speaks, acknowledges
each where the standard asks for it and, where it is so minded, answers and ships."""

import datetime
import time
from dataclasses import dataclass, field
from pathlib import Path

from orderwire import plugins
from orderwire.demo.company import HOUSE_ID, SUPPLIERS, wire
from orderwire.demo.house import House, drop
from orderwire.demo.suppliers.habits import BY_FILE, SHIPPED
from orderwire.demo.suppliers.ship_notice import ship_notice
from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import HeaderStatus, Response
from orderwire.formats import Format

Asked = Order | OrderChange | Cancellation


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
    """The desk of one supplier; `pause` in seconds lies between the acknowledgment and the answer."""

    house: House
    key: str
    pause: float
    waiting: list[tuple[float, Path, Response]] = field(default_factory=list)

    @property
    def format(self) -> Format:
        """What they speak."""
        return plugins.format(SUPPLIERS[self.key].format)

    def look(self) -> None:
        """One round: take what is new, answer what is due."""
        folder = self.house.edi(self.key)
        begun = {file for _, file, _ in self.waiting}
        for file in sorted(p for p in (folder / "orders").iterdir() if not p.name.startswith(".") and p not in begun):
            result = self.format.read(file.read_bytes(), {})
            for ack, address in result.acks:
                self._write("ack", self.format.write(ack, address, self._numbers()).content)
            due = time.monotonic() + self.pause
            answers = [self._answer(d.document) for d in result.documents if isinstance(d.document, Asked)]
            self.waiting += [(due, file, answer) for answer in answers if answer]
            if not any(answers):
                file.replace(folder / "read" / file.name)
        for due, file, answer in [w for w in self.waiting if w[0] <= time.monotonic()]:
            profile = wire(self.key, theirs=True)
            self._write("answer", self.format.write(answer, profile, self._numbers()).content)
            if answer.answers == "order" and answer.order_number in SHIPPED:
                self._ship(answer.order_number)
            # Only now: a desk that is stopped before it answered finds the file again.
            file.replace(folder / "read" / file.name)
            self.waiting.remove((due, file, answer))

    def _answer(self, asked: Asked) -> Response | None:
        supplier = SUPPLIERS[self.key]
        number = asked.number if isinstance(asked, Order) else asked.order_number
        answers, status = "order", BY_FILE.get((number, asked.revision or 1), "accepted")
        if isinstance(asked, OrderChange):
            answers = "change"
        elif isinstance(asked, Cancellation):
            answers, status = "cancellation", "accepted"
        if not status:
            return None
        change = {"change_number": asked.number, "sequence": asked.sequence} if isinstance(asked, Cancellation) else {}
        return Response.model_validate(
            {
                "order_number": number,
                "answers": answers,
                "revision": asked.revision,
                "status": HeaderStatus(status),
                "answered": datetime.date.today(),
                "supplier": supplier.party(),
                "supplier_order_number": f"SO-{number[-5:]}",
                "contact": supplier.contact,
                **change,
            }
        )

    def _ship(self, number: str) -> None:
        numbers = self._numbers()
        notice = ship_notice(
            number,
            SHIPPED[number],
            sender=self.key.upper(),
            receiver=HOUSE_ID,
            control=numbers.control_number("interchange"),
            now=numbers.now,
        )
        self._write("shipped", notice)

    def _write(self, kind: str, content: bytes) -> None:
        folder = self.house.edi(self.key)
        extension = self.format.extension.lstrip(".")
        drop(folder / "answers", f"{kind}-{self._numbers().control_number('file'):06d}.{extension}", content)

    def _numbers(self) -> Numbers:
        return Numbers(self.house.edi(self.key) / "control-number")
