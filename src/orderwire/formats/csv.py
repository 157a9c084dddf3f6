"""Tables as CSV, as spreadsheets and old systems write it: delimiter and encoding are found out, cells that a
spreadsheet would run as a formula are made harmless."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal

from pydantic import Field

from orderwire.document.finding import Finding, error, warning
from orderwire.formats import Context
from orderwire.formats.table import RawRow, Table, TableFormat, TableProfile, known_heading, meant
from orderwire.formats.table.base import NotATable, Sheet, cannot_carry

MAX_BYTES = 64 * 1024 * 1024
MAX_LINES = 1_000_000
MAX_CELLS = 4096
MAX_BROKEN = 100
_LONGEST = 64 * 1024
"""Characters of a heading line that are looked at to find out the delimiter."""

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_OTHERS = (b"{", b"[", b"<", b"%", b"ISA", b"UNA", b"UNB")
_TITLE = 20
"""Lines above the headings at most."""
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class CsvProfile(TableProfile):
    """Keys of CSV besides those of every table."""

    delimiter: Literal[",", ";", "\t", "|"] | None = Field(None, description="Delimiter; without it a comma, or found")
    status: bool = Field(False, description="Whether a system of ours is told how the orders stand that came from it")
    encoding: Literal["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1", "iso-8859-2"] | None = Field(
        None, description="Encoding; without it UTF-8 with a byte order mark (for spreadsheets), or as found"
    )


class Csv(TableFormat[CsvProfile]):
    """The format `csv`."""

    kind = "csv"
    label = "CSV"
    version = "1"
    media_type = "text/csv"
    extension = ".csv"
    profile_model = CsvProfile
    max_bytes = MAX_BYTES

    def sniff(self, content: bytes) -> int:
        """By the headings that we know; text in columns with other headings is weakly ours, to be told which miss."""
        head = content[:4096]
        encoding = "utf-16" if head[:2] in _UTF_16 else "cp1252"
        first = _heading(head.decode(encoding, errors="replace").lstrip("ï»¿ \t"))
        if "\0" in first or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OTHERS):
            return 0
        cells = [cell for cell in _split(first, _delimiter(first)) if cell]
        known = sum(map(known_heading, cells))
        if known > 3:
            return 85
        if known > 1:
            return 60 if known == len(cells) else 30
        return 5 if len(cells) > 2 else 0

    def opened(self, content: bytes, profile: CsvProfile) -> Sheet:
        """The records; what is not read of them is told while they are taken."""
        text, findings = _decode(content, profile.encoding)
        if max(text.count("\n"), text.count("\r")) > MAX_LINES:
            raise NotATable(*findings, error("too-large", "file", f"has more than {MAX_LINES:,} lines; split it"))
        return Sheet(_records(text, profile, findings), findings)

    def packed(self, table: Table, profile: CsvProfile, context: Context) -> bytes:
        """Texts that a spreadsheet would run are made harmless; numbers have the partner's decimal mark."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=profile.delimiter or ",")
        writer.writerow(_safe(heading) for heading in table.headings)
        kinds = [column.kind for column in table.columns]
        for cells in table.cells():
            writer.writerow(
                text.replace(".", profile.decimal or ".") if kind == "number" else _safe(text)
                for kind, text in zip(kinds, cells, strict=True)
            )
        encoding = profile.encoding or "utf-8-sig"
        try:
            return out.getvalue().encode(encoding)
        except UnicodeEncodeError as failure:
            char = failure.object[failure.start]
            text = f"{char!r} has no place in {encoding}; set another encoding in the profile"
            raise cannot_carry("document", text) from None


def _safe(text: str) -> str:
    """An apostrophe before what a spreadsheet would take for a formula (RFC 4180 has no word on it; OWASP has)."""
    return "'" + text if _FORMULA.match(text) else text


def _plain(text: str) -> str:
    """The text before `_safe`."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def _decode(content: bytes, encoding: str | None) -> tuple[str, list[Finding]]:
    findings: list[Finding] = []
    if encoding is None:
        encoding = _UTF_16.get(content[:2], "utf-8-sig")
        if encoding == "utf-8-sig":
            try:
                return content.decode(encoding), findings
            except UnicodeDecodeError as failure:
                line = content.count(b"\n", 0, failure.start) + 1
                text = "is not UTF-8; it was read as Windows-1252: check letters with accents, or save it as UTF-8"
                findings.append(warning("encoding", f"line {line}", text))
                encoding = "cp1252"
    try:
        return content.decode(encoding), findings
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        text = f"byte 0x{content[failure.start]:02X} is no character of {encoding}; save the file as UTF-8"
        raise NotATable(error("encoding", f"line {line}", text)) from None


def _heading(text: str) -> str:
    """The line with the headings: the first that is not blank, or one soon below with several that we know."""
    filled = (
        line[:_LONGEST].rstrip("\n")
        for line in io.StringIO(text.removeprefix("\ufeff")[: 4 * _LONGEST], newline=None)
        if line.strip() and not line.lower().startswith("sep=")
    )
    first, profile = next(filled, ""), TableProfile()
    if meant(_split(first, _delimiter(first)), profile) > 1:
        return first
    below = (line for line in islice(filled, _TITLE) if meant(_split(line, _delimiter(line)), profile) > 3)
    return next(below, first)


def _split(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(delimiter)[:MAX_CELLS]]


def _delimiter(heading: str) -> str:
    """The delimiter under which most headings are known, else the one that makes most cells."""
    profile = TableProfile()

    def known(delimiter: str) -> tuple[int, int]:
        cells = _split(heading, delimiter)
        return meant(cells, profile), len(cells)

    return max((",", ";", "\t", "|"), key=known)


def _records(text: str, profile: CsvProfile, lost: list[Finding]) -> Iterator[RawRow]:
    """The records under the delimiter that profile, file ("sep=;") or heading tell."""
    delimiter: str | None = profile.delimiter
    if text[:4].lower() == "sep=" and text[4:5]:
        delimiter = delimiter or text[4]
        text = "\n" + text.partition("\n")[2]
    return _rows(text, delimiter or _delimiter(_heading(text)), lost)


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
