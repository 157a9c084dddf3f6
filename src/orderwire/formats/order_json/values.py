"""From bytes to JSON values, one document at a time, so that a broken one does not stop the others and every
fault has its line and column."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orderwire.document.finding import Finding, error, warning

MAX_BROKEN = 20
"""After so many documents that are not JSON the rest of a file is not tried."""

MAX_DOCUMENTS = 100_000
"""More documents in one file are not read: ten characters can be a document, and each costs memory."""

_BLANK = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Found:
    """One JSON value of a file: the value or why there is none, and the line it starts on."""

    value: Any
    line: int
    findings: tuple[Finding, ...] = ()


def decoded(content: bytes) -> tuple[str | None, tuple[Finding, ...]]:
    """JSON is UTF-8 (RFC 8259 section 8.1); anything else is named, with the first bad byte's place."""
    findings: tuple[Finding, ...] = ()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        text = "is written in UTF-16 or UTF-32; JSON must be UTF-8: save it as UTF-8"
        return None, (error("encoding", "file", text),)
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
        text = "starts with a byte order mark, which JSON does not have; it was skipped"
        findings = (warning("byte-order-mark", "line 1, column 1", text),)
    try:
        return content.decode(), findings
    except UnicodeDecodeError as failure:
        start = content.rfind(b"\n", 0, failure.start) + 1
        line = content.count(b"\n", 0, failure.start) + 1
        column = len(content[start : failure.start].decode()) + 1
        text = (
            f"byte 0x{content[failure.start]:02X} is not UTF-8 (the file looks like Latin-1 or Windows-1252); "
            "save it as UTF-8"
        )
        return None, (*findings, error("encoding", f"line {line}, column {column}", text))


def values(text: str) -> Iterator[Found]:
    """The values of one list, or of a stream of documents (JSON lines), each decoded by itself."""
    twice: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            seen: set[str] = set()
            twice.extend(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return found

    decoder = json.JSONDecoder(object_pairs_hook=pairs)
    at = _skip(text, 0)
    in_list = text.startswith("[", at)
    if in_list:
        at = _skip(text, at + 1)
        if text.startswith("]", at):
            return
    line, counted, broken, documents = 1, 0, 0, 0
    while at < len(text):
        documents += 1
        line += text.count("\n", counted, at)
        counted = at
        if documents > MAX_DOCUMENTS:
            rest = f"more than {MAX_DOCUMENTS:,} documents in one file; the rest was not read: split it"
            yield Found(None, line, (error("too-large", f"line {line}", rest),))
            return
        twice.clear()
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as failure:
            yield Found(None, line, (_syntax(failure, line, "; the rest was not read" if in_list else ""),))
            broken += 1
            resume = text.find("\n{", at) + 1
            if in_list or not resume:
                return
            if broken == MAX_BROKEN:
                rest = f"is not JSON, like {broken} documents before it; the rest of the file was not read"
                yield Found(None, line, (error("json-syntax", f"line {line}", rest),))
                return
            at = resume
            continue
        yield Found(
            value,
            line,
            tuple(
                error("duplicate-key", f"key {key[:60]!r}", "stands twice in one object; keep one of them")
                for key in twice[:10]
            ),
        )
        at = _skip(text, end)
        if in_list:
            try:
                at = _after_item(text, at)
            except json.JSONDecodeError as failure:
                yield Found(None, line, (_syntax(failure, line, "; the rest was not read"),))
                return


def _after_item(text: str, at: int) -> int:
    """The position of the item after the comma, or the end of the text after the closing bracket of a list."""
    if text.startswith(",", at) and (following := _skip(text, at + 1)) < len(text):
        return following
    if not text.startswith("]", at):
        raise json.JSONDecodeError("A comma with another document, or ], is missing here", text, at)
    rest = _skip(text, at + 1)
    if rest < len(text):
        raise json.JSONDecodeError("Something follows after the end of the list", text, rest)
    return rest


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _syntax(failure: ValueError | RecursionError, line: int, rest: str) -> Finding:
    if isinstance(failure, json.JSONDecodeError):
        where = f"line {failure.lineno}, column {failure.colno}"
        return error("json-syntax", where, f"is not JSON: {failure.msg[:1].lower()}{failure.msg[1:]}; correct it{rest}")
    if isinstance(failure, RecursionError):
        return error("too-deep", f"line {line}", f"is nested too deeply for an order; remove the extra brackets{rest}")
    return error("json-syntax", f"line {line}", f"holds a number of several thousand digits; correct it{rest}")
