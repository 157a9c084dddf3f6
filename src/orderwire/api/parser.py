"""Reads bodies and addresses strictly: what two programs could understand differently is refused."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from orderwire.api.problem import Stopped


class StrictParser(Parser):
    """No duplicate names, no NaN, one value for each parameter."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The JSON of the body. Raises ValueError or RecursionError."""
        found: dict[str, Any] = json.loads(
            request.body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
        return found

    def parse_querydict(
        self, data: "MultiValueDict[str, str]", list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The parameters of the address. Raises Stopped for one that stands twice."""
        for name, values in data.lists():
            if len(values) > 1 and name not in list_fields:
                raise Stopped(422, "invalid", f"The parameter {name[:60]} stands twice.", "Give it once.")
        return super().parse_querydict(data, list_fields, request)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice[:60]!r} stands twice in one object")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
