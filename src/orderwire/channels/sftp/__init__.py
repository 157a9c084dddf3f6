"""Orders as files on a partner's SFTP server, and answers picked up there: trading partners, and VAN mailboxes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from orderwire.channels import Inbound, Refused, Session, Unavailable, Wording
from orderwire.channels.file_names import Pattern
from orderwire.channels.sftp.connection import GOODBYE, Connection, host_key
from orderwire.channels.sftp.inbox import how_many, waiting
from orderwire.channels.sftp.outbox import Outbox

HOUR = 3600


def _folder(text: str) -> str:
    if not text.isprintable() or ".." in text.split("/"):
        raise ValueError("write the folder as the partner names it, without .. and control characters")
    return text.rstrip("/") or "/."


Folder = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_folder)]
HostKey = Annotated[str, Field(max_length=5000), AfterValidator(host_key)]


class SftpConfig(BaseModel):
    """Settings of one SFTP endpoint; `out` to send, `inbox` to receive, or both.

    Folders are counted from where the login leads, or from the server's root with a / in front. A file is written
    under a hidden name in `drafts` (in `out` where there is none; it must be on the same disk) and renamed into `out`.
    `host_keys` are the server's public keys as `ssh-keyscan` prints them: several while the partner changes his.
    `pattern` makes the file name from {reference}, {stem} and {extension} of the document's own name, and {digest},
    which is unique for each delivery and file. A file in `inbox` is taken when two looks, at least `settle` seconds
    apart, saw it alike, or, with `done_marker`, when a file of its name + ".done" lies beside it. Once stored it is
    moved to `done`, or deleted where there is none. `most` is the largest file taken, in bytes. `timeout` is how many
    seconds one send may last, connecting included; `every` how many pass between two looks into the inbox.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    host_keys: Annotated[tuple[HostKey, ...], Field(min_length=1, max_length=10)]
    username: Annotated[str, Field(min_length=1, max_length=255)]
    password: SecretStr | None = None
    private_key: SecretStr | None = None
    passphrase: SecretStr | None = None
    out: Folder | None = None
    drafts: Folder | None = None
    inbox: Folder | None = None
    done: Folder | None = None
    pattern: Pattern = "{stem}-{digest}{extension}"
    settle: Annotated[float, Field(ge=0, le=86400)] = 10
    done_marker: bool = False
    most: Annotated[int, Field(ge=1, le=1_000_000_000)] = 50_000_000
    timeout: Annotated[float, Field(ge=1, le=600)] = 60
    every: Annotated[float, Field(ge=0, le=86400)] = 60

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.password is None and self.private_key is None:
            raise ValueError("give a password or a private key")
        if self.passphrase is not None and self.private_key is None:
            raise ValueError("a passphrase is for a private key, and there is none")
        if self.out is None and self.inbox is None:
            raise ValueError("name a folder to send to (out), to receive from (inbox), or both")
        named = [p for p in (self.out, self.drafts, self.inbox, self.done) if p is not None]
        if len(set(named)) < len(named):
            raise ValueError("out, drafts, inbox and done must be different folders")
        return self


class Sftp:
    """Writes under a hidden name, then renames, and looks before it sends again: the same file again is no harm."""

    kind = "sftp"
    label = "SFTP"
    version = "1"
    wording = Wording(
        by="by SFTP",
        taken="it lies on their server",
        came="by SFTP",
        says="Files on a server, theirs or a mailbox at a network provider.",
    )
    config_model = SftpConfig
    resendable = True
    for_people = False
    receives = True
    batch = 20
    retry = (300, 600, 1200, 2400, *[HOUR] * 23)
    """5, 10, 20, 40 minutes, then hourly for a day."""

    def timeout(self, config: BaseModel) -> float:
        """As the endpoint says, and the time of a polite end."""
        return _checked(config).timeout + GOODBYE

    def every(self, config: BaseModel) -> float:
        """As the endpoint says."""
        return _checked(config).every

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        """Connect and sign in. Raises Unavailable, or Refused for another host key, a wrong password, or no folder."""
        settings = _checked(config)
        with Connection(settings) as connection:
            outbox = _outbox(connection, settings)
            connection.run(connected)
            yield outbox

    def probe(self, config: BaseModel) -> str:
        """Sign in, write and remove a hidden file, and look into the inbox."""
        settings = _checked(config)
        said = [f"{settings.host}:{settings.port} shows the host key on record and lets {settings.username} in"]
        with Connection(settings) as connection:
            connection.run(connected)
            if settings.out is not None:
                _outbox(connection, settings).probe()
                said.append(f"files can be written to {settings.out}")
            if settings.inbox is not None:
                said.append(f"{how_many(connection, settings.inbox)} files are in {settings.inbox}")
            if settings.done is not None and not connection.run(lambda sftp: sftp.isdir(settings.done or "")):
                raise Unavailable(f"The folder {settings.done} is not there on the partner's server. Ask for it")
        return "; ".join(said)

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """The files that are whole, by name. What must not be taken is refused by name, after the others."""
        settings = _checked(config)
        return iter(()) if settings.inbox is None else waiting(settings, settings.inbox)


async def connected(sftp: object) -> None:
    """Nothing more than the connection."""


def _outbox(connection: Connection, settings: SftpConfig) -> Outbox:
    if settings.out is None:
        raise Refused("This endpoint only receives: it names no folder to send to (out)")
    return Outbox(connection, out=settings.out, drafts=settings.drafts, pattern=settings.pattern)


def _checked(config: BaseModel) -> SftpConfig:
    if not isinstance(config, SftpConfig):
        raise TypeError(f"the SFTP channel needs an SftpConfig, not {type(config).__name__}")
    return config
