"""What a web server runs: Django, and the server's own start and stop, so that live streams end when it stops."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import reverse

from orderwire import database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwire.settings")
django = get_asgi_application()

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


AROUND = 1024 * 1024
"""Bytes that a form may have around the largest file."""


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    body = _Body(scope, receive)
    await django(scope, body.receive, send)  # type: ignore[arg-type]
    if body.too_large:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": b"The request is too large.\n"})


class _Body:
    """Django keeps all of a body before anybody asks who sends it; one that is too large ends here, as if its sender
    had left."""

    def __init__(self, scope: Message, receive: Receive):
        said = dict(scope.get("headers", ())).get(b"content-length", b"")
        self._receive, self._left = receive, settings.ORDERWIRE_MAX_UPLOAD + AROUND
        self.too_large = said.isdigit() and int(said[:20]) > self._left

    async def receive(self) -> Message:
        """The next part."""
        if not self.too_large:
            message = await self._receive()
            self._left -= len(message.get("body", b""))
            self.too_large = self._left < 0
        return {"type": "http.disconnect"} if self.too_large else message


async def _lifespan(receive: Receive, send: Send) -> None:
    from orderwire.web.stream import close_all

    await receive()
    reverse("inbox")  # loads every page now, not while somebody waits for the first one
    _before_server_stops(close_all)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    close_all()
    database.stop()  # the server ends by the signal itself, so what is registered for the exit never runs
    await send({"type": "lifespan.shutdown.complete"})


def _before_server_stops(end: Callable[[], None]) -> None:
    """A server waits for open connections before it says shutdown, and a stream never ends by itself: so its streams
    end at the signal, then the server's own handler runs. In a thread there are no signals to hear."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def chained(signum: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(end)
            if callable(before):
                before(signum, frame)

        if callable(before):
            signal.signal(number, chained)
