"""The one way out over HTTP: a client that connects only where a partner may be, at the address that was checked.

Settings name a host; an attacker who may write settings, or who owns the name, must not reach our own machines through
it (server-side request forgery, OWASP ASVS 5.0 1.3.6 and 15.3.2). So the check is made on the resolved address at the
moment of connecting, and the connection goes to that address and no other; TLS still proves the name.
"""

import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from orderwire.channels import Refused, Unavailable
from orderwire.channels.http.addresses import PORTS, objection

MOST_BODY = 32 * 1024 * 1024
"""Bytes of an answer that are read at most."""

LONGEST_URL = 2000
_CHUNK = 65_536
_HOST = re.compile(r"[a-z0-9_.-]{1,253}|[0-9a-f:.]{2,45}")
_OWN_NETWORK = "If this partner is in your own network, say so with allow_private in the endpoint's settings"


class TooLarge(httpx2.ReadError):
    """The answer is larger than `most`; what was read so far is thrown away."""


class Deadline:
    """One moment for a whole request, however slowly its bytes come."""

    def __init__(self) -> None:
        self._ends = 0.0

    def restart(self, seconds: float) -> None:
        """Count from now."""
        self._ends = time.monotonic() + seconds

    def left(self, late: type[Exception]) -> float:
        """Seconds left. Raises `late` when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise late("timed out")
        return left


class Client(httpx2.Client):
    """An HTTP client that can be asked to connect before it has something to say."""

    def __init__(self, transport: "_Transport", **options: Any):
        super().__init__(transport=transport, **options)
        self._guarded = transport

    def connect(self, url: str) -> None:
        """Connect now, for the next request: who is not there is known before anything is tried. Raises as a request
        does."""
        self._guarded.connect(httpx2.URL(url))


def check_url(url: str, *, allow_private: bool = False, ports: Collection[int] = ()) -> str:
    """The URL, if it may stand in settings. Raises ValueError saying what is wrong; names are resolved only later."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>^`{|}'):
        raise ValueError("is no address of a service: write it in plain ASCII, without blanks, as https://host/path")
    try:
        parts, parsed = urlsplit(url), httpx2.URL(url)
        port = parts.port
    except (ValueError, httpx2.InvalidURL) as failure:
        raise ValueError(f"is no address of a service: {failure}") from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or host != parsed.host:
        raise ValueError("must begin with https:// or http:// and name a host")
    if "@" in parts.netloc:
        raise ValueError("must not hold a user name or a password; they have settings of their own")
    if parts.fragment:
        raise ValueError("must not have a part after #")
    standard = 443 if parts.scheme == "https" else 80
    if wrong := _port_objection(standard if port is None else port, allow_private, ports):
        raise ValueError(wrong)
    return url


def check_secure(url: str, *, allow_private: bool = False, ports: Collection[int] = ()) -> str:
    """As check_url, for what travels with keys: https:// only, but in the buyer's own network."""
    check_url(url, allow_private=allow_private, ports=ports)
    if not allow_private and not url.startswith("https://"):
        raise ValueError("must begin with https://: orders and keys do not travel in clear text")
    return url


def client(
    *,
    timeout: float,
    allow_private: bool = False,
    ports: Collection[int] = (),
    ca_file: Path | None = None,
    certificate: Path | None = None,
    most: int = MOST_BODY,
    **options: Any,
) -> Client:
    """An HTTP client for one thread. `timeout` is seconds for a whole request, from the name to the last byte.

    `allow_private` lets it reach addresses of private networks and of this machine, at any port; `ports` are allowed
    beside 80, 443, 8080 and 8443. `ca_file` replaces the system's list of authorities; `certificate` is a PEM file with
    our key and certificate, for services that want one. `options` are httpx2's own (auth, headers, base_url). Redirects
    are never followed, proxies of the environment never used, bodies never unpacked. Raises Refused from a request
    that leads where nobody may go, and Unavailable where a name cannot be resolved.
    """
    transport = _Transport(_context(ca_file, certificate), timeout, most, _Backend(allow_private, frozenset(ports)))
    headers = {"Accept-Encoding": "identity", "User-Agent": "Orderwire", **options.pop("headers", {})}
    return Client(transport, timeout=timeout, follow_redirects=False, trust_env=False, headers=headers, **options)


