"""The part of OData 4.01 (URL Conventions, chapter 5) that the contract servers of SAP and Microsoft have in common:
$filter, $orderby, $select, $top, $count over rows in memory, refusing whatever the entity does not have."""

import datetime
import re
from collections.abc import Collection
from typing import Any

from tests.servers.erp_contracts.serving import Asked

Row = dict[str, Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<enum>[A-Za-z][\w.]*'(?:[^']|'')*')|(?P<text>'(?:[^']|'')*')"
    r"|(?P<time>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?)|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*))"
)


class BadRequest(Exception):
    """400 with a reason."""


class Filter:
    """A boolean expression."""

    def __init__(self, text: str, known: Collection[str]):
        self._known, self._tokens = known, []
        place = 0
        while text[place:].strip():
            match = _TOKEN.match(text, place)
            if not match or match.lastgroup is None:
                raise BadRequest(f"syntax error at position {place} of $filter")
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()
        self._tree = self._or()
        if self._tokens:
            raise BadRequest("syntax error: something follows the expression")

    def __call__(self, row: Row) -> bool:
        return bool(_value(self._tree, row))

    def _or(self) -> Any:
        left = self._and()
        while self._next("or"):
            left = ("or", left, self._and())
        return left

    def _and(self) -> Any:
        left = self._one()
        while self._next("and"):
            left = ("and", left, self._one())
        return left

    def _one(self) -> Any:
        if self._tokens and self._tokens[0][0] == "open":
            self._tokens.pop(0)
            inner = self._or()
            if not self._tokens or self._tokens.pop(0)[0] != "close":
                raise BadRequest("a bracket is not closed")
            return inner
        kind, name = self._tokens.pop(0) if self._tokens else ("", "")
        if kind != "word" or name not in self._known:
            raise BadRequest(f"Property '{name}' does not exist")
        operator = self._tokens.pop(0)[1] if self._tokens else ""
        if operator not in ("eq", "ne", "gt", "ge", "lt", "le") or not self._tokens:
            raise BadRequest(f"operator {operator!r} is not known")
        return (operator, name, self._literal(*self._tokens.pop(0)))

    def _literal(self, kind: str, word: str) -> Any:
        if kind in ("text", "enum"):
            return word[word.index("'") + 1 : -1].replace("''", "'")
        if kind == "time":
            return datetime.datetime.fromisoformat(word) if "T" in word else word
        if kind == "number":
            return float(word)
        constants = {"true": True, "false": False, "null": None}
        if word not in constants:
            raise BadRequest(f"{word!r} is no literal")
        return constants[word]

    def _next(self, word: str) -> bool:
        if self._tokens and self._tokens[0] == ("word", word):
            self._tokens.pop(0)
            return True
        return False


def _value(tree: Any, row: Row) -> bool:
    operator, left, right = tree
    if operator == "or":
        return _value(left, row) or _value(right, row)
    if operator == "and":
        return _value(left, row) and _value(right, row)
    value = row.get(left)
    if isinstance(right, datetime.datetime):
        if value is None:
            return False
        value = datetime.datetime.fromisoformat(value)
    if operator in ("eq", "ne"):
        return (value == right) == (operator == "eq")
    if value is None:
        return False
    compared = {"gt": value > right, "ge": value >= right, "lt": value < right, "le": value <= right}
    return compared[operator]


def select(rows: Collection[Row], asked: Asked, known: Collection[str], *, cap: int, options: Collection[str]) -> Row:
    """The answer to a question for a set: `value`, and the count where it is wanted."""
    if unknown := [name for name in asked.params if name not in options]:
        raise BadRequest(f"The query option '{unknown[0]}' is not supported")
    holds = Filter(asked.params["$filter"], known) if "$filter" in asked.params else bool
    found = [row for row in rows if holds(row)]
    for term in reversed(asked.params.get("$orderby", "").split(",")):
        name, _, way = term.strip().partition(" ")
        if name and name not in known:
            raise BadRequest(f"Property '{name}' does not exist")
        if name:
            found.sort(key=lambda row: row.get(name) or "", reverse=way == "desc")
    answer: Row = {"@odata.count": len(found)} if asked.params.get("$count") == "true" else {}
    top = min(int(asked.params.get("$top", cap)), cap)
    if top == cap and len(found) > cap and int(asked.params.get("$top", cap + 1)) > cap:
        answer["@odata.nextLink"] = f"{asked.path}?$skiptoken={cap}"
    wanted = [name for name in asked.params.get("$select", "").split(",") if name]
    if unknown := [name for name in wanted if name not in known]:
        raise BadRequest(f"Property '{unknown[0]}' does not exist")
    shown = [{n: v for n, v in row.items() if not wanted or n in wanted or "@" in n} for row in found[:top]]
    return {**answer, "value": shown}
