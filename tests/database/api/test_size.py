"""A body that is too large is not kept until somebody asks who sends it."""

import asyncio
from typing import Any

import pytest

from orderwire.asgi import AROUND, application

CHUNK = 256 * 1024


def call(path: str, *, length: int | None = None, most: int = 10_000) -> tuple[list[dict[str, Any]], int]:
    """What comes back to a body without end (at most `most` chunks), and how many chunks were read."""
    said: list[dict[str, Any]] = []
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        assert read < most, "everything is read"
        return {"type": "http.request", "body": b"x" * CHUNK, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    headers = [(b"host", b"localhost")] + ([(b"content-length", str(length).encode())] if length else [])
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b"",
             "server": ("127.0.0.1", 80), "scheme": "http", "http_version": "1.1"}  # fmt: skip
    asyncio.run(application(scope, receive, send))  # type: ignore[arg-type]
    return said, read


@pytest.mark.parametrize("path", ["/exchange/cxml_http/", "/api/v1/orders", "/"])
def test_a_body_without_end_ends(path: str, settings: Any) -> None:
    settings.ORDERWIRE_MAX_UPLOAD = 4 * CHUNK
    said, read = call(path)
    assert said[0]["status"] == 413 and read == 4 + AROUND // CHUNK + 1


def test_of_one_that_says_that_it_is_too_large_nothing_is_read(settings: Any) -> None:
    said, read = call("/exchange/cxml_http/", length=settings.ORDERWIRE_MAX_UPLOAD + AROUND + 1)
    assert said[0]["status"] == 413 and read == 0
