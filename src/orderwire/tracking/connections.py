"""How each way to a partner is doing: its health, what waits for it and since when, what ends soon, how a test went."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Min, Q
from django.utils import timezone

from orderwire.document.states import DeliveryState, Mark, Tone
from orderwire.flow.distribute.claimed import BadSettings
from orderwire.flow.distribute.health import FOREVER
from orderwire.flow.expiry import ends_of
from orderwire.records import Delivery, Endpoint, EndpointChange, EndpointVersion
from orderwire.records.delivery import DUE_STATES
from orderwire.tracking.channels import channel_word, format_word, is_erp
from orderwire.tracking.health import Health, endpoint
from orderwire.tracking.people import names
from orderwire.tracking.words import age, day, plural, when

SOON = datetime.timedelta(days=30)
"""What ends within this time asks for a person."""
STUCK = (DeliveryState.FAILED, DeliveryState.IN_DOUBT, DeliveryState.HELD)


@dataclass(frozen=True)
class Words:
    """A few words with their mark."""

    text: str
    mark: Mark
    tone: Tone


@dataclass(frozen=True)
class Way:
    """One way in. `waiting`, `stuck` and, among those, `failed` count deliveries; `problem` is what the last of them
    that failed said; `paused` by a person or by itself; `change` waits for a second person."""

    endpoint: Endpoint
    version: EndpointVersion
    health: Health
    waiting: int = 0
    oldest: str = ""
    stuck: int = 0
    failed: int = 0
    problem: str = ""
    paused: bool = False
    last: str = ""
    tested: Words | None = None
    change: EndpointChange | None = None
    expiries: list[Words] = field(default_factory=list)

    @property
    def carries(self) -> str:
        """Channel and formats in words."""
        return carries(self.version)

    @property
    def channel(self) -> str:
        """The channel in words."""
        return channel_word(self.version.channel)

    @property
    def erp(self) -> bool:
        """Whether orders come from there, so that they can be counted there and here."""
        return is_erp(self.version.channel)

    @property
    def backlog(self) -> str:
        """What waits, in words."""
        return f"{plural(self.waiting, 'waits', 'wait')}, the oldest for {self.oldest}" if self.waiting else ""

    @property
    def stuck_words(self) -> str:
        """How many deliveries wait for a person."""
        return f"{plural(self.stuck, 'waits', 'wait')} for a decision"

    @property
    def urgency(self) -> tuple[int, int, str, int]:
        """What fails comes first, then what waits."""
        fails = 0 if self.endpoint.active and self.health.tone in ("warn", "bad") else 1 if self.stuck else 2
        return (
            fails if self.endpoint.active else 3,
            -self.waiting,
            self.endpoint.partner.name.lower(),
            self.endpoint.pk,
        )


def carries(version: EndpointVersion) -> str:
    """Channel and formats in words: "SFTP · X12"."""
    formats = ", ".join(format_word(kind) for kind in [version.format, *version.also])
    return f"{channel_word(version.channel)} · {formats}"


def ways(endpoints: Iterable[Endpoint], now: datetime.datetime | None = None) -> list[Way]:
    """These endpoints, with a fixed number of queries besides those for secrets of channels whose keys end."""
    now, found = now or timezone.now(), list(endpoints)
    ids = [each.pk for each in found]
    current = EndpointVersion.objects.filter(endpoint__in=ids, number=F("endpoint__version")).select_related("endpoint")
    versions = {version.endpoint_id: version for version in current}
    waiting = _waiting(ids)
    stuck, failed, problems = _stuck(ids)
    open_changes = EndpointChange.objects.filter(endpoint__in=ids, state=EndpointChange.State.OPEN)
    changes = {change.endpoint_id: change for change in open_changes}
    people = names(each.probed["by"] for each in found if each.probed)
    return [
        Way(
            endpoint=each,
            version=versions[each.pk],
            health=endpoint(each, now),
            waiting=waiting.get(each.pk, (0, now))[0],
            oldest=age(now - waiting[each.pk][1]) if each.pk in waiting else "",
            stuck=stuck.get(each.pk, 0),
            failed=failed.get(each.pk, 0),
            problem=problems.get(each.pk, ""),
            paused=bool(each.paused_until and each.paused_until > now),
            last=when(each.last_success_at) if each.last_success_at else "",
            tested=tested(each.probed, people, now=now, version=each.version),
            change=changes.get(each.pk),
            expiries=expiries(versions[each.pk], now),
        )
        for each in found
        if each.pk in versions
    ]


def tested(
    probed: dict[str, Any], people: dict[str, str], *, now: datetime.datetime, version: int | None = None
) -> Words | None:
    """The result of the last test in words; of an earlier version where it was one."""
    if not probed:
        return None
    by = people.get(probed["by"], probed["by"])
    at = when(datetime.datetime.fromisoformat(probed["at"]), now=now)
    old = f" Version {probed['version']} was tested." if version is not None and probed["version"] != version else ""
    text = f"Tested {at} by {by}: {probed['text'].rstrip('.')}.{old}"
    return Words(text, "done", "ok") if probed["good"] else Words(text, "fail", "bad")


def expiries(version: EndpointVersion, now: datetime.datetime) -> list[Words]:
    """What ends, the nearest first; it asks for a person in the last SOON of its life."""
    try:
        ends = ends_of(version)
    except BadSettings:
        return [Words("Its settings cannot be used: test the connection to see why.", "fail", "bad")]
    return [_expiry(each.what, each.at, now) for each in sorted(ends, key=lambda each: each.at)]


def _expiry(what: str, at: datetime.datetime, now: datetime.datetime) -> Words:
    what = what[:1].upper() + what[1:]
    if at <= now:
        return Words(f"{what} ended on {day(timezone.localdate(at))}.", "fail", "bad")
    if at - now <= SOON:
        days = (at - now).days
        return Words(f"{what} ends in {plural(days, 'day')}." if days else f"{what} ends today.", "late", "warn")
    return Words(f"{what} ends on {day(timezone.localdate(at))}.", "end", "quiet")


def _waiting(ids: list[int]) -> dict[int, tuple[int, datetime.datetime]]:
    found = Delivery.objects.filter(endpoint__in=ids, state__in=DUE_STATES, due_at__isnull=False)
    counted = found.values("endpoint").annotate(n=Count("id"), oldest=Min("created_at"))
    return {row["endpoint"]: (row["n"], row["oldest"]) for row in counted}


def _stuck(ids: list[int]) -> tuple[dict[int, int], dict[int, int], dict[int, str]]:
    """How many go on only when a person decides, how many of them failed, and the newest reason of any."""
    alive = Q(order=None) | Q(order__state__in=("approved", "held", "cancelling"))
    bad = Delivery.objects.filter(alive, endpoint__in=ids, state__in=STUCK)
    failed = Count("id", filter=Q(state=DeliveryState.FAILED))
    rows = list(bad.values("endpoint").annotate(n=Count("id"), failed=failed))
    reasons = Delivery.objects.filter(endpoint__in=ids, state__in=[*STUCK, DeliveryState.RETRY]).exclude(reason="")
    newest = reasons.order_by("endpoint", "-changed_at").distinct("endpoint").values_list("endpoint", "reason")
    return {row["endpoint"]: row["n"] for row in rows}, {row["endpoint"]: row["failed"] for row in rows}, dict(newest)


def paused_by_hand(row: Endpoint) -> bool:
    """Whether only a person lets it go on."""
    return row.paused_until == FOREVER
