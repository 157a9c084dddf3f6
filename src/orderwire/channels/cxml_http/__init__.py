"""cXML over HTTP: each document is POSTed and its Response read; suppliers POST theirs to us and get a Response."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Self

import httpx2
from pydantic import BaseModel, Field, SecretStr, model_validator

from orderwire.channels import (
    Answer,
    File,
    Heard,
    Inbound,
    Parcel,
    Proof,
    Receipt,
    Refused,
    Request,
    Session,
    Taken,
    Unavailable,
    Unknown,
    Wording,
)
from orderwire.channels.cxml_http import envelope
from orderwire.channels.cxml_http.envelope import TAKES, Credential
from orderwire.channels.http import answer, guard
from orderwire.channels.http.config import HttpConfig, one_file, settings
from orderwire.channels.seal import proves

HOUR = 3600
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
_XML = {"content-type": "text/xml; charset=UTF-8"}
_LATER = frozenset({"550", "551", "560"})
"""What the cXML reference guide calls transient."""


class CxmlHttpConfig(HttpConfig):
    """Settings of one supplier with cXML.

    `partner_domain` (NetworkID, DUNS …) and `partner_identity` are his credential in From, by which his calls are
    known; where another authenticates for him (a network), that is `sender_domain` and `sender_identity`. `our_domain`
    and `our_identity` are ours. `shared_secret` is put into Sender of what we send; `their_secret` is what their calls
    must bring, and without one nothing is taken. `our_url` is told to who asks for our profile.
    """

    partner_domain: Name
    partner_identity: Name
    our_domain: Name = "NetworkID"
    our_identity: Name
    shared_secret: SecretStr | None = None
    their_secret: SecretStr | None = None
    sender_domain: Name | None = None
    sender_identity: Name | None = None
    our_url: Annotated[str, Field(max_length=guard.LONGEST_URL, pattern=r"^(https?://[!-~]+)?$")] = ""

    @model_validator(mode="after")
    def _secrets_are_secret(self) -> Self:
        if (self.sender_domain is None) != (self.sender_identity is None):
            raise ValueError("sender_domain and sender_identity go together: give both or neither")
        if self.their_secret is not None and len(self.their_secret.get_secret_value().strip()) < 12:
            raise ValueError("their_secret has at least 12 characters")
        return self

    @property
    def us(self) -> Credential:
        """Our credential."""
        return Credential(self.our_domain, self.our_identity)

    @property
    def them(self) -> Credential:
        """The supplier's credential."""
        return Credential(self.partner_domain, self.partner_identity)

    @property
    def caller(self) -> Credential:
        """Who authenticates when the supplier calls."""
        if self.sender_domain is None or self.sender_identity is None:
            return self.them
        return Credential(self.sender_domain, self.sender_identity)


