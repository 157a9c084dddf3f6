"""The columns of every document that a table carries, the one place that says which field stands where."""

from orderwire.formats.table.columns.answer import ANSWER
from orderwire.formats.table.columns.change import CANCELLATION, CHANGE
from orderwire.formats.table.columns.column import DOCUMENT, IDENTIFIERS, LONGEST, Column, Form, Level, Path, bare
from orderwire.formats.table.columns.fulfillment import INVOICE, RECEIPT, SHIP_NOTICE
from orderwire.formats.table.columns.order import ORDER, REFERENCES, REPEATS

FORMS = (ORDER, CHANGE, CANCELLATION, ANSWER, SHIP_NOTICE, RECEIPT, INVOICE)
"""The documents that a table carries; where headings fit two of them alike, the first."""

BY_TYPE = {form.document: form for form in FORMS}
BY_WORD = {form.word: form for form in FORMS}

NAMES = frozenset(column.name for form in FORMS for column in form.columns)
"""Every column of ours."""

_HEADINGS = frozenset(heading for form in FORMS for heading in (*form.by_heading, *form.by_weak_heading))


def known_heading(heading: str) -> bool:
    """True for a heading that means a column in some document."""
    return len(heading) <= LONGEST and bare(heading) in _HEADINGS


__all__ = [
    "ANSWER", "BY_TYPE", "BY_WORD", "DOCUMENT", "FORMS", "IDENTIFIERS", "LONGEST", "NAMES", "ORDER", "REFERENCES",
    "REPEATS", "Column", "Form", "Level", "Path", "bare", "known_heading",
]  # fmt: skip
