"""The SMTP conversation (RFC 5321): several messages over one connection, and an exact word for each way to fail.

The line that matters is the dot after the last byte. Before it the server cannot have taken a message, so a failure
is Unavailable; after it only the server's reply tells, so silence is Unknown.
"""

import base64
import datetime
import re
import smtplib
import ssl
from typing import TYPE_CHECKING, NoReturn

from orderwire.channels import Parcel, Proof, Reached, Receipt, Refused, Unavailable, Unknown
from orderwire.channels.email.connection import Connection, Deadline, Encrypted, Plain
from orderwire.channels.email.envelope import addressed, envelope_id, notify
from orderwire.channels.email.message import build, message_id

if TYPE_CHECKING:
    from orderwire.channels.email.settings import EmailConfig

Reply = tuple[int, bytes]

_QUEUE_ID = re.compile(
    r"queued as <?([\w.-]+)|InternalId=(\d+)|\bid=([\w.-]+)|(?:^|\s)(\w{8,})\s+Message accepted", re.IGNORECASE
)


class MailSession:
    """One endpoint's connection. `send` may be called again after any failure: it reconnects when it must."""

    def __init__(self, config: "EmailConfig"):
        self._config = config
        self._envelope = addressed(config)
        self._message_id = ""
        self._deadline = Deadline(config.timeout)
        self._connection: Connection | None = None
        self._used = self._dirty = False

    def connect(self) -> None:
        """Connect, greet, encrypt, sign in. Raises Refused or Unavailable."""
        self._deadline.restart(self._config.timeout)
        self._connect()

    def close(self) -> None:
        """Say goodbye and close."""
        if self._connection is not None:
            self._connection.leave()
            self._connection = None

    def send(self, parcel: Parcel) -> Receipt:
        """One message, handed over to everybody who is taken. Raises Refused, Unavailable or Unknown."""
        self._envelope = addressed(self._config, parcel)
        message = build(parcel, self._envelope, datetime.datetime.now(datetime.UTC))
        self._message_id = message_id(parcel, self._envelope)
        self._deadline.restart(self._config.timeout)
        replies: dict[str, Reply] = {}
        try:
            replies = self._address(message)
            reply = self._data(message)
        except smtplib.SMTPServerDisconnected as failure:
            self._drop()
            raise Unavailable(f"{self._name} broke off before the message was complete: {failure}") from failure
        except (OSError, smtplib.SMTPException) as failure:
            self._drop()
            raise Unavailable(f"{self._name} could not be talked to: {failure}") from failure
        except Unknown as failure:
            raise Unknown(failure.reason + _missing(replies)) from failure
        words = _words(reply)
        found = _QUEUE_ID.search(words)
        return Receipt(
            Proof.HANDED_OVER,
            words + _missing(replies),
            external_id=next((g for g in found.groups() if g), "") if found else "",
            evidence=words.encode(),
            sent=message,
            recipients=self._reached(replies, words),
        )

    def _reached(self, replies: dict[str, Reply], words: str) -> tuple[Reached, ...]:
        """Each recipient's own fate: 5xx is final, anything else but a yes comes again (RFC 5321 section 4.2.1)."""
        fates = [
            Reached(who, True, code=str(reply[0]), text=words)
            if reply[0] // 100 == 2
            else Reached(who, False, final=reply[0] // 100 == 5, code=str(reply[0]), text=_words(reply))
            for who, reply in replies.items()
        ]
        blocked = [Reached(who, False, text="Not sent: its mail came back before") for who in self._envelope.blocked]
        return (*fates, *blocked)

    def probe(self) -> str:
        """Ask for each recipient without sending anything. Raises Refused or Unavailable."""
        self._envelope = addressed(self._config)
        try:
            replies = self._address(b"")
            self._open().rset()
        except (OSError, smtplib.SMTPException) as failure:
            self._drop()
            raise Unavailable(f"{self._name} could not be talked to: {failure}") from failure
        secured = {"none": "without encryption", "starttls": "encrypted", "tls": "encrypted"}[self._config.security]
        missing = "".join(f"; not {who} ({_words(reply)})" for who, reply in _refusals(replies).items())
        return f"{self._name} answers, {secured}, and would take mail for {', '.join(self._config.recipients)}{missing}"

    @property
    def _name(self) -> str:
        return f"The mail server {self._config.host}"

    def _connect(self) -> None:
        self._used = self._dirty = False
        try:
            self._connection = self._dial()
            self._greet()
        except (Refused, Unavailable):
            self._drop()
            raise
        except ssl.SSLCertVerificationError as failure:
            self._drop()
            raise Refused(
                f"{self._name} showed a certificate that is not trusted ({failure.verify_message}). Nothing was sent. "
                "Ask its operator for a good one, or name the authority's file in ca_file"
            ) from failure
        except smtplib.SMTPConnectError as failure:
            self._drop()
            self._judge("would not talk to us", (failure.smtp_code, _bytes(failure.smtp_error)))
        except (OSError, smtplib.SMTPException) as failure:
            self._drop()
            raise Unavailable(f"{self._name} could not be reached: {failure}") from failure

    def _dial(self) -> Connection:
        config = self._config
        helo = config.from_address.rpartition("@")[2]
        if config.security == "tls":
            return Encrypted(config.host, config.port, helo, self._deadline, self._context())
        return Plain(config.host, config.port, helo, self._deadline)

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._config.ca_file)
        except OSError as failure:
            reason = f"The file of certificate authorities {self._config.ca_file} cannot be used: {failure}"
            raise Refused(reason) from failure

    def _greet(self) -> None:
        connection = self._open()
        code, text = connection.ehlo()
        if code in (500, 502) and self._config.security == "none":
            code, text = connection.helo()  # RFC 5321 section 3.2: a server without EHLO
        if code != 250:
            self._judge("did not accept our greeting", (code, text))
        if self._config.security == "starttls":
            self._start_tls(connection)
        if self._config.username is not None and self._config.password is not None:
            self._sign_in(connection, self._config.username, self._config.password.get_secret_value())

    def _start_tls(self, connection: Connection) -> None:
        if not connection.has_extn("starttls"):
            self._drop()
            raise Refused(
                f"{self._name} offers no encryption (STARTTLS), which this endpoint demands. Nothing was sent"
            )
        reply = connection.starttls(context=self._context())
        if reply[0] != 220:
            self._judge("would not start encryption", reply)
        reply = connection.ehlo()
        if reply[0] != 250:
            self._judge("did not accept our greeting", reply)

    def _sign_in(self, connection: Connection, username: str, password: str) -> None:
        offered = connection.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            reply = connection.docmd("AUTH", "PLAIN " + _base64(f"\0{username}\0{password}"))
        elif "LOGIN" in offered:
            reply = connection.docmd("AUTH", "LOGIN")
            for secret in (username, password):
                if reply[0] == 334:
                    reply = connection.docmd(_base64(secret))
        else:
            raise Refused(f"{self._name} offers no sign-in that we know (PLAIN, LOGIN). Remove the password, or ask it")
        if reply[0] != 235:
            self._judge(f"did not accept the sign-in of {username}", reply)

    def _address(self, message: bytes) -> dict[str, Reply]:
        """MAIL and RCPT; the server's word for each recipient. At least one of `recipients` is taken."""
        self._start_mail(message)
        connection, envelope = self._open(), self._envelope
        asks = envelope.notify and connection.has_extn("dsn")
        replies: dict[str, Reply] = {}
        for who in envelope.everybody:
            reply = connection.docmd("RCPT", f"TO:<{who}>{notify(who) if asks else ''}")
            if reply[0] == 421:
                self._judge("is closing down", reply)
            replies[who] = reply
        turned_away = _refusals(replies)
        if all(who in turned_away for who in envelope.recipients):
            # One who may be taken later is worth another try; only when none may is it final.
            first, *rest = sorted(envelope.recipients, key=lambda r: turned_away[r][0] // 100 == 5)
            also = "".join(f". Nor for {who}: {_words(turned_away[who])}" for who in rest)
            self._judge(f"did not take mail for {first}", turned_away[first], also)
        return replies

    def _start_mail(self, message: bytes) -> None:
        """MAIL, over the open connection or, when the server has meanwhile left it, over a new one."""
        reply: Reply | None = None
        if self._connection is not None:
            reused = self._used
            try:
                if self._dirty:
                    self._connection.rset()
                reply = self._mail(message)
            except (OSError, smtplib.SMTPServerDisconnected):
                if not reused:
                    raise
                reply = None
            if reused and reply is not None and reply[0] == 421:
                reply = None
        if reply is None:
            self._drop()
            self._connect()
            reply = self._mail(message)
        self._used = self._dirty = True
        if reply[0] != 250:
            self._judge(f"did not accept {self._envelope.sender} as the sender", reply)

    def _mail(self, message: bytes) -> Reply:
        connection, envelope = self._open(), self._envelope
        options = ""
        if connection.has_extn("size"):
            limit = connection.esmtp_features["size"]
            if limit.isdecimal() and 0 < int(limit) < len(message):
                raise Refused(
                    f"The message has {len(message):,} bytes; {self._config.host} takes at most {int(limit):,}. "
                    "Send fewer or smaller files"
                )
            options += f" SIZE={len(message)}"
        addresses = (envelope.from_address, envelope.sender, envelope.reply_to or "", *envelope.everybody)
        foreign = next((a for a in addresses if not a.isascii()), None)
        if foreign is not None:
            if not connection.has_extn("smtputf8"):
                raise Refused(
                    f"{self._name} cannot carry the address {foreign} (no SMTPUTF8). Ask for an ASCII address"
                )
            connection.command_encoding = "utf-8"
            options += " BODY=8BITMIME SMTPUTF8"
        if envelope.notify and connection.has_extn("dsn"):
            options += envelope_id(self._message_id)
        return connection.docmd("MAIL", f"FROM:<{envelope.sender}>{options}")

    def _data(self, message: bytes) -> Reply:
        connection = self._open()
        reply = connection.docmd("DATA")
        if reply[0] != 354:
            self._judge("would not take the message", reply)
        connection.send(message.replace(b"\r\n.", b"\r\n.."))  # RFC 5321 section 4.5.2; no header starts with a dot
        if connection.spoke_early():
            early = connection.getreply()
            self._drop()
            self._judge("broke off before the message was complete", early)
        self._deadline.restart(self._config.final_timeout)
        try:
            connection.send(b".\r\n")
            reply = connection.getreply()
        except (OSError, smtplib.SMTPException) as failure:
            self._drop()
            raise Unknown(
                f"{self._name} got the whole message and did not say whether it took it: {failure}. "
                "The supplier may or may not have it"
            ) from failure
        self._dirty = False
        if reply[0] // 100 not in (2, 4, 5):
            self._drop()
            raise Unknown(f"{self._name} got the whole message and answered what nobody understands: {_words(reply)}")
        if reply[0] // 100 != 2:
            self._judge("did not take the message", reply)
        return reply

    def _judge(self, what: str, reply: Reply, also: str = "") -> NoReturn:
        """5xx is for good, all else for now (RFC 5321 section 4.2.1)."""
        code, words = reply[0], _words(reply) + also
        if code == 421:
            self._drop()
        if code // 100 == 5:
            raise Refused(f"{self._name} {what}: {words}", str(code))
        raise Unavailable(f"{self._name} {what}: {words}", code=str(code) if code > 0 else None)

    def _open(self) -> Connection:
        if self._connection is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _refusals(replies: dict[str, Reply]) -> dict[str, Reply]:
    return {who: reply for who, reply in replies.items() if reply[0] // 100 != 2}


def _missing(replies: dict[str, Reply]) -> str:
    """Who did not get it, for the receipt's words."""
    return "".join(
        f". Not taken for {who}{'' if reply[0] // 100 == 5 else ', who is tried again'}: {_words(reply)}"
        for who, reply in _refusals(replies).items()
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _words(reply: Reply) -> str:
    """The server's reply as one line of printable text, at most 500 characters."""
    text = reply[1].decode("utf-8", "replace")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:500]
    return f"{reply[0]} {text}".strip() if reply[0] > 0 else text or "no code"
