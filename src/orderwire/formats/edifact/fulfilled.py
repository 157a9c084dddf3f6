"""What the readers of DESADV and RECADV share: one pass over a message, parties, and lines that name their order."""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from pydantic import ValidationError

from orderwire.document.base import Document
from orderwire.document.finding import from_validation
from orderwire.document.party import Party
from orderwire.formats.edifact import parties, parts
from orderwire.formats.edifact.codes_around import (
    BUYER_PARTIES,
    LOT_TYPES,
    ORDER_REFERENCES,
    RELEASE_REFERENCES,
    SHIP_TO_PARTIES,
    SUPPLIER_PARTIES,
)
from orderwire.formats.edifact.envelope import RawMessage
from orderwire.formats.edifact.faults import BAD_CHARACTER, BAD_VALUE, MISSING, Faults
from orderwire.formats.edifact.limits import limits
from orderwire.formats.edifact.parties import PartyReader
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Segment, at, split
from orderwire.formats.edifact.tables import FUNCTIONS, ORIGINAL, PRODUCTS
from orderwire.formats.edifact.units import rec20
from orderwire.formats.edifact.values import codeword, date, number

Model = TypeVar("Model", bound=Document)
Line = dict[str, Any]

TEST = "53"
"""1225 of a document that is a test, whatever UNB 0035 says."""
LINE_REFERENCE = "LI"
LINE_COUNT, PACKAGE_COUNT = "2", "11"
"""6069 of CNT."""


