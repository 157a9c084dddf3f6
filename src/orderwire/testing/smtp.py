"""A mail server that really speaks SMTP, keeps all it accepts in a journal, and misbehaves when a script says so.

`python -m orderwire.testing.smtp --port 0 --journal FILE` prints `listening 127.0.0.1:PORT`; in tests use
`with MailServer(journal) as server`. The journal is the sink's own truth: one JSON line for each message that was
accepted, written before the reply. A script is a list of rules such as `{"at": "rcpt", "do": "550 5.1.1 nobody",
"match": "bob@", "times": 1}`; see `Rule`.
"""

import argparse
import asyncio
import hashlib
import json
import logging
import re
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from orderwire.testing.journal import ASKS, Caught, Journal

Step = Literal["connect", "ehlo", "auth", "mail", "rcpt", "data", "body", "dot", "taken"]
Security = Literal["none", "starttls", "tls"]
END = b"\r\n.\r\n"
HOST = "127.0.0.1"


@dataclass
class Rule:
    """What to do wrong, and where.

    `at`: connect, ehlo, auth, mail, rcpt, data (the command); body (in the middle of the message); dot (all arrived,
    nothing taken); taken (written to the journal, not answered). `do`: a reply such as "451 4.7.1 later", "cut",
    "stall", or "greylist SECONDS" (451 until that time has passed since the pair was first seen; rcpt only).
    `match`: a regular expression for the command's argument, for dot and taken for the recipients. `skip` lets the
    first ones pass; `times` ends it.
    """

    at: Step
    do: str
    match: str = ""
    skip: int = 0
    times: int | None = None
    seen: dict[str, float] = field(default_factory=dict, repr=False)

    def verdict(self, argument: str) -> str | None:
        """The action for this occasion, or None."""
        if not re.search(self.match, argument) or self.times == 0:
            return None
        if self.skip:
            self.skip -= 1
            return None
        if self.do.startswith("greylist"):
            first = self.seen.setdefault(argument, time.monotonic())
            waited = time.monotonic() - first
            return "451 4.7.1 Greylisted, try again later" if waited < float(self.do.split()[1]) else None
        if self.times is not None:
            self.times -= 1
        return self.do


class _Conversation(SMTP):
    """One connection."""

    command_size_limits: dict[str, int]

    def __init__(self, server: "MailServer", **options: Any):
        self._server = server
        super().__init__(None, **options)
        server.open.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._server.open.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        """Cut the line."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def ended(self) -> None:
        """Wait for the conversation to be over."""
        if self._handler_coroutine is not None:
            await self._handler_coroutine

    async def _scripted(self, at: Step, argument: str = "") -> str | None:
        """A reply that the script wants instead of ours. Cuts or stalls by itself."""
        action = self._server.action(at, argument)
        if action == "cut":
            self.abort()
            raise asyncio.CancelledError
        if action == "stall":
            await asyncio.sleep(3600)
        return action

    async def _handle_client(self) -> None:
        assert self.session is not None and self.transport is not None
        if self._server.security == "tls":
            self.session.ssl = self.transport.get_extra_info("ssl_object")
        reply = await self._scripted("connect")
        if reply:
            await self.push(reply)
            self.transport.close()
            return
        await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        await self._unless("ehlo", hostname, super().smtp_EHLO)

    async def push(self, status: Any) -> None:
        """aiosmtpd's own way to answer; the last line of EHLO offers reports first."""
        if status == "250 HELP" and self._server.dsn:
            await super().push("250-DSN")
        await super().push(status)

    async def smtp_AUTH(self, arg: str) -> None:
        await self._unless("auth", arg, super().smtp_AUTH)

    async def smtp_MAIL(self, arg: str | None) -> None:
        assert self.session is not None
        if self._server.users is not None and not self.session.authenticated:
            await self.push("530 5.7.0 Authentication required")
        else:
            await self._unless("mail", arg, partial(self._without_asks, super().smtp_MAIL))

    async def smtp_RCPT(self, arg: str | None) -> None:
        await self._unless("rcpt", arg, partial(self._without_asks, super().smtp_RCPT))

    async def _without_asks(self, usual: Any, argument: Any) -> None:
        """The command without what asks for reports, which is kept."""
        assert self.envelope is not None
        if self._server.dsn and argument:
            self.envelope.rcpt_options += ASKS.findall(argument)
            argument = ASKS.sub("", argument)
        await usual(argument)

    async def smtp_DATA(self, arg: str) -> None:
        await self._unless("data", arg, self._message)

    async def _message(self, arg: str) -> None:
        """Reads the message in large pieces: aiosmtpd's own way, line by line, would be half of a benchmark's time."""
        assert self.envelope is not None and self.session is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 No recipient yet")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        if self._server.expects("body"):
            await self._reader.read(1000)
            await self._scripted("body")
        data, seen, dropped = bytearray(b"\r\n"), 0, 0
        while (end := data.find(END, max(0, seen - len(END)))) < 0:
            if len(data) + dropped > (self.data_size_limit or sys.maxsize):
                dropped += len(data) - len(END)
                del data[: -len(END)]
            seen = len(data)
            chunk = await self._reader.read(1 << 20)
            if not chunk:
                raise asyncio.CancelledError  # the client hung up; aiosmtpd ends a conversation this way
            data += chunk
            self._reset_timeout()
        self._reader.feed_data(bytes(data[end + len(END) :]))
        if dropped:
            self._set_post_data_state()  # type: ignore[no-untyped-call]
            await self.push("552 5.3.4 Message too big")
            return
        self.envelope.original_content = bytes(data[: end + 2]).replace(b"\r\n.", b"\r\n")[2:]
        reply = await self.take(self.session, self.envelope)
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(reply)

    async def _unless(self, at: Step, argument: Any, usual: Any) -> None:
        reply = await self._scripted(at, argument or "")
        if reply:
            await self.push(reply)
            if reply.startswith("421") and self.transport is not None:
                self.transport.close()
        else:
            await usual(argument)

    async def take(self, session: Session, envelope: Envelope) -> str:
        """The reply to the dot."""
        recipients = " ".join(envelope.rcpt_tos)
        reply = await self._scripted("dot", recipients)
        if reply:
            return reply
        content = envelope.original_content or b""
        if not content.count(b"\r\n") == content.count(b"\r") == content.count(b"\n"):
            return "554 5.6.0 A line ends with CR or LF alone"
        if max(map(len, content.split(b"\r\n"))) > 998:
            return "554 5.6.0 A line is longer than 998 octets"
        self._server.journal.append(envelope, session)
        queued = f"250 2.0.0 Ok: queued as {hashlib.sha256(content).hexdigest()[:12]}"
        return await self._scripted("taken", recipients) or queued


