"""Putting files onto a partner's server so that each is there whole or not at all, however often the line is cut."""

import contextlib
import re
import secrets
from collections.abc import Iterator

import asyncssh

from orderwire.channels import File, Parcel, Proof, Receipt, Refused, Unavailable, Unknown
from orderwire.channels.file_names import names as names_of
from orderwire.channels.sftp.connection import CUT, Connection, is_file, reason

LISTED = 20_000
"""Names of a folder that are looked at; a server may list without end."""

_DRAFT = re.compile(r"\.(.+)\.[0-9a-f]{16}\.part")


class Outbox:
    """A folder on a server. Files are written under a hidden name in `drafts`, then renamed into `out`."""

    def __init__(self, connection: Connection, *, out: str, drafts: str | None, pattern: str):
        self._connection, self._out, self._pattern = connection, out, pattern
        self._drafts = drafts or out
        self._places = f"{out} or {drafts}" if drafts else out
        self._left: dict[str, list[str]] | None = None

    def send(self, parcel: Parcel) -> Receipt:
        """All files of the parcel. Raises Refused, Unavailable, or Unknown where a file may be there by now."""
        names = names_of(self._pattern, parcel)
        begun: list[str] = []

        async def put(sftp: asyncssh.SFTPClient) -> list[bool]:
            there = [await self._there(sftp, n, f) for n, f in zip(names, parcel.files, strict=True)]
            for name, file, known in zip(names, parcel.files, there, strict=True):
                if not known:
                    await self._put(sftp, name, file, begun)
            return there

        try:
            there = self._connection.run(put)
        except Unavailable as failure:
            if begun:
                raise Unknown(f"{failure.reason}. By then {', '.join(begun)} may have been there") from failure
            raise
        said = "Already there with the same bytes:" if all(there) else "Written as"
        return Receipt(Proof.HANDED_OVER, f"{said} {', '.join(names)}", external_id=names[0])

    def probe(self) -> None:
        """Write and remove a hidden file. Raises Unavailable."""
        name = f".orderwire-{secrets.token_hex(8)}.part"

        async def work(sftp: asyncssh.SFTPClient) -> None:
            with self._told(name):
                await self._write(sftp, f"{self._drafts}/{name}", b"probe")
                await sftp.remove(f"{self._drafts}/{name}")

        self._connection.run(work)

    async def _put(self, sftp: asyncssh.SFTPClient, name: str, file: File, begun: list[str]) -> None:
        await self._tidy(sftp, name)
        draft = f"{self._drafts}/.{name}.{secrets.token_hex(8)}.part"
        try:
            with self._told(name):
                await self._write(sftp, draft, file.content)
                begun.append(name)
                await self._rename(sftp, draft, name, file)
        except (Refused, Unavailable):
            with contextlib.suppress(asyncssh.SFTPError):  # it may never have come to be; the failure is what counts
                await sftp.remove(draft)
            begun.remove(name) if name in begun else None
            raise

    async def _write(self, sftp: asyncssh.SFTPClient, path: str, content: bytes) -> None:
        async with sftp.open(path, "xb") as file:
            await file.write(content)
            with contextlib.suppress(asyncssh.SFTPOpUnsupported):  # an extension of OpenSSH
                await file.fsync()
        size = (await sftp.lstat(path)).size
        if size is not None and size != len(content):
            raise Unavailable(
                f"The server kept {size:,} of {len(content):,} bytes. Its disk may be full; nothing was sent"
            )

    async def _rename(self, sftp: asyncssh.SFTPClient, draft: str, name: str, file: File) -> None:
        """The plain rename replaces nothing on OpenSSH, so it goes first; the other is for servers that have no plain
        one."""
        path = f"{self._out}/{name}"
        try:
            await sftp.rename(draft, path)
        except (asyncssh.SFTPFailure, asyncssh.SFTPOpUnsupported, asyncssh.SFTPFileAlreadyExists) as failure:
            if await self._there(sftp, name, file):  # a try of ours that was thought dead
                await sftp.remove(draft)
                return
            try:
                await sftp.posix_rename(draft, path)
            except asyncssh.SFTPOpUnsupported:
                raise failure from None

    async def _there(self, sftp: asyncssh.SFTPClient, name: str, file: File) -> bool:
        """True when this very file is there. Raises Refused when another is."""
        path = f"{self._out}/{name}"
        with self._told(name):
            try:
                found = await sftp.lstat(path)
            except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                return False
            if is_file(found) and found.size == len(file.content):
                async with sftp.open(path, "rb") as existing:
                    content: bytes = await existing.read(len(file.content) + 1)
                    if content == file.content:
                        return True
        raise Refused(
            f"{path} is already there with other content. Ask the partner to take it away, or change the pattern"
        )

    async def _tidy(self, sftp: asyncssh.SFTPClient, name: str) -> None:
        """Remove what earlier tries of this file left unfinished; one listing a session."""
        try:
            if self._left is None:
                self._left = {}
                self._left = await self._drafts_left(sftp)
            for draft in self._left.pop(name, ()):
                await sftp.remove(f"{self._drafts}/{draft}")
        except CUT:
            raise
        except asyncssh.SFTPError:
            return  # not all servers let us list or remove; what is left there is hidden and does no harm

    async def _drafts_left(self, sftp: asyncssh.SFTPClient) -> dict[str, list[str]]:
        left: dict[str, list[str]] = {}
        count = 0
        async for entry in sftp.scandir(self._drafts.encode()):
            found = _DRAFT.fullmatch(bytes(entry.filename).decode("ascii", "replace"))  # type: ignore[arg-type]
            if found:
                left.setdefault(found[1], []).append(found[0])
            count += 1
            if count >= LISTED:
                break
        return left

    @contextlib.contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """What the server says about a file, in words; a cut is told by the connection."""
        try:
            yield
        except CUT:
            raise
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as failure:
            raise Unavailable(
                f"The folder {self._places} is not there on the partner's server. Ask the partner to make it, or"
                " correct the endpoint's folders"
            ) from failure
        except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect) as failure:
            raise Unavailable(
                f"The partner's server does not let us write to {self._places}. Ask the partner for the right to"
            ) from failure
        except (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded) as failure:
            raise Unavailable(
                "The disk of the partner's server is full. Nothing was sent; ask the partner"
            ) from failure
        except asyncssh.SFTPError as failure:
            raise Unavailable(
                f"The partner's server could not take {name} ({reason(failure)}). Its disk may be full; ask the partner"
            ) from failure
