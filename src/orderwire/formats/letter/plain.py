"""The letter as plain text: says what the HTML says, for programs and people who prefer it."""

from orderwire.formats.letter.said import STRONG, WEAK, Row, Said


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
        [said.caption, *table, *(f"{name}: {amount}" for name, amount, _ in said.sums)],
        [f"{name}: {value}" for name, value in said.facts],
        ["-- ", said.company, said.bank],
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n"


def _line(row: Row, currency: str) -> str:
    part = f" ({row.part})" if row.part else ""
    line = f"{row.number}  {row.item}{part}: {row.quantity}" + (f", {currency} {row.amount}" if row.amount else "")
    return line + (f"\n{row.url_text}: {row.url}" if row.url else "")
