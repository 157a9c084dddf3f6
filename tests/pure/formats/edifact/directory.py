"""An independent judge: messages against the UN directory tables of the corpus (segment order, groups, repetition,
mandatory elements, lengths, code lists). It shares nothing with the code under test."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[4].parent / "shared/corpus/vscode-edi-support/edifact-directory"
OPEN_LISTS = {"1153", "7161", "5153", "5189", "4053", "1131", "3055", "4451", "7143"}
"""Lists in which partners agree on codes of their own; what we choose ourselves is checked by `OURS`."""
_ANY = 10**9


@cache
def tables(version: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Messages and segments of a directory."""
    messages = json.loads((FOLDER / f"{version}_versions.json").read_text())["DocumentTypes"]
    return messages, json.loads((FOLDER / f"{version}.json").read_text())


def split(content: str) -> list[list[list[str]]]:
    """Segments of an interchange with the usual delimiters, character by character."""
    text = re.sub(r"^UNA.{6}", "", content).replace("\r\n", "")
    return [
        [[re.sub(r"\?(.)", r"\1", part) for part in _cut(e, ":")] for e in _cut(s, "+")] for s in _cut(text, "'")[:-1]
    ]


def _cut(text: str, mark: str) -> list[str]:
    found = [""]
    for token in re.findall(r"\?.|.", text, re.DOTALL):
        if token == mark:
            found.append("")
        else:
            found[-1] += token
    return found


def faults(content: str, version: str) -> list[str]:
    """Everything that the directory forbids in the first message of an interchange."""
    messages, directory = tables(version)
    segments = split(content)
    start = next(n for n, s in enumerate(segments) if s[0][0] == "UNH")
    end = next(n for n, s in enumerate(segments) if s[0][0] == "UNT")
    message = segments[start : end + 1]
    kind = message[0][2][0]
    structure = messages[f"{version}_{kind}"]["TransactionSet"]
    found: list[str] = []
    at = _match(structure, message, 0, found)
    if at < len(message):
        found.append(f"segment {at + 1} {message[at][0][0]} has no place here")
    for position, segment in enumerate(message, 1):
        found += [f"segment {position} {segment[0][0]}: {text}" for text in _check(segment, directory)]
    return found


def _match(structure: list[dict[str, Any]], message: list[list[list[str]]], at: int, found: list[str]) -> int:
    for item in structure:
        least, most = item.get("Min", 1), item.get("Max", _ANY if "Min" in item else 1)
        loop = item.get("Loop")
        tag = loop[0]["Id"] if loop else item["Id"]
        count = 0
        while at < len(message) and message[at][0][0] == tag and count < most:
            at = _match(loop, message, at, found) if loop else at + 1
            count += 1
        if count < least:
            found.append(f"{tag} is missing before segment {at + 1}")
    return at


def _check(segment: list[list[str]], directory: dict[str, Any]) -> list[str]:
    described = directory["Segments"].get(segment[0][0])
    if described is None:
        return ["is not a segment of this directory"]
    found: list[str] = []
    elements = described["Elements"]
    if len(segment) - 1 > len(elements):
        found.append(f"has {len(segment) - 1} elements instead of {len(elements)}")
    for position, element in enumerate(elements):
        parts = segment[position + 1] if len(segment) > position + 1 else [""]
        given = any(parts)
        if element["Required"] and not given:
            found.append(f"{element['Id']} is missing")
        for place, component in enumerate(element.get("Components", [element])):
            value = parts[place] if len(parts) > place else ""
            if given and component["Required"] and not value:
                found.append(f"{element['Id']}/{component['Id']} is missing")
            if value:
                found += _value(value, component, directory)
        if len(parts) > len(element.get("Components", [element])):
            found.append(f"{element['Id']} has {len(parts)} components")
    return found


def _value(value: str, component: dict[str, Any], directory: dict[str, Any]) -> list[str]:
    found = []
    number = component["DataType"] == "N"
    length = len(value.replace(".", "").replace("-", "")) if number else len(value)
    if length > component["MaxLength"]:
        found.append(f"{component['Id']} {value!r} is longer than {component['MaxLength']}")
    if number and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        found.append(f"{component['Id']} {value!r} is not a number")
    codes = directory["Qualifiers"].get(component.get("QualifierRef") or "")
    if codes and component["Id"] not in OPEN_LISTS and value not in codes:
        found.append(f"{component['Id']} {value!r} is not in its code list")
    return found
