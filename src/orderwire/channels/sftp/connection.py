"""One SSH connection to a partner's server, driven from a plain thread: asyncssh with a deadline over every step, the
host key pinned, and every failure in words."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol, Self, TypeVar

import asyncssh
from pydantic import SecretStr

from orderwire.channels import Refused, Unavailable
from orderwire.channels.sftp.key import private_key

GOODBYE = 2
"""Seconds for a polite end: whatever happens then changes no result."""

T = TypeVar("T")
Work = Callable[[asyncssh.SFTPClient], Awaitable[T]]

logging.getLogger("asyncssh").setLevel(logging.WARNING)  # it tells of every connection and file


class Server(Protocol):
    """The settings that a connection needs."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def host_keys(self) -> tuple[str, ...]: ...
    @property
    def username(self) -> str: ...
    @property
    def password(self) -> SecretStr | None: ...
    @property
    def private_key(self) -> SecretStr | None: ...
    @property
    def passphrase(self) -> SecretStr | None: ...
    @property
    def timeout(self) -> float: ...


def host_key(text: str) -> str:
    """A host key as `ssh-keyscan` prints it, with the host in front or without. Raises ValueError."""
    words = text.split()
    kinds = [place for place, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-", "sk-"))]
    line = " ".join(words[kinds[0] : kinds[0] + 2]) if kinds else ""
    try:
        asyncssh.import_public_key(line)
    except (asyncssh.KeyImportError, ValueError) as failure:
        raise ValueError(
            "is not a host key; paste a line of ssh-keyscan such as: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA…"
        ) from failure
    return line


class Connection:
    """Connects when it is first used, and again after a cut. `run` lends the open session to one piece of work.

    The event loop belongs to this object and turns only while `run` does, in the thread that calls it.
    """

    def __init__(self, server: Server):
        self._server = server
        self._pinned = [asyncssh.import_public_key(line) for line in server.host_keys]
        self._key = _private_key(server)
        self._runner = asyncio.Runner()
        self._ssh: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None
        self._dead = ""
        self.open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._runner.run(self._leave())
        finally:
            self._runner.close()
            self.open = False

    def run(self, work: Work[T]) -> T:
        """Do the work within `timeout` seconds, connecting included. Raises Refused or Unavailable, or what it raises.

        After a cut it connects again; a server that did not answer once is not asked again.
        """
        if self._dead:
            raise Unavailable(self._dead)
        return self._runner.run(self._bounded(work))

    async def _bounded(self, work: Work[T]) -> T:
        task = asyncio.ensure_future(self._worked(work))
        if not (await asyncio.wait({task}, timeout=self._server.timeout))[0]:
            self._abort()  # before the task is cancelled: whatever it waits for while it cleans up ends too
            task.cancel()
            await asyncio.wait({task}, timeout=GOODBYE)
            if task.done() and not task.cancelled():
                task.exception()  # seen: it tells of our own abort
            self._dead = f"{self._name} did not answer within {self._server.timeout:g} seconds"
            raise Unavailable(self._dead)
        return task.result()

    async def _worked(self, work: Work[T]) -> T:
        try:
            return await work(await self._session())
        except CUT as failure:
            await self._leave()
            raise Unavailable(f"The connection to {self._name} was cut: {reason(failure)}") from failure
        except asyncssh.SFTPError as failure:
            raise Unavailable(f"{self._name} could not do it: {reason(failure)}") from failure

    async def _session(self) -> asyncssh.SFTPClient:
        if self._sftp is None:
            try:
                await self._connect()
            except (Refused, Unavailable):
                await self._leave()
                raise
        assert self._sftp is not None
        return self._sftp

    async def _connect(self) -> None:
        seen: list[asyncssh.SSHKey] = []
        try:
            self._ssh = await self._connected(seen)
            self._sftp = await self._ssh.start_sftp_client()
        except asyncssh.HostKeyNotVerifiable as failure:
            raise self._changed(seen) from failure
        except asyncssh.PermissionDenied as failure:
            means = "key" if self._key else "password"
            raise Refused(
                f"{self._name} does not let {self._server.username} in with this {means}. Check the user name, and that"
                f" the partner knows the {means}"
            ) from failure
        except asyncssh.KeyExchangeFailed as failure:
            raise Refused(f"{self._name} offers no secure way to connect: {reason(failure)}") from failure
        except (asyncssh.ChannelOpenError, asyncssh.SFTPError) as failure:
            raise Refused(
                f"{self._name} lets {self._server.username} in, but not to files (SFTP): {reason(failure)}"
            ) from failure
        except (OSError, asyncssh.DisconnectError) as failure:
            self._dead = f"{self._name} cannot be reached: {reason(failure)}"
            raise Unavailable(self._dead) from failure

    async def _connected(self, seen: list[asyncssh.SSHKey]) -> asyncssh.SSHClientConnection:
        """Nothing of this machine is used: no ssh_config, no agent, no keys or known hosts of its user."""
        preferred = [name.decode() for key in self._pinned for name in key.sig_algorithms]
        offered = [name.decode() for name in asyncssh.public_key.get_default_public_key_algs()]
        return await asyncssh.connect(
            self._server.host,
            self._server.port,
            config=None,
            agent_path=None,
            gss_host=None,
            known_hosts=([], [], []),
            server_host_key_algs=list(dict.fromkeys([*preferred, *offered])),
            client_factory=lambda: _Pin(self._pinned, seen),
            username=self._server.username,
            password=self._server.password.get_secret_value() if self._server.password else None,
            client_keys=[self._key] if self._key else None,
            connect_timeout=self._server.timeout,
            login_timeout=self._server.timeout,
            keepalive_interval=0,
            x509_trusted_certs=None,
            compression_algs=None,  # a packet that unpacks has no bound
        )

    async def _leave(self) -> None:
        ssh = self._ssh
        if ssh is not None:
            ssh.close()
            with contextlib.suppress(OSError, TimeoutError, asyncssh.Error):
                await asyncio.wait_for(ssh.wait_closed(), GOODBYE)
            self._abort()

    def _abort(self) -> None:
        if self._ssh is not None:
            self._ssh.abort()
        self._ssh = self._sftp = None

    @property
    def _name(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _changed(self, seen: list[asyncssh.SSHKey]) -> Refused:
        shows = ", ".join(_fingerprint(key) for key in seen) or "no key of a kind that we know"
        expected = " or ".join(_fingerprint(key) for key in self._pinned)
        return Refused(
            f"{self._name} shows another host key than the one on record, so nothing was sent: somebody may be in"
            f" between. Shown: {shows}. On record: {expected}. Ask the partner by telephone whether the key was"
            " changed; if so, add the new one to host_keys of the endpoint"
        )


class _Pin(asyncssh.SSHClient):
    """Trusts the keys on record and nothing else, and remembers what was shown."""

    def __init__(self, pinned: list[asyncssh.SSHKey], seen: list[asyncssh.SSHKey]):
        self._pinned, self._seen = pinned, seen

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self._seen.append(key)
        return key in self._pinned


CUT = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError, OSError)
"""How asyncssh says that the connection is no more."""


def _private_key(server: Server) -> asyncssh.SSHKey | None:
    if server.private_key is None:
        return None
    passphrase = server.passphrase.get_secret_value() if server.passphrase else None
    return private_key(server.private_key.get_secret_value(), passphrase)


def _fingerprint(key: asyncssh.SSHKey) -> str:
    return f"{key.algorithm.decode()} {key.get_fingerprint()}"


def reason(failure: Exception) -> str:
    """What the other side said, as text of bounded length that can stand on a page."""
    said = getattr(failure, "reason", "") or getattr(failure, "strerror", "") or str(failure) or "no reason given"
    return "".join(c if c.isprintable() else " " for c in said)[:300]


def is_file(attrs: asyncssh.SFTPAttrs) -> bool:
    """Whether this is no link, folder or device; a server that does not say has none of them."""
    return attrs.type in (asyncssh.FILEXFER_TYPE_REGULAR, asyncssh.FILEXFER_TYPE_UNKNOWN)
