"""Taking files from a partner's server: only whole and real ones; each leaves only when its bytes are kept."""

import heapq
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Protocol

import asyncssh

from orderwire.channels import Inbound, Refused, Unavailable
from orderwire.channels.file_names import AT_ONCE, MARKER, shown, unfinished
from orderwire.channels.sftp.connection import CUT, Connection, Server, is_file, reason

LISTED = 20_000
"""Names of a folder that are looked at; a server may list without end."""

GONE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)


class Place(Server, Protocol):
    """The settings of an inbox, besides those of the connection."""

    @property
    def done(self) -> str | None: ...
    @property
    def settle(self) -> float: ...
    @property
    def done_marker(self) -> bool: ...
    @property
    def most(self) -> int: ...


@dataclass(frozen=True)
class Look:
    """A file as it was seen; `since` when it was first seen like that, by our own clock."""

    size: int | None
    changed: int | None
    since: float = 0

    def same(self, attrs: asyncssh.SFTPAttrs) -> bool:
        """Whether nothing changed."""
        return (self.size, self.changed) == (attrs.size, attrs.mtime)


_looks: dict[tuple[str, int, str, str], dict[bytes, Look]] = {}
"""What the last look into each inbox saw. The clocks of partners' servers are not ours, so a file is whole when two of
our looks saw it alike; where this is lost, files are taken one look later."""


def waiting(place: Place, inbox: str) -> Iterator[Inbound]:
    """Up to 1,000 files by name, for `timeout` seconds. Raises Unavailable, and after the good files Refused naming
    those that stay."""
    refused: list[str] = []
    with Connection(place) as connection:
        ends = time.monotonic() + place.timeout
        for name, look in _ready(connection, place, inbox):
            if time.monotonic() > ends:
                return  # the rest with the next look: others wait too
            try:
                content = connection.run(partial(_read, path=_path(inbox, name), look=look, most=place.most))
            except Refused as failure:
                refused.append(f"{shown(name)} {failure.reason}")
            else:
                if content is not None:
                    yield Inbound(shown(name), content, inbox, _commit(connection, place, inbox, name, look))
    if refused:
        raise Refused(f"Left in {inbox}: {'; '.join(refused[:20])}")


def how_many(connection: Connection, inbox: str) -> int:
    """How many files are there, whole or not. Raises Unavailable."""
    return len(connection.run(lambda sftp: _listed(sftp, inbox)))


def _ready(connection: Connection, place: Place, inbox: str) -> list[tuple[bytes, Look]]:
    """Files that have not changed between two looks, or that are marked."""
    found = connection.run(lambda sftp: _listed(sftp, inbox))
    now, key = time.monotonic(), (place.host, place.port, place.username, inbox)
    before, seen = _looks.get(key, {}), {}
    for name, attrs in found.items():
        old = before.get(name)
        since = old.since if old is not None and old.same(attrs) else now
        seen[name] = Look(attrs.size, attrs.mtime, since)
    _looks[key] = seen
    marker = MARKER.encode()
    if place.done_marker:
        ready = (n for n in seen if not n.endswith(marker) and n + marker in seen)
    else:
        ready = (n for n, look in seen.items() if now - look.since >= place.settle)
    return [(name, seen[name]) for name in heapq.nsmallest(AT_ONCE, ready)]


async def _listed(sftp: asyncssh.SFTPClient, inbox: str) -> dict[bytes, asyncssh.SFTPAttrs]:
    found: dict[bytes, asyncssh.SFTPAttrs] = {}
    count = 0
    try:
        async for entry in sftp.scandir(inbox.encode()):
            name = bytes(entry.filename)  # type: ignore[arg-type]
            folder = entry.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY
            if not (folder or b"/" in name or b"\0" in name or unfinished(name.decode("utf-8", "replace"))):
                found[name] = entry.attrs
            count += 1
            if count >= LISTED:
                break
    except CUT:
        raise
    except asyncssh.SFTPError as failure:
        raise Unavailable(
            f"The folder {inbox} on the partner's server cannot be read ({reason(failure)}). Ask the partner, or"
            " correct the endpoint's folders"
        ) from failure
    return found


async def _read(sftp: asyncssh.SFTPClient, *, path: bytes, look: Look, most: int) -> bytes | None:
    """The bytes, or None while the file still changes. Raises Refused."""
    try:
        seen = await sftp.lstat(path)
        if not is_file(seen):
            raise Refused("is a link or a device; the file itself must be there")
        if (seen.size or 0) > most:
            raise Refused(f"has {seen.size:,} bytes, more than the {most:,} that this endpoint takes")
        if not look.same(seen):
            return None
        async with sftp.open(path, "rb") as file:
            content: bytes = await file.read(min(most, seen.size if seen.size is not None else most) + 1)
            after = await file.stat()
    except CUT:
        raise
    except GONE:
        return None  # its owner took it back
    except asyncssh.SFTPError as failure:
        raise Refused(f"cannot be read ({reason(failure)})") from failure
    return content if look.same(after) and len(content) == after.size else None


def _commit(connection: Connection, place: Place, inbox: str, name: bytes, look: Look) -> Callable[[], None]:
    """A function that puts the file away; one that was changed or replaced since stays and is taken as new.

    It raises Unavailable when the file cannot be moved: it will then be found again, and known by its bytes.
    """
    path = _path(inbox, name)

    async def away(sftp: asyncssh.SFTPClient) -> None:
        try:
            if not look.same(await sftp.lstat(path)):
                return
            if place.done is None:
                await sftp.remove(path)
            else:
                await sftp.rename(path, await _free(sftp, place.done, name))
            if place.done_marker:
                await sftp.remove(path + MARKER.encode())
        except GONE as failure:
            if place.done is not None and await sftp.exists(path):
                raise Unavailable(
                    f"{shown(path)} cannot be put away: the folder {place.done} is not there"
                ) from failure
        except CUT:
            raise
        except asyncssh.SFTPError as failure:
            raise Unavailable(f"{shown(path)} cannot be put away: {reason(failure)}") from failure

    def commit() -> None:
        if connection.open:
            connection.run(away)
        else:
            with Connection(place) as fresh:
                fresh.run(away)

    return commit


async def _free(sftp: asyncssh.SFTPClient, folder: str, name: bytes) -> bytes:
    """A name that nothing in the folder has."""
    plain = PurePosixPath(name.decode("latin-1"))
    candidate, number = _path(folder, name), 1
    while await sftp.lexists(candidate):
        number += 1
        candidate = _path(folder, f"{plain.stem}-{number}{plain.suffix}".encode("latin-1"))
    return candidate


def _path(folder: str, name: bytes) -> bytes:
    return folder.encode() + b"/" + name
