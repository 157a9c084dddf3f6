"""What stands in a cell: numbers and dates as people in different countries write them, never guessed."""

import datetime
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from orderwire.document.base import plain
from orderwire.formats.table.columns import LONGEST, bare

Mark = Literal[".", ","]

Cell = str | Decimal | datetime.date
"""A cell as the file has it: text, or a number or date where the file knows types (XLSX)."""

_BLANKS = re.compile("[ \u00a0\u202f'’]")
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})*(\.\d*)?|[+-]?\d+(\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})*(,\d*)?|[+-]?\d+(,\d*)?", re.ASCII),
}

_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
CUT = re.compile(r"\d[.,]\d+E\+\d{2,3}", re.ASCII)
"""What a spreadsheet makes of a long number that it shows or saves as text."""


def text_of(cell: Cell) -> str:
    """A cell as text: 4500012345 and not 4500012345.0."""
    if isinstance(cell, Decimal):
        return plain(cell)
    return cell if isinstance(cell, str) else cell.isoformat()


def decimal_mark(cells: Iterable[Cell]) -> Mark:
    """The decimal mark of a column set: a comma only where one number can be read no other way ("12,50", "1.234,5").

    A point everywhere else, since that is how programs write.
    """
    for cell in cells:
        if isinstance(cell, str) and "," in cell:
            text = _BLANKS.sub("", cell.strip())
            if _GROUPED[","].fullmatch(text) and not _GROUPED["."].fullmatch(text):
                return ","
    return "."


def doubtful(cells: Iterable[Cell]) -> str | None:
    """A number that is read with a decimal point and may mean thousands ("1.000"), where no other cell tells."""
    found = None
    for cell in cells:
        if isinstance(cell, str) and "." in cell:
            text = _BLANKS.sub("", cell.strip())
            if _GROUPED["."].fullmatch(text) and not _GROUPED[","].fullmatch(text):
                return None
            found = found or (text if _THOUSANDS.fullmatch(text) else None)
    return found


def number(cell: Cell, mark: Mark, *, sure: bool) -> str:
    """A number as plain text ("1.234,50" is "1234.50" with the mark ","). Raises ValueError with the remedy.

    `sure` is False where the mark was not given by the profile: then "1,234" alone is not read as 1234.
    """
    if not isinstance(cell, str):
        return text_of(cell)
    text = _BLANKS.sub("", cell.strip())
    if not _GROUPED[mark].fullmatch(text):
        raise ValueError(f"{cell[:60]!r} is not a number; write it like 1234.50")
    other = "," if mark == "." else "."
    if mark == "." and text.count(",") == 1 and "." not in text and not sure:
        raise ValueError(
            f"{cell[:60]!r} may mean thousands or a fraction; write it like 1234.50 or set decimal in the profile"
        )
    return text.replace(other, "").replace(mark, ".").rstrip(".")


def date(cell: Cell, pattern: str | None) -> str:
    """A date as ISO text; `pattern` as of strptime. Raises ValueError with the remedy."""
    if isinstance(cell, datetime.datetime):
        cell = cell.date()
    if not isinstance(cell, str) or pattern is None:
        return text_of(cell).strip()
    try:
        return datetime.datetime.strptime(cell.strip(), pattern).date().isoformat()
    except ValueError:
        raise ValueError(f"{cell[:60]!r} is not a date like {pattern}, which the profile asks for") from None


def word(cell: str, words: Mapping[str, str]) -> str:
    """Our word for what people write. Raises ValueError with the remedy."""
    found = words.get(bare(cell)) if len(cell) <= LONGEST else None
    if found is None:
        ours = ", ".join(dict.fromkeys(words.values()))
        raise ValueError(f"{cell.strip()[:60]!r} is no word we know here; write one of: {ours}")
    return found
