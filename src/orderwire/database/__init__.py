"""Which PostgreSQL this process uses: the one of DATABASE_URL, or an embedded one in the data folder that starts
by itself. Settings name it, the first connection starts it, the last process that leaves stops it."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from orderwire.database import embedded
from orderwire.database.embedded import stop
from orderwire.database.programs import DatabaseRefused

__all__ = ["DatabaseRefused", "data_folder", "django_database", "ensure_dsn", "lazy_dsn", "stop", "temporary_data"]


def data_folder() -> Path:
    """The folder that keeps everything of this installation; made when it is missing, never opened wider than it is.

    ORDERWIRE_DATA, else /var/lib/orderwire as root, else orderwire in $XDG_DATA_HOME (~/.local/share).
    Raises DatabaseRefused when it cannot be made.
    """
    if named := os.environ.get("ORDERWIRE_DATA"):
        folder = Path(named)
    elif os.geteuid() == 0:
        folder = Path("/var/lib/orderwire")
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share") / "orderwire"
    folder = folder.expanduser().resolve()
    embedded.make_folder(folder)
    return folder


def lazy_dsn(data: Path | None = None) -> str:
    """The connection URL of the database that belongs to a data folder (default: data_folder()). Starts nothing.

    Raises DatabaseRefused when DATABASE_URL is set and is no PostgreSQL URL with a database name.
    """
    if url := os.environ.get("DATABASE_URL"):
        return _checked(url)
    host = quote(str(embedded.socket_folder(_resolved(data))), safe="")
    return f"postgresql://orderwire@/orderwire?host={host}&port=5432"  # a PGPORT of the user's is about another server


def ensure_dsn(data: Path | None = None, *, say: Callable[[str], None] | None = None) -> str:
    """The connection URL, with the embedded server up when there is no DATABASE_URL.

    Cheap to call again, and brings a server back that was killed. `say` gets one line when a database is first made.
    Raises DatabaseRefused with the reason and the remedy.
    """
    folder = _resolved(data)
    dsn = lazy_dsn(folder)
    if not os.environ.get("DATABASE_URL"):
        embedded.join(folder, dsn, say=say)
    return dsn


def django_database(dsn: str, *, pool: int = 0) -> dict[str, Any]:
    """The entry for settings.DATABASES. Starts nothing: the backend (base.py) calls ensure_dsn() when it connects.

    pool: the most connections a process keeps in psycopg's pool; 0 keeps one connection per thread instead.
    """
    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    # Prepared statements (records/hot.py) are costed once, not again at each run. A process that was stopped in the
    # middle of a transaction (a paused machine) gives its locks back: others wait for it no longer than this.
    options: dict[str, Any] = {
        "options": "-c plan_cache_mode=force_generic_plan -c idle_in_transaction_session_timeout=60s"
    }
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 20}
    return {
        "ENGINE": "orderwire.database",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0 if pool else 600,
        "OPTIONS": parts | options,
    }


@contextmanager
def temporary_data() -> Iterator[Path]:
    """A data folder for one run (tests, the headless demo): the server in it is stopped and all of it deleted."""
    outer = Path(tempfile.mkdtemp(prefix="orderwire-")).resolve()
    if os.geteuid() == 0:
        outer.chmod(0o711)
    data = outer / "data"
    embedded.make_folder(data)
    try:
        yield data
    finally:
        stop(data)
        rmtree(outer)


def _resolved(data: Path | None) -> Path:
    """One name for a folder, however it was reached: PostgreSQL knows its own by the real one."""
    return data.expanduser().resolve() if data else data_folder()


def _checked(url: str) -> str:
    """The URL as it is, when libpq can read it. The message never repeats it: it may hold a password."""
    remedy = "Write DATABASE_URL as postgresql://user:password@host:5432/database, or unset it to use the built-in one."
    if not url.startswith(("postgresql://", "postgres://")):
        raise DatabaseRefused(f"DATABASE_URL does not name a PostgreSQL database. {remedy}")
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise DatabaseRefused(f"DATABASE_URL cannot be read. {remedy}") from None
    if not parts.get("dbname"):
        raise DatabaseRefused(f"DATABASE_URL names no database. {remedy}")
    return url
