"""From segments to bytes: delimiters that the text leaves free, envelope, control numbers, character set.

Until the last step segments are joined by the four control characters that no document text can hold, so that
the delimiters can be chosen with the whole text at hand: X12 has no escape character.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orderwire.document.base import Document
from orderwire.document.finding import Finding, error, place
from orderwire.formats import CannotCarry, Context, Written
from orderwire.formats.x12.profile import X12Profile

SEGMENT, ELEMENT, REPETITION, COMPONENT = "\x1c", "\x1d", "\x1e", "\x1f"
_ALL = (SEGMENT, ELEMENT, REPETITION, COMPONENT)
_OURS = frozenset(_ALL)
_CHOICES: Mapping[str, tuple[str, str]] = {
    "element_separator": (ELEMENT, "*|`{"),
    "component_separator": (COMPONENT, ">:<\\"),
    "repetition_separator": (REPETITION, "^!}"),
    "segment_terminator": (SEGMENT, "~'"),
}
_ACKS = "FA"
_BASIC = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"&'()*+,-./:;?=")
_CAPITALS = frozenset({
    "name", "lines", "city", "region", "text", "reason", "description", "subject", "place", "email", "phone",
})  # fmt: skip


def joined(rows: Sequence[Sequence[str]]) -> str:
    """Segments without trailing empty elements."""
    return SEGMENT.join([ELEMENT.join(row).rstrip(ELEMENT) for row in rows])


def written(
    document: Document,
    body: str,
    count: int,
    *,
    kind: str,
    group: str | None,
    test: bool,
    profile: X12Profile,
    context: Context,
) -> Written:
    """One interchange around one transaction set. `body` are its segments between ST and SE, `count` of them; a body
    without a `group` (TA1) stands in the interchange itself. Acknowledgments never ask for one (ISA14 0).

    Raises CannotCarry, naming the field, where a pinned delimiter or the character set does not fit the text.
    """
    marks = _marks(document, body, profile)
    isa = f"{(context.control_number('isa') - 1) % 999_999_999 + 1:09d}"
    now = context.now
    element, component, repetition, end = marks
    release = profile.release
    sender, receiver = profile.isa_sender, profile.isa_receiver
    stop = SEGMENT + "\n" if profile.newline and end != "\n" else SEGMENT
    asks = "1" if profile.request_ta1 and group not in (None, _ACKS) else "0"
    head = ELEMENT.join((
        "ISA", "00", " " * 10, "00", " " * 10, profile.isa_sender_qualifier, sender.ljust(15),
        profile.isa_receiver_qualifier, receiver.ljust(15), f"{now:%y%m%d}", f"{now:%H%M}",
        "U" if release < "004020" else REPETITION, release[:5], isa, asks,
        "T" if test else "P", COMPONENT,
    ))  # fmt: skip
    controls = {"isa": isa}
    if group is not None:
        gs = str((context.control_number("gs") - 1) % 999_999_999 + 1)
        controls |= {"gs": gs, "st": "0001"}
        start = ELEMENT.join((
            "GS", group, profile.gs_sender or sender, profile.gs_receiver or receiver, f"{now:%Y%m%d}", f"{now:%H%M}",
            gs, "X", profile.version,
        ))  # fmt: skip
        guide = ELEMENT + profile.version if kind == "999" and profile.version != release else ""
        body = SEGMENT.join((
            start, f"ST{ELEMENT}{kind}{ELEMENT}0001{guide}", body, f"SE{ELEMENT}{count + 2}{ELEMENT}0001",
            f"GE{ELEMENT}1{ELEMENT}{gs}",
        ))  # fmt: skip
    text = SEGMENT.join((head, body, f"IEA{ELEMENT}{0 if group is None else 1}{ELEMENT}{isa}", ""))
    if _OURS.isdisjoint(marks):
        text = text.replace(SEGMENT, stop).replace(ELEMENT, element).replace(COMPONENT, component)
        text = text.replace(REPETITION, repetition).replace(SEGMENT, end)
    else:  # a partner's marks are some of the characters that hold their places here
        places = {SEGMENT: end + stop[1:], ELEMENT: element, COMPONENT: component, REPETITION: repetition}
        text = text.translate({ord(held): mark for held, mark in places.items()})
    try:
        content = text.encode("utf-8" if profile.charset == "utf-8" else "iso-8859-1")
    except UnicodeEncodeError as failure:
        raise CannotCarry(tuple(unmapped(document, profile))) from failure
    return Written(content, "application/edi-x12", f"{group or kind}-{isa}.x12", controls=controls)


def unmapped(document: Document, profile: X12Profile) -> Iterator[Finding]:
    """Each field whose text the profile's character set cannot write, with the first such character."""
    if profile.charset == "utf-8":
        return
    for path, text in texts(document.model_dump(mode="json", exclude_defaults=True)):
        for char in text:
            if not _fits(char, profile.charset):
                words = f"the character {char!r} is not in the partner's character set ({profile.charset}); "
                yield error("unmappable", place(path), words + "replace it or agree on a wider set")
                break


def capitals(document: Any) -> Any:
    """A document's JSON with names and texts in capitals, as the basic character set asks; numbers stay."""
    if isinstance(document, dict):
        return {
            key: _upper(value) if key in _CAPITALS else value if key in ("code", "scheme", "kind") else capitals(value)
            for key, value in document.items()
        }
    return [capitals(item) for item in document] if isinstance(document, list) else document


def texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a document with its path; a line goes by its number, other items count from 1."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value, 1):
            yield from texts(item, (*path, position))


def _upper(value: Any) -> Any:
    if isinstance(value, str):
        return value.upper()
    return (
        [_upper(item) if isinstance(item, str) else capitals(item) for item in value]
        if isinstance(value, list)
        else value
    )


def _fits(char: str, charset: str) -> bool:
    if char == "\n":
        return True
    return char in _BASIC if charset == "basic" else ord(char) < 256


def _marks(document: Document, body: str, profile: X12Profile) -> list[str]:
    pinned = {name: getattr(profile, name) for name in _CHOICES}
    texts_of = body + "".join(
        (profile.isa_sender, profile.isa_receiver, profile.gs_sender or "", profile.gs_receiver or "")
    )
    chosen: list[str] = []
    for name, (last, choices) in _CHOICES.items():
        mark = pinned[name]
        if mark is None:
            reserved = {*chosen, *(other for other in pinned.values() if other)}
            free = (c for c in choices if c not in texts_of and c not in reserved)
            mark = next(free, None) or next(c for c in (last, *_ALL) if c not in reserved)
        elif mark in chosen or (mark in texts_of and mark not in _OURS):
            raise CannotCarry(tuple(_collisions(document, mark, name)))
        chosen.append(mark)
    return chosen


def _collisions(document: Document, mark: str, name: str) -> Iterator[Finding]:
    found = False
    remedy = f"contains {mark!r}, which the profile pins as {name}; change the text or free the delimiter"
    for path, text in texts(document.model_dump(mode="json", exclude_defaults=True)):
        if mark in text:
            found = True
            yield error("delimiter-in-text", place(path), remedy)
    if not found:
        yield error("delimiter-in-text", name, f"{mark!r} is used twice or stands in an envelope id; pin another")
