"""ERP systems: approved orders are read from there, and how each order stands is written back.

An adapter gives a `Link` (one connection to the ERP) and `found` (what a raw record holds); all the rest is here:
reading on from where it stopped, keeping raw bytes before they are parsed, telling a status once.
"""

import datetime
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice, takewhile
from typing import Annotated, Generic, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from orderwire.channels import Heard, Inbound, Parcel, Proof, Receipt, Refused, Session, Wording
from orderwire.channels.erp.cursor import Cursor
from orderwire.channels.erp.envelope import file_of
from orderwire.channels.erp.record import Entry, Found, NotUsable, Raw, bundled, unbundled
from orderwire.document.codes import UNITS
from orderwire.document.finding import from_validation
from orderwire.document.status import MEDIA_TYPE, OrderStatus

AT_ONCE = 200
"""Records that one look brings at most; the next look goes on."""
SETTLES = datetime.timedelta(seconds=5)
"""In an ERP that says whole seconds two changes of one second look alike. So what changed this moment by our clock or
its own, which may differ that much, is left for the next look."""
HOUR = 3600


def _rec20(code: str) -> str:
    if code not in UNITS:
        raise ValueError(f"{code[:20]!r} is no code of UN/ECE Recommendation 20, such as C62, KGM or MTR")
    return code


