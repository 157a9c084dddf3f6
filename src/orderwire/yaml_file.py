"""Reads YAML that people write, so that every error names line, place and remedy.

Only mappings, lists and text: each value is converted by the model that asks for it. So Norway's NO stays a country,
000123 stays a number with zeros and 0.1 stays exact. Duplicate keys, anchors and tags are refused.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from orderwire.document.finding import Finding, error, place

LARGEST = 2_000_000
DEEPEST = 20

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Model = TypeVar("Model", bound=BaseModel)


class Unreadable(Exception):
    """The file cannot be used. `findings` are the errors, each with line, place and remedy."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{f.where}: {f.text}" for f in self.findings))


class Written(BaseModel):
    """Base of what is written in a file: frozen; a name that is not known is refused with the nearest one that is."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _known_names(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            known = {info.alias or name for name, info in cls.model_fields.items()}
            for key in value:
                if key not in known:
                    text = f"{key!r} is not known here.{suggestion(str(key), known)}"
                    raise PydanticCustomError("unknown-name", "{text}", {"text": text, "key": key})
        return value


@dataclass(frozen=True)
class _Node:
    line: int
    value: "None | str | list[_Node] | dict[str, _Node]"

    def plain(self) -> Any:
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def load(text: str, model: type[Model], name: str) -> Model:
    """The file's content as `model`; `name` is the file's name in messages. Raises Unreadable."""
    root = _parse(text, name)
    if not isinstance(root.value, dict):
        raise Unreadable([error("not-a-mapping", f"{name} line {root.line}", "must begin with a name and a colon")])
    try:
        return model.model_validate(root.plain())
    except ValidationError as failure:
        raise Unreadable(_findings(failure, root, name)) from failure


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """' Did you mean total?' or ' Known are a, b and c.'"""
    names = sorted(known)
    close = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else f" Known are {', '.join(names)}."


def _parse(text: str, name: str) -> _Node:
    if len(text) > LARGEST:
        raise Unreadable([error("too-large", name, f"is longer than {LARGEST:,} characters; split it")])
    try:
        events = yaml.parse(text, Loader=_Loader)
        next(events)  # the start of the stream
        start = next(events)
        if isinstance(start, yaml.StreamEndEvent):
            raise Unreadable([error("empty", name, "is empty; start from the default file")])
        root = _node(next(events), events, name, 0)
        next(events)  # the end of the document
        more = next(events)
        if not isinstance(more, yaml.StreamEndEvent):
            raise Unreadable([_at(more, name, "several-documents", "a second document starts here; use one file each")])
        return root
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        where = f"{name} line {mark.line + 1}, column {mark.column + 1}" if mark else name
        raise Unreadable([error("not-yaml", where, f"{failure.problem or failure.context}; look here")]) from failure
    except yaml.YAMLError as failure:
        raise Unreadable([error("not-yaml", name, f"is not YAML: {failure}")]) from failure


def _node(event: Any, events: Iterator[Any], name: str, depth: int) -> _Node:
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise Unreadable([_at(event, name, "anchor", "anchors (& and *) are not used here; write the values out")])
    if event.tag:
        raise Unreadable([_at(event, name, "tag", f"the tag {event.tag} is not used here; remove it")])
    if depth > DEEPEST:
        raise Unreadable([_at(event, name, "too-deep", "is nested too deeply")])
    if isinstance(event, yaml.ScalarEvent):
        empty = event.implicit[0] and event.value in ("", "~", "null")
        return _Node(line, None if empty else event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[_Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_node(event, events, name, depth + 1))
        return _Node(line, items)
    found: dict[str, _Node] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
            raise Unreadable([_at(event, name, "key", "the name before a colon must be plain text")])
        if event.value in found:
            first = found[event.value].line
            text = f"{event.value!r} stands twice (first on line {first}); keep one"
            raise Unreadable([_at(event, name, "duplicate-key", text)])
        found[event.value] = _node(next(events), events, name, depth + 1)
    return _Node(line, found)


def _at(event: Any, name: str, code: str, text: str) -> Finding:
    return error(code, f"{name} line {event.start_mark.line + 1}", text)


def _findings(failure: ValidationError, root: _Node, name: str) -> list[Finding]:
    found = []
    for item in failure.errors(include_url=False)[:50]:
        node, path, title = root, [], ""
        for step in (*item["loc"], *filter(None, [item.get("ctx", {}).get("key")])):
            below = _step(node, step)
            if below is None:
                break
            node = below
            path.append(step)
            if isinstance(node.value, dict) and "id" in node.value and node.value["id"].value:
                title = f", {node.value['id'].value}"
        text = item["msg"].removeprefix("Value error, ")
        if item["type"] == "missing":
            text = f"{item['loc'][-1]!r} is missing; add it"
        elif isinstance(item["input"], str) and item["input"] not in text:
            text += f" (here: {item['input'][:60]!r})"
        found.append(error(item["type"].replace("_", "-"), f"{name} line {node.line}{title}, {place(path)}", text))
    return found


def _step(node: _Node, step: str | int) -> _Node | None:
    if isinstance(node.value, dict):
        return node.value.get(str(step))
    if isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None
