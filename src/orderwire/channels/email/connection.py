"""smtplib with one deadline over everything: a server that answers a byte at a time cannot hold a worker."""

import contextlib
import smtplib
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

MOST_REPLY = 65_536
CHUNK = 262_144


class Deadline:
    """A moment on the monotonic clock, moved on by the session before each step."""

    def __init__(self, seconds: float):
        self.restart(seconds)

    def restart(self, seconds: float) -> None:
        """Count again from now."""
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


class _Replies:
    """The reading side of the socket, as smtplib's `file`: lines, within the deadline, of bounded size."""

    def __init__(self, sock: socket.socket, deadline: Deadline):
        self._sock, self._deadline, self._buffer, self._taken = sock, deadline, bytearray(), 0

    def readline(self, limit: int = -1) -> bytes:
        while (end := self._buffer.find(b"\n") + 1) == 0:
            if len(self._buffer) >= limit > 0 or self._taken > MOST_REPLY:
                raise OSError("the answer has no end")
            self._sock.settimeout(self._deadline.left())
            if not self._receive():
                end = len(self._buffer)
                break
        line = bytes(self._buffer[:end])
        del self._buffer[:end]
        return line

    def fresh(self) -> None:
        """A new command goes out: the next answer has its own size limit."""
        self._taken = 0

    def waiting(self) -> bool:
        """True when the server already said something or hung up. Never blocks."""
        if self._buffer:
            return True
        self._sock.settimeout(0)
        try:
            self._receive()
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        return True

    def close(self) -> None:
        """smtplib closes its file before the socket; there is nothing to close here."""

    def _receive(self) -> bool:
        data = self._sock.recv(8192)
        self._buffer += data
        self._taken += len(data)
        return bool(data)


if TYPE_CHECKING:
    _Base = smtplib.SMTP
else:
    _Base = object


class _Bounded(_Base):
    deadline: Deadline

    def send(self, s: Any) -> None:
        """Send all or raise SMTPServerDisconnected."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        if isinstance(self.file, _Replies):
            self.file.fresh()
        rest = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        try:
            while rest:
                self.sock.settimeout(self.deadline.left())
                rest = rest[self.sock.send(rest[:CHUNK]) :]
        except OSError as failure:
            self.close()
            raise smtplib.SMTPServerDisconnected(str(failure)) from failure

    def getreply(self) -> tuple[int, bytes]:
        """The next reply, as in smtplib."""
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock, self.deadline)
        return super().getreply()

    def at_once(self) -> None:
        """Small writes go out at once: the dot must not wait 40 ms for the receiver's delayed acknowledgment."""
        assert self.sock is not None
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def spoke_early(self) -> bool:
        """True when the server spoke or hung up before we were done."""
        assert isinstance(self.file, _Replies)
        try:
            return self.file.waiting()
        except OSError:
            return True

    def leave(self) -> None:
        """Say goodbye without waiting long: whatever happens now changes no result."""
        self.deadline.restart(2)
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.quit()
        self.close()


class Plain(_Bounded, smtplib.SMTP):
    """Clear text first; STARTTLS on demand."""

    def __init__(self, host: str, port: int, helo: str, deadline: Deadline):
        self.deadline = deadline
        super().__init__(host, port, local_hostname=helo, timeout=deadline.left())
        self.at_once()


class Encrypted(_Bounded, smtplib.SMTP_SSL):
    """TLS from the first byte."""

    def __init__(self, host: str, port: int, helo: str, deadline: Deadline, context: ssl.SSLContext):
        self.deadline = deadline
        super().__init__(host, port, local_hostname=helo, timeout=deadline.left(), context=context)
        self.at_once()


Connection = Plain | Encrypted