class CxmlHttp:
    """Sends and takes cXML documents; the same payloadID on every try tells a repetition."""

    kind = "cxml_http"
    label = "cXML over HTTP"
    version = "1"
    wording = Wording(
        by="by cXML",
        taken="their system took it",
        came="by cXML",
        says="cXML over HTTP; their answer is the receipt.",
    )
    config_model = CxmlHttpConfig
    resendable = True
    for_people = False
    receives = False
    batch = 10
    retry = (5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)

    def timeout(self, config: BaseModel) -> float:
        """As the endpoint says."""
        return float(settings(config, CxmlHttpConfig).timeout)

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        """Connect. Raises Refused and Unavailable."""
        known: CxmlHttpConfig = settings(config, CxmlHttpConfig)
        with known.connected(known.url) as client:
            yield _Exchange(client, known)

    def probe(self, config: BaseModel) -> str:
        """Ask for the partner's profile, which changes nothing there."""
        known: CxmlHttpConfig = settings(config, CxmlHttpConfig)
        secret = known.shared_secret.get_secret_value() if known.shared_secret else None
        question = envelope.profile_request(known.us, known.them, secret)
        with known.client() as client:
            answered = answer.ask(
                client, "POST", known.url, name=known.name, content=question, headers=_XML, harmless=True
            )
        said = envelope.status(answered.body)
        if said is None:
            answer.judge(answered, name=known.name, harmless=True)
            raise Refused(f"{known.name} answers, but not with cXML. Check the address.")
        if said[0] == "401":
            raise Refused(f"{known.name} does not know us or our secret: {said[1]}", "401")
        return f"{known.name} answers in cXML: {said[0]} {said[1]}".strip()

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """Nothing: suppliers call us."""
        return iter(())

    def addressed(self, request: Request) -> Mapping[str, Any]:
        """The endpoint whose supplier the document is From."""
        if request.method != "POST":
            raise Refused("was not sent by POST")
        sender = envelope.read(request.body).sender
        return {"partner_domain": sender.domain, "partner_identity": sender.identity}

    def kept(self, request: Request) -> bytes:
        """The document, its secret sealed."""
        return envelope.sealed(request.body)

    def hear(self, content: bytes, config: BaseModel) -> Heard:
        """A document of the supplier, once he proved who he is."""
        known: CxmlHttpConfig = settings(config, CxmlHttpConfig)
        try:
            read = envelope.read(content)
        except Refused as failure:
            return Heard(refused=f"The document {failure.reason}", data="406")
        if known.their_secret is None:
            return Heard(refused="No secret is agreed with this sender, so nothing is taken from him", data="401")
        if read.by != known.caller or not proves(read.secret, known.their_secret.get_secret_value().strip()):
            return Heard(refused="The Sender or his SharedSecret is not the one that was agreed", data="401")
        if read.request == "ProfileRequest":
            return Heard(data="profile")
        if read.request not in TAKES:
            return Heard(refused=f"{read.request or 'An empty Request'} is nothing that is taken here", data="450")
        if not read.payload:
            return Heard(refused="The document has no payloadID, so a repetition could not be told", data="400")
        file = File(f"{read.request}.xml", "text/xml", envelope.without_secret(content))
        return Heard(files=(file,), identity=read.payload)

    def answer(self, heard: Heard, taken: Taken, config: BaseModel) -> Answer:
        """A Response; in cXML it is HTTP 200 whatever it says."""
        known: CxmlHttpConfig = settings(config, CxmlHttpConfig)
        if heard.data == "profile":
            return _answer(envelope.profile_response(known.our_url or "/exchange/cxml_http/"))
        if heard.refused:
            code = heard.data if heard.data in envelope.STATUS_WORDS else "500"
            return _answer(envelope.response(code, heard.refused))
        if not taken.good:
            return _answer(envelope.response("400", f"Message {taken.message}: {'; '.join(taken.findings)}"))
        return _answer(envelope.response("200", f"Message {taken.message}"))

    def turned_away(self, request: Request, reason: str) -> Answer:
        """A Response that says why."""
        try:
            envelope.read(request.body)
        except Refused:
            return _answer(envelope.response("406", f"The document {reason}"))
        return _answer(envelope.response("401", f"Not taken: {reason}"))


class _Exchange:
    """Documents to one supplier."""

    def __init__(self, client: httpx2.Client, config: CxmlHttpConfig):
        self._client, self._config = client, config

    def send(self, parcel: Parcel) -> Receipt:
        """POST and read the Response: 200 says that the supplier's system took the document."""
        body, config, name = one_file(parcel).content, self._config, self._config.name
        payload, is_response = envelope.payload_of(body)
        if is_response:
            return Receipt(Proof.HANDED_OVER, "Went back on the connection on which the supplier had asked", payload)
        if config.shared_secret is not None:
            body = envelope.with_secret(body, config.shared_secret.get_secret_value())
        answered = answer.ask(self._client, "POST", config.url, name=name, content=body, headers=_XML)
        said = envelope.status(answered.body)
        if said is None:
            answer.judge(answered, name=name)
            raise Unknown(f"{name} answered, but not with a cXML Response; whether it took the document is not known.")
        code, words = said
        if code in ("200", "204"):
            proof, text = Proof.DELIVERED, f"{name} confirmed that it took the document ({code})"
        elif code.startswith("2"):
            proof, text = Proof.HANDED_OVER, f"{name} will work on it ({code}) {words}".strip()
        elif code in _LATER or code.startswith("5"):
            wait = answer.retry_after(answered.headers.get("retry-after", ""))
            raise Unavailable(f"{name} cannot take it now ({code}). {words}".strip(), wait, code)
        else:
            raise Refused(f"{name} refused the document ({code}): {words or 'it does not say why'}", code)
        return Receipt(proof, text, external_id=payload or parcel.message_id, evidence=answered.evidence)


def _answer(body: bytes) -> Answer:
    return Answer(200, body, {"Content-Type": "text/xml; charset=UTF-8"})
