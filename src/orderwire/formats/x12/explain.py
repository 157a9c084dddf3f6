"""The viewer's account of a file: each segment in words, its codes with theirs, at the place that findings name."""

from collections.abc import Iterator

from orderwire.formats import Explained
from orderwire.formats.x12 import advice_824
from orderwire.formats.x12.envelope import Interchange, RawSet, interchanges
from orderwire.formats.x12.raw import decode
from orderwire.formats.x12.words import SEGMENTS, Table

_UNKNOWN = "not a code that we know"
_TEXT, _VALUE, _PAIRS = 2000, 80, 20


def pieces(content: bytes, charset: str) -> Iterator[Explained]:
    """Each segment of a file in its order. Documents are counted as `read` counts them."""
    text, _ = decode(content, charset)
    counted = 0
    for interchange in interchanges(text, []):
        owners = _owners(interchange, counted)
        yield from _interchange(interchange, owners)
        counted += len(interchange.notices)
        counted += sum(_documents(item, interchange) for group in interchange.groups for item in group.sets)


def _documents(item: RawSet, interchange: Interchange) -> int:
    if item.kind != "824":
        return 1
    return advice_824.count(item.segments, interchange.marks.element)


def _owners(interchange: Interchange, first: int) -> dict[int, tuple[int, RawSet | None]]:
    """Where each document of the interchange begins: its number, and its set unless it is a TA1."""
    found: dict[int, tuple[int, RawSet | None]] = {}
    for number, at in enumerate(interchange.notices, first):
        found[at] = (number, None)
    first += len(interchange.notices)
    for group in interchange.groups:
        for item in group.sets:
            found[item.start] = (first, item)
            first += _documents(item, interchange)
    return found


def _interchange(interchange: Interchange, owners: dict[int, tuple[int, RawSet | None]]) -> Iterator[Explained]:
    element, place = interchange.marks.element, f"interchange {interchange.header[13]}"
    yield _piece(element.join(interchange.header), element, None, f"{place} ISA")
    group = ""
    document, item, subjects = 0, None, set[int]()
    for at, segment in enumerate(interchange.segments):
        name = segment.split(element, 1)[0]
        if at in owners:
            document, item = owners[at]
            if item is None:
                yield _piece(segment, element, document, "segment 1")
                continue
            starts = advice_824.subjects(item.segments, element) if item.kind == "824" else []
            subjects = set(starts[1:]) if _documents(item, interchange) > 1 else set()
        if item is not None and at < item.start + len(item.segments):
            position = at - item.start
            document += position in subjects
            yield _piece(segment, element, document, f"segment {position + 1}")
            continue
        if name == "GS":
            parts = segment.split(element)
            group = f" group {parts[6].strip()}" if len(parts) > 6 else " group"
        yield _piece(segment, element, None, f"{place}{group if name in ('GS', 'GE') else ''} {name[:20]}")


def _piece(segment: str, element: str, document: int | None, place: str) -> Explained:
    row = segment.split(element)
    name = row[0]
    known = SEGMENTS.get(name)
    if known is None:
        words = f"{name[:20] or 'An empty segment'} is not explained here"
        return Explained(document, place, segment[:_TEXT], words)
    said: list[str] = []
    codes: list[tuple[str, str, str]] = []

    def say(at: int, label: str, table: Table | None) -> None:
        value = row[at].strip()[:_VALUE] if at < len(row) else ""
        if not value:
            return
        where = f"{name}{at:02d}"
        if table is not None:
            codes.append((where, value, table.get(value, _UNKNOWN)))
            said.append(f"{label} {table.get(value, value)}")
        else:
            said.append(f"{label} {value}")

    for at, meaning in known.elements.items():
        label, table = (meaning, None) if isinstance(meaning, str) else meaning
        say(at, label, table)
    if known.pairs:
        for at in range(known.pairs, min(len(row) - 1, known.pairs + 2 * _PAIRS), 2):
            qualifier = row[at].strip()[:_VALUE]
            if qualifier and row[at + 1].strip():
                codes.append((f"{name}{at:02d}", qualifier, known.table.get(qualifier, _UNKNOWN)))
                say(at + 1, known.table.get(qualifier, qualifier), None)
    words = f"{known.words}: {', '.join(said)}" if said else known.words
    return Explained(document, place, segment[:_TEXT], words, tuple(codes))
