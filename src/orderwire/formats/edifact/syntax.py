"""Segments of ISO 9735: delimiters, the release character, and how text becomes elements and components."""

import re
from dataclasses import dataclass

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
Segment = list[list[str]]
"""A segment as elements, each a list of components, released: [["QTY"], ["21", "5", "PCE"]]. An element that is there
has at least one component. Read it with `at`, which answers "" for what is not there."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The delimiters of one interchange; `release` is empty where it uses none. The mark of repetitions of syntax 4 is
    plain text: no segment that we read has elements that repeat, and many senders do not release their asterisks."""

    component: str = ":"
    element: str = "+"
    release: str = "?"
    terminator: str = "'"
    decimal: str = "."


MOST = 200
"""Elements of a segment, and components of an element, that are told apart; the standard needs a tenth of it."""


def at(segment: Segment, element: int, component: int = 0) -> str:
    """The value at a position, blanks stripped: `at(rff, 1, 1)` is 1154 of RFF+CT:123. Empty where there is none."""
    try:
        return segment[element][component].strip()
    except IndexError:
        return ""


def segments(text: str, marks: Marks) -> list[str]:
    """The raw segments of a text, still to be split by `split`. Line breaks, also within a segment, are no data."""
    if "\n" in text or "\r" in text:
        for mark in {"\r", "\n"} - {marks.terminator}:
            text = text.replace(mark, "")
    raw = text.split(marks.terminator)
    if marks.release and marks.release + marks.terminator in text:
        raw = _joined(raw, marks.terminator, marks.release)
    if " " in text[:1] or f"{marks.terminator} " in text or "\t" in text:
        raw = [item.lstrip(" \t") for item in raw]
    return [part for part in raw if part]


def split(raw: str, marks: Marks) -> Segment:
    """One raw segment as elements and components, release characters resolved."""
    component, release = marks.component, marks.release
    if release and release in raw:
        return _released(raw, marks)
    return [e.split(component, MOST) for e in raw.split(marks.element, MOST)]


def _released(raw: str, marks: Marks) -> Segment:
    found: Segment = []
    for element in _joined(raw.split(marks.element, MOST), marks.element, marks.release):
        parts = _joined(element.split(marks.component, MOST), marks.component, marks.release)
        found.append([_plain(part, marks.release) for part in parts])
    return found


def _joined(parts: list[str], mark: str, release: str) -> list[str]:
    """Parts that were cut at a released delimiter, whole again."""
    found: list[str] = []
    held: list[str] = []
    for part in parts:
        if part.endswith(release) and (len(part) - len(part.rstrip(release))) % 2:
            held.append(part)
        elif held:
            found.append(mark.join((*held, part)))
            held = []
        else:
            found.append(part)
    if held:
        found.append(mark.join(held))
    return found


def _plain(part: str, release: str) -> str:
    if release not in part:
        return part
    pieces = iter(part.split(release))
    text = [next(pieces)]
    for piece in pieces:
        # An empty piece is a released release character: what follows it is plain.
        text += [piece] if piece else [release, next(pieces, "")]
    # A delimiter may be a control character; released, it is text, which has none.
    return _CONTROL.sub(" ", "".join(text))
