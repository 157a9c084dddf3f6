"""One connection to a system with a REST interface of its own."""

import datetime
from collections.abc import Iterator
from typing import Any, Protocol
from urllib.parse import quote

from orderwire.channels import Refused
from orderwire.channels.erp.fields import moment
from orderwire.channels.erp.http import Http
from orderwire.channels.erp.record import Entry, NotUsable, Raw
from orderwire.channels.erp.rest.pointer import at
from orderwire.document.status import OrderStatus

NAME = "The ERP"
_MOST_PAGES = 10_000
_FOREVER = datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC)


class Settings(Protocol):
    """What is needed of the endpoint's settings."""

    @property
    def list_path(self) -> str: ...
    @property
    def record_path(self) -> str: ...
    @property
    def status_path(self) -> str: ...
    @property
    def page(self) -> int: ...
    @property
    def orders(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def changed(self) -> str: ...
    @property
    def entry_version(self) -> str: ...


class RestLink:
    """See `erp.Link`."""

    def __init__(self, http: Http, settings: Settings):
        self._http, self._settings = http, settings

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        """Page by page, the last one is not full. A service that has no {after} answers with everything at once."""
        settings, after = self._settings, ""
        for _ in range(_MOST_PAGES):
            times = {"since": since, "until": until or _FOREVER}
            given = {name: quote(_utc(time), safe="") for name, time in times.items()}
            path = settings.list_path.format(**given, after=quote(after, safe=""), limit=settings.page)
            rows = at(self._http.call("GET", path), settings.orders)
            if not isinstance(rows, list):
                raise Refused(f"{NAME} answered {settings.list_path} without a list at {settings.orders or 'the top'}")
            found = [self._entry(row) for row in rows]
            yield from found
            if len(found) < settings.page or "{after}" not in settings.list_path:
                return
            if found[-1].id == after:
                raise Refused(f"{NAME} answered with the same page twice; {{after}} is not regarded there")
            after = found[-1].id
        raise Refused(f"{NAME} has no end of pages")

    def reach(self) -> None:
        """Ask for what changes this moment. Raises Refused and Unavailable."""
        now = datetime.datetime.now(datetime.UTC)
        next(self.entries(now, now), None)

    def _entry(self, row: Any) -> Entry:
        settings = self._settings
        id, number = self._said(row, settings.id), self._said(row, settings.number)
        try:
            changed = moment(at(row, settings.changed))
        except NotUsable as failure:
            raise Refused(f"{NAME} listed order {number} without a time at {settings.changed}: {failure}") from None
        version = at(row, settings.entry_version)
        return Entry(id, number, str(version) if isinstance(version, str | int) else changed.isoformat(), changed)

    def _said(self, row: Any, path: str) -> str:
        value = at(row, path)
        if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
            raise Refused(f"{NAME} listed an order without a value at {path or 'the top'}")
        return str(value)

    def record(self, entry: Entry) -> Raw:
        """As the service shows it."""
        path = self._settings.record_path.format(id=quote(entry.id, safe=""))
        found = self._http.call("GET", path)
        if not isinstance(found, dict):
            raise Refused(f"{NAME} showed order {entry.number} as something that is no object")
        return found

    def tell(self, status: OrderStatus) -> str:
        """PUT of the status in our JSON; the same again carries the same key."""
        path = self._settings.status_path.format(id=quote(status.external_id, safe=""))
        body = status.model_dump(mode="json", exclude_none=True)
        headers = {"Idempotency-Key": f'"{status.number}-{status.sequence}"'}
        self._http.call("PUT", path, reads=False, body=body, headers=headers)
        return f"Told {NAME.lower()} how order {status.number} stands"

    def probe(self) -> str:
        """Whether orders are listed."""
        now = datetime.datetime.now(datetime.UTC)
        count = sum(1 for _ in self.entries(now - datetime.timedelta(days=1), now))
        return f"{NAME} answers; {count} orders changed there since yesterday"


def _utc(time: datetime.datetime) -> str:
    return time.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
