"""One row as the file has it, and its cells in our own form: numbers, dates, words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orderwire.document.finding import Finding, error
from orderwire.formats.table import values
from orderwire.formats.table.columns import DOCUMENT, Column, Form, bare
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.values import Cell

_CODE = re.compile(r"[A-Za-z0-9._:/ -]{1,35}")


@dataclass(frozen=True)
class RawRow:
    """One row as the file has it, counted from 1. `problem` says why its cells cannot be trusted."""

    number: int
    cells: Sequence[Cell]
    problem: Finding | None = None


def filled_cells(
    form: Form, columns: Iterable[Column | None], row: RawRow, profile: TableProfile, mark: values.Mark
) -> tuple[dict[Column, str], list[tuple[Column, str]]]:
    """The filled cells of a row as text, and the columns whose cell cannot be read with the remedy.

    What people wrote for one of our words is kept in the column for originals, where it has none of its own.
    """
    found: dict[Column, str] = {}
    faults: list[tuple[Column, str]] = []
    originals: dict[Column, str] = {}
    for column, cell in zip(columns, row.cells, strict=False):
        text = values.text_of(cell)
        if column is None or column is DOCUMENT or not text.strip():
            continue
        try:
            if column.kind == "number":
                text = values.number(cell, mark, sure=profile.decimal is not None)
            elif column.kind == "date":
                text = values.date(cell, profile.date_format)
            elif column.words is not None:
                written, text = text.strip(), values.word(text, column.words)
                if column.original and bare(written) != text and _CODE.fullmatch(written):
                    originals[form.by_name[column.original]] = written
        except ValueError as failure:
            faults.append((column, str(failure)))
            continue
        found[column] = text
    return originals | found, faults


def bad_value(column: Column, where: str, text: str) -> Finding:
    """A cell that cannot be read."""
    return error("bad-value", f"{where}, column {column.name}", text)
