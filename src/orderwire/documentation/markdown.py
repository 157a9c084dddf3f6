"""The few shapes that the pages are made of: docstrings as paragraphs, models as tables."""

import inspect
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing where there are no rows."""
    body = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    if not body:
        return ""
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *body]) + "\n"


def prose(subject: object) -> str:
    """What the docstring says, one line a paragraph."""
    paragraphs = (inspect.getdoc(subject) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def fields(model: type[BaseModel]) -> str:
    """The fields of a model with their types and defaults."""
    schema = model.model_json_schema()
    shapes = schema.get("properties", {})
    rows = []
    for name, info in model.model_fields.items():
        shape = shapes.get(info.alias or name, {})
        default = "" if info.is_required() else _default(info.default, info.default_factory)
        rows.append(
            (f"`{name}`", kind(shape, schema.get("$defs", {})), "**required**" if info.is_required() else default,
             info.description or "")
        )  # fmt: skip
    described = any(row[3] for row in rows)
    head = ("field", "what", "default", "meaning")
    return table(head if described else head[:3], (row if described else row[:3] for row in rows))


def kind(shape: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "$ref" in shape:
        return kind(known[shape["$ref"].rpartition("/")[2]], known)
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(kind(s, known) for s in shape["anyOf"] if s.get("type") != "null"))
    if "enum" in shape or "const" in shape:
        return ", ".join(
            f"`{value}`" if str(value).strip() else repr(value) for value in shape.get("enum", [shape.get("const")])
        )
    match shape.get("type"):
        case "array":
            return f"list of {kind(shape['items'], known)}" if shape.get("items") else "list"
        case "object":
            return "table by name" if shape.get("additionalProperties") else str(shape.get("title", "object"))
        case "string" if shape.get("writeOnly"):
            return "secret text"
        case "string" if shape.get("format") in ("date-time", "date", "path"):
            return {"date-time": "time", "date": "date", "path": "path"}[shape["format"]]
        case "integer" | "number":
            low, high = shape.get("minimum", shape.get("exclusiveMinimum")), shape.get("maximum")
            bounds = f" from {low:,} to {high:,}" if low is not None and high is not None else ""
            return f"{'whole number' if shape['type'] == 'integer' else 'number'}{bounds}"
        case "boolean":
            return "yes or no"
        case _:
            return "text"


def _default(value: Any, factory: Any) -> str:
    if value is PydanticUndefined:
        value = factory() if factory else None
    if value is None or value in ("", (), [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"`{value if isinstance(value, str | int | float) else json.dumps(value, default=str)}`"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()
