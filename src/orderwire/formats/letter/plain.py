"""The letter as plain text: says what the HTML says, for programs and people who prefer it."""

from orderwire.formats.letter.changes import Changed
from orderwire.formats.letter.said import STRONG, WEAK, Row, Said, Turned


def twin(said: Said) -> str:
    """Paragraphs of lines; no line is folded, since mail programs do that."""
    label, when = said.answer_by
    table = [_line(row, said.columns[3]) for row in said.rows]
    paragraphs = [
        [said.brand, said.addressee],
        [said.heading],
        *([notice] for notice in said.notices),
        [f"{said.sentence.replace(STRONG, '').replace(WEAK, '')} {said.please}".strip()],
        [f"{label} {when}"] if when else [],
        [f"{said.button}: {said.answer_url}", said.button_note] if said.answer_url else [],
        *(_turned(turned) for turned in said.turned),
        [said.caption, *table, *(f"{name}: {amount}" for name, amount, _ in said.sums)] if table else [],
        [f"{name}: {value}" for name, value in said.facts],
        ["-- ", said.company, said.bank],
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def _line(row: Row, currency: str) -> str:
    part = f" ({row.part})" if row.part else ""
    line = f"{row.number}  {row.item}{part}: {row.quantity}" + (f", {currency} {row.amount}" if row.amount else "")
    return line + (f"\n{row.url_text}: {row.url}" if row.url else "")


def _turned(turned: Turned) -> list[str]:
    return [turned.caption, *(_changed(row) for row in turned.rows), turned.rest][: None if turned.rest else -1]


def _changed(row: Changed) -> str:
    turns = []
    for turn in row.turns:
        values = " → ".join(value for value in (turn.old, turn.new) if value)
        turns.append(": ".join(text for text in (turn.label, values) if text))
    what = "  ".join(text for text in (row.number, row.item) if text)
    return ": ".join(text for text in (what, "; ".join(turns)) if text)
