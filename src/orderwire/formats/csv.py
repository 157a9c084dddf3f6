"""Orders as CSV, as spreadsheets and old systems write it: delimiter and encoding are found out, cells that a
spreadsheet would run as a formula are made harmless."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal

from pydantic import Field

from orderwire.document.finding import Finding, error, warning
from orderwire.document.states import DocumentType
from orderwire.formats import CannotCarry, Content, Context, Explained, Profile, ReadResult, Written
from orderwire.formats.table import (
    RawRow,
    TableProfile,
    carried,
    column_for,
    explained,
    heading_columns,
    order_form,
    read_rows,
    table_of,
)

MAX_BYTES = 64 * 1024 * 1024
MAX_LINES = 1_000_000
MAX_CELLS = 4096
MAX_BROKEN = 100

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class CsvProfile(TableProfile):
    """Keys of CSV besides those of every table."""

    delimiter: Literal[",", ";", "\t", "|"] | None = Field(None, description="Delimiter; without it a comma, or found")
    encoding: Literal["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1", "iso-8859-2"] | None = Field(
        None, description="Encoding; without it UTF-8 with a byte order mark (for spreadsheets), or as found"
    )


class Csv:
    """The format `csv`."""

    kind = "csv"
    label = "CSV"
    version = "1"
    media_type = "text/csv"
    extension = ".csv"
    reads = frozenset({DocumentType.ORDER})
    writes = frozenset({DocumentType.ORDER})
    profile_model = CsvProfile
    documents = (order_form("CSV"),)

    def sniff(self, content: bytes) -> int:
        """By the headings that we know; text in columns with other headings is weakly ours, to be told which miss."""
        head = content[:4096]
        encoding = "utf-16" if head[:2] in _UTF_16 else "cp1252"
        first = _first_line(head.decode(encoding, errors="replace"))
        if "\0" in first or first.lstrip("ï»¿ \t").startswith(("{", "[", "<", "%", "ISA", "UNA", "UNB")):
            return 0
        cells = _split(first, _delimiter(first))
        known = sum(column_for(cell) is not None for cell in cells)
        return 85 if known > 3 else 30 if known > 1 else 5 if len(cells) > 2 else 0

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """Every order of the file; a broken row makes its order unusable and no other."""
        settings = CsvProfile.model_validate(profile)
        text, findings = _decode(content, settings.encoding)
        if text is None:
            return ReadResult(self.kind, findings=findings)
        if max(text.count("\n"), text.count("\r")) > MAX_LINES:
            limit = error("too-large", "file", f"has more than {MAX_LINES:,} lines; split it")
            return ReadResult(self.kind, findings=(*findings, limit))
        lost: list[Finding] = []
        rows = _records(text, settings, lost)
        documents, problems = read_rows(rows, settings)
        return ReadResult(self.kind, documents, (*findings, *problems, *lost))

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """The first rows, each in words."""
        settings = CsvProfile()
        text, _ = _decode(content, None)
        return tuple(islice(explained(_records(text or "", settings, []), settings), limit))

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """What the columns carry."""
        return carried(document, self.label)

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """A heading and a row for each schedule line, every row with the fields of its order and line."""
        settings = CsvProfile.model_validate(profile)
        table = table_of(document, settings, self.label)
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=settings.delimiter or ",")
        writer.writerow(_safe(heading) for heading in table.headings)
        kinds = [column.kind for column in table.columns]
        for cells in table.cells():
            writer.writerow(
                text.replace(".", settings.decimal or ".") if kind == "number" else _safe(text)
                for kind, text in zip(kinds, cells, strict=True)
            )
        encoding = settings.encoding or "utf-8-sig"
        try:
            content = out.getvalue().encode(encoding)
        except UnicodeEncodeError as failure:
            char = failure.object[failure.start]
            bad = f"{char!r} has no place in {encoding}; set another encoding in the profile"
            raise CannotCarry((error("cannot-carry", "document", bad),)) from None
        return Written(
            content, self.media_type, re.sub(r"[^\w.-]+", "_", table.number) + self.extension, table.findings
        )


def _safe(text: str) -> str:
    """An apostrophe before what a spreadsheet would take for a formula (RFC 4180 has no word on it; OWASP has)."""
    return "'" + text if _FORMULA.match(text) else text


def _plain(text: str) -> str:
    """The text before `_safe`."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def _decode(content: bytes, encoding: str | None) -> tuple[str | None, tuple[Finding, ...]]:
    if len(content) > MAX_BYTES:
        text = f"holds {len(content):,} bytes, {MAX_BYTES:,} is the most; split it"
        return None, (error("too-large", "file", text),)
    findings: tuple[Finding, ...] = ()
    if encoding is None:
        encoding = _UTF_16.get(content[:2], "utf-8-sig")
        if encoding == "utf-8-sig":
            try:
                return content.decode(encoding), ()
            except UnicodeDecodeError as failure:
                line = content.count(b"\n", 0, failure.start) + 1
                text = "is not UTF-8; it was read as Windows-1252: check letters with accents, or save it as UTF-8"
                findings = (warning("encoding", f"line {line}", text),)
                encoding = "cp1252"
    try:
        return content.decode(encoding), findings
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        text = f"byte 0x{content[failure.start]:02X} is no character of {encoding}; save the file as UTF-8"
        return None, (error("encoding", f"line {line}", text),)


