"""Ask a partner's service over HTTP, and what its answer means for a parcel: one meaning of each status for all
channels. Refused, Unavailable and Unknown are the words of the channels."""

import datetime
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import NoReturn
from urllib.parse import urlsplit

import httpx2

from orderwire.channels import Gone, Refused, Unavailable, Unknown

MOST_READ = 262_144
LONGEST_WAIT = datetime.timedelta(days=1)
"""A partner may ask for more; then he is asked again after this."""

_LATER = frozenset({408, 425, 429, 503})
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.LocalProtocolError)
_MEANING = {
    400: "could not make sense of it",
    401: "did not accept our key or password; set the right one",
    403: "does not allow it with our key or password; ask the partner to grant it",
    404: "has nothing at this address; ask the partner for the right one",
    405: "does not take documents at this address; ask the partner for the right one",
    406: "has no answer that we could read",
    409: "says that it contradicts what is there",
    411: "did not accept how it was sent",
    413: "finds it too large; send fewer or smaller files",
    415: "does not take this kind of document; choose another format",
    422: "could not use what it says",
}


@dataclass(frozen=True)
class Answered:
    """A service's answer. `body` ends after MOST_READ bytes, however much came. Names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def good(self) -> bool:
        """Whether it is a yes."""
        return 200 <= self.status < 300

    @property
    def evidence(self) -> bytes:
        """The answer as it is kept: status, headers without cookies, body."""
        names = sorted(set(self.headers) - {"set-cookie"})
        head = "".join(f"{name}: {self.headers[name]}\r\n" for name in names)
        return f"HTTP {self.status}\r\n{head}\r\n".encode(errors="replace") + self.body

    @property
    def words(self) -> str:
        """What a person may read of the body: one line, at most 300 characters; pages of HTML say nothing."""
        if "html" in self.headers.get("content-type", ""):
            return ""
        text = self.body[:2000].decode("utf-8", "replace")
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def ask(
    client: httpx2.Client,
    method: str,
    url: str,
    *,
    name: str,
    content: bytes = b"",
    headers: Mapping[str, str] | None = None,
    harmless: bool = False,
) -> Answered:
    """The answer, whatever it says. `name` is what people call the service; `harmless` is a question that may be
    repeated. Raises Refused, Unavailable, and Unknown where it may have been taken and no word came."""
    with told(name, harmless=harmless), client.stream(method, url, content=content, headers=headers) as response:
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk[: MOST_READ - len(body)]
            if len(body) >= MOST_READ:
                break
        return Answered(response.status_code, dict(response.headers.items()), bytes(body))


@contextmanager
def told(name: str, *, harmless: bool = False) -> Iterator[None]:
    """Turns faults of the connection into the words of the channels; see `ask`."""
    try:
        yield
    except _NEVER_SENT as failure:
        if distrust := _distrust(failure):
            raise Refused(
                f"{name} showed a certificate that is not trusted ({distrust}). Nothing was sent. Ask its operator for "
                "a good one, or name the authority's file in ca_file."
            ) from failure
        raise Unavailable(f"{name} could not be reached: {_plain(failure)}.") from failure
    except (httpx2.HTTPError, httpx2.InvalidURL) as failure:
        if harmless:
            raise Unavailable(f"{name} did not answer: {_plain(failure)}.") from failure
        raise Unknown(
            f"{name} got some or all of it and did not say whether it took it: {_plain(failure)}."
        ) from failure


def judge(answered: Answered, *, name: str, harmless: bool = False) -> None:
    """Returns for a yes. Raises Refused, Gone, Unavailable (with the service's wish when to come back) or Unknown."""
    status, code = answered.status, str(answered.status)
    if answered.good:
        return
    if 300 <= status < 400:
        raise Refused(
            f"{name} answered that it moved{_where(answered)}. Nothing follows there by itself: set it.", code
        )
    if status == 410:
        raise Gone(f"{name} answered that this address is switched off for good (410). Ask the partner.", code)
    if status in _LATER:
        wait = retry_after(answered.headers.get("retry-after", ""))
        raise Unavailable(f"{name} cannot take it now ({status}). {answered.words}".strip(), wait, code)
    if 400 <= status < 500:
        _no(answered, name)
    if harmless:
        raise Unavailable(f"{name} had a fault ({status}). {answered.words}".strip(), code=code)
    raise Unknown(f"{name} had a fault ({status}) and may or may not have taken it. {answered.words}".strip())


def retry_after(text: str) -> datetime.timedelta | None:
    """The wait that a Retry-After header asks for, seconds or a date (RFC 9110 section 10.2.3), up to LONGEST_WAIT."""
    text = text.strip()
    if text.isdecimal() and text.isascii():
        return min(datetime.timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
    wait = at - datetime.datetime.now(datetime.UTC)
    return min(wait, LONGEST_WAIT) if wait > datetime.timedelta() else None


def _no(answered: Answered, name: str) -> NoReturn:
    meaning = _MEANING.get(answered.status, "refused it")
    words = f": {answered.words}" if answered.words else ""
    raise Refused(f"{name} {meaning} ({answered.status}){words}", str(answered.status))


def _where(answered: Answered) -> str:
    """The address that a redirect names, without what may be a key in it."""
    try:
        parts = urlsplit(answered.headers.get("location", ""))
        host = parts.hostname
    except ValueError:
        return ""
    text = f"{parts.scheme}://{host}{parts.path}"[:200]
    return f" to {text}" if host and text.isprintable() else ""


def _distrust(failure: BaseException | None) -> str:
    while failure is not None:
        if isinstance(failure, ssl.SSLCertVerificationError):
            return str(failure.verify_message)
        failure = failure.__cause__ or failure.__context__
    return ""


def _plain(failure: Exception) -> str:
    return str(failure).strip().rstrip(".") or type(failure).__name__
