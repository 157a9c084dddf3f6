"""Orders as files in a folder, and answers picked up from one: for EDI translators, shared drives and mounted SFTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from orderwire.channels import Inbound, Refused, Session, Unavailable, Wording
from orderwire.channels.file_names import Pattern
from orderwire.channels.folder.inbox import waiting
from orderwire.channels.folder.outbox import Outbox

HOUR = 3600


def _absolute(path: Path) -> Path:
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError("write the whole path, from / on and without ..")
    return path


FolderPath = Annotated[Path, AfterValidator(_absolute)]


class FolderConfig(BaseModel):
    """Settings of one folder endpoint; `out` to send, `inbox` to receive, or both.

    `pattern` makes the file name from {reference}, {stem} and {extension} of the document's own name, and {digest},
    which is unique for each delivery and file. A file in `inbox` is taken when it has not changed for `settle`
    seconds, or, with `done_marker`, when a file of its name + ".done" lies beside it. Once stored it is moved to
    `done`, or deleted where there is none. `most` is the largest file taken, in bytes. `timeout` is how
    many seconds one send may last: a mounted drive may take its time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    out: FolderPath | None = None
    inbox: FolderPath | None = None
    done: FolderPath | None = None
    pattern: Pattern = "{stem}-{digest}{extension}"
    settle: Annotated[float, Field(ge=0, le=86400)] = 5
    done_marker: bool = False
    most: Annotated[int, Field(ge=1, le=1_000_000_000)] = 50_000_000
    timeout: Annotated[float, Field(ge=1, le=600)] = 60

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.out is None and self.inbox is None:
            raise ValueError("name a folder to send to (out), to receive from (inbox), or both")
        named = [p for p in (self.out, self.inbox, self.done) if p is not None]
        if len(set(named)) < len(named):
            raise ValueError("out, inbox and done must be different folders")
        return self


class Folder:
    """Writes under a hidden name, then renames: a reader never sees half a file. The same file again is no harm."""

    kind = "folder"
    label = "Folder"
    version = "1"
    wording = Wording(
        by="into their folder",
        taken="it lies in their folder",
        says="Files in a folder that this machine sees: an EDI translator, a shared drive.",
    )
    config_model = FolderConfig
    resendable = True
    for_people = False
    receives = True
    batch = 20
    retry = (300, 600, 1200, 2400, *[HOUR] * 23)
    """5, 10, 20, 40 minutes, then hourly for a day."""

    def timeout(self, config: BaseModel) -> float:
        """As the endpoint says."""
        return _checked(config).timeout

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        """Find the folder. Raises Unavailable when it is not there, Refused when the endpoint has none to send to."""
        settings = _checked(config)
        if settings.out is None:
            raise Refused("This endpoint only receives: it names no folder to send to (out)")
        outbox = Outbox(settings.out, settings.pattern)
        try:
            yield outbox
        finally:
            outbox.close()

    def probe(self, config: BaseModel) -> str:
        """Write and remove a hidden file, and look into the inbox."""
        settings = _checked(config)
        said = []
        if settings.out is not None:
            outbox = Outbox(settings.out, settings.pattern)
            try:
                outbox.probe()
            finally:
                outbox.close()
            said.append(f"files can be written to {settings.out}")
        for path in (settings.inbox, settings.done):
            if path is not None and not path.is_dir():
                raise Unavailable(f"The folder {path} is not there. Create or mount it")
        if settings.inbox is not None:
            said.append(f"files can be taken from {settings.inbox}")
        return "; ".join(said)

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """The files that are whole, oldest name first. What must not be taken is refused by name, after the others."""
        settings = _checked(config)
        if settings.inbox is None:
            return iter(())
        return waiting(
            settings.inbox,
            done=settings.done,
            settle=settings.settle,
            done_marker=settings.done_marker,
            most=settings.most,
        )


def _checked(config: BaseModel) -> FolderConfig:
    if not isinstance(config, FolderConfig):
        raise TypeError(f"the folder channel needs a FolderConfig, not {type(config).__name__}")
    return config
