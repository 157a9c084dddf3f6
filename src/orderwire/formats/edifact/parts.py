"""Text over several segments (FTX, IMD): one line of text fills the components of a segment, and goes on in the next
where all of them are filled; a segment that is not full ends the line."""

from collections.abc import Sequence

from orderwire.formats.pieces import pieces, rejoin


def rows(text: str, limit: int, width: int) -> list[list[str]]:
    """Text as rows of at most `width` components of at most `limit` characters. Blank lines are not carried."""
    if len(text) <= limit and "\n" not in text and "\t" not in text:
        return [[text]]
    found: list[list[str]] = []
    if "\t" in text:
        text = text.replace("\t", " ")
    lines = [kept for line in text.split("\n") if (kept := line.rstrip(" "))] if "\n" in text else [text]
    for line in lines:
        parts = pieces(line, limit)
        if len(parts) % width == 0 and line is not lines[-1]:
            parts = [*parts[:-1], *_halves(parts[-1])]
        found += [parts[at : at + width] for at in range(0, len(parts), width)] if len(parts) > width else [parts]
    return found


def _halves(part: str) -> list[str]:
    """A part cut at a single blank near its middle, so that its row is not full; whole where there is none."""
    places = [n for n in range(1, len(part) - 1) if part[n] == " " and " " not in (part[n - 1], part[n + 1])]
    if not places:
        return [part]
    middle = min(places, key=lambda n: abs(n - len(part) // 2))
    return [part[:middle], part[middle + 1 :]]


def text(found: Sequence[Sequence[str]], limit: int, width: int) -> str:
    """The text of rows; parts of other senders are joined with blanks, their rows are lines."""
    if len(found) == 1:
        return rejoin([part for part in found[0] if part.strip()], limit).strip()
    lines: list[list[str]] = []
    goes_on = False
    for row in found:
        parts = [part for part in row if part.strip()]
        if not parts:
            continue
        if goes_on:
            lines[-1] += parts
        else:
            lines.append(parts)
        goes_on = len(parts) == width
    return "\n".join(rejoin(parts, limit).rstrip(" ") for parts in lines).strip()