class FulfilledReader(ABC):
    """One pass over one message. Subclasses name their handlers; what has none is told as not kept.

    `quantities` and `line` belong to the LIN that is open; `close` makes of them what the document says.
    """

    silent: ClassVar[frozenset[str]] = frozenset()
    """Segments that say nothing an order needs; they are passed over without a word."""

    def __init__(self, message: RawMessage, profile: EdifactProfile, faults: Faults):
        self.message, self.profile, self.faults = message, profile, faults
        self.segment: Segment = []
        self.fields: dict[str, Any] = {}
        self.dates: dict[str, datetime.date] = {}
        self.lines: list[Line] = []
        self.line: Line | None = None
        self.position = 0
        self.own_number = ""
        self.quantities: dict[str, Decimal] = {}
        self._items: list[list[str]] = []
        self._party: PartyReader | None = None
        self._parties: dict[str, Party] = {}

    @abstractmethod
    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """What to do with each segment, beside those that every message treats alike."""

    @abstractmethod
    def close(self, line: Line) -> None:
        """Make of the quantities of a line what the document says of it."""

    def walk(self) -> None:
        """Read the message; afterwards `fields`, `lines` and the parties hold what it says."""
        handlers = {
            "BGM": self._bgm, "DTM": self._dtm, "NAD": self._nad, "LIN": self._lin, "PIA": self._pia,
            "IMD": self._imd, "QTY": self._qty, "CNT": self._cnt, **self.handlers(),
        }  # fmt: skip
        for position, raw in enumerate(self.message.segments, 1):
            self.segment, self.faults.at = split(raw, self.message.marks), position
            name = self.faults.segment = self.segment[0][0][:3]
            if self._party is not None and name not in ("DTM", "LOC") and not self._of_party(name):
                self._end_party()
            elif self._party is not None:
                continue
            handler = handlers.get(name)
            if handler is not None:
                handler()
            elif name not in self.silent and name not in ("UNH", "UNT", "UNS"):
                self.faults.not_kept(name)
        self._end_party()
        self.end_line()
        self.faults.at = len(self.message.segments)
        if "number" not in self.fields:
            self.faults.missing_segment("BGM", "BGM is missing; nothing says what this message is about")

    def _bgm(self) -> None:
        value = at(self.segment, 2)[:200]
        if not value:
            self.faults.error("missing", "BGM 1004, the number of the document, is missing", 2, ack=MISSING)
        function = at(self.segment, 3)
        if function not in ("", ORIGINAL):
            words = FUNCTIONS.get(function, "something that we do not know")
            text = f"BGM 1225 {function[:20]} marks this document as {words}; look before you act on it"
            self.faults.warning("function", text, 3)
        self.fields |= {"number": value, "code": codeword(function), "test": function == TEST or self.message.test}

    def _dtm(self) -> None:
        code, value, form = at(self.segment, 1), at(self.segment, 1, 1), at(self.segment, 1, 2)
        if self.line is not None:
            self.faults.not_kept("DTM of a line")
            return
        day = date(value, form or "102")
        if day is None:
            text = f"{value[:20]!r} is not a date in format {form[:3]!r}; it was left out"
            self.faults.warning("bad-date", text, 1, 2, ack=BAD_VALUE, value=value)
        else:
            self.dates.setdefault(code, day)

    def day(self, codes: Iterable[str]) -> datetime.date | None:
        """The date of the first of these qualifiers (2005) that the head has."""
        return next((self.dates[code] for code in codes if code in self.dates), None)

    def _nad(self) -> None:
        if self.line is None:
            self._party = PartyReader(self.segment, self.faults.at)
        else:
            self.faults.not_kept("NAD of a line")

    def _of_party(self, name: str) -> bool:
        """True where the segment belongs to the NAD before it; numbers of orders never do."""
        of_document = name == "RFF" and at(self.segment, 1) in (*ORDER_REFERENCES, "AAK")
        return self._party is not None and not of_document and self._party.add(self.segment, self.faults)

    def _end_party(self) -> None:
        reader, self._party = self._party, None
        if reader is None:
            return
        party = reader.party(self.faults)
        if party is None:
            parties.missing(reader, self.faults)
        else:
            self._parties.setdefault(reader.role, party)

    def party(self, roles: Iterable[str]) -> Party | None:
        """The first of these parties that the message names."""
        return next((self._parties[role] for role in roles if role in self._parties), None)

    def _lin(self) -> None:
        self.end_line()
        self.line, self.position, self.quantities, self._items = {}, self.faults.at, {}, []
        self.own_number = at(self.segment, 1)[:200]
        if value := at(self.segment, 3):
            self._product(at(self.segment, 3, 1), value)

    def _pia(self) -> None:
        for element in self.segment[2:]:
            if element[0].strip():
                self._product(element[1].strip() if len(element) > 1 else "", element[0].strip())

    def _product(self, code: str, value: str) -> None:
        """A number of the product by its 7143; without one, a number of 13 or 14 digits is taken as GTIN."""
        plain = "gtin" if value.isascii() and value.isdigit() and len(value) in (13, 14) else "supplier_part"
        name = "lot" if code in LOT_TYPES else PRODUCTS.get(code) if code else plain
        if self.line is None or name is None or name == "category":
            self.faults.not_kept(f"{self.faults.segment} with {code[:3]}" if code else self.faults.segment)
        elif name != "lot" or "lot" in self.line_fields:
            self.line.setdefault(name, value[:200])

    line_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields that only some kinds of lines have."""

    def _imd(self) -> None:
        words = self.segment[3][3:] if len(self.segment) > 3 else []
        if self.line is not None and any(word.strip() for word in words):
            self._items.append(words)

    def _qty(self) -> None:
        if self.line is None:
            return
        code, unit = at(self.segment, 1), at(self.segment, 1, 2)
        value = self.quantity(1, 1)
        # A value that is none was told already and refuses the message; the line is not said to have no quantity too.
        self.quantities.setdefault(code, Decimal(0) if value is None else value)
        if unit and "unit" not in self.line:
            self.line["unit"] = self._unit(unit)

    def quantity(self, element: int, component: int, *, signed: bool = False) -> Decimal | None:
        """A quantity; an error where it is not a number, or below 0 and not `signed`."""
        text = at(self.segment, element, component)
        value = number(text)
        if value is None or (value < 0 and not signed):
            words = f"{text[:40]!r} is not a number{'' if signed else ' of 0 or more'}; ask the partner to correct it"
            ack = BAD_CHARACTER if value is None else BAD_VALUE
            self.faults.error("bad-number", words, element, component + 1, ack=ack, value=text)
            return None
        return value

    def _unit(self, code: str) -> str | None:
        unit = rec20(code, self.profile.units)
        if unit is None:
            words = f"the unit {code[:20]!r} is not known; add it to the profile's units"
            self.faults.error("unit-unknown", words, 1, 3, ack=BAD_VALUE, value=code)
        return unit

    def order(self) -> bool:
        """Take an RFF that names an order, its release or its line. False for every other one."""
        code, value, line = at(self.segment, 1), at(self.segment, 1, 1)[:200], at(self.segment, 1, 2)
        target = self.fields if self.line is None else self.line
        if not value:
            return False
        if code in ORDER_REFERENCES:
            if target.setdefault("order_number", value) != value:
                text = f"names the order {value}, after {target['order_number']}; the first one counts here"
                self.faults.warning("several-orders", text, 1, 2)
            if line and self.line is not None:
                self.line["number"] = line
        elif code in RELEASE_REFERENCES:
            target.setdefault("release_number", value)
        elif code == LINE_REFERENCE and self.line is not None:
            self.line.setdefault("number", value)
        else:
            return False
        return True

    def _cnt(self) -> None:
        self.end_line()
        code, value = at(self.segment, 1), number(at(self.segment, 1, 1))
        if code == LINE_COUNT and value is not None and value != len(self.lines):
            text = f"CNT+2 counts {value} lines but there are {len(self.lines)}; content may be missing"
            self.faults.error("line-count", text, 1, 2, ack=BAD_VALUE, value=at(self.segment, 1, 1))
        elif code == PACKAGE_COUNT and value is not None and value >= 0:
            self.fields["packages"] = int(value)

    def end_line(self) -> None:
        """Close the line that is open, where there is one."""
        line, self.line = self.line, None
        if line is None:
            return
        place = self.faults.at, self.faults.segment
        self.faults.at, self.faults.segment = self.position, "LIN"
        if self._items:
            line["description"] = parts.text(self._items, limits(self.message.version).item, 2)[:4000].strip()
        if not {"number", "buyer_part", "supplier_part", "gtin"} & set(line) and self.own_number:
            line["number"] = self.own_number
            self.faults.warning("line-number", "nothing names the line of the order; its place in this message is used")
        self.close(line)
        self.lines.append(line)
        self.faults.at, self.faults.segment = place

    def one_order(self) -> None:
        """One order for all lines stands on the document; several stand on their lines."""
        own = (self.fields.get("order_number"), self.fields.get("release_number"))
        named = {(line.get("order_number"), line.get("release_number")) for line in self.lines}
        if len(named) == 1 and own == (None, None):
            number, release = named.pop()
            self.fields |= {"order_number": number, "release_number": release}
            own = number, release
        for line in self.lines:
            if (line.get("order_number"), line.get("release_number")) in (own, (own[0], None)):
                line.pop("order_number", None)
                line.pop("release_number", None)

    def build(self, model: type[Model], **values: Any) -> Model | None:
        """The document; None where the faults have an error."""
        self.one_order()
        if not self.faults.failed and not self.lines and not self.fields.get("order_number"):
            self.faults.missing_segment("LIN", "there is neither a line nor the number of an order; nothing to keep")
        if self.faults.failed:
            return None
        given = {
            **self.fields, **values, "issued": self.day(["137"]), "supplier": self.party(SUPPLIER_PARTIES),
            "buyer": self.party(BUYER_PARTIES), "ship_to": self.party(SHIP_TO_PARTIES), "lines": self.lines,
        }  # fmt: skip
        try:
            return model.model_validate(given)
        except ValidationError as failure:
            self.faults.extend(from_validation(failure))
            return None
