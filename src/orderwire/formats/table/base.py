"""The class shape of a table format: a file format says how bytes become rows and rows bytes, all else is here."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar, Generic, TypeVar

from orderwire.document.finding import Finding, error
from orderwire.document.states import DocumentType
from orderwire.formats import CannotCarry, Content, Context, DocumentForm, Explained, Profile, ReadResult, Written
from orderwire.formats.table.carry import carried
from orderwire.formats.table.cells import RawRow
from orderwire.formats.table.columns import FORMS
from orderwire.formats.table.explain import described, explained
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.rows import read_rows
from orderwire.formats.table.writing import Table, table_of


class NotATable(Exception):
    """The bytes hold no rows that could be read; each finding says why and what to do."""

    def __init__(self, *findings: Finding):
        super().__init__("; ".join(f.text for f in findings))
        self.findings = findings


@dataclass
class Sheet:
    """The rows of a file. `place` stands before "row 3" in findings; `findings` grow while the rows are taken."""

    rows: Iterable[RawRow]
    findings: list[Finding]
    place: str = ""


P = TypeVar("P", bound=TableProfile)


class TableFormat(ABC, Generic[P]):
    """A format whose documents are tables. Subclasses name themselves and turn bytes into rows and back."""

    kind: ClassVar[str]
    label: ClassVar[str]
    version: ClassVar[str]
    media_type: ClassVar[str]
    extension: ClassVar[str]
    profile_model: type[P]
    max_bytes: ClassVar[int]
    reads = frozenset(form.document for form in FORMS)
    writes: frozenset[DocumentType] = reads
    documents: tuple[DocumentForm, ...] = ()

    def __init_subclass__(cls) -> None:
        cls.documents = tuple(described(form, cls.label) for form in FORMS)

    @abstractmethod
    def opened(self, content: bytes, profile: P) -> Sheet:
        """The rows of a file that is not too large. Raises NotATable."""

    @abstractmethod
    def packed(self, table: Table, profile: P, context: Context) -> bytes:
        """The bytes of a table. Raises CannotCarry."""

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """Every document of the file; a broken row makes its document unusable and no other."""
        settings = self.profile_model.model_validate(profile)
        try:
            sheet = self._opened(content, settings)
        except NotATable as failure:
            return ReadResult(self.kind, findings=failure.findings)
        before = tuple(sheet.findings)
        documents, problems = read_rows(sheet.rows, settings, place=sheet.place)
        return ReadResult(self.kind, documents, (*before, *problems, *sheet.findings[len(before) :]))

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """The first rows, each in words."""
        settings = self.profile_model()
        try:
            sheet = self._opened(content, settings)
        except NotATable:
            return ()
        return tuple(islice(explained(sheet.rows, settings, sheet.place), limit))

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """What the columns carry."""
        return carried(document, self.profile_model.model_validate(profile).on_loss, self.label)

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """A heading and a row for each schedule line, every row with the fields of its document and line."""
        settings = self.profile_model.model_validate(profile)
        table = table_of(document, settings, self.label)
        name = re.sub(r"[^\w.-]+", "_", table.name) + self.extension
        return Written(self.packed(table, settings, context), self.media_type, name, table.findings)

    def _opened(self, content: bytes, profile: P) -> Sheet:
        if len(content) > self.max_bytes:
            text = f"holds {len(content):,} bytes, {self.max_bytes:,} is the most; split it"
            raise NotATable(error("too-large", "file", text))
        return self.opened(content, profile)


def cannot_carry(where: str, text: str) -> CannotCarry:
    """The refusal to write one thing."""
    return CannotCarry((error("cannot-carry", where, text),))
