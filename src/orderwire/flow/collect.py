"""Collect: looks into the places where partners leave files for us, and hands what is there to `receive`.

A file may only vanish from its place after its bytes are stored here.
"""

import datetime
import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from orderwire import plugins
from orderwire.channels import Follows, Hears, Inbound, Paced, Refused, Shares, Unavailable
from orderwire.document.states import DeliveryState
from orderwire.flow import Refused as NotTaken
from orderwire.flow import catch_up, hear, receive
from orderwire.flow.discreet import discreet
from orderwire.flow.distribute.claimed import BadSettings, Place
from orderwire.flow.distribute.health import FOREVER
from orderwire.locks import Lock
from orderwire.records import Delivery, Endpoint, EndpointVersion, Message

FOLLOWED = datetime.timedelta(days=7)
MOST_FOLLOWED = 200
"""How long, and how many at once, somebody in between is asked whether a parcel arrived."""

LONGEST = 10.0
"""Seconds after which what is still in one inbox waits for the next round, so that a full one delays no other."""

_left: set[tuple[int, str, bytes]] = set()
"""Files that are stored here but could not be put away; found again, they are only put away."""

_asked: dict[int, float] = {}
"""When this process last looked into an endpoint whose partner minds being asked too often."""

logger = logging.getLogger(__name__)


def collect() -> None:
    """One round over all endpoints that can bring something; then what an earlier crash left unread, and what came too
    early.

    One whose breaker is open is looked at too: that nothing can be sent there keeps nobody's answer from coming in.
    """
    looked: set[str] = set()
    versions = EndpointVersion.objects.select_related("endpoint__partner").filter(
        _receiving(), number=F("endpoint__version"), endpoint__active=True
    )
    for version in versions.exclude(endpoint__paused_until=FOREVER).order_by("endpoint"):
        _collect_from(version, looked)
    for message in receive.unfinished():
        with _alone(Lock.PROCESS, message.pk) as free:
            if free:
                _process(message)
    catch_up.catch_up()


def _receiving() -> Q:
    """Endpoints that can bring something: of the channels whose inboxes are shared only those that name one."""
    found = Q(pk__in=[])
    for channel in plugins.channels():
        if channel.receives:
            named = Q(**{f"config__{channel.inbox}__isnull": False}) if isinstance(channel, Shares) else Q()
            found |= Q(channel=channel.kind) & named
    return found


def _collect_from(version: EndpointVersion, looked: set[str]) -> None:
    """One endpoint; `looked` are the shared inboxes that others have in this round."""
    partner = version.endpoint.partner
    source = f"{version.channel}:{partner.number}"
    actor = f"supplier:{partner.number}" if partner.role == "supplier" else f"system:{partner.number}"
    try:
        place = Place.of(version)
        if isinstance(place.channel, Shares):
            inbox = place.channel.place(place.config)
            if not inbox or inbox in looked:
                return
            looked.add(inbox)
            source, actor = f"{version.channel}:inbox", f"system:{version.channel}"  # anybody may write to it
        if not _due(place):
            return
        followed = _unproven(version.endpoint_id) if isinstance(place.channel, Follows) else []
        if not followed and not isinstance(place.channel, Paced):
            with discreet(place.config):
                if next(place.channel.poll(place.config, version.endpoint.cursor), None) is None:
                    return  # the usual case of what is asked all the time, without a word to the database
        with _alone(Lock.COLLECT, version.endpoint_id) as free, discreet(place.config):
            for inbound in _brought(version, place, followed) if free else ():
                _take(version, place, inbound, source=source, actor=actor)
    except (Unavailable, Refused) as failure:
        logger.warning("Nothing collected from %s: %s", version.endpoint, failure.reason)
    except BadSettings as failure:
        logger.warning("Nothing collected from %s: %s", version.endpoint, failure)
    except Exception:  # one partner's channel must not keep the others' files waiting
        logger.exception("Collecting from %s failed", version.endpoint)


def _brought(version: EndpointVersion, place: Place, followed: list[str]) -> Iterator[Inbound]:
    if followed and isinstance(place.channel, Follows):
        yield from place.channel.follow(place.config, followed)
    ends = time.monotonic() + LONGEST
    for inbound in place.channel.poll(place.config, _cursor(version)):
        yield inbound
        if time.monotonic() > ends:
            return


def _unproven(endpoint_id: int) -> list[str]:
    """What was handed over there lately and nobody proved yet, the newest first."""
    since = timezone.now() - FOLLOWED
    handed = Delivery.objects.filter(endpoint=endpoint_id, state=DeliveryState.ACCEPTED, accepted_at__gt=since)
    return list(handed.order_by("-accepted_at").values_list("message_id", flat=True)[:MOST_FOLLOWED])


def _due(place: Place) -> bool:
    """Whether it is time to look again; then that is now."""
    now = time.monotonic()
    wait = place.channel.every(place.config) if isinstance(place.channel, Paced) else 0
    if now < _asked.get(place.endpoint_id, -wait) + wait:
        return False
    _asked[place.endpoint_id] = now
    return True


def _cursor(version: EndpointVersion) -> str:
    """How far this endpoint's inbox was read, by now."""
    return Endpoint.objects.values_list("cursor", flat=True).get(pk=version.endpoint_id)


def _take(version: EndpointVersion, place: Place, inbound: Inbound, *, source: str, actor: str) -> None:
    endpoint, transport = version.endpoint, place.channel.kind if isinstance(place.channel, Hears) else ""
    found = (endpoint.pk, inbound.name, hashlib.sha256(inbound.content).digest())
    message = None
    if found not in _left:
        try:
            message = receive.store(
                inbound.content, name=inbound.name, source=source, actor=actor, endpoint=endpoint, transport=transport
            )
        except NotTaken as failure:
            logger.warning("%s from %s was left where it is: %s", inbound.name, endpoint, failure)
            return
    try:
        inbound.commit()
        _left.discard(found)
        if inbound.cursor:
            Endpoint.objects.filter(pk=endpoint.pk).update(cursor=inbound.cursor)
    except Unavailable as failure:
        _left.add(found)
        logger.warning("%s from %s is stored, but still there: %s", inbound.name, endpoint, failure.reason)
    if message is not None:
        _process(message)


def _process(message: Message) -> None:
    try:
        hear.process(message)
    except Exception:  # its neighbors go on; it is tried again with what is unfinished
        logger.exception("Message %s could not be processed", message.pk)


@contextmanager
def _alone(kind: int, number: int) -> Iterator[bool]:
    """One collector per endpoint or message over all machines; the lock ends with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [kind, number % 2**31])
        free = bool(cursor.fetchone()[0])
        try:
            yield free
        finally:
            if free:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [kind, number % 2**31])
