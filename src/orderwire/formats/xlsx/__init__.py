"""Orders as an Excel workbook: the same table as CSV with real numbers and dates. Nothing in it is ever a formula."""

import datetime
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from pydantic import Field

from orderwire.document.base import plain
from orderwire.document.finding import Finding, error, info
from orderwire.document.states import DocumentType
from orderwire.formats import CannotCarry, Content, Context, Explained, Profile, ReadResult, Written
from orderwire.formats.table import RawRow, TableProfile, carried, explained, order_form, read_rows, table_of
from orderwire.formats.xlsx.archive import Unsafe, checked

MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 1_048_575
"""Rows of a sheet under its heading."""

_FIRST_DATE = datetime.date(1900, 3, 1)
"""Excel counts a day that never was, 29 February 1900: earlier dates are written as text."""


class XlsxProfile(TableProfile):
    """Keys of XLSX besides those of every table."""

    sheet: str | None = Field(None, max_length=31, description="Name of the sheet; without it the first visible one")


class Xlsx:
    """The format `xlsx`."""

    kind = "xlsx"
    label = "Excel"
    version = "1"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension = ".xlsx"
    reads = frozenset({DocumentType.ORDER})
    writes = frozenset({DocumentType.ORDER})
    profile_model = XlsxProfile
    documents = (order_form("Excel"),)

    def sniff(self, content: bytes) -> int:
        """A zip file with a workbook's names; any other zip and the old .xls weakly, to be refused precisely."""
        head = content[:4096]
        if head.startswith(b"PK\x03\x04"):
            return 90 if b"xl/" in head or b"[Content_Types].xml" in head else 20
        return 20 if head.startswith((b"\xd0\xcf\x11\xe0", b"PK\x05\x06")) else 0

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """Every order of one sheet."""
        settings = XlsxProfile.model_validate(profile)
        if len(content) > MAX_BYTES:
            text = f"holds {len(content):,} bytes, {MAX_BYTES:,} is the most; split it"
            return ReadResult(self.kind, findings=(error("too-large", "file", text),))
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            text = "is an old .xls file or protected by a password; save it as .xlsx without one"
            return ReadResult(self.kind, findings=(error("unsafe-workbook", "file", text),))
        try:
            name, rows, findings = _sheet(checked(content), settings.sheet)
        except Unsafe as failure:
            return ReadResult(self.kind, findings=(error("unsafe-workbook", "file", str(failure)),))
        documents, problems = read_rows(_rows(rows), settings, place=f"sheet {name}, ")
        return ReadResult(self.kind, documents, (*findings, *problems))

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """The first rows of the first sheet, each in words."""
        if len(content) > MAX_BYTES or not content.startswith(b"PK"):
            return ()
        try:
            name, rows, _ = _sheet(checked(content), None)
        except Unsafe:
            return ()
        return tuple(islice(explained(_rows(rows), XlsxProfile(), f"sheet {name}, "), limit))

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """What the columns carry."""
        return carried(document, self.label)

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """One sheet with a heading and a row for each schedule line; numbers that Excel would round are text."""
        import xlsxwriter  # not needed to read

        settings = XlsxProfile.model_validate(profile)
        table = table_of(document, settings, self.label)
        if len(table.rows) > MAX_ROWS:
            text = f"needs {len(table.rows):,} rows, an Excel sheet has {MAX_ROWS:,}; choose another format"
            raise CannotCarry((error("cannot-carry", "lines", text),))
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
            created = context.now.astimezone(datetime.UTC).replace(tzinfo=None)
            book.set_properties({"title": table.number, "created": created})
            bold, iso = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
            sheet = book.add_worksheet(settings.sheet or "Orders")
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(table.columns) - 1, 16)
            for n, heading in enumerate(table.headings):
                sheet.write_string(0, n, heading, bold)
            for row, cells in enumerate(table.cells(), 1):
                for n, (column, text) in enumerate(zip(table.columns, cells, strict=True)):
                    if column.kind == "date" and text and datetime.date.fromisoformat(text) >= _FIRST_DATE:
                        sheet.write_datetime(row, n, datetime.date.fromisoformat(text), iso)
                    elif column.kind == "number" and text and _exact_in_excel(text):
                        sheet.write_number(row, n, float(text))
                    elif text:
                        sheet.write_string(row, n, text)
        filename = re.sub(r"[^\w.-]+", "_", table.number) + self.extension
        return Written(out.getvalue(), self.media_type, filename, table.findings)


def _exact_in_excel(text: str) -> bool:
    """Excel keeps 15 significant digits."""
    return len(text.replace(".", "").strip("0")) <= 15


def _sheet(book: io.BytesIO, wanted: str | None) -> tuple[str, list[list[Any]], tuple[Finding, ...]]:
    """Name and cells of the sheet to read. Raises Unsafe."""
    import python_calamine  # not needed to write

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(book)
        sheets = [
            meta.name
            for meta in workbook.sheets_metadata
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
            and (meta.name == wanted or meta.visible == python_calamine.SheetVisibleEnum.Visible)
        ]
        if not sheets or (wanted is not None and wanted not in sheets):
            there = f"it has {', '.join(map(repr, sheets))}" if sheets else "it has none"
            raise Unsafe(f"has no sheet {wanted!r} to read; {there}")
        name = wanted or sheets[0]
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, python_calamine.WorksheetNotFound) as failure:
        raise Unsafe(f"is a damaged workbook ({failure}); save it anew") from None
    others = [repr(sheet) for sheet in sheets if sheet != name]
    text = f"only this sheet was read; the others are {', '.join(others[:10])}"
    return name, rows, (info("other-sheets", f"sheet {name}", text),) if others else ()


def _rows(rows: list[list[Any]]) -> Iterator[RawRow]:
    for number, cells in enumerate(rows, 1):
        yield RawRow(number, [_cell(cell) for cell in cells])


def _cell(value: Any) -> str | Decimal | datetime.date:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        return Decimal(plain(number)) if number.is_finite() else str(value)
    return value if isinstance(value, datetime.date) else str(value)
