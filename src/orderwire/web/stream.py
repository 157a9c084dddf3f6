"""Live pages: one LISTEN connection per process, fanned out to every open page as server-sent events.

An event carries the id of the order that changed, or nothing for "look around"; pages fetch again with the normal
permission check. A page says when it was asked for, and first hears what came since. Each page's queue is bounded: one
that falls behind is closed, and its browser comes back by itself.
"""

import asyncio
import contextlib
import logging
import math
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.deprecation import MiddlewareMixin

from orderwire.ledger.append import CHANNEL
from orderwire.web.access import is_buyer

logger = logging.getLogger(__name__)

HEARTBEAT_S = 20.0
LONGEST_S = 900.0
"""A stream ends after this; the browser comes back and is checked again."""
QUEUE = 100
KEPT = 500
RETRY_MS = 2000
ASKED_AT = "orderwire.asked_at"
"""In a request's META: when it came in, in seconds of `time.time`."""
SKEW_S = 0.05
"""How far the clocks of two web servers may be apart."""


@dataclass
class Fan:
    """The streams of one process. `recent` lets a browser hear what it missed, with the time of each; `since` is when
    listening began."""

    epoch: str = field(default_factory=lambda: secrets.token_hex(4))
    last: int = 0
    since: float = math.inf
    recent: deque[tuple[int, float, bytes]] = field(default_factory=lambda: deque(maxlen=KEPT))
    queues: set[asyncio.Queue[bytes | None]] = field(default_factory=set)
    listener: "asyncio.Task[None] | None" = None
    closed: bool = False

    def publish(self, payload: str) -> None:
        """Encode once, put the same bytes on every queue."""
        self.last += 1
        encoded = f"id: {self.epoch}-{self.last}\nevent: changed\ndata: {payload}\n\n".encode()
        self.recent.append((self.last, time.time(), encoded))
        for queue in list(self.queues):
            try:
                queue.put_nowait(encoded)
            except asyncio.QueueFull:
                self.queues.discard(queue)
                _end(queue)

    def missed(self, last_id: str, asked_at: float = math.inf) -> list[bytes]:
        """What came after the event that a browser saw last, or else since its page was asked for; "look around" where
        that is not known any more."""
        epoch, _, number = last_id.rpartition("-")
        if not last_id:
            forgotten = len(self.recent) == KEPT and self.recent[0][1] >= asked_at
            if asked_at >= self.since and not forgotten:
                return [encoded for _, at, encoded in self.recent if at >= asked_at]
        elif epoch == self.epoch and number.isdigit():
            seen = int(number)
            if seen == self.last:
                return []
            if self.recent and self.recent[0][0] <= seen + 1:
                return [encoded for at, _, encoded in self.recent if at > seen]
        return [f"id: {self.epoch}-{self.last}\nevent: changed\ndata: \n\n".encode()]

    def start(self) -> None:
        """Listen from the first stream on."""
        if self.listener is None or self.listener.done():
            self.listener = asyncio.get_running_loop().create_task(self._listen())

    def close(self) -> None:
        """End every stream and stop listening: the server shuts down."""
        self.closed = True
        for queue in list(self.queues):
            _end(queue)
        self.queues.clear()
        if self.listener is not None:
            self.listener.cancel()

    async def _listen(self) -> None:
        pause = 1.0
        while not self.closed:
            try:
                async with await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True) as listening:
                    await listening.execute(f"listen {CHANNEL}")
                    self.since = min(self.since, time.time())
                    self.publish("")  # to those who came before, or while the database was away
                    pause = 1.0
                    async for notice in listening.notifies():
                        self.publish(notice.payload if notice.payload.isdigit() else "")
            except psycopg.Error as failure:
                logger.warning("live pages lost the database, trying again in %.0f s: %s", pause, failure)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30.0)


_fans: WeakKeyDictionary[asyncio.AbstractEventLoop, Fan] = WeakKeyDictionary()


def fan() -> Fan:
    """The fan of the running event loop; a closed one where the server was told to stop."""
    return _fans.setdefault(asyncio.get_running_loop(), Fan())


def close_all() -> None:
    """End the streams of this event loop and begin no more; called when the server is told to stop."""
    fan().close()


async def events(request: HttpRequest) -> HttpResponseBase:
    """The stream for buyers."""
    user = await request.auser()
    if not is_buyer(user):
        return HttpResponse(status=403)
    here = fan()
    if here.closed:  # come back when the next server is there
        return HttpResponse(f"retry: {RETRY_MS}\n\n", content_type="text/event-stream")
    here.start()
    last_id, asked_at = request.headers.get("Last-Event-ID", ""), _asked_at(request.GET.get("at", ""))
    response = StreamingHttpResponse(_stream(here, last_id, asked_at), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


def _asked_at(given: str) -> float:
    """When the page was asked for, as it says; long ago where it does not."""
    try:
        return float(given) - SKEW_S
    except ValueError:
        return 0.0


class Stamped(MiddlewareMixin):
    """Middleware that writes down when a request came in, before its page is read from the database."""

    def process_request(self, request: HttpRequest) -> None:
        """Into META, as ASKED_AT."""
        request.META[ASKED_AT] = time.time()


async def _stream(here: Fan, last_id: str, asked_at: float) -> AsyncIterator[bytes]:
    queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE)
    missed = here.missed(last_id, asked_at)
    here.queues.add(queue)
    loop = asyncio.get_running_loop()
    until = loop.time() + LONGEST_S
    try:
        yield f"retry: {RETRY_MS}\n: {here.epoch}\n\n".encode()
        for encoded in missed:
            yield encoded
        while (left := until - loop.time()) > 0 and not here.closed:
            try:
                encoded_or_end = await asyncio.wait_for(queue.get(), min(HEARTBEAT_S, left))
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if encoded_or_end is None:
                return
            yield encoded_or_end
    finally:
        here.queues.discard(queue)


def _end(queue: "asyncio.Queue[bytes | None]") -> None:
    """Make room for the end and put it there."""
    while queue.full():
        queue.get_nowait()
    with contextlib.suppress(asyncio.QueueFull):
        queue.put_nowait(None)


def _parameters() -> dict[str, Any]:
    """Where Django's own connections go, for a plain one of psycopg."""
    given = connection.get_connection_params()
    return {k: v for k, v in given.items() if k not in ("cursor_factory", "context", "prepare_threshold", "pool")}
