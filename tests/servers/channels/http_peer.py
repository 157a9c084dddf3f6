"""A partner's HTTP service on loopback that keeps a journal of what reached it, and misbehaves as a script says."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

Respond = Callable[["Asked"], "Said"]


@dataclass(frozen=True)
class Asked:
    """One request as it came; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Said:
    """What goes back: a status and a body, or trouble.

    `trouble`: cut (hang up without a word), stall (say nothing), drip (a byte each tenth of a second), endless (a body
    that never ends), deaf (do not even read).
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""


class Peer:
    """`with Peer(respond) as peer`: every request is answered by `respond`, or by the next of a list of answers, whose
    last one stays. `asked` is the journal, written before anything is answered; `connects` counts connections."""

    def __init__(
        self, *script: Said | Respond, context: ssl.SSLContext | None = None, listener: socket.socket | None = None
    ):
        self._script = list(script) or [Said()]
        self._context = context
        self._listener = listener or socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.asked: list[Asked] = []
        self.connects = 0
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def documents(self) -> list[Asked]:
        """The requests that brought a document."""
        return [one for one in self.asked if one.method in ("POST", "PUT")]

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connects += 1
            threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            sock = self._context.wrap_socket(sock, server_side=True) if self._context else sock
            with sock, sock.makefile("rb") as stream:
                if isinstance(self._script[0], Said) and self._script[0].trouble == "deaf":
                    self._ended.wait(30)
                    return
                while line := stream.readline(65_536):
                    self._answer(sock, stream, line)

    def _answer(self, sock: socket.socket, stream: Any, line: bytes) -> None:
        method, path, _ = line.decode("ascii").split(" ", 2)
        headers: dict[str, str] = {}
        while (one := stream.readline(65_536)) != b"\r\n":
            if not one.endswith(b"\n"):
                raise ValueError("broke off in the head")
            name, _, value = one.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        body = stream.read(length)
        if len(body) < length:
            raise ValueError("broke off in the body")
        asked = Asked(method, path, headers, body)
        self.asked.append(asked)
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        said = step if isinstance(step, Said) else step(asked)
        if said.trouble == "cut":
            raise ValueError("cut")
        if said.trouble == "stall":
            self._ended.wait(30)
            raise ValueError("stalled")
        length = 10**9 if said.trouble == "endless" else len(said.body)
        head = f"HTTP/1.1 {said.status} So\r\n" + "".join(f"{n}: {v}\r\n" for n, v in said.headers.items())
        sock.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode("latin-1"))
        if said.trouble == "drip":
            for byte in said.body:
                time.sleep(0.1)
                sock.sendall(bytes([byte]))
        elif said.trouble == "endless":
            while not self._ended.is_set():
                sock.sendall(b"x" * 65_536)
        elif method != "HEAD":
            sock.sendall(said.body)