def _first_line(text: str) -> str:
    for line in io.StringIO(text.removeprefix("\ufeff"), newline=None):
        if line.strip() and not line.lower().startswith("sep="):
            return line.rstrip("\n")
    return ""


def _split(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(delimiter)[:MAX_CELLS]]


def _delimiter(heading: str) -> str:
    """The delimiter under which most headings are known, else the one that makes most cells."""
    profile = TableProfile()

    def known(delimiter: str) -> tuple[int, int]:
        cells = _split(heading, delimiter)
        return sum(column is not None for column in heading_columns(cells, profile)), len(cells)

    return max((",", ";", "\t", "|"), key=known)


def _records(text: str, profile: CsvProfile, lost: list[Finding]) -> Iterator[RawRow]:
    """The records under the delimiter that profile, file ("sep=;") or heading tell."""
    delimiter: str | None = profile.delimiter
    if text[:4].lower() == "sep=" and text[4:5]:
        delimiter = delimiter or text[4]
        text = "\n" + text.partition("\n")[2]
    return _rows(text, delimiter or _delimiter(_first_line(text)), lost)


def _rows(text: str, delimiter: str, lost: list[Finding]) -> Iterator[RawRow]:
    """The records of the file. After a broken one its next line is tried; `lost` tells what was not read."""
    lines = list(io.StringIO(text, newline=""))
    at = 0

    def feed() -> Iterator[str]:
        nonlocal at
        while at < len(lines):
            at += 1
            if lines[at - 1].count(delimiter) > MAX_CELLS:
                raise csv.Error(f"more than {MAX_CELLS:,} cells")
            yield lines[at - 1]

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    number = broken = 0
    while True:
        start = at
        number += 1
        try:
            cells = [_plain(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as failure:
            broken += 1
            what = f"cannot be read ({failure}); put quotes around the whole cell and double those inside"
            guess = [_plain(cell) for cell in _split(lines[start], delimiter)]
            yield RawRow(number, guess, error("csv-syntax", f"row {number} (line {start + 1})", what))
            if broken == MAX_BROKEN:
                text = f"{broken} rows cannot be read; the rest of the file was not tried"
                lost.append(error("csv-syntax", f"row {number} (line {start + 1})", text))
                return
            at = start + 1
            reader = csv.reader(feed(), delimiter=delimiter, strict=True)
            continue
        yield RawRow(number, cells)
