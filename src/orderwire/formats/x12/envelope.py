"""Finds interchanges, groups and transaction sets in bytes, as forgiving as trade needs and never silently so.

Positions follow ISA (105 characters and the terminator, X12.5); where they lie, the ISA is split by its elements.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orderwire.document.finding import Finding, error, info, warning
from orderwire.formats.x12.codes import GROUP_CONTROL, GROUP_CONTROL_TWICE, GROUP_COUNT, GROUP_TRAILER_MISSING
from orderwire.formats.x12.raw import BLANKS, CONTROL, printable, segments

LIMIT = 32 * 1024 * 1024
"""Largest file read, in bytes."""

MOST = 20_000
"""Most interchanges and sets read from one file."""

_ISA = re.compile(r"ISA([^A-Za-z0-9 \t\n])[^\n]{0,40}?\1")
_NEXT = ("GS", "TA1", "ISB", "ISE", "IEA")
_USUAL = "~'\x1c"
_ENVELOPE = ("ISA", "TA1", "GS", "ST", "SE", "GE", "IEA")


@dataclass(slots=True)
class Marks:
    """The delimiters of one interchange."""

    element: str
    component: str
    repetition: str
    segment: str


@dataclass(slots=True)
class RawSet:
    """One transaction set: ST01, ST02, its segments from ST to SE, and what its trailer is worth.

    `start` is where ST stands in the segments of the interchange.
    """

    kind: str
    control: str
    start: int
    segments: list[str]
    faults: list[tuple[str, Finding]] = field(default_factory=list)


@dataclass(slots=True)
class RawGroup:
    """One functional group; `errors` are codes of data element 716."""

    header: list[str]
    sets: list[RawSet] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    included: int | None = None
    controls: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Interchange:
    """One ISA to IEA; `segments` are those behind the ISA, `notices` the places of those that are a TA1."""

    header: list[str]
    marks: Marks
    segments: list[str] = field(default_factory=list)
    notices: list[int] = field(default_factory=list)
    groups: list[RawGroup] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def interchanges(text: str, findings: list[Finding]) -> Iterator[Interchange]:
    """Each interchange of the text; what lies before the first one is reported in `findings`."""
    starts = [m.start() for m in _ISA.finditer(text) if _starts(text, m)]
    if not starts:
        findings.append(error("no-interchange", "line 1", "there is no ISA segment; this is not an X12 interchange"))
        return
    before = [line for line in text[: starts[0]].split("\n") if line.strip(BLANKS)]
    if before and all(line.lstrip().startswith("//") for line in before):
        findings.append(warning("comment", "line 1", "remarks stand before the first ISA segment; they were skipped"))
    elif before:
        findings.append(warning("before-isa", "line 1", "there is text before the first ISA segment; it was skipped"))
    held = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end]
        held += 1 + _sets(part)
        if held > MOST:
            words = f"the file holds more than {MOST} interchanges and sets; what follows was not read. Split the file"
            findings.append(error("too-many", f"character {start + 1}", words))
            return
        found = _marks(part)
        if isinstance(found, Finding):
            findings.append(found)
        else:
            yield _walk(part, *found)


def _sets(text: str) -> int:
    """How many sets and TA1 an interchange can hold at most."""
    mark = text[3]
    return text.count(f"ST{mark}") - text.count(f"{mark}ST{mark}") + text.count(f"TA1{mark}")


def _starts(text: str, match: re.Match[str]) -> bool:
    """True when this ISA starts a segment: no data before it in its segment, and enough elements behind it."""
    before = text[max(0, match.start() - 20) : match.start()].rstrip(BLANKS)[-1:]
    if text[max(0, match.start() - 1)] != "\n" and (before.isalnum() or before == match[1]):
        return False
    return text.count(match[1], match.start(), match.start() + 400) >= 15


def _marks(text: str) -> tuple[list[str], Marks, int, list[Finding]] | Finding:
    """Elements of the ISA, delimiters, where the next segment starts, and what was forgiven."""
    mark = text[3]
    forgiven: list[Finding] = []
    where = "ISA"
    if len(text) > 106 and text[103] == mark and text[:106].count(mark) == 16 and "\n" not in text[:105]:
        header, component, end = text[:105].split(mark), text[104], 105
        split = False
    else:
        at = 0
        for _ in range(16):
            at = text.find(mark, at) + 1
            if not at:
                return error(
                    "isa-broken", where, "the ISA segment has fewer than 16 elements; ask the partner to resend"
                )
        header = text[: at - 1].replace("\n", "").split(mark)
        blank_component = text[at + 1 :].lstrip(BLANKS).startswith(_NEXT)
        if blank_component and text[at + 1 : at + 2] == "\n":
            # Either ISA16 is blank and the terminator has a line feed behind it, or the line feed is the terminator.
            second = text.find("ST" + mark, at)
            blank_component = second > 0 and text[:second].rstrip(BLANKS)[-1:] == text[at]
        if blank_component:
            component, end = "", at
        else:
            component, end = text[at : at + 1], at + 1
        header = [*header, component][:17]
        split = True
    while text[end : end + 1] in (" ", "\t") and end < 1000:
        end, split = end + 1, True
    if split:
        words = "the ISA segment is not 106 characters long; it was split by its elements"
        forgiven.append(warning("isa-length", where, words))
    terminator = text[end : end + 1]
    if not terminator or terminator.isalnum() or terminator in (mark, component, " "):
        return error(
            "isa-broken", where, "no segment terminator can be made out behind ISA16; ask the partner to resend"
        )
    header = [CONTROL.sub(" ", part).strip(BLANKS + "\u00a0") for part in header]
    if terminator not in _USUAL:
        sign = "a line feed" if terminator == "\n" else repr(terminator)
        forgiven.append(info("terminator", "ISA", f"segments end with {sign}; most partners use ~"))
    if not component.strip(BLANKS):
        component = ""
        forgiven.append(warning("isa16-blank", "ISA16", "the component separator is blank; composites cannot be split"))
    repetition = header[11] if len(header[11]) == 1 and not header[11].isalnum() else ""
    return header, Marks(mark, component, repetition, terminator), end, forgiven


def _walk(text: str, header: list[str], marks: Marks, end: int, forgiven: list[Finding]) -> Interchange:
    found = Interchange(header, marks, findings=forgiven)
    e = marks.element
    text, marks.component = printable(text[end:], marks.component, marks.segment + e)
    found.segments = segments(text, marks.segment, e, marks.component + marks.repetition, forgiven)
    heads = tuple(name + e for name in _ENVELOPE)
    group: RawGroup | None = None
    opened: int | None = None
    trailer: list[str] | None = None
    numbers: set[str] = set()
    stray = 0
    for index, segment in enumerate(found.segments):
        if not segment.startswith(heads):
            stray += opened is None and trailer is None and not segment.startswith(("ISB" + e, "ISE" + e))
            continue
        parts = segment.split(e)
        name = parts[0]
        if name in ("ST", "GS", "GE", "IEA") and opened is not None and group is not None:
            _close(group, found.segments[opened:index], opened, None, e)
            opened = None
        if name == "ST":
            if group is None:
                group = RawGroup(["GS"])
                found.groups.append(group)
                found.findings.append(
                    warning("gs-missing", f"set {_at(parts, 2)}", "a transaction set stands outside a group")
                )
            opened = index
        elif name == "SE" and opened is not None and group is not None:
            _close(group, found.segments[opened : index + 1], opened, parts, e)
            opened = None
        elif name == "TA1" and opened is None:
            found.notices.append(index)
        elif name == "GS":
            if group is not None and group.included is None:
                _no_trailer(group)
            group = RawGroup(parts)
            bare = _at(parts, 6).strip().lstrip("0")
            if bare and bare in numbers:
                group.errors.append(GROUP_CONTROL_TWICE)
                words = f"control number {_at(parts, 6)} stands on two groups of one interchange; number them apart"
                group.findings.append(warning("group-control-twice", f"group {_at(parts, 6)} GS06", words))
            numbers.add(bare)
            found.groups.append(group)
        elif name == "GE" and group is not None:
            _end_group(group, parts)
        elif name == "IEA":
            trailer = parts
    if group is not None:
        if opened is not None:
            _close(group, found.segments[opened:], opened, None, e)
        if group.included is None:
            _no_trailer(group)
    if not found.notices and not any(item.sets for item in found.groups):
        words = "there is no transaction set in this interchange; check the delimiters or ask the partner to resend"
        found.findings.append(error("no-set", "interchange", words))
    if stray:
        words = f"{stray} segments outside any set were skipped"
        found.findings.append(warning("stray-segments", "interchange", words))
    _check_trailer(found, trailer)
    return found


def _close(group: RawGroup, rows: list[str], start: int, trailer: list[str] | None, e: str) -> None:
    head = rows[0].split(e)
    item = RawSet(_at(head, 1).strip(), _at(head, 2).strip(), start, rows)
    n = len(rows)
    if not item.kind:
        item.faults.append(("6", error("set-kind", "segment 1 ST01", "ST01 does not say which set this is")))
    if not item.control:
        item.faults.append(("7", error("set-control", "segment 1 ST02", "ST02, the control number, is missing")))
    if trailer is None:
        text = "the SE segment is missing, so the set may be cut off; ask the partner to resend"
        item.faults.append(("2", error("se-missing", f"segment {n}", text)))
    else:
        if not _same(_at(trailer, 2), item.control):
            text = f"SE02 is {_at(trailer, 2)!r} but ST02 is {item.control!r}; they must be equal"
            item.faults.append(("3", error("set-control", f"segment {n} SE02", text)))
        if _number(_at(trailer, 1)) != n:
            text = f"SE01 counts {_at(trailer, 1) or 'nothing'} but the set has {n} segments; content may be missing"
            item.faults.append(("4", error("segment-count", f"segment {n} SE01", text)))
    if item.control and item.control in group.controls:
        text = f"control number {item.control} stands on two sets of one group; number them apart"
        item.faults.append(("23", error("set-control-twice", "segment 1 ST02", text)))
    group.controls.add(item.control)
    group.sets.append(item)


def _end_group(group: RawGroup, trailer: list[str]) -> None:
    group.included = _number(_at(trailer, 1))
    control = _at(group.header, 6)
    if group.included != len(group.sets):
        group.errors.append(GROUP_COUNT)
        text = (
            f"GE01 counts {_at(trailer, 1) or 'nothing'} but the group has {len(group.sets)} sets; one may be missing"
        )
        group.findings.append(warning("set-count", f"group {control} GE01", text))
        group.included = len(group.sets) if group.included is None else group.included
    if not _same(_at(trailer, 2), control):
        group.errors.append(GROUP_CONTROL)
        text = f"GE02 is {_at(trailer, 2)!r} but GS06 is {control!r}"
        group.findings.append(warning("group-control", f"group {control} GE02", text))


def _no_trailer(group: RawGroup) -> None:
    group.errors.append(GROUP_TRAILER_MISSING)
    group.included = len(group.sets)
    control = _at(group.header, 6)
    group.findings.append(
        warning("ge-missing", f"group {control}", "the GE segment is missing; the file may be cut off")
    )


def _check_trailer(found: Interchange, trailer: list[str] | None) -> None:
    if trailer is None:
        text = "the IEA segment is missing; the file may be cut off"
        found.findings.append(warning("iea-missing", "interchange", text))
        return
    if _number(_at(trailer, 1)) != len(found.groups):
        text = (
            f"IEA01 counts {_at(trailer, 1) or 'nothing'} but there are {len(found.groups)} groups; one may be missing"
        )
        found.findings.append(warning("group-count", "IEA01", text))
    if not _same(_at(trailer, 2), found.header[13]):
        text = f"IEA02 is {_at(trailer, 2)!r} but ISA13 is {found.header[13]!r}"
        found.findings.append(warning("interchange-control", "IEA02", text))


def _at(parts: list[str], position: int) -> str:
    return parts[position] if len(parts) > position else ""


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _same(one: str, other: str) -> bool:
    """Control numbers are equal with and without leading zeros."""
    one, other = one.strip(), other.strip()
    return one == other or (one.lstrip("0") == other.lstrip("0") and one.isdigit() and other.isdigit())
