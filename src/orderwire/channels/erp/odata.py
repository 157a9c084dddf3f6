"""OData version 4 as SAP and Microsoft speak it: pages by key instead of by position, and literals that cannot break
out of their quotes (OData 4.01 URL Conventions, 5.1.1)."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from orderwire.channels import Refused
from orderwire.channels.erp.fields import moment
from orderwire.channels.erp.http import Http
from orderwire.channels.erp.record import NotUsable, Raw


def literal(text: str) -> str:
    """A string in a URL's expression."""
    return "'" + text.replace("'", "''") + "'"


def instant(at: datetime.datetime) -> str:
    """A DateTimeOffset."""
    return at.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


PAGE = 200


class OData:
    """Questions to one service. `name` is what people call the system."""

    def __init__(self, http: Http, name: str):
        self._http, self._name = http, name

    def one(self, path: str, params: Mapping[str, str | int] | None = None) -> Raw:
        """An entity, without what OData adds to it. Raises Refused where there is none."""
        found = self._http.call("GET", path, params=params)
        if not isinstance(found, dict):
            raise Refused(f"{self._name} answered with something unexpected; check the address")
        return found

    def page(self, path: str, params: Mapping[str, str | int]) -> list[Raw]:
        """Some entities of a set. An empty page is the end: a service may give fewer than it is asked for."""
        return self._rows(self.one(path, params))

    def _at(self, value: Any) -> datetime.datetime:
        try:
            return moment(value)
        except NotUsable:
            raise Refused(f"{self._name} listed something without the time of its change") from None

    def _rows(self, answer: Raw) -> list[Raw]:
        found = answer.get("value")
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise Refused(f"{self._name} answered with something unexpected to a list; check the address")
        return found

    def by_key(self, path: str, params: Mapping[str, str], key: str) -> Iterator[Raw]:
        """All entities of a set, by a key that is a string."""
        last = ""
        while rows := self.page(path, _after(params, key, last)):
            yield from rows
            following = str(rows[-1].get(key) or "")
            if following <= last:
                raise Refused(f"{self._name} lists without {key}, or not in its order; check the address")
            last = following

    def by_time(
        self, path: str, params: Mapping[str, str], *, changed: str, key: str, since: datetime.datetime
    ) -> Iterator[Raw]:
        """All entities of a set that changed since, oldest first: pages by time, not by position, so that what changes
        meanwhile comes again later and nothing is skipped. `changed` is a property, `key` those that tell them apart,
        with commas."""
        begin, seen, top = instant(since), set[tuple[str, ...]](), PAGE

        def named(row: Raw) -> tuple[str, ...]:
            return tuple(str(row.get(name)) for name in key.split(","))

        while True:
            wanted = " and ".join([*([params["$filter"]] if "$filter" in params else []), f"{changed} ge {begin}"])
            asked = {**params, "$filter": wanted, "$orderby": f"{changed},{key}", "$top": str(top)}
            answer = self.one(path, asked)
            rows = self._rows(answer)
            fresh = [row for row in rows if named(row) not in seen]
            yield from fresh
            if not fresh and len(rows) < top:
                if "@odata.nextLink" in answer:
                    raise Refused(
                        f"{self._name} gives fewer of one moment ({begin}) than changed then; ask its operator"
                    )
                return
            if not fresh:
                top *= 2  # a whole page of one moment
            for row in fresh:
                if self._at(row.get(changed)) < self._at(begin):
                    raise Refused(f"{self._name} does not list by {changed}; check the address")
                if row.get(changed) != begin:
                    begin, seen = str(row.get(changed)), set()
                seen.add(named(row))


def _after(params: Mapping[str, str], key: str, last: str) -> dict[str, str]:
    wanted = [params["$filter"]] if "$filter" in params else []
    wanted += [f"{key} gt {literal(last)}"] if last else []
    found = {**params, "$orderby": key}
    return {**found, "$filter": " and ".join(wanted)} if wanted else found


def bare(value: Any) -> Any:
    """Without annotations of OData and messages of SAP, which differ from one answer to the next."""
    if isinstance(value, dict):
        return {name: bare(one) for name, one in value.items() if "@" not in name and name != "SAP__Messages"}
    return [bare(one) for one in value] if isinstance(value, list) else value
