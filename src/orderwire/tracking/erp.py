"""Whether everything that an ERP approved is here: its own list compared with what was read of it, and how far both
ways of the connection are."""

import datetime
import time
from dataclasses import dataclass

from django.db.models import F, Max

from orderwire import plugins
from orderwire.channels import Refused, Unavailable
from orderwire.channels.erp import ErpChannel
from orderwire.flow.distribute.claimed import BadSettings, Place
from orderwire.records import Counterpart, Delivery, Endpoint, EndpointVersion, Message

_USED = (Message.State.PROCESSED, Message.State.DUPLICATE)
_UNREAD = (None, Message.State.STORED)
_WAITS = ("ready", "sending", "retry", "in_doubt", "held", "failed")


@dataclass(frozen=True)
class Completeness:
    """One ERP endpoint. Of `there` orders in the window, `here` are used in the version that the ERP has now; the
    others by number: `unread` were not read in that version, `refused` were and could not be used. `problem`: the
    ERP could not be asked, or not to the end. `backlog` are orders whose ERP does not know yet how they stand.
    """

    endpoint: int
    name: str
    channel: str
    there: int
    here: int
    unread: tuple[str, ...]
    refused: tuple[str, ...]
    last_pull: datetime.datetime | None
    last_push: datetime.datetime | None
    backlog: int
    problem: str = ""

    @property
    def complete(self) -> bool:
        """Nothing is missing, as far as could be asked."""
        return not (self.problem or self.unread or self.refused)


def endpoints() -> list[EndpointVersion]:
    """The current versions of all ERP endpoints in use."""
    kinds = [channel.kind for channel in plugins.channels() if isinstance(channel, ErpChannel)]
    found = EndpointVersion.objects.select_related("endpoint__partner").filter(channel__in=kinds)
    return list(found.filter(number=F("endpoint__version"), endpoint__active=True).order_by("endpoint"))


def completeness(
    version: EndpointVersion, since: datetime.datetime, until: datetime.datetime, *, seconds: float | None = None
) -> Completeness:
    """Ask the ERP for everything that changed in this time, and look for each of it here. After so many `seconds` no
    further order is asked for: `problem` says so, and the rest tells of those before."""
    endpoint, problem = version.endpoint, ""
    latest: dict[str, str] = {}
    began = time.monotonic()
    try:
        place = Place.of(version)
        assert isinstance(place.channel, ErpChannel)
        config = place.config
        if seconds is not None:
            config = config.model_copy(update={"timeout": min(config.timeout, seconds)})
        for entry in place.channel.entries(config, max(since, place.config.begin), until):
            latest[entry.id] = f"{entry.number} {entry.version}"
            if seconds is not None and time.monotonic() - began > seconds:
                problem = (
                    f"It did not list all of its orders in {seconds:g} s. Compare with orderwire erp check instead."
                )
                break
    except (Refused, Unavailable) as failure:
        problem = failure.reason
    except BadSettings as failure:
        problem = str(failure)
    states = _read(endpoint, version.channel, set(latest.values()))
    missing = sorted(name for name in latest.values() if states.get(name) not in _USED)
    pulled = Message.objects.filter(endpoint=endpoint, transport=version.channel).aggregate(at=Max("received_at"))
    pushed = Counterpart.objects.filter(endpoint=endpoint).aggregate(at=Max("told_at"))
    return Completeness(
        endpoint=endpoint.pk,
        name=str(endpoint),
        channel=version.channel,
        there=len(latest),
        here=len(latest) - len(missing),
        unread=tuple(_number(name) for name in missing if states.get(name) in _UNREAD),
        refused=tuple(_number(name) for name in missing if states.get(name) not in _UNREAD),
        last_pull=pulled["at"],
        last_push=pushed["at"],
        backlog=_backlog(endpoint),
        problem=problem,
    )


def _read(endpoint: Endpoint, channel: str, names: set[str]) -> dict[str, str]:
    """The state of the newest message that brought each record."""
    found = Message.objects.filter(endpoint=endpoint, transport=channel, name__in=names).order_by("pk")
    return dict(found.values_list("name", "state"))


def _backlog(endpoint: Endpoint) -> int:
    waiting = Delivery.objects.filter(endpoint=endpoint, kind=Delivery.Kind.STATUS, state__in=_WAITS)
    stale = Counterpart.objects.filter(endpoint=endpoint, stale=True).exclude(order__in=waiting.values("order"))
    return waiting.values("order").distinct().count() + stale.count()


def _number(name: str) -> str:
    return name.rpartition(" ")[0]
