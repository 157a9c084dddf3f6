"""Taking files from a folder: only whole ones, only real ones, and each leaves only when its bytes are kept."""

import heapq
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from orderwire.channels import Inbound, Refused, Unavailable
from orderwire.channels.file_names import AT_ONCE, MARKER, shown, unfinished


def waiting(inbox: Path, *, done: Path | None, settle: float, done_marker: bool, most: int) -> Iterator[Inbound]:
    """Up to 1,000 files by name. Raises Unavailable, and after the good files Refused naming those that stay."""
    try:
        with os.scandir(inbox) as entries:
            names = heapq.nsmallest(AT_ONCE, (e.name for e in entries if _wanted(e.name, done_marker, inbox)))
    except OSError as failure:
        raise Unavailable(f"The folder {inbox} cannot be read: {failure.strerror}") from failure
    refused = []
    for name in names:
        try:
            content, seen = _read(inbox / name, most, 0 if done_marker else settle)
        except FileNotFoundError:
            continue  # its owner took it back
        except OSError as failure:
            refused.append(f"{shown(name)} cannot be read ({failure.strerror})")
        except Refused as failure:
            refused.append(f"{shown(name)} {failure.reason}")
        else:
            if content is not None:
                yield Inbound(shown(name), content, str(inbox), _commit(inbox / name, done, seen))
    if refused:
        raise Refused(f"Left in {inbox}: {'; '.join(refused[:20])}")


def _wanted(name: str, done_marker: bool, inbox: Path) -> bool:
    if unfinished(name):
        return False
    if done_marker:
        return not name.endswith(MARKER) and (inbox / (name + MARKER)).exists()
    return True


def _read(path: Path, most: int, settle: float) -> tuple[bytes | None, os.stat_result]:
    """The bytes, or None while the file still changes."""
    seen = os.lstat(path)
    if stat.S_ISDIR(seen.st_mode) or time.time() - seen.st_mtime < settle:
        return None, seen
    if not stat.S_ISREG(seen.st_mode):
        raise Refused("is a link or a device; put the file itself here")
    if seen.st_size > most:
        raise Refused(f"has {seen.st_size:,} bytes, more than the {most:,} that this endpoint takes")
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        content = file.read(most + 1)
        after = os.fstat(descriptor)
    return (content if _same(seen, after) and len(content) == seen.st_size else None), seen


def _commit(path: Path, done: Path | None, seen: os.stat_result) -> Callable[[], None]:
    """A function that puts the file away; one that was changed or replaced since stays and is taken as new.

    It raises Unavailable when the file cannot be moved: it will then be found again, and known by its bytes.
    """

    def commit() -> None:
        try:
            if _same(seen, os.lstat(path)):
                path.unlink() if done is None else path.rename(_free(done, path.name))
                path.with_name(path.name + MARKER).unlink(missing_ok=True)
        except FileNotFoundError:
            if path.exists():
                raise Unavailable(f"{path} cannot be put away: the folder {done} is not there") from None
        except OSError as failure:
            raise Unavailable(f"{path} cannot be put away: {failure.strerror}") from failure

    return commit


def _free(folder: Path, name: str) -> Path:
    """A name that nothing in the folder has."""
    candidate, number = folder / name, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return candidate


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_ino, one.st_size, one.st_mtime_ns) == (other.st_ino, other.st_size, other.st_mtime_ns)
