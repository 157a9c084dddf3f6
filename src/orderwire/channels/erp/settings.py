"""What the settings of ERP systems that are reached over HTTP have in common, and the client that they lead to."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from orderwire.channels.erp import ErpConfig
from orderwire.channels.erp.http import Http
from orderwire.channels.http import guard


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name[:40]!r} is no time zone, such as Europe/Berlin or America/Chicago")
    ZoneInfo(name)
    return name


Zone = Annotated[str, AfterValidator(_zone)]
"""A time zone of the IANA database."""


_TURN = datetime.timedelta(hours=2)


def before_turn(at: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """From when to ask an ERP that keeps local times without their offset: an hour earlier about the night in which the
    clocks go back, for that hour is there twice."""
    around = {(at + turn).astimezone(zone).utcoffset() for turn in (-_TURN, _TURN)}
    return at - datetime.timedelta(hours=1) if len(around) > 1 else at


class HttpErpConfig(ErpConfig):
    """`url` is the ERP's address, https:// but in the buyer's own network (`allow_private`), without a key in it.
    `ca_file` replaces the system's list of authorities."""

    url: Annotated[str, Field(min_length=8, max_length=guard.LONGEST_URL)]
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "HttpErpConfig":
        self._check(self.url)
        return self

    def _check(self, url: str) -> None:
        guard.check_secure(url, allow_private=self.allow_private)

    @contextmanager
    def reached(self, name: str, **options: Any) -> Iterator[Http]:
        """A client for paths under the ERP's address, which is named in what people read."""
        with self.guarded(**options) as client:
            yield Http(client, name)

    def guarded(self, path: str = "", **options: Any) -> guard.Client:
        """A guarded client for paths under this one of the ERP."""
        return guard.client(
            timeout=self.timeout,
            allow_private=self.allow_private,
            ca_file=self.ca_file,
            base_url=self.url.rstrip("/") + path,
            **options,
        )
