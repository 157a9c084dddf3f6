"""The heading row: which document a table holds and which column each heading means in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from orderwire.document.finding import Finding, error, has_errors, info, warning
from orderwire.formats.table import values
from orderwire.formats.table.cells import RawRow
from orderwire.formats.table.columns import BY_WORD, DOCUMENT, FORMS, LONGEST, ORDER, Column, Form, bare
from orderwire.formats.table.profile import TableProfile
from orderwire.formats.table.values import Cell

_WIDEST = 60
_TITLE = 20
"""Rows of a title at most."""


@dataclass(frozen=True)
class Headings:
    """What a heading row means. `columns` has a column or None for each heading, by document; `document` is what rows
    are whose column `document`, which stands at position `tells`, says nothing."""

    names: Sequence[str]
    columns: Mapping[Form, Sequence[Column | None]]
    document: Form
    tells: int | None

    def form(self, cells: Sequence[Cell]) -> Form | None:
        """The document of a row, None where its word is none that we know."""
        text = self.word(cells)
        return BY_WORD.get((DOCUMENT.words or {}).get(bare(text), "")) if text else self.document

    def word(self, cells: Sequence[Cell]) -> str:
        """What a row says of its document."""
        return _name(values.text_of(cells[self.tells])) if self.tells is not None and self.tells < len(cells) else ""


def headings(cells: Sequence[Cell], profile: TableProfile) -> Headings:
    """The meaning of a heading row. The profile's word counts before ours."""
    names = [_name(values.text_of(cell)) for cell in cells]
    columns = {form: _columns(form, names, profile) for form in FORMS}
    tells = next((n for n, name in enumerate(names) if _theirs(profile).get(name.lower()) == DOCUMENT.name), None)
    if tells is None:
        tells = next((n for n, column in enumerate(columns[ORDER]) if column is DOCUMENT), None)
    document = BY_WORD[profile.document] if profile.document else _told(names, columns, profile)
    return Headings(names, columns, document, tells)


def meant(names: Sequence[str], profile: TableProfile) -> int:
    """How many of these headings we know."""
    columns = [_columns(form, list(map(_name, names)), profile) for form in FORMS]
    return sum(any(column is not None for column in one) for one in zip(*columns, strict=True))


def under_a_title(rows: Iterator[RawRow], profile: TableProfile) -> tuple[list[RawRow], Iterator[RawRow]]:
    """The title rows above a heading, and the rows from it on: a title has at most one heading that we know, and one of
    the next rows has several."""
    first = list(islice(rows, _TITLE + 1))
    known = [meant([values.text_of(cell) for cell in row.cells], profile) for row in first[:1]]
    if known and known[0] < 2:
        known += [meant([values.text_of(cell) for cell in row.cells], profile) for row in first[1:]]
    at = next((n for n, count in enumerate(known) if count > 3), 0)
    return first[:at], chain(first[at:], rows)


def faults(found: Headings, used: Sequence[Form], where: str, profile: TableProfile) -> list[Finding]:
    """What is wrong with the headings for the documents that the rows are."""
    findings: list[Finding] = []
    elsewhere = []
    for n, name in enumerate(found.names):
        if not name or any(found.columns[form][n] for form in used):
            continue
        if any(_surely(form, name) or bare(name) in form.by_weak_heading for form in FORMS):
            elsewhere.append(repr(name[:_WIDEST]))
            continue
        text = (
            f"heading {name[:_WIDEST]!r} is not one we know, its column is ignored; rename it or map it in the profile"
        )
        findings.append(warning("unknown-column", f"{where}, column {n + 1}", text))
    words = " or ".join(form.word for form in used)
    if elsewhere:
        text = f"not read for this document ({words}): {', '.join(elsewhere[:20])}"
        findings.append(info("other-column", where, text))
    for form in used:
        findings += _doubled(form, found, where)
        findings += _missing(form, found, where, profile)
    if has_errors(findings) and found.tells is None and not profile.document:
        names = ", ".join(form.word for form in FORMS)
        text = f"the headings were taken for those of: {words}; if it is another document, say which in a column "
        findings.append(info("document-guessed", where, f"{text}document ({names})"))
    return findings


def _doubled(form: Form, found: Headings, where: str) -> list[Finding]:
    findings = []
    seen: set[Column] = set()
    for n, (name, column) in enumerate(zip(found.names, found.columns[form], strict=True)):
        if column is not None and column in seen:
            text = f"heading {name[:_WIDEST]!r} means {column.name}, which another column has already; remove one"
            findings.append(error("duplicate-column", f"{where}, column {n + 1}", text))
        elif column is not None:
            seen.add(column)
    return findings


def _missing(form: Form, found: Headings, where: str, profile: TableProfile) -> list[Finding]:
    there = {column.name for column in found.columns[form] if column} | profile.defaults.keys()
    return [
        error(
            "missing-column",
            where,
            f"there is no column {' or '.join(group)}, which the {form.word} needs; add it, or map one of your "
            "headings to it in the profile",
        )
        for group in form.needs
        if there.isdisjoint(group)
    ]


def _name(heading: str) -> str:
    """A heading, cut where it is longer than any that means something."""
    return heading[: LONGEST + 1].strip()


def _theirs(profile: TableProfile) -> dict[str, str]:
    return {name.strip().lower(): ours for name, ours in profile.columns.items()}


def _surely(form: Form, name: str) -> Column | None:
    return form.by_heading.get(bare(name))


def _columns(form: Form, names: Sequence[str], profile: TableProfile) -> list[Column | None]:
    theirs = _theirs(profile)
    mapped = {form.by_name[ours] for ours in theirs.values() if ours in form.by_name}

    def surely(name: str) -> Column | None:
        if name.lower() in theirs:
            return form.by_name.get(theirs[name.lower()])
        own = _surely(form, name)
        return None if own in mapped else own

    found = [surely(name) for name in names]
    for n, name in enumerate(names):
        guess = form.by_weak_heading.get(bare(name)) if found[n] is None and name.lower() not in theirs else None
        if guess is not None and guess not in found and guess not in mapped:
            found[n] = guess
    return found


def _told(names: Sequence[str], columns: Mapping[Form, Sequence[Column | None]], profile: TableProfile) -> Form:
    """The document that the headings fit, else the one of which they have most that only it has, else an order."""

    def rank(form: Form) -> tuple[bool, int, int]:
        known = {column.name for column in columns[form] if column}
        sure = {c.name for name, c in zip(names, columns[form], strict=True) if c and c is not _weakly(form, name)}
        tells = len(form.tells & sure)
        sure |= (form.alone & known) | profile.defaults.keys()
        whole = not any(sure.isdisjoint(group) for group in form.needs)
        return whole and bool(tells or form.alone & known), tells, len(known)

    ranks = {form: rank(form) for form in FORMS}
    return max((form for form in FORMS if form is ORDER or ranks[form][0] or ranks[form][1]), key=ranks.__getitem__)


def _weakly(form: Form, name: str) -> Column | None:
    """The column that this heading means only for want of a better."""
    return None if _surely(form, name) else form.by_weak_heading.get(bare(name))
