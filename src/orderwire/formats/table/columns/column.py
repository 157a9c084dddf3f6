"""What a column is and what a document's table is: names, headings that people use, the field each column fills."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal

from orderwire.document.cancellation import Cancellation
from orderwire.document.fulfillment import Invoice, Receipt, ShipNotice
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from orderwire.document.states import DocumentType
from orderwire.formats.table.columns.words import DOCUMENTS

Level = Literal["header", "line", "schedule", "check"]
Kind = Literal["text", "number", "date"]
Path = tuple[str | int, ...]
Parts = dict[str, tuple[Path, Kind]]
"""The columns of one item of a list: name, path inside the item and kind."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column. `path` is the field in the shape of its level (see `parts`), `aliases` are other headings for it.

    `weak` headings mean it only where no heading of the table means it better. `words` lead from what people write in
    its cells to our word; `original` names the column that keeps what they wrote. `on_line` names the column of the
    line that takes a value other than the document's.
    """

    name: str
    level: Level
    path: Path
    kind: Kind = "text"
    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    words: Mapping[str, str] | None = None
    original: str | None = None
    on_line: str | None = None


DOCUMENT = Column("document", "check", ("document",), words=DOCUMENTS)
"""The column of every table that tells which document a row belongs to."""


OfTable = Order | OrderChange | Cancellation | Response | ShipNotice | Receipt | Invoice
"""What a table can hold."""


@dataclass(frozen=True, eq=False)
class Form:
    """The table of one document type.

    `word` stands in the column `document`, `key` is the column by which rows belong together. `needs` are the columns
    that a document cannot do without, one of each group; `tells` are those whose headings tell this document from
    others, `alone` those that do so only where no other document fits better. Where rows are `grouped`, those of one
    line number are one line; else each is a line of its own.
    """

    document: DocumentType
    model: type[OfTable]
    word: str
    title: str
    about: str
    columns: tuple[Column, ...]
    key: str
    needs: tuple[tuple[str, ...], ...]
    tells: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    grouped: bool = False

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Its columns by their names."""
        return {column.name: column for column in self.columns}

    @cached_property
    def by_heading(self) -> dict[str, Column]:
        """Its columns by every heading that surely means them, in the form of `bare`."""
        return {heading: column for column in self.columns for heading in (column.name, *column.aliases)}

    @cached_property
    def by_field(self) -> dict[tuple[Level, str | int], list[Column]]:
        """Its columns by their level and the first step of their path."""
        found: dict[tuple[Level, str | int], list[Column]] = {}
        for column in self.columns:
            found.setdefault((column.level, column.path[0]), []).append(column)
        return found

    @cached_property
    def by_weak_heading(self) -> dict[str, Column]:
        """Its columns by the headings that mean them for want of a better."""
        return {heading: column for column in self.columns for heading in column.weak}


LONGEST = 200
"""Characters of the longest heading or word that is looked up."""


@lru_cache(4096)
def bare(text: str) -> str:
    """A heading or word as it is looked up: case, blanks and punctuation do not matter ("PO-Number", "po number")."""
    return re.sub(r"[\W_]+", "_", text.strip().lower()).strip("_")


IDENTIFIERS = ("gln", "duns", "duns4", "vat", "tax", "buyer", "supplier")
"""Schemes of a party's identifiers that have a column, in the order in which they are read back."""


def party(prefix: str, level: Level, field: str) -> Iterator[Column]:
    """The columns of a party: name, identifiers, address, contact."""
    yield Column(f"{prefix}_name", level, (field, "name"))
    for scheme in IDENTIFIERS:
        name = f"{prefix}_{scheme}_id" if scheme in ("buyer", "supplier", "tax") else f"{prefix}_{scheme}"
        yield Column(name, level, (field, "identifiers", scheme))
    yield Column(f"{prefix}_street", level, (field, "address", "lines"))
    for part in ("city", "postal_code", "region", "country"):
        yield Column(f"{prefix}_{part}", level, (field, "address", part))
    for part, name in (("name", "contact"), ("phone", "phone"), ("email", "email")):
        yield Column(f"{prefix}_{name}", level, (field, "contact", part))


def repeated(times: int, level: Level, field: str, parts: Parts) -> Iterator[Column]:
    """The columns of the first items of a list; the second's names end in _2."""
    for index in range(times):
        for name, (inner, kind) in parts.items():
            yield Column(name if index == 0 else f"{name}_{index + 1}", level, (field, index, *inner), kind)


Aliases = Mapping[str, tuple[str, ...]]


def aliased(columns: Iterable[Column], aliases: Aliases, weak: Aliases | None = None) -> tuple[Column, ...]:
    """The columns with what else people call them."""
    weak = weak or {}
    return tuple(replace(c, aliases=aliases.get(c.name, ()), weak=weak.get(c.name, ())) for c in columns)
