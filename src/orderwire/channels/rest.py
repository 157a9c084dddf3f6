"""Generic REST: each document goes to an address of the partner's interface, with his kind of sign-in and a key that
makes repetitions harmless."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, Field, SecretStr, model_validator

from orderwire.channels import Inbound, Parcel, Proof, Receipt, Refused, Session, Unavailable, Wording
from orderwire.channels.http import answer
from orderwire.channels.http.config import HttpConfig, media_type, one_file, reach, settings
from orderwire.channels.http.oauth import OAuth, token

HOUR = 3600
REFERENCE = "{reference}"
_OURS = frozenset({"authorization", "idempotency-key", "content-type", "content-length", "host", "transfer-encoding"})
_MAY_BE_NAMED = frozenset({"authorization", "idempotency-key"})
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
_VALUE = re.compile(r"[\x20-\x7e]{0,500}")


class RestConfig(HttpConfig):
    """Settings of one interface.

    `url` may have {reference}, which becomes the order's number. Sign in with `username` and `password`, or with
    `token` (sent as Bearer), or with `oauth`, or not at all. `headers` are sent along and hold no keys; what is secret
    goes to `secret_header_value`, under the name `secret_header`. `external_id` says where in the JSON of the answer
    the partner's own number is, as a JSON pointer (RFC 6901), such as /data/id. `key_header` is the header that carries
    our key of repetitions.
    """

    method: Literal["POST", "PUT"] = "POST"
    username: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^:\x00-\x1f]+$")] | None = None
    password: SecretStr | None = None
    token: SecretStr | None = None
    oauth: OAuth | None = None
    headers: Annotated[dict[str, str], Field(max_length=20)] = {}
    secret_header: Annotated[str, Field(pattern=f"^{_NAME.pattern}$")] | None = None
    secret_header_value: SecretStr | None = None
    external_id: Annotated[str, Field(max_length=200, pattern=r"^(/([^~/]|~[01])*)*$")] = ""
    key_header: Annotated[str, Field(pattern=f"^{_NAME.pattern}$")] = "Idempotency-Key"

    @model_validator(mode="before")
    @classmethod
    def _is_no_template_elsewhere(cls, given: Any) -> Any:
        url = given.get("url") if isinstance(given, dict) else None
        if isinstance(url, str) and REFERENCE in url.split("://", 1)[-1].split("/", 1)[0]:
            raise ValueError("url: {reference} may stand behind the host only")
        return given

    def checked(self, url: str) -> str:
        """The URL with any reference in it. Raises ValueError."""
        super().checked(url.replace(REFERENCE, "x"))
        return url

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: give both or neither")
        if (self.secret_header is None) != (self.secret_header_value is None):
            raise ValueError("secret_header and secret_header_value go together: give both or neither")
        if sum(given is not None for given in (self.username, self.token, self.oauth)) > 1:
            raise ValueError("choose one way to sign in: a password, a token or oauth")
        if self.oauth is not None:
            super().checked(self.oauth.token_url)
        for name, value in self.headers.items():
            if name.lower() in _OURS or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
                raise ValueError(f"the header {name[:60]!r} cannot be set here")
        named = {self.key_header.lower(), (self.secret_header or "").lower()}
        if self.key_header.lower() == (self.secret_header or "").lower() or named & (_OURS - _MAY_BE_NAMED):
            raise ValueError("key_header and secret_header must be two headers that are not already in use")
        for secret in (self.token, self.secret_header_value):
            if secret is not None and not re.fullmatch(r"[\x21-\x7e]{1,16384}", secret.get_secret_value()):
                raise ValueError("a token is printable ASCII without blanks")
        return self


class Rest:
    """Sends parcels to an interface that takes documents over HTTP."""

    kind = "rest"
    label = "REST"
    version = "1"
    wording = Wording(
        by="to their system",
        taken="their system took it",
        came="by REST",
        says="A call of their interface, with a key against repetitions.",
    )
    config_model = RestConfig
    resendable = True
    for_people = False
    receives = False
    batch = 10
    retry = (5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)

    def timeout(self, config: BaseModel) -> float:
        """Four times that of one exchange: a token, the document, and both again where the token had ended."""
        return 4 * float(settings(config, RestConfig).timeout)

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        """Connect, and sign in where that takes a token. Raises Refused and Unavailable."""
        known: RestConfig = settings(config, RestConfig)
        with known.connected(known.url.replace(REFERENCE, "0")) as client:
            yield _Interface(client, known)

    def probe(self, config: BaseModel) -> str:
        """Sign in and ask for the head of the address."""
        known: RestConfig = settings(config, RestConfig)
        with known.client() as client:
            interface = _Interface(client, known)
            return reach(client, known.url.replace(REFERENCE, "0"), name=known.name, headers=interface.signed_in())

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """Nothing: partners call the API."""
        return iter(())


class _Interface:
    """An interface with our way to sign in."""

    def __init__(self, client: httpx2.Client, config: RestConfig):
        self._client, self._config, self._token = client, config, ""
        self.signed_in()

    def signed_in(self, *, anew: bool = False) -> dict[str, str]:
        """The headers that say who we are."""
        config, headers = self._config, {}
        if config.secret_header and config.secret_header_value:
            headers[config.secret_header] = config.secret_header_value.get_secret_value()
        if config.username is not None and config.password is not None:
            pair = f"{config.username}:{config.password.get_secret_value()}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        elif config.token is not None:
            headers["Authorization"] = "Bearer " + config.token.get_secret_value()
        elif config.oauth is not None:
            self._token = token(self._client, config.oauth, name=config.name, refused=self._token if anew else "")
            headers["Authorization"] = "Bearer " + self._token
        return headers

    def send(self, parcel: Parcel) -> Receipt:
        """One document; a 2xx is the partner's yes. A token that ended meanwhile is fetched anew, once."""
        answered = self._asked(parcel, self.signed_in())
        if answered.status == 401 and self._config.oauth is not None:
            answered = self._asked(parcel, self.signed_in(anew=True))
        name = self._config.name
        if answered.status == 409:  # the same key is being worked on (draft-ietf-httpapi-idempotency-key-header)
            raise Unavailable(
                f"{name} is still busy with the same document (409). {answered.words}".strip(), code="409"
            )
        answer.judge(answered, name=name)
        number = _pointed(answered.body, self._config.external_id)
        text = f"{name} took it over ({answered.status})" + (f" as {number}" if number else "")
        return Receipt(Proof.HANDED_OVER, text, external_id=number or parcel.message_id, evidence=answered.evidence)

    def _asked(self, parcel: Parcel, headers: dict[str, str]) -> answer.Answered:
        file, config = one_file(parcel), self._config
        if REFERENCE in config.url and parcel.reference in ("", ".", ".."):
            raise Refused("The address needs the order's number, and this document has none that fits there")
        headers |= {**config.headers, "Content-Type": media_type(file), config.key_header: parcel.message_id}
        url = config.url.replace(REFERENCE, quote(parcel.reference, safe="")[:1000])
        return answer.ask(self._client, config.method, url, name=config.name, content=file.content, headers=headers)


def _pointed(body: bytes, pointer: str) -> str:
    """The number or text that a JSON pointer (RFC 6901) leads to; empty where it leads to none."""
    if not pointer:
        return ""
    try:
        at: Any = json.loads(body)
        for step in pointer.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            at = at[int(step)] if isinstance(at, list) else at[step]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return ""
    if isinstance(at, bool) or not isinstance(at, str | int):
        return ""
    return "".join(c for c in str(at) if c.isprintable())[:120]
