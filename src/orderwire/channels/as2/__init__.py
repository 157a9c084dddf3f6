"""Orders by AS2 (RFC 4130): signed and encrypted messages over HTTP, each answered by a signed receipt."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pydantic import BaseModel

from orderwire.channels import Answer, Expiry, Heard, Inbound, Parcel, Report, Request, Session, Taken, Wording
from orderwire.channels.as2 import door
from orderwire.channels.as2.message import encrypting_certificate, signing_pair
from orderwire.channels.as2.session import As2Session
from orderwire.channels.as2.settings import As2Config
from orderwire.channels.http.config import reach, settings

HOUR = 3600


class As2:
    """Exchanges messages with a partner's AS2 station. The same Message-ID on every try tells him a repetition."""

    kind = "as2"
    label = "AS2"
    version = "1"
    wording = Wording(
        by="by AS2",
        taken="their station took it",
        came="by AS2",
        says="Signed and encrypted over HTTP, with their signed receipt.",
    )
    config_model = As2Config
    resendable = True
    for_people = False
    receives = False
    batch = 10
    retry = (300, 600, 1200, 2400, *[HOUR] * 23)
    """5, 10, 20, 40 minutes, then hourly for a day."""

    def timeout(self, config: BaseModel) -> float:
        """As the endpoint says."""
        return float(settings(config, As2Config).timeout)

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        """Connect. Raises Refused and Unavailable."""
        known: As2Config = settings(config, As2Config)
        with known.connected(known.url) as client:
            yield As2Session(client, known)

    def probe(self, config: BaseModel) -> str:
        """Ask whether the station is there, and whether a message could be signed and encrypted today."""
        known: As2Config = settings(config, As2Config)
        now = datetime.datetime.now(datetime.UTC)
        ready = []
        if known.sign:
            ready.append(f"we sign with {signing_pair(known, now).certificate}")
        if known.encryption != "none":
            ready.append(f"encrypt for {encrypting_certificate(known, now)}")
        with known.client() as client:
            return "; ".join([reach(client, known.url, name=known.name), *ready])

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """Nothing: partners call us."""
        return iter(())

    def addressed(self, request: Request) -> Mapping[str, str]:
        """By the names of the two stations."""
        return door.addressed(request)

    def kept(self, request: Request) -> bytes:
        """Headers and body: the signature can be verified again from them."""
        return door.kept(request)

    def hear(self, content: bytes, config: BaseModel) -> Heard:
        """Decrypt, unpack, verify; or read a receipt."""
        return door.hear(content, settings(config, As2Config))

    def compare(self, report: Report, parcel: Parcel, config: BaseModel) -> Report:
        """What a receipt proves, now that its MIC can be compared with what was sent."""
        return door.compare(report, parcel, settings(config, As2Config))

    def answer(self, heard: Heard, taken: Taken, config: BaseModel) -> Answer:
        """The receipt."""
        return door.answer(heard, taken, settings(config, As2Config))

    def turned_away(self, request: Request, reason: str) -> Answer:
        """A receipt that says that there is no agreement."""
        return door.turned_away(request, reason)

    def expiries(self, config: BaseModel) -> tuple[Expiry, ...]:
        """The end of each certificate, theirs and ours."""
        known: As2Config = settings(config, As2Config)
        ours = [(f"our key for {known.name}: {p.certificate}", p.certificate) for p in known.pairs]
        theirs = [(f"{c} of {known.name}", c) for c in known.known]
        return tuple(Expiry(what, c.ends) for what, c in (*ours, *theirs))
