"""What an e-mail endpoint is set up with: how mail leaves, and the inbox that bounces and replies come into."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from orderwire.channels.email.message import address, header_text

LONGEST_TOKEN = 35
"""Characters of `Parcel.token`; the local part of an address has 64 at most (RFC 5321 section 4.5.3.1.1)."""


def _return_path(text: str) -> str:
    checked = address(text)
    if len(checked.rpartition("@")[0]) + 1 + LONGEST_TOKEN > 64:
        raise ValueError(f"the part of {text!r} before the @ is too long to add our mark to; at most 28 characters")
    return checked


def _header_line(text: str) -> str:
    name, colon, value = header_text(text).partition(": ")
    if not colon or not text.isascii() or not name.startswith("X-") or "{token}" not in value:
        raise ValueError("is a header like 'X-PM-Metadata-orderwire: {token}': a name that begins with X-, and {token}")
    return text


Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]
Address = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(address)]
ReturnPath = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_return_path)]
HeaderText = Annotated[str, Field(max_length=150), AfterValidator(header_text)]
HeaderLine = Annotated[str, Field(max_length=200), AfterValidator(_header_line)]


class InboxConfig(BaseModel):
    """A mailbox of ours, read over IMAP: bounces, answers and what people write back.

    Mails that were read are moved to `done_folder`; without one they stay and are marked as read. One mailbox serves
    any number of endpoints: it is read once, whoever names it, every `every` seconds. `security` none is for a server
    on the same machine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Host
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    security: Literal["none", "starttls", "tls"] = "tls"
    ca_file: Path | None = None
    username: Annotated[str, Field(min_length=1, max_length=255), AfterValidator(header_text)]
    password: SecretStr
    folder: HeaderText = "INBOX"
    done_folder: HeaderText = ""
    every: Annotated[float, Field(ge=0, le=3600)] = 15
    timeout: Annotated[float, Field(gt=0, le=120)] = 20

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.security == "none" and not _on_this_machine(self.host):
            raise ValueError("a password is never sent in clear text to another machine: choose starttls or tls")
        if self.folder == self.done_folder:
            raise ValueError("mails that were read cannot be moved to the folder that is read: name another")
        return self


class EmailConfig(BaseModel):
    """Settings of one e-mail endpoint.

    `security`: starttls (port 587) and tls (port 465) demand encryption and a certificate that `ca_file`, or the
    system's list without it, vouches for; there is no way to fall back to clear text. none is for a relay on the
    same machine and cannot carry a password. `timeout` is for everything up to the last byte, `final_timeout` for
    the server's word after it (RFC 5321 section 4.5.3.2.6 asks for patience there: too short makes doubts).

    `return_path` is an address of ours that takes mail for `name+anything@domain`: bounces come back to it with our
    mark of the delivery in it, and only such are believed. Where `reply_to` is the same address, replies carry the mark
    as well. `inbox` is where bounces and replies arrive; it may belong to other endpoints too. `token_header` is for a
    provider who reports by web hook and repeats a header of ours.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Host
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    ca_file: Path | None = None
    username: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    password: SecretStr | None = None
    from_address: Address
    from_name: HeaderText = ""
    reply_to: Address | None = None
    return_path: ReturnPath | None = None
    recipients: Annotated[tuple[Address, ...], Field(min_length=1, max_length=50)]
    cc: Annotated[tuple[Address, ...], Field(max_length=50)] = ()
    timeout: Annotated[float, Field(gt=0, le=600)] = 60
    final_timeout: Annotated[float, Field(gt=0, le=600)] = 120
    token_header: HeaderLine | None = None
    inbox: InboxConfig | None = None

    @model_validator(mode="after")
    def _password_is_protected(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: give both or neither")
        if self.username is not None and self.security == "none":
            raise ValueError("a password is never sent in clear text: choose security starttls or tls")
        return self


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
