"""The embedded PostgreSQL of one data folder: makes it, starts it, shares it between processes, stops it.

Only the wheel's programs are used. Its Python side is not: as root it opens every parent folder to the world, it
counts users in a file that a killed process never leaves, and it believes a postmaster.pid whose number was reused.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import shlex
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import IO

import psutil
from psycopg import pq

from orderwire.database import programs
from orderwire.database.programs import DatabaseRefused, Runner

MAJOR = 18
START_SECONDS = 120  # recovery after a crash replays at most max_wal_size
SOCKET_PATH_BYTES = 103  # sockaddr_un holds 108 on Linux and 104 on macOS, a final zero included
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",  # a refused statement would put order data into the log
}

_threads = threading.RLock()
_joined: dict[Path, IO[bytes]] = {}  # data folder -> file on which this process holds the shared lock of a user


def make_folder(folder: Path) -> None:
    """Make the data folder and the parents it lacks. One that exists keeps the permissions it has."""
    try:
        for missing in [path for path in (*reversed(folder.parents), folder) if not path.exists()]:
            missing.mkdir(exist_ok=True)
            # As root the server runs as another user, who must be able to pass through; nobody may list the last one.
            missing.chmod(0o700 if os.geteuid() else 0o711 if missing == folder else 0o755)
    except OSError as problem:
        raise DatabaseRefused(
            f"The data folder {folder} cannot be made ({problem.strerror}). Set ORDERWIRE_DATA to one that can."
        ) from None


def socket_folder(data: Path) -> Path:
    """Where the server's socket lies: with its data, or in a short folder of ours when no socket can be named there."""
    inside = data / "postgres"
    if len(os.fsencode(inside / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES and "," not in str(inside):
        return inside
    return Path("/tmp") / f"orderwire-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"


def join(data: Path, dsn: str, *, say: Callable[[str], None] | None = None) -> None:
    """Count this process among the server's users, and bring the server up when it does not answer."""
    with _threads:
        if data in _joined and _listening(data):
            return
        make_folder(data)
        with _exclusive(data) as lock:
            if pq.PGconn.ping(dsn.encode()) != pq.Ping.OK:
                _bring_up(data, dsn, say=say or (lambda _: None), lock=lock)
            if data not in _joined:
                users = _open(data / "postgres.users")
                fcntl.flock(users, fcntl.LOCK_SH)
                _joined[data] = users


def stop(data: Path | None = None) -> None:
    """Leave the server of this data folder (of all, by default). The last process that leaves stops it."""
    with _threads:
        for folder in [data.resolve()] if data else list(_joined):
            users = _joined.pop(folder, None)
            if users is None or not folder.exists():
                continue
            with _exclusive(folder), users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                _shut_down(folder / "postgres")


def _bring_up(data: Path, dsn: str, *, say: Callable[[str], None], lock: int) -> None:
    home = data / "postgres"
    _check_version(home)
    runner = programs.runner(data, home)
    if not home.exists():
        say(f"Setting up the database in {home}")
        _initialize(home, runner, lock)
    deadline = time.monotonic() + START_SECONDS
    while _processes(home):  # starting, recovering, or the last children of a server that was killed
        if pq.PGconn.ping(dsn.encode()) == pq.Ping.OK:
            return
        if time.monotonic() > deadline:
            raise DatabaseRefused(f"The database in {home} does not get ready. {_why(home)}")
        time.sleep(0.05)
    folder = socket_folder(data)
    if folder != home:
        runner.private_folder(folder)
    # No process works here, so these are stale even if the number in them lives again (usual in containers).
    for stale in (home / "postmaster.pid", folder / ".s.PGSQL.5432.lock", folder / ".s.PGSQL.5432"):
        stale.unlink(missing_ok=True)
    if (log := home / "server.log").exists():
        log.replace(home / "server.log.1")
    settings = SETTINGS | {"unix_socket_directories": "." if folder == home else str(folder)}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    done = runner.run(
        "pg_ctl", "start", "-w", "-s", "-t", str(START_SECONDS), "-l", "server.log", "-o", options, cwd=home
    )
    if done.returncode:
        raise DatabaseRefused(f"The database in {home} did not start. {_why(home)}")


def _initialize(home: Path, runner: Runner, lock: int) -> None:
    """Built under another name, so that a run which is killed here leaves nothing that looks finished.

    The programs hold our lock too: those of a killed run have ended before the next one begins.
    """
    fresh = home.with_name("postgres.new")
    if fresh.exists():
        rmtree(fresh)
    runner.private_folder(fresh)
    # The built-in locale sorts alike on every machine and keeps indexes valid when the C library changes.
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
    account = "CREATE ROLE orderwire LOGIN CREATEDB;\nCREATE DATABASE orderwire OWNER orderwire;\n"
    for command, typed in (
        (("initdb", "--auth=trust", "--username=postgres", "--no-instructions", *locale, "-D", "."), None),
        (("postgres", "--single", "-D", ".", "postgres"), account),
    ):
        done = runner.run(*command, cwd=fresh, typed=typed, holding=lock)
        if done.returncode or "ERROR:" in done.stderr:
            raise DatabaseRefused(f"The database in {home} could not be made: {done.stderr.strip()[-1000:]}")
    fresh.rename(home)


def _shut_down(home: Path) -> None:
    if not _processes(home):
        return
    runner = programs.runner(home.parent, home)
    done = runner.run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-t", str(START_SECONDS), cwd=home)
    if done.returncode and _processes(home):
        raise DatabaseRefused(f"The database in {home} did not stop. {_why(home)}")


def _check_version(home: Path) -> None:
    if not home.exists():
        return
    try:
        version = (home / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise DatabaseRefused(f"{home} is no database. Move it aside and start again to have one made.") from None
    except PermissionError:
        owner = pwd.getpwuid(home.stat().st_uid).pw_name
        raise DatabaseRefused(f"{home} belongs to {owner}. Run as {owner}, or set ORDERWIRE_DATA.") from None
    if version != str(MAJOR):
        raise DatabaseRefused(
            f"{home} was made by PostgreSQL {version}; this release brings {MAJOR}. Dump it with the release that made "
            f"it (pg_dump), move the folder aside, start again and load the dump."
        )


def _processes(home: Path) -> list[int]:
    """Live server processes of this folder: each PostgreSQL process works in its data directory."""
    found = []
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "postgres" and process.info["cwd"] == str(home):
            found.append(process.pid)
    return found


def _listening(data: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(socket_folder(data) / ".s.PGSQL.5432")) == 0


def _why(home: Path) -> str:
    log = home / "server.log"
    lines = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
    return "\n".join([f"The end of {log}:", *lines]) if lines else f"{log} says nothing."


def _open(path: Path) -> IO[bytes]:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    except OSError as problem:
        raise DatabaseRefused(
            f"{path} cannot be opened ({problem.strerror}). Run as the user who owns the data folder, or set "
            "ORDERWIRE_DATA to another."
        ) from None


@contextmanager
def _exclusive(data: Path) -> Iterator[int]:
    """One process at a time starts or stops the server. The kernel drops the lock of a process that is killed."""
    with _open(data / "postgres.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def _forget() -> None:
    """A forked child is no user until it connects itself; its copies of the lock must not speak for the parent."""
    for users in _joined.values():
        users.close()
    _joined.clear()


os.register_at_fork(after_in_child=_forget)
atexit.register(stop)