def _context(ca_file: Path | None, certificate: Path | None) -> ssl.SSLContext:
    """What is trusted; reading the system's list takes 50 ms, so it is kept until a file changes, an hour at most."""
    try:
        changed = tuple(path.stat().st_mtime_ns for path in (ca_file, certificate) if path)
        return _kept_context(ca_file, certificate, changed, int(time.monotonic() // 3600))
    except OSError as failure:  # an SSLError is one
        raise Refused(f"The file {ca_file or certificate} of certificates cannot be used: {failure}") from failure


@lru_cache(maxsize=64)
def _kept_context(ca_file: Path | None, certificate: Path | None, changed: object, hour: int) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        context.load_cert_chain(certificate, password="")
    return context


def _port_objection(port: int, allow_private: bool, ports: Collection[int]) -> str | None:
    if (allow_private and port) or port in PORTS or port in ports:
        return None
    return f"port {port} is no usual one of such a service; name it in ports if it is meant"


class _Transport(httpx2.HTTPTransport):
    def __init__(self, context: ssl.SSLContext, timeout: float, most: int, backend: "_Backend"):
        super().__init__(verify=context, trust_env=False)
        self._timeout, self._most, self._backend = timeout, most, backend
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context, max_connections=4, keepalive_expiry=5.0, network_backend=backend
        )

    def connect(self, url: httpx2.URL) -> None:
        """Make the connection that the next request to this host takes."""
        self._backend.deadline.restart(self._timeout)
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            self._backend.prepare(url.raw_host.decode("ascii"), port)
        except httpcore2.ConnectTimeout as failure:
            raise httpx2.ConnectTimeout(str(failure)) from failure
        except httpcore2.ConnectError as failure:
            raise httpx2.ConnectError(str(failure)) from failure

    def close(self) -> None:
        self._backend.close()
        super().close()

    def __exit__(self, *args: Any) -> None:
        self._backend.close()
        super().__exit__(*args)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.userinfo:
            raise Refused("The address of the service holds a user name; they have settings of their own")
        self._backend.deadline.restart(self._timeout)
        response = super().handle_request(request)
        response.headers.pop("content-encoding", None)  # never unpacked, so that a small answer stays small
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Bounded(response.stream, self._most)
        return response


class _Bounded(httpx2.SyncByteStream):
    """The body of an answer, up to a size."""

    def __init__(self, stream: httpx2.SyncByteStream, most: int):
        self._stream, self._most = stream, most

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for chunk in self._stream:
            read += len(chunk)
            if read > self._most:
                raise TooLarge(f"the answer has more than {self._most:,} bytes")
            yield chunk

    def close(self) -> None:
        self._stream.close()


class _Backend(httpcore2.NetworkBackend):
    """Resolves, judges every address, connects to one of those."""

    def __init__(self, allow_private: bool, ports: frozenset[int]):
        self.deadline = Deadline()
        self._allow_private, self._ports = allow_private, ports
        self._prepared: dict[tuple[str, int], httpcore2.NetworkStream] = {}

    def prepare(self, host: str, port: int) -> None:
        """Connect ahead of the request."""
        stream = self.connect_tcp(host, port)
        self._prepared[host, port] = stream

    def close(self) -> None:
        """Hang up where nobody spoke."""
        while self._prepared:
            self._prepared.popitem()[1].close()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection within the deadline. Raises Refused, Unavailable (no such name) or httpcore2's ConnectError."""
        if (ready := self._prepared.pop((host, port), None)) is not None:
            return ready
        if wrong := _port_objection(port, self._allow_private, self._ports):
            raise Refused(f"Nothing was sent to {host}: {wrong}.")
        addresses = _resolved(host, port, self.deadline.left(httpcore2.ConnectTimeout))
        for address in addresses:
            if wrong := objection(address, allow_private=self._allow_private):
                raise Refused(f"Nothing was sent to {host}: {wrong}. {_OWN_NETWORK}.")
        failure: Exception = httpcore2.ConnectError("no address")
        for count, address in enumerate(addresses):
            share = self.deadline.left(httpcore2.ConnectTimeout) / (len(addresses) - count)
            try:
                stream = httpcore2.SyncBackend().connect_tcp(address, port, share, None, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as problem:
                failure = problem
            else:
                return _Timed(stream, self.deadline)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.NetworkStream:
        """Never."""
        raise Refused("A partner is no socket of this machine.")


class _Timed(httpcore2.NetworkStream):
    """A stream whose every step ends with the deadline of the request."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline):
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As the stream inside."""
        return self._stream.read(max_bytes, self._deadline.left(httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """In pieces: a partner who reads a byte at a time is not waited for longer than the deadline."""
        sock: socket.socket = self._stream.get_extra_info("socket")
        rest = memoryview(buffer)
        while rest:
            left = self._deadline.left(httpcore2.WriteTimeout)
            try:
                sock.settimeout(left)
                rest = rest[sock.send(rest[:_CHUNK]) :]
            except TimeoutError as failure:
                raise httpcore2.WriteTimeout(failure) from failure
            except OSError as failure:
                raise httpcore2.WriteError(failure) from failure

    def close(self) -> None:
        """As the stream inside."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """TLS for the name in the URL, whatever the address."""
        left = self._deadline.left(httpcore2.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """As the stream inside."""
        return self._stream.get_extra_info(info)


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """The host's addresses, in the system's order. Raises Unavailable: a name may be back in a minute.

    In a thread of its own, for the system's resolver knows no time limit.
    """
    found: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put(list(dict.fromkeys(str(info[4][0]) for info in infos)))
        except (OSError, UnicodeError) as failure:
            found.put(failure)

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        answer = found.get(timeout=seconds)
    except queue.Empty:
        raise Unavailable(f"The name {host} could not be resolved in time.") from None
    if isinstance(answer, list) and answer:
        return answer
    reason = getattr(answer, "strerror", None) or "it has no address"
    raise Unavailable(f"The name {host} could not be resolved: {reason}. Check how it is written.")
