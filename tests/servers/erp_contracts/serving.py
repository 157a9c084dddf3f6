"""A contract server on loopback: one function answers, and a test can put faults before it."""

import json
import ssl
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request; names of headers in lower case."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Said:
    """An answer; `cut` sends only so many bytes of what was announced, `endless` a gigabyte."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    endless: bool = False


def said(status: int, value: Any, **headers: str) -> Said:
    """JSON."""
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Said(status, json.dumps(value).encode(), {**kind, **headers})


class Contract:
    """Subclass with `answer`. `asked` is everything that came; `faults` are said instead, one each; None passes."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.faults: deque[Said | None] = deque()
        self._lock = threading.Lock()
        self._scheme = "http"

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def _answer(self, asked: Asked) -> Said:
        with self._lock:
            self.asked.append(asked)
            fault = self.faults.popleft() if self.faults else None
            return fault or self.answer(asked)

    def __enter__(self) -> Self:
        contract = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65_536
            disable_nagle_algorithm = True

            def _any(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                params = dict(parse_qsl(parts.query, keep_blank_values=True))
                told = contract._answer(Asked(self.command, parts.path, params, headers, body))
                self.send_response(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                if told.endless:
                    self._endless()
                    return
                self.send_header("Content-Length", str(len(told.body)))
                self.end_headers()
                self.wfile.write(told.body if told.cut is None else told.body[: told.cut])
                if told.cut is not None:
                    self.close_connection = True

            def _endless(self) -> None:
                self.send_header("Content-Length", str(10**9))
                self.end_headers()
                try:
                    while True:
                        self.wfile.write(b" " * 1_000_000)
                except OSError:
                    self.close_connection = True

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _any

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def secure(self, certificate: Path) -> None:
        """Speak TLS from now on, with the key and certificate of a PEM file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "https"
