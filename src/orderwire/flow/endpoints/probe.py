"""Test a connection on a person's wish: bounded in time and number, its words kept where people look for them.

A change that waits may be tested before it is confirmed, but never with a secret that its proposer did not write:
else one person alone could have a stored password sent to a server of his choice.
"""

import logging
import threading
from dataclasses import asdict, dataclass

from django.utils import timezone
from pydantic import BaseModel, ValidationError

from orderwire import plugins
from orderwire.channels import Channel, Refused, Unavailable, Unknown
from orderwire.flow import Refused as NotDone
from orderwire.flow.discreet import without_secrets
from orderwire.flow.endpoints import content, secrets
from orderwire.flow.enroll import NewEndpoint
from orderwire.records import Endpoint, EndpointChange, secret

LIMIT_S = 20.0
AT_ONCE = 4
"""Tests under way in a process: one that hangs keeps its place until its channel gives up."""

_places = threading.BoundedSemaphore(AT_ONCE)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Probed:
    """How a test went, in words without any secret; `version` 0 is a change that waits."""

    good: bool
    text: str
    at: str
    by: str
    version: int


def probe(endpoint_id: int, *, actor: str) -> Probed:
    """Test the version in use and keep the result. Raises flow.Refused where none can be tested now."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotDone("There is no such endpoint.", kind="not_found")
    good, text = _tested(content.current(endpoint.current))
    found = Probed(good, text, timezone.now().isoformat(), actor, endpoint.version)
    Endpoint.objects.filter(pk=endpoint_id).update(probed=asdict(found))
    return found


def probe_change(change_id: int, *, actor: str) -> Probed:
    """Test what is proposed and keep the result with it. Raises flow.Refused, also for a stored secret at a new
    address."""
    change = EndpointChange.objects.filter(pk=change_id, state=EndpointChange.State.OPEN).first()
    if change is None:
        raise NotDone("No such change waits.", kind="not_found")
    new = content.wanted(change)
    _own_secrets(change, new)
    good, text = _tested(new)
    found = Probed(good, text, timezone.now().isoformat(), actor, 0)
    EndpointChange.objects.filter(pk=change_id).update(probed=asdict(found))
    return found


def _own_secrets(change: EndpointChange, new: NewEndpoint) -> None:
    now = content.current(change.endpoint.current) if change.endpoint else None
    former = secrets.references(now.config) if now else set()
    strange = secrets.references(new.config) & former or secrets.shared(new.config)
    moved = now is None or (now.channel, secrets.without(now.config)) != (new.channel, secrets.without(new.config))
    if strange and moved:
        reason = "It would send a stored secret to an address that nobody confirmed yet."
        raise NotDone(reason, remedy="Have it confirmed, then test it.", kind="not_allowed")


def _tested(new: NewEndpoint) -> tuple[bool, str]:
    try:
        channel = plugins.channel(new.channel)
        config = channel.config_model.model_validate(secret.opened(new.config))
    except KeyError as failure:
        return False, f"{failure.args[0]}."
    except secret.NoSecret as failure:
        return False, f"{failure}."
    except ValidationError as failure:
        named = ", ".join(dict.fromkeys(".".join(map(str, e["loc"])) or "the settings" for e in failure.errors()))
        return False, f"Its settings cannot be used any more: look at {named}."
    return _in_time(channel, config)


def _in_time(channel: Channel, config: BaseModel) -> tuple[bool, str]:
    """The channel's own answer, or that none came in time. The test goes on in a thread of its own until its channel
    gives up, and then frees its place."""
    if not _places.acquire(blocking=False):
        remedy = "Try again in half a minute."
        raise NotDone("Several connections are being tested already.", remedy=remedy, kind="conflict")
    answers: list[tuple[bool, str]] = []

    def ask() -> None:
        try:
            answers.append(_asked(channel, config))
        finally:
            _places.release()

    thread = threading.Thread(target=ask, name=f"probe {channel.kind}", daemon=True)
    thread.start()
    thread.join(LIMIT_S)
    if not answers:
        return False, f"No answer within {LIMIT_S:.0f} s. Check the address, and whether a firewall stands between."
    good, text = answers[0]
    return good, without_secrets(text, config)[:2000]


def _asked(channel: Channel, config: BaseModel) -> tuple[bool, str]:
    try:
        return True, channel.probe(config)
    except (Refused, Unavailable, Unknown) as failure:
        return False, failure.reason
    except Exception as failure:  # noqa: BLE001 - a stranger's channel may raise anything; its text may hold a secret
        logger.error("The test of a %s connection broke: %s", channel.kind, type(failure).__name__)
        return False, f"The channel {channel.label} broke while it was tested ({type(failure).__name__})."
