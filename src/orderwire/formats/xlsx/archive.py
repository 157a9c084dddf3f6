"""A workbook is a zip file from a stranger: it is unpacked here under limits, and only what was counted goes on."""

import io
import re
import zipfile
import zlib

MAX_ENTRIES = 500
MAX_UNPACKED = 128 * 1024 * 1024
MAX_RATIO = 250
"""Sheets compress to about a twentieth; a bomb to a thousandth. Small entries are not judged by it."""
MAX_CELLS = 5_000_000

_CELL = re.compile(rb"""<(?:[\w.-]{1,60}:)?c[\s/>](?:[^>]{0,200}?\br\s{0,9}=\s{0,9}["']([A-Za-z]{1,8})\d)?""")
_ROW_START = re.compile(rb"<(?:[\w.-]{1,60}:)?row[\s/>]")
_ROW = re.compile(rb"""<(?:[\w.-]{1,60}:)?row[\s/>](?:[^>]{0,200}?\br\s{0,9}=\s{0,9}["'](\d{1,18}))?""")


_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""All that the zip library raises for files that are cut, changed or encrypted."""


class Unsafe(Exception):
    """The file is no workbook that we open; the text says why and what to do."""


def checked(content: bytes) -> io.BytesIO:
    """The workbook packed anew from exactly the bytes that were counted. Raises Unsafe.

    So a second directory, overlapping entries or sizes that lie are seen by nobody after us; pictures and
    macros are left out.
    """
    entries = content.count(b"PK\x01\x02")
    if entries > MAX_ENTRIES:
        raise Unsafe(f"holds {entries:,} packed files, {MAX_ENTRIES} is the most; it is no order")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _repacked(archive)
    except _DAMAGE as failure:
        raise Unsafe(f"is a damaged or protected workbook ({failure}); save it anew without a password") from None


def _repacked(archive: zipfile.ZipFile) -> io.BytesIO:
    entries = archive.infolist()
    if len({entry.filename for entry in entries}) < len(entries):
        raise Unsafe("holds two packed files of one name; save it anew")
    unpacked, cells = 0, 0
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for entry in entries:
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            unpacked += entry.file_size
            if unpacked > MAX_UNPACKED:
                raise Unsafe(f"unpacks to more than {MAX_UNPACKED // 2**20} MiB; split it")
            if entry.file_size > 2**20 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
                raise Unsafe(f"{entry.filename[:60]!r} unpacks to {entry.file_size:,} bytes: a zip bomb, not opened")
            data = archive.read(entry)
            cells += _area(data)
            if cells > MAX_CELLS:
                raise Unsafe(f"spans more than {MAX_CELLS:,} cells; delete empty rows and columns, or split it")
            copy.writestr(entry.filename, data)
    out.seek(0)
    return out


def _area(sheet: bytes) -> int:
    """How many cells a reader must hold if this is a sheet: one cell far out makes it hold all before."""
    width = max((_column(name) for name in set(_CELL.findall(sheet)) if name), default=0)
    width += max(_CELL.findall(row).count(b"") for row in _ROW_START.split(sheet))
    rows = _ROW.findall(sheet)
    height = max((int(row) for row in set(rows) if row), default=0) + rows.count(b"")
    return width * height


def _column(name: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in name.upper():
        number = number * 26 + letter - 64
    return number
