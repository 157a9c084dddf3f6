"""Messages: bring a file of any kind, look up what became of it, fetch the bytes and the functional acknowledgment."""

import datetime
from typing import Any, Self

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from orderwire.api.access import caller, needs
from orderwire.api.answering import WRITE, given, responses
from orderwire.api.incoming import RAW_FILE, Received, take_in
from orderwire.api.paging import Id, Word, only
from orderwire.flow import Refused
from orderwire.records import Blob, Endpoint, Message

router = Router(tags=["messages"])

_BYTES: dict[str, Any] = {
    "responses": {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
}


class Where(Schema):
    """Where a file comes from."""

    name: Word | None = Field(None, description="The file's name, for people.")
    partner: Word | None = Field(None, description="The partner whose file it is; needed for answers and 997s.")
    endpoint: Word | None = Field(None, description="The name of the partner's endpoint; its only one without this.")


class MessageOut(Received):
    """A message with when and how it came."""

    name: str
    source: str
    actor: str
    sha256: str
    size: int
    received_at: datetime.datetime
    settled_at: datetime.datetime | None = None
    reply_sha256: str | None = Field(None, description="There is a functional acknowledgment, see …/reply.")

    @classmethod
    def of(cls, message: Message) -> Self:
        """A message as it stands now."""
        return cls(
            **Received.of(message).model_dump(),
            name=message.name,
            source=message.source,
            actor=message.actor,
            sha256=message.blob_id,
            size=message.blob.size,
            received_at=message.received_at,
            settled_at=message.settled_at,
            reply_sha256=message.reply_id,
        )


@router.post(
    "",
    response=responses(Received, 200, 207, 404, *WRITE, status=201),
    **needs("messages:write", requestBody=RAW_FILE),
    summary="Bring a file",
)
def bring_message(request: HttpRequest, where: Query[Where]) -> HttpResponse:
    """The body is the file as it is: orders, answers, functional acknowledgments, in any format that can be read."""
    only(request, Where)
    endpoint = _endpoint(where)
    return take_in(request, caller(request), name=where.name or "", endpoint=endpoint)


@router.get("/{message_id}", response=responses(MessageOut, 404), **needs("messages:read"), summary="Read one message")
def read_message(request: HttpRequest, message_id: Id) -> HttpResponse:
    """What came in and what became of each document in it."""
    return given(MessageOut.of(_message(message_id)))


@router.get(
    "/{message_id}/content",
    response=responses(MessageOut, 404),
    **needs("messages:read", **_BYTES),
    summary="Fetch a message's bytes",
)
def read_content(request: HttpRequest, message_id: Id) -> HttpResponse:
    """The bytes exactly as they came."""
    return _bytes(_message(message_id).blob)


@router.get(
    "/{message_id}/reply",
    response=responses(MessageOut, 404),
    **needs("messages:read", **_BYTES),
    summary="Fetch its functional acknowledgment",
)
def read_reply(request: HttpRequest, message_id: Id) -> HttpResponse:
    """The 997 that was written for the message; 404 where its format asks for none."""
    reply = _message(message_id).reply
    if reply is None:
        raise Refused("The message has no functional acknowledgment.", kind="not_found")
    return _bytes(reply)


def _bytes(blob: Blob) -> HttpResponse:
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(blob.open_bytes(), content_type="application/octet-stream", headers=headers)


def _message(message_id: int) -> Message:
    row = Message.objects.select_related("blob", "reply").filter(pk=message_id).first()
    if row is None:
        raise Refused("There is no such message.", kind="not_found")
    return row


def _endpoint(where: Where) -> Endpoint | None:
    if where.partner is None:
        if where.endpoint is not None:
            raise Refused("An endpoint is named without its partner.", remedy="Name the partner too.")
        return None
    found = Endpoint.objects.filter(partner__number=where.partner, active=True).select_related("partner")
    if where.endpoint is not None:
        found = found.filter(name=where.endpoint)
    rows = list(found[:2])
    if not rows:
        raise Refused("There is no such partner with that active endpoint.", kind="not_found")
    if len(rows) > 1:
        raise Refused("The partner has several endpoints.", remedy="Name one with endpoint=.")
    return rows[0]
