"""What the channels over HTTP share: the settings of where and how, the test of a connection, the one document."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orderwire.channels import File, Parcel, Refused
from orderwire.channels.http import answer, guard

Port = Annotated[int, Field(ge=1, le=65535)]
_HEADER_VALUE = re.compile(r"[\x20-\x7e]{1,200}")


class HttpConfig(BaseModel):
    """Settings of an endpoint that is reached over HTTP.

    `url` begins with https://; http:// is taken only with `allow_private`, which says that this partner is a system in
    the buyer's own network. It must hold no key: those have settings of their own, which are kept secret. `ports` are
    allowed beside 80, 443, 8080 and 8443. `ca_file` replaces the system's list of authorities; `certificate` is a PEM
    file with our key and certificate for services that want one. `timeout` is seconds for a whole exchange.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(min_length=8, max_length=guard.LONGEST_URL)]
    allow_private: bool = False
    ports: Annotated[tuple[Port, ...], Field(max_length=10)] = ()
    ca_file: Path | None = None
    certificate: Path | None = None
    timeout: Annotated[float, Field(gt=0, le=300)] = 30

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        self.checked(self.url)
        return self

    @property
    def name(self) -> str:
        """The service as people read it: its host."""
        return urlsplit(self.url).hostname or self.url

    def checked(self, url: str) -> str:
        """The URL, if this endpoint may use it. Raises ValueError."""
        return guard.check_secure(url, allow_private=self.allow_private, ports=self.ports)

    @contextmanager
    def connected(self, url: str) -> Iterator[guard.Client]:
        """A client that is connected to the service. Raises Refused and Unavailable."""
        with self.client() as client:
            with answer.told(self.name, harmless=True):
                client.connect(url)
            yield client

    def client(self, **options: Any) -> guard.Client:
        """A guarded client for one thread."""
        return guard.client(
            timeout=self.timeout,
            allow_private=self.allow_private,
            ports=self.ports,
            ca_file=self.ca_file,
            certificate=self.certificate,
            **options,
        )


def reach(client: httpx2.Client, url: str, *, name: str, headers: dict[str, str] | None = None) -> str:
    """Test a connection with a question that changes nothing (HEAD); the answer in words. Raises Refused or
    Unavailable."""
    answered = answer.ask(client, "HEAD", url, name=name, headers=headers, harmless=True)
    if answered.status in (400, 404, 405, 406, 411, 415, 501):
        return f"{name} answers. Whether it takes documents shows the first one ({answered.status} to a mere question)"
    answer.judge(answered, name=name, harmless=True)
    return f"{name} answers"


def one_file(parcel: Parcel) -> File:
    """The document of the parcel. Raises Refused where there are several, or none."""
    if len(parcel.files) != 1:
        raise Refused(
            f"This channel sends one document at a time, not {len(parcel.files)}. Choose one format for the endpoint, "
            "without further ones beside it"
        )
    return parcel.files[0]


def media_type(file: File) -> str:
    """The file's media type as a header. Raises Refused where it cannot be one."""
    if not _HEADER_VALUE.fullmatch(file.media_type):
        raise Refused("The document's media type cannot travel over HTTP. Report it.")
    return file.media_type


def settings(config: BaseModel, model: type[Any]) -> Any:
    """The settings, of the channel's own model."""
    if not isinstance(config, model):
        raise TypeError(f"needs {model.__name__}, not {type(config).__name__}")
    return config
