"""What a table carries of a document, row by row, and what that loses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from orderwire.document.finding import Finding, error, place
from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.document.order_change import HeadPart, OrderChange
from orderwire.document.terms import Note
from orderwire.formats import TYPES, CannotCarry, Content
from orderwire.formats.fit import Fit, OnLoss
from orderwire.formats.table.columns import BY_TYPE, DOCUMENT, FORMS, ORDER, REPEATS, Form
from orderwire.formats.table.parts import joined, parted
from orderwire.formats.table.shape import Cells, Lost, cells, fields

_COMMERCIAL = {"payment_terms", "allowances_charges", "taxes"}
"""Lists of which no item may be left out silently: they are part of the deal."""


@dataclass(frozen=True)
class Taken:
    """A document taken apart into cells, with what has no column."""

    form: Form
    header: Cells
    lines: list[tuple[Cells, list[Cells]]]
    lost: list[Lost]


def rows_of(document: Content) -> tuple[Form, Iterator[Cells]]:
    """The rows of a document, one a schedule line; one row where it has no lines."""
    taken = _taken(document)
    header = taken.header if taken.form is ORDER else {DOCUMENT: taken.form.word, **taken.header}
    if not taken.lines:
        return taken.form, iter([header])
    return taken.form, ({**header, **line, **schedule} for line, schedules in taken.lines for schedule in schedules)


def carried(document: Content, on_loss: OnLoss, format: str) -> tuple[Content, tuple[Finding, ...]]:
    """The document as a table carries it, and what that loses. Raises CannotCarry for documents that no table has."""
    fit = Fit(format, on_loss)
    taken = _taken(document)
    notes = _notes(document)
    lost = taken.lost
    if on_loss == "note" and lost and notes is not None:
        kept, moved = notes[: REPEATS["notes"] - 1], notes[REPEATS["notes"] - 1 : REPEATS["notes"]]
        at = ("notes",) if isinstance(document, Order) else ("head", "notes")
        lost = lost + [((*at, len(kept)), note.model_dump(exclude_defaults=True)) for note in moved]
    for path, value in lost:
        text = f"has no column in {format} and is left out: {_shown(value)}"
        said = None if notes is None else f"{place(path)}: {_words(value)}"
        fit.lose(place(path), text, commercial=not _COMMERCIAL.isdisjoint(path), said=said)
    instead = fit.notes()
    if instead and notes is not None:
        taken = _taken(_noted(document, (*notes[: REPEATS["notes"] - 1], instead[0])))
    if len(instead) > 1:
        fit.stop("notes", "too-long", "what has no column is more than one note holds; use another format")
    projected = _put_together(taken)
    findings = fit.findings
    if isinstance(document, Order) and isinstance(projected, Order):
        before, after = totals(document).total, totals(projected).total
        if before != after:
            told = (
                f"{format} has no columns for all allowances, charges and taxes: the total would be {after}, "
                f"not {before}"
            )
            fit.lose("totals.total", told, commercial=True)
            findings = [findings[-1], *findings[:-1]]
    return projected, tuple(findings)


def _taken(document: Content) -> Taken:
    form = BY_TYPE.get(TYPES[type(document)])
    if form is None:
        name = TYPES[type(document)].replace("_", " ")
        names = ", ".join(form.title.lower() for form in FORMS)
        raise CannotCarry(
            (error("cannot-carry", "document", f"a table has no form for this document ({name}), but for {names}"),)
        )
    data, items = parted(document)
    header, lost = cells(form, "header", data)
    lines = []
    for n, (line, schedules) in enumerate(items):
        of_line, missed = cells(form, "line", line)
        inside: tuple[str | int, ...] = ("lines", n)
        lost += [((*inside, *path), value) for path, value in missed]
        parts = []
        for m, schedule in enumerate(schedules):
            part, missed = cells(form, "schedule", schedule)
            lost += [((*inside, "schedules", m, *path), value) for path, value in missed]
            parts.append(part)
        lines.append((of_line, parts))
    return Taken(form, header, lines, lost)


def _put_together(taken: Taken) -> Content:
    lines = [(fields(line), [fields(schedule) for schedule in schedules]) for line, schedules in taken.lines]
    data = joined(taken.form.document, fields(taken.header), lines)
    return taken.form.model.model_validate(data)


def _notes(document: Content) -> tuple[Note, ...] | None:
    """The notes of a document, None where it has no place for any."""
    if isinstance(document, Order):
        return document.notes
    head = (document.head or document.head_part) if isinstance(document, OrderChange) else None
    return head.notes if head else None


def _noted(document: Content, notes: Sequence[Note]) -> Content:
    if isinstance(document, OrderChange):
        name = "head" if document.head else "head_part"
        head = (document.head or document.head_part or HeadPart()).model_copy(update={"notes": tuple(notes)})
        return document.model_copy(update={name: head})
    return document.model_copy(update={"notes": tuple(notes)})


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_words(inner)}" for name, inner in value.items())
    return "; ".join(map(_words, value)) if isinstance(value, list | tuple) else str(value)


def _shown(value: Any) -> str:
    return repr(value) if len(repr(value)) <= 80 else repr(value)[:77] + "..."
