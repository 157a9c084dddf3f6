"""What the EDI formats share: long text over several segments, and countries."""

from collections.abc import Sequence

from babel.core import get_global


def country(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of a two- or three-letter code; None where there is none."""
    text = text.strip().upper()
    if len(text) == 3:
        text = (get_global("territory_aliases").get(text) or [""])[0]
    return text if len(text) == 2 and text.isascii() and text.isalpha() else None


def pieces(line: str, limit: int) -> list[str]:
    """One line of text in pieces of at most `limit` characters.

    A piece shorter than `limit` was cut at a single blank, which `rejoin` puts back; a full piece was cut in a word.
    """
    found = []
    while len(line) > limit:
        at = line.rfind(" ", 1, limit)
        while at > 0 and (line[at - 1] == " " or line[at + 1] == " "):
            at = line.rfind(" ", 1, at)
        if at > limit // 2:
            found.append(line[:at])
            line = line[at + 1 :]
        else:
            found.append(line[:limit])
            line = line[limit:]
    found.append(line)
    return found


def rejoin(parts: Sequence[str], limit: int) -> str:
    """The line that `pieces` cut; parts of other senders are joined with blanks where they are not full."""
    text = ""
    for position, part in enumerate(parts):
        text += part if position == 0 or len(parts[position - 1]) == limit else " " + part
    return text
