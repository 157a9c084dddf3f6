"""Orders by e-mail over SMTP: what the endpoint's settings are, and the channel that the house sees."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from orderwire.channels import Inbound, Session
from orderwire.channels.email.message import address, header_text
from orderwire.channels.email.session import MailSession

Address = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(address)]
HeaderText = Annotated[str, Field(max_length=150), AfterValidator(header_text)]
HOUR = 3600


class EmailConfig(BaseModel):
    """Settings of one e-mail endpoint.

    `security`: starttls (port 587) and tls (port 465) demand encryption and a certificate that `ca_file`, or the
    system's list without it, vouches for; there is no way to fall back to clear text. none is for a relay on the
    same machine and cannot carry a password. `timeout` is for everything up to the last byte, `final_timeout` for
    the server's word after it (RFC 5321 section 4.5.3.2.6 asks for patience there: too short makes doubts).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    ca_file: Path | None = None
    username: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    password: SecretStr | None = None
    from_address: Address
    from_name: HeaderText = ""
    reply_to: Address | None = None
    recipients: Annotated[tuple[Address, ...], Field(min_length=1, max_length=50)]
    cc: Annotated[tuple[Address, ...], Field(max_length=50)] = ()
    timeout: Annotated[float, Field(gt=0, le=600)] = 60
    final_timeout: Annotated[float, Field(gt=0, le=600)] = 120

    @model_validator(mode="after")
    def _password_is_protected(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: give both or neither")
        if self.username is not None and self.security == "none":
            raise ValueError("a password is never sent in clear text: choose security starttls or tls")
        return self


class Email:
    """Sends parcels as MIME messages. A second message may be read as a second order, hence not resendable."""

    kind = "email"
    label = "E-mail"
    version = "1"
    config_model = EmailConfig
    resendable = False
    for_people = True
    receives = False
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
        """Connect and ask whether each recipient would be taken, then take it all back."""
        session = MailSession(_checked(config))
        session.connect()
        try:
            return session.probe()
        finally:
            session.close()

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """Nothing: answers by mail come through the answer link."""
        return iter(())


def _checked(config: BaseModel) -> EmailConfig:
    if not isinstance(config, EmailConfig):
        raise TypeError(f"the e-mail channel needs an EmailConfig, not {type(config).__name__}")
    return config
