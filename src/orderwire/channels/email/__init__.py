"""Orders by e-mail over SMTP, and what comes back over IMAP: the channel that the house sees."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

from orderwire.channels import Heard, Inbound, Session, Wording
from orderwire.channels.email import inbox
from orderwire.channels.email.hear import hear
from orderwire.channels.email.session import MailSession
from orderwire.channels.email.settings import EmailConfig, InboxConfig

__all__ = ["Email", "EmailConfig", "InboxConfig"]

HOUR = 3600


class Email:
    """Sends parcels as MIME messages. A second message may be read as a second order, hence not resendable."""

    kind = "email"
    label = "E-mail"
    version = "1"
    wording = Wording(
        by="by e-mail",
        taken="their server took it",
        came="by e-mail",
        says="A mail with the order as files. What bounces and what people reply comes back.",
    )
    config_model = EmailConfig
    resendable = False
    for_people = True
    receives = True
    inbox = "inbox"
    batch = 10
    retry = (300, 1800, *[HOUR] * 11, *[4 * HOUR] * 15)
    """5 and 30 minutes, hourly to 12 h, every 4 h to 72 h: within the give-up time of RFC 5321 section 4.5.4.1."""

    def timeout(self, config: BaseModel) -> float:
        """Twice `timeout`, since one reconnection may be needed and a name may have two addresses, + the final wait."""
        settings = _checked(config)
        return 2 * settings.timeout + settings.final_timeout

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        """Connect, encrypt, sign in. Raises Refused (certificate, no TLS, password) or Unavailable."""
        session = MailSession(_checked(config))
        session.connect()
        try:
            yield session
        finally:
            session.close()

    def probe(self, config: BaseModel) -> str:
        """Connect and ask whether each recipient would be taken, then take it all back; look into the inbox."""
        settings = _checked(config)
        session = MailSession(settings)
        session.connect()
        try:
            answer = session.probe()
        finally:
            session.close()
        return f"{answer}. {inbox.probe(settings.inbox)}" if settings.inbox else answer

    def place(self, config: BaseModel) -> str:
        """The mailbox that the settings name."""
        settings = _checked(config).inbox
        return f"{settings.username}@{settings.host}:{settings.port}/{settings.folder}" if settings else ""

    def every(self, config: BaseModel) -> float:
        """Seconds between two looks into the mailbox."""
        settings = _checked(config).inbox
        return settings.every if settings else 0

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """The mails that came into the inbox after `cursor`; nothing, without a connection, where there is none."""
        settings = _checked(config).inbox
        return inbox.poll(settings, cursor) if settings else iter(())

    def hear(self, content: bytes, config: BaseModel) -> Heard:
        """What a mail holds: bounces, complaints, files for the readers, a person's words."""
        return hear(content)


def _checked(config: BaseModel) -> EmailConfig:
    if not isinstance(config, EmailConfig):
        raise TypeError(f"the e-mail channel needs an EmailConfig, not {type(config).__name__}")
    return config
