"""Finds interchanges, groups and transaction sets in bytes, as forgiving as trade needs and never silently so.

Positions follow ISA (105 characters and the terminator, X12.5); where they lie, the ISA is split by its elements.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orderwire.document.finding import Finding, error, warning

LIMIT = 32 * 1024 * 1024
"""Largest file read, in bytes."""

BLANKS = " \t\n"
_ISA = re.compile(r"ISA([^A-Za-z0-9 \t\n])[^\n]{0,40}?\1")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_NEXT = ("GS", "TA1", "ISB", "ISE", "IEA")
_ENVELOPE = ("ISA", "GS", "ST", "SE", "GE", "IEA")


@dataclass(slots=True)
class Marks:
    """The delimiters of one interchange."""

    element: str
    component: str
    repetition: str
    segment: str


@dataclass(slots=True)
class RawSet:
    """One transaction set: ST01, ST02, its segments from ST to SE, and what its trailer is worth."""

    kind: str
    control: str
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
    """One ISA to IEA."""

    header: list[str]
    marks: Marks
    groups: list[RawGroup] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def decode(content: bytes, charset: str) -> tuple[str, list[Finding]]:
    """Bytes as text with line ends as line feeds. Understands byte order marks, UTF-16, EBCDIC and 8-bit sets."""
    findings: list[Finding] = []
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
        findings.append(warning("byte-order-mark", "byte 1", "the file starts with a byte order mark; it was skipped"))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        findings.append(warning("encoding", "byte 1", "the file is UTF-16; X12 asks for one byte per character"))
        text = content.decode("utf-16", "replace")
    elif content.lstrip(b"\x40\x25\x15\x0d").startswith(b"\xc9\xe2\xc1"):
        text = content.decode("cp037")
        if "¬" in text or "¢" in text:
            text = content.decode("cp500")
        text = text.replace("\x85", "\n")
        findings.append(warning("encoding", "byte 1", "the file is EBCDIC; it was read as code page 037 or 500"))
    elif charset == "extended":
        text = content.decode("iso-8859-1")
    else:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as failure:
            text = content.decode("cp1252", "replace")
            where = f"byte {failure.start + 1}"
            findings.append(
                warning("encoding", where, "the file is not UTF-8; it was read as Windows-1252, check accents")
            )
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, findings


def interchanges(text: str, findings: list[Finding]) -> Iterator[Interchange]:
    """Each interchange of the text; what lies before the first one is reported in `findings`."""
    starts = [m.start() for m in _ISA.finditer(text) if _starts(text, m)]
    if not starts:
        findings.append(error("no-interchange", "line 1", "there is no ISA segment; this is not an X12 interchange"))
        return
    if text[: starts[0]].strip(BLANKS):
        findings.append(warning("before-isa", "line 1", "there is text before the first ISA segment; it was skipped"))
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        found = _marks(text[start:end])
        if isinstance(found, Finding):
            findings.append(found)
        else:
            yield _walk(text[start:end], *found)


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
        forgiven.append(
            warning("isa-length", where, "the ISA segment is not 106 characters long; it was split by its elements")
        )
        header = [*header, component][:17]
    terminator = text[end : end + 1]
    if not terminator or terminator.isalnum() or terminator in (mark, component, " "):
        return error(
            "isa-broken", where, "no segment terminator can be made out behind ISA16; ask the partner to resend"
        )
    header = [_CONTROL.sub(" ", part).strip(BLANKS + "\u00a0") for part in header]
    if not component.strip(BLANKS):
        component = ""
        forgiven.append(warning("isa16-blank", "ISA16", "the component separator is blank; composites cannot be split"))
    repetition = header[11] if len(header[11]) == 1 and not header[11].isalnum() else ""
    return header, Marks(mark, component, repetition, terminator), end, forgiven


def _segments(text: str, marks: Marks, forgiven: list[Finding]) -> list[str]:
    if marks.segment != "\n" and "\n" in text:
        text = text.replace("\n", "")
    parts = text.split(marks.segment)
    if marks.segment + " " in text or marks.segment + "\t" in text:
        parts = [part.strip(BLANKS) for part in parts]
    keep = marks.element + marks.component + marks.repetition
    if any(c not in keep for c in set(_CONTROL.findall(text)) - {"\n", marks.segment}):
        forgiven.append(
            warning("control-character", "interchange", "control characters in the text were read as blanks")
        )
        parts = [_CONTROL.sub(lambda m: m[0] if m[0] in keep else " ", part) for part in parts]
    return [part for part in parts if part]


def _walk(text: str, header: list[str], marks: Marks, end: int, forgiven: list[Finding]) -> Interchange:
    found = Interchange(header, marks, findings=forgiven)
    segments = _segments(text[end:], marks, forgiven)
    e = marks.element
    heads = tuple(name + e for name in _ENVELOPE)
    group: RawGroup | None = None
    opened: int | None = None
    trailer: list[str] | None = None
    stray = 0
    for index, segment in enumerate(segments):
        if not segment.startswith(heads):
            stray += opened is None and trailer is None and not segment.startswith(("TA1" + e, "ISB" + e, "ISE" + e))
            continue
        parts = segment.split(e)
        name = parts[0]
        if name in ("ST", "GS", "GE", "IEA") and opened is not None and group is not None:
            _close(group, segments[opened:index], None, e)
            opened = None
        if name == "ST":
            if group is None:
                group = RawGroup(["GS"])
                found.groups.append(group)
                found.findings.append(
                    error("gs-missing", f"set {_at(parts, 2)}", "a transaction set stands outside a group")
                )
            opened = index
        elif name == "SE" and opened is not None and group is not None:
            _close(group, segments[opened : index + 1], parts, e)
            opened = None
        elif name == "GS":
            if group is not None and group.included is None:
                _no_trailer(group)
            group = RawGroup(parts)
            found.groups.append(group)
        elif name == "GE" and group is not None:
            _end_group(group, parts)
        elif name == "IEA":
            trailer = parts
    if group is not None:
        if opened is not None:
            _close(group, segments[opened:], None, e)
        if group.included is None:
            _no_trailer(group)
    if not any(item.sets for item in found.groups):
        text = "there is no transaction set in this interchange; check the delimiters or ask the partner to resend"
        found.findings.append(error("no-set", "interchange", text))
    if stray:
        found.findings.append(
            warning("stray-segments", "interchange", f"{stray} segments outside any set were skipped")
        )
    _check_trailer(found, trailer)
    return found


def _close(group: RawGroup, segments: list[str], trailer: list[str] | None, e: str) -> None:
    head = segments[0].split(e)
    item = RawSet(_at(head, 1).strip(), _at(head, 2).strip(), segments)
    n = len(segments)
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
    if item.control in group.controls:
        text = f"control number {item.control} stands on two sets of one group; number them apart"
        item.faults.append(("23", error("set-control-twice", "segment 1 ST02", text)))
    group.controls.add(item.control)
    group.sets.append(item)


def _end_group(group: RawGroup, trailer: list[str]) -> None:
    group.included = _number(_at(trailer, 1))
    control = _at(group.header, 6)
    if group.included != len(group.sets):
        group.errors.append("5")
        text = (
            f"GE01 counts {_at(trailer, 1) or 'nothing'} but the group has {len(group.sets)} sets; one may be missing"
        )
        group.findings.append(warning("set-count", f"group {control} GE01", text))
        group.included = len(group.sets) if group.included is None else group.included
    if not _same(_at(trailer, 2), control):
        group.errors.append("4")
        text = f"GE02 is {_at(trailer, 2)!r} but GS06 is {control!r}"
        group.findings.append(warning("group-control", f"group {control} GE02", text))


def _no_trailer(group: RawGroup) -> None:
    group.errors.append("3")
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
