"""Finds interchanges, groups and messages in bytes (ISO 9735), as forgiving as trade needs and never silently so.

The service strings UNA and UNB are plain ASCII in every character set, so that they are found before decoding.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orderwire.document.finding import Finding, error, warning
from orderwire.formats.edifact import charset
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.syntax import Marks, Segment, at, segments, split

LIMIT = 32 * 1024 * 1024
"""Largest file read, in bytes."""
MOST = 20_000
"""Most interchanges of a file, and messages and groups of an interchange, that are read."""

COUNT, REFERENCE, MISSING, DUPLICATE, SYNTAX, EMPTY = "29", "28", "13", "26", "2", "32"
"""Codes of data element 0085 that the envelope can deserve."""

_UNA = re.compile(rb"UNA(.)(.)(.)(.)(.?)(.)[ \t\r\n]*UNB", re.DOTALL)
_UNB = re.compile(rb"UNB([^A-Za-z0-9 \t\r\n])((?:[\r\n]*[A-Za-z]){4})[\r\n]*([^A-Za-z0-9\t\r\n])?")
_HEAD = re.compile(rb"UN[AB]")
_FRAGMENT = re.compile(rb"\s*(?:UNA(.)(.)(.)(.)(.)(.)\s*)?(?=UNH([^A-Za-z0-9\s]))", re.DOTALL)
_FIRST = rb"([^\r\n])([\r\n]*)[ \t]*UN[GH]"
_USUAL = "'"
_SERVICE = ("UNG", "UNH", "UNT", "UNE", "UNZ")


@dataclass(slots=True)
class RawMessage:
    """One message: its kind (UNH 0065), control (0062), version such as D96A and association code; its raw segments
    from UNH to UNT, to be split by `marks`; what is wrong with its frame, each with its code of 0085."""

    kind: str
    control: str
    version: str
    association: str
    segments: list[str]
    marks: Marks
    envelope: dict[str, str] = field(default_factory=dict)
    test: bool = False
    faults: list[tuple[str, Finding]] = field(default_factory=list)


@dataclass(slots=True)
class RawGroup:
    """One group, UNG to UNE; its header is empty where the interchange has none."""

    header: Segment
    messages: list[RawMessage] = field(default_factory=list)


@dataclass(slots=True)
class Interchange:
    """One UNB to UNZ, `raw` all of its segments; `errors` are codes of 0085 about the interchange itself."""

    header: Segment
    marks: Marks
    raw: list[str] = field(default_factory=list)
    groups: list[RawGroup] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def control(self) -> str:
        """UNB 0020."""
        return at(self.header, 5)


def interchanges(content: bytes, profile: EdifactProfile, findings: list[Finding]) -> Iterator[Interchange]:
    """Each interchange of a file; what lies before the first one is reported in `findings`."""
    content = _ascii_based(content, findings)
    starts = list(itertools.islice(_starts(content), MOST + 1))
    if not starts:
        if fragment := _FRAGMENT.match(content):
            yield _fragment(content, fragment, profile)
            return
        text = "there is no UNB segment; this is not an EDIFACT interchange"
        findings.append(error("no-interchange", "byte 1", text))
        return
    if len(starts) > MOST:
        text = f"the file has more than {MOST} interchanges; the rest was not read. Split it"
        findings.append(error("too-many", f"byte {starts.pop() + 1}", text))
    if content[: starts[0]].strip():
        findings.append(warning("before-unb", "byte 1", "there is text before the first UNB segment; it was skipped"))
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        yield _interchange(content[start:end], profile)


def _ascii_based(content: bytes, findings: list[Finding]) -> bytes:
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
        findings.append(warning("byte-order-mark", "byte 1", "the file starts with a byte order mark; it was skipped"))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        findings.append(
            warning("encoding", "byte 1", "the file is UTF-16; EDIFACT asks for the set that UNB 0001 names")
        )
        return content.decode("utf-16", "replace").encode()
    if content.lstrip(b"\x40\x25\x15\x0d")[:3] in (b"\xe4\xd5\xc1", b"\xe4\xd5\xc2"):
        findings.append(warning("encoding", "byte 1", "the file is EBCDIC; it was read as code page 500"))
        return content.decode("cp500").replace("\x85", "\n").encode()
    return content


def _starts(content: bytes) -> Iterator[int]:
    """Where an interchange begins: at UNA with UNB behind it, or at a UNB that starts a segment."""
    covered = 0
    for match in _HEAD.finditer(content):
        found = match.start()
        head = content[found : found + 40]
        una = _UNA.match(head)
        if found >= covered and (una or _UNB.match(head)):
            before = content[max(0, found - 20) : found].rstrip(b" \t\r\n")[-1:]
            if not before or not before.isalnum() or content[found - 1 : found] in b"\r\n":
                yield found
                covered = found + una.end() if una else found


def _marks(content: bytes, forgiven: list[Finding]) -> tuple[Marks, int]:
    """The delimiters and where the UNB stands."""
    if una := _UNA.match(content):
        component, element, decimal, release, spare, end = (part.decode("latin-1") for part in una.groups())
        if not spare:
            forgiven.append(
                warning("una-length", "UNA", "UNA has five characters instead of six; the fifth was missing")
            )
        marks = Marks(component, element, "" if release == " " else release, end, decimal)
        return marks, una.end() - 3
    unb = _UNB.match(content)
    if unb is None:  # the next interchange begins within this header
        return Marks(), 0
    if unb[2] == b"UNOB" and unb[1] == b"\x1d":
        return Marks("\x1f", "\x1d", "", "\x1c"), 0
    element, component = unb[1].decode("latin-1"), (unb[3] or b":").decode("latin-1")
    if (element, component) != ("+", ":"):
        text = (
            f"the delimiters {element} and {component} are not the usual ones and no UNA names them; used all the same"
        )
        forgiven.append(warning("una-missing", "UNB", text))
    return Marks(component, element, terminator=_terminator(content, element, forgiven)), 0


def _terminator(content: bytes, element: str, forgiven: list[Finding]) -> str:
    """What ends segments where no UNA says it: the character before the first UNH or UNG."""
    first = re.search(_FIRST + re.escape(element.encode("latin-1")), content[:4096])
    if first is None or first[1] == _USUAL.encode():
        return _USUAL
    mark = first[1].decode("latin-1")
    if mark.isalnum() or mark in " .,-":
        if not first[2]:
            return _USUAL
        mark = "\n" if b"\n" in first[2] else "\r"
    words = "a line break" if mark in "\r\n" else mark
    forgiven.append(warning("una-missing", "UNB", f"segments end with {words} and no UNA says so; used all the same"))
    return mark


def _fragment(content: bytes, match: re.Match[bytes], profile: EdifactProfile) -> Interchange:
    """Messages without UNB and UNZ around them: nobody is named as sender, and nothing can be answered."""
    una, element = match.groups()[:6], match[7].decode("latin-1")
    if una[0] is not None:
        component, element, decimal, release, _, end = (part.decode("latin-1") for part in una)
        marks = Marks(component, element, release.strip(), end, decimal)
    else:
        marks = Marks(element=element)
    text, doubts = charset.decode(content[match.end() :], "UNOY", profile.read_charset, _kept(marks))
    told = "there is no UNB, so nobody is named as sender or receiver; the messages were read, but cannot be answered"
    found = Interchange([], marks, findings=[warning("unb-missing", "byte 1", told), *doubts])
    _walk(found, segments(text, marks))
    return found


def _kept(marks: Marks) -> str:
    """Control characters that serve as delimiters."""
    parts = (marks.component, marks.element, marks.release, marks.terminator)
    return "".join(part for part in parts if part < " ")


def _interchange(content: bytes, profile: EdifactProfile) -> Interchange:
    forgiven: list[Finding] = []
    marks, start = _marks(content, forgiven)
    head = _UNB.match(content[start : start + 20])
    syntax = "".join(head[2].decode().upper().split()) if head else ""
    text, doubts = charset.decode(content[start:], syntax, profile.read_charset, _kept(marks))
    raw = segments(text, marks)
    header = split(raw[0], marks) if raw else []
    found = Interchange(header, marks, findings=[*forgiven, *doubts])
    if at(header, 1, 1) not in ("1", "2", "3", "4"):
        said = at(header, 1, 1) or "nothing"
        found.errors.append(SYNTAX)
        found.findings.append(
            warning("syntax-version", "UNB", f"UNB 0002 is {said}; expected 1 to 4. Read as version 3")
        )
    _walk(found, raw)
    return found


def _walk(found: Interchange, raw: list[str]) -> None:
    found.raw, marks = raw, found.marks
    heads = tuple(name + marks.element for name in _SERVICE)
    group: RawGroup | None = None
    named = False
    opened: int | None = None
    trailer: Segment | None = None
    controls: set[str] = set()
    stray = count = 0
    for index, segment in enumerate(raw):
        if segment[:2] != "UN" or not segment.startswith(heads):
            if opened is None and index:
                stray += 1
            continue
        name = segment[:3]
        if opened is not None and group is not None and name != "UNT":
            _close(group, raw[opened:index], None, marks, controls, cut=False)
            opened = None
        if name in ("UNH", "UNG"):
            count += 1
            if count > MOST:
                text = f"the interchange has more than {MOST} messages and groups; the rest was not read. Split it"
                found.findings.append(error("too-many", "interchange", text))
                return
        if name == "UNH":
            if group is None or (group.header and not named):
                group = RawGroup([])
                found.groups.append(group)
            opened = index
        elif name == "UNT" and opened is not None and group is not None:
            _close(group, raw[opened : index + 1], split(segment, marks), marks, controls, cut=False)
            opened = None
        elif name == "UNG":
            group, named = RawGroup(split(segment, marks)), True
            found.groups.append(group)
        elif name == "UNE" and group is not None and named:
            _end_group(found, group, split(segment, marks))
            named = False
        elif name == "UNZ":
            trailer = split(segment, marks)
            stray += len(raw) - index - 1
            break
    if opened is not None and group is not None:
        _close(group, raw[opened:], None, marks, controls, cut=True)
    if named:
        found.findings.append(warning("une-missing", "group", "the UNE segment is missing; the file may be cut off"))
    if not any(item.messages for item in found.groups):
        text = "there is no message in this interchange; check the delimiters or ask the partner to resend"
        found.findings.append(error("no-message", "interchange", text))
        found.errors.append(EMPTY)
    if stray:
        text = f"{stray} segments outside any message were skipped"
        found.findings.append(warning("stray-segments", "interchange", text))
    if found.header:
        _check_trailer(found, trailer)


def _close(
    group: RawGroup, raw: list[str], trailer: Segment | None, marks: Marks, controls: set[str], *, cut: bool
) -> None:
    """Keep a message. `cut` says that the file ends in it; without UNS it may then have lost its last lines."""
    head = split(raw[0], marks)
    version = (at(head, 2, 1) + at(head, 2, 2)).upper().replace(".", "")
    item = RawMessage(at(head, 2).upper(), at(head, 1), version, at(head, 2, 4), raw, marks)
    n = len(raw)
    if trailer is None and cut and not any(segment.startswith("UNS") for segment in raw):
        text = "the file ends within this message, before its UNT; ask the partner to resend"
        item.faults.append((MISSING, error("unt-missing", f"segment {n}", text)))
    elif trailer is None:
        text = "the UNT segment is missing; the message was read up to what follows"
        item.faults.append((MISSING, warning("unt-missing", f"segment {n}", text)))
    else:
        if not _same(at(trailer, 2), item.control):
            text = f"UNT 0062 is {at(trailer, 2)!r} but UNH 0062 is {item.control!r}; they should be equal"
            item.faults.append((REFERENCE, warning("message-control", f"segment {n} UNT", text)))
        if _number(at(trailer, 1)) != n:
            counted = at(trailer, 1)[:20] or "nothing"
            text = f"UNT 0074 counts {counted} but the message has {n} segments; look whether content is missing"
            item.faults.append((COUNT, warning("segment-count", f"segment {n} UNT", text)))
    if item.control in controls:
        text = f"the message reference {item.control!r} stands on two messages of one interchange; number them apart"
        item.faults.append((DUPLICATE, warning("message-control-twice", "segment 1 UNH", text)))
    controls.add(item.control)
    group.messages.append(item)


def _end_group(found: Interchange, group: RawGroup, trailer: Segment) -> None:
    control = at(group.header, 5)
    if _number(at(trailer, 1)) != len(group.messages):
        text = f"UNE 0060 counts {at(trailer, 1) or 'nothing'} but the group has {len(group.messages)} messages"
        found.findings.append(warning("message-count", f"group {control} UNE", text))
    if not _same(at(trailer, 2), control):
        text = f"UNE 0048 is {at(trailer, 2)!r} but UNG 0048 is {control!r}"
        found.findings.append(warning("group-control", f"group {control} UNE", text))


def _check_trailer(found: Interchange, trailer: Segment | None) -> None:
    if trailer is None:
        text = "the UNZ segment is missing; the file may be cut off"
        found.findings.append(warning("unz-missing", "interchange", text))
        found.errors.append(MISSING)
        return
    grouped = any(group.header for group in found.groups)
    count = len(found.groups) if grouped else sum(len(group.messages) for group in found.groups)
    if _number(at(trailer, 1)) != count:
        what = "groups" if grouped else "messages"
        text = f"UNZ 0036 counts {at(trailer, 1) or 'nothing'} but there are {count} {what}; one may be missing"
        found.findings.append(warning("interchange-count", "UNZ", text))
        found.errors.append(COUNT)
    if not _same(at(trailer, 2), found.control):
        text = f"UNZ 0020 is {at(trailer, 2)!r} but UNB 0020 is {found.control!r}"
        found.findings.append(warning("interchange-control", "UNZ", text))
        found.errors.append(REFERENCE)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _same(one: str, other: str) -> bool:
    """References are equal with and without leading zeros."""
    return one == other or (one.lstrip("0") == other.lstrip("0") and one.isdigit() and other.isdigit())
