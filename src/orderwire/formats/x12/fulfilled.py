"""What the readers of 856, 861 and 810 share: one pass over a set, its parties, and lines that name their order."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from orderwire.document.base import Document
from orderwire.document.finding import from_validation
from orderwire.document.fulfillment import Invoice, Receipt, ShipNotice
from orderwire.document.party import Party
from orderwire.document.states import DocumentType
from orderwire.formats.x12.elements import Elements
from orderwire.formats.x12.envelope import Marks
from orderwire.formats.x12.faults import MOST_LINES, Faults
from orderwire.formats.x12.parties import PartyReader
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.tables import SUPPLIER_ENTITIES

Model = TypeVar("Model", bound=Document)
Fulfilled = ShipNotice | Receipt | Invoice

SUPPLIER = tuple(sorted(SUPPLIER_ENTITIES))


class FulfilledReader(Elements, ABC):
    """One pass over the segments of one set. Subclasses name their handlers; what has none is told as not kept."""

    __slots__ = ("_entities", "_party", "counted", "fields", "line", "lines", "test")

    opening = ""
    """The segment without which the set says nothing."""
    silent: frozenset[str] = frozenset()
    """Segments that say nothing an order needs; they are passed over without a word."""

    def __init__(self, marks: Marks, profile: X12Profile, faults: Faults, *, test: bool):
        super().__init__(marks, profile, faults)
        self.test = test
        self.fields: dict[str, Any] = {}
        self.lines: list[dict[str, Any]] = []
        self.line: dict[str, Any] | None = None
        self.counted: int | None = None
        self._party: PartyReader | None = None
        self._entities: dict[str, Party] = {}

    @abstractmethod
    def document(self, segments: Sequence[str]) -> Fulfilled | None:
        """The document; None where the faults have an error."""

    @abstractmethod
    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """What to do with each segment."""

    def walk(self, segments: Sequence[str]) -> None:
        """Read the set; afterwards `fields`, `lines` and the parties hold what it says."""
        handlers = self.handlers()
        opened = False
        for position, raw in enumerate(segments, 1):
            name = self.take(raw, position)
            opened = opened or name == self.opening
            if self._party is not None:
                if name in ("N2", "N3", "N4", "PER", "REF") and self._party.add(self.row, self.faults):
                    continue
                self.close_party()
            handler = handlers.get(name)
            if name == "N1":
                self._party = PartyReader(self.row, self.faults)
            elif handler is not None:
                handler()
            elif name not in self.silent and name not in ("ST", "SE"):
                self.faults.not_kept(name[:3])
        self.close_party()
        self.faults.segment = "SE"
        if not opened:
            text = f"{self.opening}, which opens this set, is missing; nothing says what it is about"
            self.faults.missing_segment(self.opening, text)

    def close_party(self) -> None:
        """Keep the party of the N1 loop that ends here; the first of each kind counts."""
        reader, self._party = self._party, None
        if reader is None:
            return
        if reader.entity in self._entities or not reader.entity:
            self.faults.not_kept(f"N1*{reader.entity}")
        elif party := reader.party(self.faults):
            self._entities[reader.entity] = party

    def party(self, *entities: str) -> Party | None:
        """The first of these parties that the set names."""
        return next((self._entities[code] for code in entities if code in self._entities), None)

    def start(self, **values: Any) -> dict[str, Any]:
        """Begin a line."""
        self.line = {name: value for name, value in values.items() if value not in (None, "")}
        if len(self.lines) < MOST_LINES:
            self.lines.append(self.line)
        else:
            self.faults.too_many_lines()
        return self.line

    def put(self, name: str, value: Any) -> None:
        """Keep a value of the line that is open, else of the document; the first one counts."""
        if value not in (None, ""):
            (self.fields if self.line is None else self.line).setdefault(name, value)

    def number_of_lines(self) -> None:
        """CTT01: an error where it counts other lines than there are, as content may be missing."""
        self.line = None
        counted = self.number(1)
        expected = len(self.lines) if self.counted is None else self.counted
        if counted is not None and counted not in (expected, len(self.lines)):
            text = f"CTT01 counts {self.text(1)} but there are {expected}; content may be missing"
            self.faults.error("line-count", text, 1, ack="7", value=self.text(1))

    def build(self, model: type[Model], line: type[Document], **values: Any) -> Model | None:
        """The document; None where the faults have an error."""
        if self.faults.failed:
            return None
        try:
            lines = tuple(line.model_validate(item) for item in self.lines)
            return model.model_validate({**self.fields, **values, "lines": lines, "test": self.test})
        except ValidationError as failure:
            self.faults.extend(from_validation(failure))
            return None


def reading(
    kind: DocumentType, reader: type[FulfilledReader]
) -> Callable[
    [list[str], Marks, X12Profile, Faults, dict[str, str]], tuple[DocumentType, Fulfilled | None, str | None]
]:
    """What reads a set with this reader: the document and its number."""

    def read(
        segments: list[str], marks: Marks, profile: X12Profile, faults: Faults, envelope: dict[str, str]
    ) -> tuple[DocumentType, Fulfilled | None, str | None]:
        opened = reader(marks, profile, faults, test=envelope["usage"] != "P")
        document = opened.document(segments)
        return kind, document, opened.fields.get("number") or None

    return read