class ErpConfig(BaseModel):
    """What every ERP endpoint has. Orders changed on or after the day `since` are taken: with an earlier day the ERP's
    old orders go out as well. It is asked every `every` seconds, for what changed since the last time and in the
    `overlap` seconds before (its transactions may end that late). `timeout` is how many seconds one call may take.
    `units` gives UN/ECE Recommendation 20 codes for names of units that only this ERP knows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: datetime.date
    every: Annotated[float, Field(ge=0, le=86400)] = 60
    overlap: Annotated[float, Field(ge=0, le=86400)] = 300
    timeout: Annotated[float, Field(ge=1, le=300)] = 30
    allow_private: bool = False
    units: dict[str, Annotated[str, AfterValidator(_rec20)]] = {}

    @property
    def begin(self) -> datetime.datetime:
        """The first moment of `since`, in UTC."""
        return datetime.datetime.combine(self.since, datetime.time(), datetime.UTC)


class Link(Protocol):
    """One connection to an ERP. Every method raises Unavailable or Refused with words for a buyer."""

    def entries(self, since: datetime.datetime, until: datetime.datetime | None = None) -> Iterator[Entry]:
        """Approved orders, and those that were cancelled since, changed in this time (both ends included): by
        `changed`, then by id, asked page by page as they are used."""
        ...

    def record(self, entry: Entry) -> Raw:
        """Everything about one of them, as the ERP says it. What the ERP has not any more raises Refused."""
        ...

    def tell(self, status: OrderStatus) -> str:
        """Write the status to the record `status.external_id`; in words, where it can be seen. The same status again
        changes nothing there."""
        ...

    def probe(self) -> str:
        """What a look shows that changes nothing: which company, as whom, whether orders can be read."""
        ...


Config = TypeVar("Config", bound=ErpConfig)


class ErpChannel(ABC, Generic[Config]):
    """Set the names and `config_model`, give `link` and `found`."""

    kind: str
    label: str
    version: str = "1"
    config_model: type[BaseModel]
    resendable: bool = True
    for_people: bool = False
    receives: bool = True
    batch: int = 20
    retry: tuple[int, ...] = (60, 300, 900, 1800, *[HOUR] * 47)
    """1, 5, 15, 30 minutes, then hourly for two days; the next change of the order begins anew in any case."""

    @property
    def wording(self) -> Wording:
        """Made of the name of the ERP."""
        says = "Your own ERP: orders come from it, what became of them goes back."
        return Wording(by=f"into {self.label}", taken=f"it stands in {self.label}", says=says)

    @abstractmethod
    def link(self, config: Config) -> AbstractContextManager[Link]:
        """Log in. Raises Unavailable or Refused."""

    @abstractmethod
    def found(self, record: Raw, config: Config) -> Found:
        """What a kept record holds; computed from it and the settings alone. Raises NotUsable, and lets pydantic's
        ValidationError of the document pass."""

    def timeout(self, config: BaseModel) -> float:
        """As a status may take a few calls."""
        return 4 * self._checked(config).timeout

    def every(self, config: BaseModel) -> float:
        """As the endpoint says."""
        return self._checked(config).every

    def probe(self, config: BaseModel) -> str:
        """Log in and look."""
        with self.link(self._checked(config)) as link:
            return link.probe()

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        """Log in. Raises Unavailable or Refused."""
        with self.link(self._checked(config)) as link:
            yield _Telling(link, self.label)

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """Up to AT_ONCE records that changed after the cursor, oldest change first."""
        settings = self._checked(config)
        overlap = datetime.timedelta(seconds=settings.overlap)
        read, now = Cursor.of(cursor), datetime.datetime.now(datetime.UTC)
        with self.link(settings) as link:
            begin = max(filter(None, (read.start(overlap), settings.begin)))
            settled = takewhile(lambda entry: _settled(entry, now), link.entries(begin))
            for entry in islice(read.fresh(settled), AT_ONCE):
                content = bundled(self.kind, entry, *_asked(link, entry))
                read = read.after(entry, overlap, now)
                yield Inbound(f"{entry.number} {entry.version}", content, self.label, _nothing, read.text())

    def entries(self, config: BaseModel, since: datetime.datetime, until: datetime.datetime) -> Iterator[Entry]:
        """The orders that the ERP has in this time, to compare with those that are here."""
        with self.link(self._checked(config)) as link:
            yield from link.entries(since, until)

    def hear(self, content: bytes, config: BaseModel) -> Heard:
        """What kept bytes of a record hold."""
        settings = self._checked(config)
        try:
            external_id, record = unbundled(self.kind, content)
            file = file_of(self.found(record, settings), external_id)
        except NotUsable as failure:
            return Heard(refused=str(failure))
        except ValidationError as failure:
            texts = [f"{finding.where} {finding.text}" for finding in from_validation(failure)[:10]]
            return Heard(refused="; ".join(texts))
        # What is read otherwise than before, with new settings, is no repetition.
        digest = hashlib.sha256(content + b"\0" + file.content).hexdigest()
        return Heard(files=(file,), identity=digest)

    def _checked(self, config: BaseModel) -> Config:
        if not isinstance(config, self.config_model):
            raise TypeError(f"{self.label} needs a {self.config_model.__name__}, not {type(config).__name__}")
        return config  # type: ignore[return-value]


class _Telling:
    """An open connection to which states are told."""

    def __init__(self, link: Link, label: str):
        self._link, self._label = link, label

    def send(self, parcel: Parcel) -> Receipt:
        """Write a status to its record. Raises Refused for anything else."""
        if len(parcel.files) != 1 or parcel.files[0].media_type != MEDIA_TYPE:
            raise Refused(f"{self._label} takes only how orders stand. Send orders and copies to another endpoint")
        try:
            status = OrderStatus.model_validate_json(parcel.files[0].content)
        except ValidationError as failure:
            raise Refused(f"The status is none: {from_validation(failure)[0].text}") from failure
        said = self._link.tell(status)
        return Receipt(Proof.HANDED_OVER, said, external_id=status.external_id)


def _settled(entry: Entry, now: datetime.datetime) -> bool:
    return bool(entry.changed.microsecond) or abs(now - entry.changed) > SETTLES


def _asked(link: Link, entry: Entry) -> tuple[Raw, str]:
    """The record, or what the ERP says against showing it: that is kept in its place, and the others go on."""
    try:
        return link.record(entry), ""
    except Refused as failure:
        return {}, failure.reason


def _nothing() -> None:
    """A record stays where it is: the cursor goes on."""
