"""Keyset pages: a cursor names the last row that was seen, so a page costs the same wherever it is."""

import base64
import binascii
import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

from orderwire.api.problem import Stopped
from orderwire.document.base import no_control

MOST = 200
BIGGEST = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=BIGGEST)]
Number = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(no_control)]
Reason = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(no_control)]
OptionalReason = Annotated[str, Field(max_length=1000), AfterValidator(no_control)]
Word = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(no_control)]


def _moment(value: datetime.datetime) -> datetime.datetime:
    if value.tzinfo is None:
        raise ValueError("has no zone; write it like 2026-01-31T09:30:00Z")
    try:
        return value.astimezone(datetime.UTC)  # a database knows no zone more than 16 hours away
    except OverflowError:
        raise ValueError("is at an end of the calendar; write it like 2026-01-31T09:30:00Z") from None


Moment = Annotated[datetime.datetime, AfterValidator(_moment)]
"""A moment with its zone, in UTC."""


class Body(Schema):
    """A body: unknown names are refused, so that a misspelt one is never lost."""

    model_config = ConfigDict(extra="forbid")


class Filters(Schema):
    """What every list takes."""

    limit: int = Field(50, ge=1, le=MOST, description=f"Rows on a page, at most {MOST}.")
    cursor: Word | None = Field(None, description="`next` of the page before.")


def only(request: HttpRequest, filters: type[Schema]) -> None:
    """Refuse parameters that the list does not know: a misspelt filter must not list everything."""
    for name in request.GET:
        if name not in filters.model_fields:
            known = ", ".join(filters.model_fields)
            raise Stopped(422, "invalid", f"There is no parameter {name[:60]!r} here.", f"There are {known}.")


def write_cursor(at: datetime.datetime, pk: int) -> str:
    """The cursor of a row in a list by time."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {pk}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime.datetime, int]:
    """The row of a cursor. Raises Stopped for text that is no cursor of ours."""
    try:
        text = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), b"-_", validate=True).decode()
        at, _, pk = text.partition(" ")
        found = _moment(datetime.datetime.fromisoformat(at)), int(pk)
        if not 0 <= found[1] <= BIGGEST:
            raise ValueError
        return found
    except (ValueError, binascii.Error):
        raise Stopped(422, "invalid", "This is no cursor.", "Use `next` of the page before.") from None