class MailServer:
    """The server, in a thread of its own while the `with` block lasts; or `run()` in the caller's event loop.

    `dsn`: reports may be asked for. `tls` is a server-side context, for `security` starttls and tls. With `users` (name
    to password) sign-in is demanded. `receive_buffer` in bytes makes "body" rules exact: the client notices while it is
    still writing.
    """

    def __init__(
        self,
        journal: Path,
        *,
        script: Sequence[Rule] = (),
        security: Security = "none",
        tls: ssl.SSLContext | None = None,
        users: dict[str, str] | None = None,
        smtputf8: bool = True,
        dsn: bool = False,
        size_limit: int = 50_000_000,
        port: int = 0,
        receive_buffer: int | None = None,
    ):
        self.journal, self.script, self.security, self.port = Journal(journal), list(script), security, port
        self.open: set[_Conversation] = set()
        self.connections = 0
        self.users, self.dsn = users, dsn
        self._tls, self._receive_buffer = tls, receive_buffer
        self._options: dict[str, Any] = {
            "hostname": "catcher.example",
            "ident": "Orderwire catching server",
            "enable_SMTPUTF8": smtputf8,
            "data_size_limit": size_limit,
            "tls_context": tls if security == "starttls" else None,
            "auth_require_tls": security != "tls" and users is not None,
            "authenticator": self._authenticate if users is not None else None,
        }
        self.listening = threading.Event()
        self._thread = threading.Thread(target=self._run_thread, daemon=True, name="mail server")
        self._stop = asyncio.Event()

    def messages(self) -> list[Caught]:
        """What the journal has."""
        return self.journal.read()

    def action(self, at: Step, argument: str) -> str | None:
        """The first rule's verdict for this step."""
        verdicts = (rule.verdict(argument) for rule in self.script if rule.at == at)
        return next((verdict for verdict in verdicts if verdict), None)

    def expects(self, at: Step) -> bool:
        """True while a rule for this step is left."""
        return any(rule.at == at and rule.times != 0 and not rule.skip for rule in self.script)

    async def run(self) -> None:
        """Serve until `stop()`."""
        self._loop = loop = asyncio.get_running_loop()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self._receive_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        listener.bind((HOST, self.port))
        tls = self._tls if self.security == "tls" else None
        server = await loop.create_server(self._connection, sock=listener, ssl=tls)
        self.port = listener.getsockname()[1]
        self.listening.set()
        await self._stop.wait()
        server.close()
        last = list(self.open)
        for conversation in last:
            conversation.abort()
        await asyncio.gather(*(c.ended() for c in last), return_exceptions=True)
        await server.wait_closed()

    def stop(self) -> None:
        """End `run()`; safe from a signal handler of the loop."""
        self._stop.set()

    def __enter__(self) -> Self:
        self._thread.start()
        if not self.listening.wait(10):
            raise RuntimeError("the mail server did not start")
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self.stop)
        self._thread.join(10)

    def _connection(self) -> _Conversation:
        self.connections += 1
        return _Conversation(self, loop=asyncio.get_running_loop(), **self._options)

    def _run_thread(self) -> None:
        asyncio.run(self.run())

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert self.users is not None
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        name = data.login.decode("utf-8", "replace")
        good = self.users.get(name) == data.password.decode("utf-8", "replace")
        return AuthResult(success=good, handled=False, auth_data=name if good else None)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m orderwire.testing.smtp", description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--journal", type=Path, required=True, help="file that gets a JSON line for each message")
    parser.add_argument("--script", default="[]", help='rules as JSON, or @FILE: [{"at": "taken", "do": "cut"}]')
    parser.add_argument("--security", choices=["none", "starttls", "tls"], default="none")
    parser.add_argument("--certificate", type=Path, help="PEM file with certificate and key, for starttls and tls")
    parser.add_argument("--user", action="append", default=[], metavar="NAME:PASSWORD", help="demand sign-in")
    options = parser.parse_args()
    tls = None
    if options.security != "none":
        if options.certificate is None:
            parser.error(f"--security {options.security} needs --certificate")
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.certificate)
    script = Path(options.script[1:]).read_text() if options.script.startswith("@") else options.script
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    server = MailServer(
        options.journal,
        script=[Rule(**rule) for rule in json.loads(script)],
        security=options.security,
        tls=tls,
        users=dict(pair.split(":", 1) for pair in options.user) or None,
        port=options.port,
    )
    asyncio.run(_serve(server))


async def _serve(server: MailServer) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    running = loop.create_task(server.run())
    while not server.listening.is_set() and not running.done():
        await asyncio.sleep(0.01)
    sys.stdout.write(f"listening {HOST}:{server.port}\n")
    sys.stdout.flush()
    await running


if __name__ == "__main__":
    main()
