"""Tables as an Excel workbook: the same as CSV with real numbers and dates. Nothing in it is ever a formula."""

import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import Field

from orderwire.document.base import plain
from orderwire.document.finding import Finding, error, info
from orderwire.formats import Context
from orderwire.formats.table import RawRow, Table, TableFormat, TableProfile
from orderwire.formats.table.base import NotATable, Sheet, cannot_carry
from orderwire.formats.xlsx.archive import Unsafe, checked

_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 1_048_575
"""Rows of a sheet under its heading."""

_FIRST_DATE = datetime.date(1900, 3, 1)
"""Excel counts a day that never was, 29 February 1900: earlier dates are written as text."""


class XlsxProfile(TableProfile):
    """Keys of XLSX besides those of every table."""

    sheet: str | None = Field(None, max_length=31, description="Name of the sheet; without it the first visible one")


_NARROWEST, _WIDEST = 8, 44
"""Widths of columns in characters."""


class Xlsx(TableFormat[XlsxProfile]):
    """The format `xlsx`."""

    kind = "xlsx"
    label = "Excel"
    version = "1"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension = ".xlsx"
    profile_model = XlsxProfile
    max_bytes = MAX_BYTES

    def sniff(self, content: bytes) -> int:
        """A zip file with a workbook's names; any other zip and the old .xls weakly, to be refused precisely."""
        head = content[:4096]
        if head.startswith(b"PK\x03\x04"):
            return 90 if b"xl/" in head or b"[Content_Types].xml" in head else 20
        return 20 if head.startswith((b"\xd0\xcf\x11\xe0", b"PK\x05\x06")) else 0

    def opened(self, content: bytes, profile: XlsxProfile) -> Sheet:
        """The rows of one sheet."""
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            text = "is an old .xls file or protected by a password; save it as .xlsx without one"
            raise NotATable(error("unsafe-workbook", "file", text))
        if _OPEN_DOCUMENT in content[:100]:
            raise NotATable(error("unsafe-workbook", "file", "is an OpenDocument spreadsheet; save it as .xlsx"))
        try:
            name, rows, findings = _sheet(checked(content), profile.sheet)
        except Unsafe as failure:
            raise NotATable(error("unsafe-workbook", "file", str(failure))) from None
        return Sheet(_rows(rows), findings, f"sheet {name}, ")

    def packed(self, table: Table, profile: XlsxProfile, context: Context) -> bytes:
        """One sheet for people: its heading stays in sight, columns are as wide as what they hold, dates are dates;
        numbers that Excel would round are text."""
        import xlsxwriter  # not needed to read

        if len(table.rows) > MAX_ROWS:
            text = f"needs {len(table.rows):,} rows, an Excel sheet has {MAX_ROWS:,}; choose another format"
            raise cannot_carry("lines", text)
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
            created = context.now.astimezone(datetime.UTC).replace(tzinfo=None)
            book.set_properties({"title": table.name, "created": created})
            bold, iso = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
            sheet = book.add_worksheet(profile.sheet or table.form.title)
            sheet.freeze_panes(1, 0)
            for n, (column, heading) in enumerate(zip(table.columns, table.headings, strict=True)):
                widest = max(len(heading), *(len(row.get(column, "")) for row in table.rows))
                sheet.set_column(n, n, min(max(widest + 2, _NARROWEST), _WIDEST))
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
        return out.getvalue()


def _exact_in_excel(text: str) -> bool:
    """Excel keeps 15 significant digits."""
    return len(text.replace(".", "").strip("0")) <= 15


def _sheet(book: io.BytesIO, wanted: str | None) -> tuple[str, list[list[Any]], list[Finding]]:
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
    return name, rows, [info("other-sheets", f"sheet {name}", text)] if others else []


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
