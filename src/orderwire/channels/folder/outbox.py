"""Putting a file into a folder so that it is there whole or not at all, and finding out whether it is there already."""

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from orderwire.channels import File, Parcel, Proof, Receipt, Refused, Unavailable, Unknown
from orderwire.channels.file_names import names as names_of

_FULL = {errno.ENOSPC, errno.EDQUOT}


class Outbox:
    """An open folder. Everything goes through its descriptor, so that a path swapped underneath changes nothing."""

    def __init__(self, path: Path, pattern: str):
        self._path, self._pattern = path, pattern
        try:
            self._folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as failure:
            raise self._unavailable(failure) from failure

    def close(self) -> None:
        """Close the folder."""
        os.close(self._folder)

    def send(self, parcel: Parcel) -> Receipt:
        """All files of the parcel, each synced and renamed. Raises Refused, Unavailable or Unknown."""
        names = names_of(self._pattern, parcel)
        fresh = [self._put(name, file) for name, file in zip(names, parcel.files, strict=True)]
        said = "Written as" if any(fresh) else "Already there with the same bytes:"
        return Receipt(Proof.HANDED_OVER, f"{said} {', '.join(names)}", external_id=names[0])

    def probe(self) -> None:
        """Write, sync and remove a hidden file. Raises Unavailable."""
        name = f".orderwire-{secrets.token_hex(8)}.part"
        try:
            self._write(name, b"probe")
            os.unlink(name, dir_fd=self._folder)
        except OSError as failure:
            self._discard(name)
            raise self._unavailable(failure) from failure

    def _put(self, name: str, file: File) -> bool:
        """True when written now, False when it was there."""
        part = f".{name}.{secrets.token_hex(4)}.part"
        try:
            there = self._there(name, file.content)
            if not there:
                self._write(part, file.content)
                os.rename(part, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except OSError as failure:
            self._discard(part)
            raise self._unavailable(failure) from failure
        try:
            os.fsync(self._folder)
        except OSError as failure:
            raise Unknown(
                f"{name} is in {self._path}, but the disk did not confirm it: {failure.strerror}"
            ) from failure
        return not there

    def _there(self, name: str, content: bytes) -> bool:
        """True when this very file is there. Raises Refused when another is."""
        try:
            found = os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        if stat.S_ISREG(found.st_mode) and found.st_size == len(content):
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._folder)
            with open(descriptor, "rb") as existing:
                if existing.read(len(content) + 1) == content:
                    os.fsync(descriptor)
                    return True
        raise Refused(f"{self._path / name} is already there with other content. Move it away, or change the pattern")

    def _write(self, name: str, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(name, flags, 0o660, dir_fd=self._folder), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _discard(self, name: str) -> None:
        with contextlib.suppress(OSError):  # it may never have come to be; what counts is the failure being reported
            os.unlink(name, dir_fd=self._folder)

    def _unavailable(self, failure: OSError) -> Unavailable:
        if failure.errno in (errno.ENOENT, errno.ENOTDIR):
            return Unavailable(f"The folder {self._path} is not there. Create or mount it")
        if failure.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return Unavailable(f"The folder {self._path} may not be written to. Give Orderwire's user the right")
        if failure.errno in _FULL:
            return Unavailable(f"The disk of the folder {self._path} is full. Nothing was written; make room")
        return Unavailable(f"The folder {self._path} cannot be used: {failure.strerror or failure}")
