"""Two SFTP servers on loopback: OpenSSH's own, and one that fails the way a test asks."""

import asyncio
import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import asyncssh

from orderwire.channels import Parcel, Receipt
from orderwire.channels.sftp import Sftp, SftpConfig

USER = "nordhaven"
PASSWORD = "correct horse"


def key() -> asyncssh.SSHKey:
    """A new key."""
    return asyncssh.generate_private_key("ssh-ed25519")


def public(private: asyncssh.SSHKey) -> str:
    """A host key as the settings want it."""
    return private.export_public_key().decode().strip()


class Fault:
    """What goes wrong at the `at`-th operation (from 1) of a kind, "" for any: before it is done, or after it (`late`).

    `what` is called with the SFTP server; without it the connection is cut.
    """

    def __init__(self, kind: str = "", *, at: int = 1, late: bool = False, what: Callable[[Any], Any] | None = None):
        self.kind, self.at, self.late, self.what = kind, at, late, what
        self.seen = 0

    def now(self, kind: str) -> bool:
        self.seen += self.kind in ("", kind)
        return self.kind in ("", kind) and self.seen == self.at

    async def strike(self, server: Any) -> None:
        if self.what is None:
            server.connection.abort()
            await asyncio.sleep(0)
            raise asyncssh.SFTPFailure("cut")
        result = self.what(server)
        if asyncio.iscoroutine(result):
            await result


_OPERATIONS = ("open", "close", "read", "write", "fsync", "lstat", "fstat", "rename", "posix_rename", "remove")


class _Failing(asyncssh.SFTPServer):
    home: "Scripted"

    def __init__(self, chan: Any):
        super().__init__(chan, chroot=str(self.home.root).encode())


def _operation(kind: str) -> Callable[..., Any]:
    async def run(self: Any, *args: Any) -> Any:
        self.home.journal.append(kind)
        faults = [fault for fault in self.home.faults if fault.now(kind)]
        for fault in faults:
            if not fault.late:
                if kind == "close":
                    args[0].close()  # the server's own bookkeeping
                await fault.strike(self)
        result = getattr(asyncssh.SFTPServer, kind)(self, *args)
        if asyncio.iscoroutine(result):
            result = await result
        for fault in faults:
            if fault.late:
                if kind == "open":
                    result.close()  # nobody gets to know of it
                await fault.strike(self)
        return result

    return run


for _kind in _OPERATIONS:
    setattr(_Failing, _kind, _operation(_kind))


class _Login(asyncssh.SSHServer):
    home: "Scripted"

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.home.connections += 1

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


class Scripted:
    """asyncssh's server with `root` as the whole world; `faults` may be changed while it runs."""

    def __init__(self, root: Path, **options: Any):
        self.root, self._options = root, options
        self.host_key = key()
        self.faults: list[Fault] = []
        self.journal: list[str] = []
        self.connections = 0
        self.port = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._acceptor = self._do(self._listen())
        self.port = self._acceptor.get_port()
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self.settled()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Settings of an endpoint that leads here."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "host_keys": [public(self.host_key)],
            "username": USER,
            "password": PASSWORD,
            "out": "out",
            "timeout": 5,
            **changes,
        }

    def renew(self) -> None:
        """Another host key from now on."""
        self.host_key = key()
        self._do(self._end())
        self._acceptor = self._do(self._listen())
        self.port = self._acceptor.get_port()

    async def _listen(self) -> Any:
        login, sftp = type("Login", (_Login,), {"home": self}), type("Files", (_Failing,), {"home": self})
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[self.host_key], server_factory=login, sftp_factory=sftp, **self._options
        )

    async def _end(self) -> None:
        self._acceptor.close()
        await self._acceptor.wait_closed()

    def settled(self) -> None:
        """Wait until nothing is being done any more."""
        self._do(self._rest())

    async def _rest(self) -> None:
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=5)  # what a fault made slow ends by itself

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


class OpenSsh:
    """Debian's sshd with a configuration, keys and a port of its own; `root` is where a login leads."""

    program = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin")

    def __init__(self, root: Path, folder: Path):
        self.root, self._folder = root, folder
        self.host_key, self.user_key = key(), key()

    def __enter__(self) -> Self:
        host, authorized = self._folder / "host", self._folder / "authorized"
        host.write_bytes(self.host_key.export_private_key("openssh"))
        host.chmod(0o600)
        authorized.write_bytes(self.user_key.export_public_key())
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # where root's sshd wants to separate its privileges
        config = self._folder / "sshd_config"
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {host}\nPidFile {self._folder}/pid\n"
            f"AuthorizedKeysFile {authorized}\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            f"PermitRootLogin yes\nSubsystem sftp internal-sftp -d {self.root}\n"
        )
        with ExitStack() as stack:
            log = stack.enter_context((self._folder / "log").open("wb"))
            self._process = subprocess.Popen([str(self.program), "-D", "-e", "-f", str(config)], stderr=log)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self._folder / "log").read_text())

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Settings of an endpoint that leads here."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "host_keys": [public(self.host_key)],
            "username": getpass.getuser(),
            "private_key": self.user_key.export_private_key("openssh").decode(),
            "out": "out",
            "timeout": 10,
            **changes,
        }


CHANNEL = Sftp()


def config(server: Scripted | OpenSsh, **changes: Any) -> SftpConfig:
    """The settings of an endpoint that leads to this server."""
    return SftpConfig.model_validate(server.settings(**changes))


def send(server: Scripted | OpenSsh, *parcels: Parcel, **changes: Any) -> list[Receipt]:
    """Send in one session."""
    with CHANNEL.open(config(server, **changes)) as session:
        return [session.send(p) for p in parcels]


def visible(folder: Path) -> dict[str, bytes]:
    """Files as a partner's program sees them."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.startswith(".")}
