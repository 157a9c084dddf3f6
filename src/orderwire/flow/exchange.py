"""Exchange: a partner's machine calls us over HTTP. Its bytes are durable before it hears that we have them, and the
same request again gets the same answer."""

from django.db.models import F

from orderwire import plugins
from orderwire.channels import Answer, Listens, Request
from orderwire.channels import Refused as NotAddressed
from orderwire.flow import Refused, hear, receive
from orderwire.flow.distribute.claimed import BadSettings, Place
from orderwire.records import EndpointVersion, Message
from orderwire.records.blob import keep

MOST_ALIKE = 5
"""Endpoints of one address that a request is tried with."""

SPOKEN = "message/http"
"""Media type of a kept answer: headers, an empty line, the body."""


class NobodyListens(Exception):
    """There is no channel of this kind that partners could call."""


def exchange(kind: str, request: Request) -> Answer:
    """What goes back to the partner. Raises NobodyListens, and the database's own errors (then nothing was kept)."""
    try:
        channel = plugins.channel(kind)
    except KeyError as failure:
        raise NobodyListens(str(failure.args[0])) from failure
    if not isinstance(channel, Listens):
        raise NobodyListens(f"nobody calls the channel {kind}")
    try:
        found = _agreements(kind, channel, request)
        kept = channel.kept(request)
        endpoint = _proven(channel, kept, found).endpoint
        place = Place.of(endpoint.current)
        message = receive.store(
            kept,
            name=f"{request.method} /exchange/{kind}/{request.path}"[:255],
            source=f"{kind}:{endpoint.partner.number}"[:80],
            actor=f"supplier:{endpoint.partner.number}",
            endpoint=endpoint,
            transport=kind,
        )
    except (NotAddressed, Refused) as failure:
        return channel.turned_away(request, failure.reason)
    except BadSettings as failure:
        return channel.turned_away(request, str(failure))
    heard, taken = hear.hear(message)
    if taken.duplicate and message.reply is not None:
        return _unpacked(message.reply.open_bytes())
    answer = channel.answer(heard, taken, place.config)
    Message.objects.filter(pk=message.pk).update(reply=keep(_packed(answer), SPOKEN))
    return answer


def _agreements(kind: str, channel: Listens, request: Request) -> list[EndpointVersion]:
    asked = channel.addressed(request)
    found = EndpointVersion.objects.filter(
        channel=kind, number=F("endpoint__version"), endpoint__active=True, endpoint__partner__active=True
    ).filter(config__contains=dict(asked))
    versions = found.select_related("endpoint__partner").order_by("endpoint__rank", "pk")[:MOST_ALIKE]
    if not versions:
        named = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in asked.items())
        raise NotAddressed(f"nobody here has an agreement for {named}; ask the buyer to enter it, exactly so")
    return list(versions)


def _proven(channel: Listens, kept: bytes, found: list[EndpointVersion]) -> EndpointVersion:
    """Of several that have one address the first whose settings prove the caller: nobody takes another's calls away by
    an endpoint of the same name."""
    for version in found if len(found) > 1 else ():
        try:
            if not channel.hear(kept, Place.of(version).config).refused:
                return version
        except BadSettings:
            continue
    return found[0]


def _packed(answer: Answer) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    return f"{answer.status}\r\n{head}\r\n".encode() + answer.body


def _unpacked(kept: bytes) -> Answer:
    head, _, body = kept.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if line)
    return Answer(int(status), body, headers)
