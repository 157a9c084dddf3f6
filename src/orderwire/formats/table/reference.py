"""The page of the manual on columns, generated from them: `python -m orderwire.formats.table.reference FILE`."""

import sys
from pathlib import Path

from orderwire.formats.table.columns import COLUMNS
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.rows import REQUIRED

HEAD = """# Columns of CSV and XLSX

One row is one schedule line. Rows with the same `order_number` are one order, rows with the same `line_number` in it
are one line. What belongs to the whole order or line stands on each of its rows or on one of them. Case, blanks and
punctuation of a heading do not matter. Dates are ISO 8601, numbers have a decimal point, unless the profile says more.
A street of several lines is one cell of several lines.

"""


def page() -> str:
    """The page as Markdown."""
    text = HEAD + "| column | fills | also called |\n|---|---|---|\n"
    for column in COLUMNS:
        field = "checked against the derived total" if column.level == "check" else _field(column.level, column.path)
        need = " (needed)" if column.name in REQUIRED else ""
        text += f"| `{column.name}`{need} | {field} | {', '.join(column.aliases)} |\n"
    text += "\n## Profile keys\n\n| key | meaning |\n|---|---|\n"
    for name, key in TableProfile.model_fields.items():
        text += f"| `{name}` | {key.description} |\n"
    return text


def _field(level: str, path: tuple[str | int, ...]) -> str:
    steps = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    return f"{level}: `{steps}`"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
