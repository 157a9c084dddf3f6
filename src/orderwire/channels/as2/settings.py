"""What two partners agree for AS2: names, keys, what is signed, encrypted and compressed, and which receipt is due."""

from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import httpx2
from pydantic import AfterValidator, ConfigDict, Field, SecretStr, field_validator, model_validator

from orderwire.channels.as2.certificates import Certificate, Pair, certificates, pairs
from orderwire.channels.as2.names import is_name
from orderwire.channels.as2.signature import DIGESTS, LEGACY
from orderwire.channels.http import guard
from orderwire.channels.http.config import HttpConfig


def _name(text: str) -> str:
    if not is_name(text):
        raise ValueError("must have 1 to 128 characters of plain ASCII, without a blank at either end")
    return text


def _certificates(pem: str) -> str:
    if pem:
        certificates(pem)
    return pem


As2Name = Annotated[str, AfterValidator(_name)]
"""RFC 4130 section 6.2; upper and lower case are different names."""


class As2Config(HttpConfig):
    """Settings of one AS2 endpoint: a partner's station, and ours as this partner knows it.

    `url` may begin with http:// where messages are encrypted. `partner_id` is the name of the partner's station,
    `our_id` is ours; upper and lower case count. `our_key` has our private key and its certificate in PEM form;
    several of both while one replaces the other: the newest that is valid signs, all of them decrypt.
    `partner_certificates` has the partner's in PEM form; the newest valid one encrypts, each valid one verifies.
    `digest` is that of our signatures. `compression` is before_signing where partners do not say otherwise. `receipt`
    is what we ask for; only a signed one proves delivery. `receipt_url` is our own address for receipts that come
    afterwards; without it they are asked for in the answer. `require_signed` and `require_encrypted` refuse whatever
    the partner sends otherwise. `allow_legacy` takes 3DES and SHA-1 from a partner, and never sends them.
    `receipt_hosts` are hosts, beside that of `url`, to which this partner may have receipts sent. `username` and
    `password` are for a station that wants them over HTTP.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    partner_id: As2Name
    our_id: As2Name
    our_key: SecretStr | None = None
    partner_certificates: Annotated[str, AfterValidator(_certificates)] = ""
    sign: bool = True
    digest: Literal["sha256", "sha384", "sha512"] = "sha256"
    encryption: Literal["none", "aes128_cbc", "aes192_cbc", "aes256_cbc", "aes128_gcm", "aes256_gcm"] = "aes128_cbc"
    compression: Literal["none", "before_signing", "after_signing"] = "none"
    receipt: Literal["none", "unsigned", "signed"] = "signed"
    receipt_url: str = ""
    require_signed: bool = True
    require_encrypted: bool = True
    allow_legacy: bool = False
    receipt_hosts: Annotated[tuple[str, ...], Field(max_length=10)] = ()
    username: Annotated[str, Field(max_length=255)] = ""
    password: SecretStr | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 120

    @field_validator("our_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and value.get_secret_value():
            pairs(value.get_secret_value())
            return value
        return None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.receipt_url:
            guard.check_url(self.receipt_url, allow_private=True)
        if self.partner_id == self.our_id:
            raise ValueError("partner_id and our_id are the same; each side needs a name of its own")
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password go together: give both or neither")
        if self.username and not self.url.startswith("https://"):
            raise ValueError("a password is never sent in clear text: the url must begin with https://")
        if self.our_key is None and (self.sign or self.require_encrypted):
            raise ValueError("our_key is needed: with it we sign, and read what is encrypted for us")
        if not self.partner_certificates and self._needs_theirs:
            raise ValueError("partner_certificates is needed: with it we encrypt, and know the partner's signature")
        return self

    def checked(self, url: str) -> str:
        """As of any endpoint over HTTP; encrypted messages may also go over http://, as RFC 4130 has it."""
        if self.encryption != "none":
            return guard.check_url(url, allow_private=self.allow_private, ports=self.ports)
        return super().checked(url)

    def client(self, **options: Any) -> guard.Client:
        """With the partner's user name and password, where he wants them."""
        if self.password is not None:
            options["auth"] = httpx2.BasicAuth(self.username, self.password.get_secret_value())
        return super().client(**options)

    @property
    def name(self) -> str:
        """The partner as people read him."""
        return self.partner_id

    @property
    def _needs_theirs(self) -> bool:
        return self.encryption != "none" or self.require_signed or self.receipt == "signed"

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Our keys."""
        return pairs(self.our_key.get_secret_value()) if self.our_key is not None else ()

    @property
    def known(self) -> tuple[Certificate, ...]:
        """The partner's certificates."""
        return certificates(self.partner_certificates) if self.partner_certificates else ()

    @property
    def digests(self) -> tuple[str, ...]:
        """Digests that count, the best first."""
        return (*DIGESTS, *LEGACY) if self.allow_legacy else DIGESTS

    @property
    def hosts(self) -> frozenset[str]:
        """Where a receipt of ours may go, in lower case."""
        own = urlsplit(self.url).hostname or ""
        return frozenset(host.lower() for host in (own, *self.receipt_hosts))
