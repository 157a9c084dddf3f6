"""Peppol through an access point: UBL documents leave in their envelope, its status comes back, answers come in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr
from pydantic import BaseModel as Settings

from orderwire.channels import (
    Answer,
    File,
    Heard,
    Inbound,
    Parcel,
    Proof,
    Receipt,
    Refused,
    Report,
    Request,
    Session,
    Taken,
    Wording,
)
from orderwire.channels.http.config import HttpConfig, one_file, settings
from orderwire.channels.peppol import sbdh
from orderwire.channels.peppol.access_point import AccessPoint, State, state
from orderwire.channels.seal import proves, seal

HOUR = 3600
STATUS = "status"
"""The path of a status that the access point sends by itself."""


def _participant(text: str) -> str:
    if sbdh.participant(text) != text:
        raise ValueError("must be written in lower case and without the scheme's name, such as 0088:4012345000009")
    return text


Participant = Annotated[str, Field(max_length=60), AfterValidator(_participant)]


class PeppolConfig(HttpConfig):
    """Settings of one supplier on the Peppol network.

    `url` is the address of our access point's interface, `token` its key. `sender` is our participant identifier,
    `receiver` the supplier's (EAS code, colon, number), `country` ours (ISO 3166). `callback_token` is what the access
    point must bring, in the header X-Token or as Bearer, with what it brings; without one nothing is taken from it.
    """

    sender: Participant
    receiver: Participant
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    token: SecretStr | None = None
    callback_token: Annotated[SecretStr, Field(min_length=20)] | None = None


class Peppol:
    """Hands documents to an access point, which looks the receiver up and delivers by AS4."""

    kind = "peppol"
    label = "Peppol"
    version = "1"
    wording = Wording(
        by="through Peppol",
        taken="the access point took it",
        came="through Peppol",
        says="Through your access point to the Peppol network.",
    )
    config_model = PeppolConfig
    resendable = True
    for_people = False
    receives = True
    batch = 5
    retry = (300, 600, 1200, 2400, *[HOUR] * 23)

    def timeout(self, config: Settings) -> float:
        """Three exchanges: is it there, hand it over, what became of it."""
        return 3 * float(settings(config, PeppolConfig).timeout)

    @contextmanager
    def open(self, config: Settings) -> Iterator[Session]:
        """Connect to the access point. Raises Refused and Unavailable."""
        known: PeppolConfig = settings(config, PeppolConfig)
        with known.connected(known.url) as client:
            yield _Sender(AccessPoint(client, known.url, name=known.name, token=known.token), known)

    def probe(self, config: Settings) -> str:
        """Ask the access point what is under way."""
        known: PeppolConfig = settings(config, PeppolConfig)
        with known.client() as client:
            return AccessPoint(client, known.url, name=known.name, token=known.token).reach()

    def poll(self, config: Settings, cursor: str = "") -> Iterator[Inbound]:
        """Nothing: the access point calls us."""
        return iter(())

    def every(self, config: Settings) -> float:
        """The access point is asked once a minute."""
        return 60

    def follow(self, config: Settings, sent: Sequence[str]) -> Iterator[Inbound]:
        """The last word on each of these parcels for which the access point has one."""
        known: PeppolConfig = settings(config, PeppolConfig)
        with known.client() as client:
            access_point = AccessPoint(client, known.url, name=known.name, token=known.token)
            for message_id in sent:
                found = access_point.state_of(sbdh.instance_id(known.sender, message_id))
                if found is None or not found[0].ended:
                    continue
                about = {"message_id": message_id, "word": found[0].word, "answered": found[0].answered}
                content = json.dumps({**about, "why": found[0].why}, sort_keys=True).encode()
                yield Inbound(f"status {message_id}.json", content, known.name, lambda: None)

    def addressed(self, request: Request) -> Mapping[str, Any]:
        """The endpoint of the supplier that a document comes from, or that a status speaks of."""
        if request.method != "POST":
            raise Refused("only POST is understood here")
        if request.path.strip("/") == STATUS:
            said = _object(request.body)
            try:
                sender, receiver = (sbdh.participant(str(said.get(side, ""))) for side in ("senderID", "receiverID"))
            except ValueError as failure:
                raise Refused(f"a participant {failure}") from None
            return {"sender": sender, "receiver": receiver}
        header = sbdh.read(request.body)
        return {"sender": header.receiver, "receiver": header.sender}

    def kept(self, request: Request) -> bytes:
        """The body after a line with the sealed token."""
        token = request.headers.get("x-token") or request.headers.get("authorization", "").removeprefix("Bearer ")
        return seal(token[:500]).encode() + b"\n" + request.body

    def hear(self, content: bytes, config: Settings) -> Heard:
        """A document of the supplier, or the status of one of ours."""
        known: PeppolConfig = settings(config, PeppolConfig)
        if content[:1] == b"{":  # of our own asking
            said = _object(content)
            told = State("", str(said.get("word")), str(said.get("answered")), str(said.get("why")))
            return Heard(reports=(_report(told, message_id=str(said.get("message_id")), evidence=content),))
        token, _, body = content.partition(b"\n")
        if known.callback_token is None or not proves(
            token.decode("ascii", "replace"), known.callback_token.get_secret_value()
        ):
            return Heard(refused="The access point's token is not the one that was agreed", data=401)
        if body.lstrip()[:1] == b"{":
            return _status(body)
        try:
            header = sbdh.read(body)
        except Refused as failure:
            return Heard(refused=f"The document {failure.reason}", data=422)
        return Heard(files=(File(f"{header.instance}.xml", "application/xml", body),), identity=header.instance)

    def answer(self, heard: Heard, taken: Taken, config: Settings) -> Answer:
        """Yes to all that is kept: what a document's words are worth, its own answer says."""
        known: PeppolConfig = settings(config, PeppolConfig)
        if heard.refused:
            return _answer(heard.data if isinstance(heard.data, int) else 500, error=heard.refused)
        return _answer(200, countryCodeC4=known.country, message=taken.message, findings=list(taken.findings))

    def turned_away(self, request: Request, reason: str) -> Answer:
        """No: nobody here is the receiver, or the bytes are no envelope."""
        return _answer(422, error=f"Not taken: {reason}")


class _Sender:
    """Documents to one supplier."""

    def __init__(self, access_point: AccessPoint, config: PeppolConfig):
        self._access_point, self._config = access_point, config

    def send(self, parcel: Parcel) -> Receipt:
        """Wrap and hand over, unless the access point has it."""
        config = self._config
        document = sbdh.wrap(
            one_file(parcel).content,
            sender=config.sender,
            receiver=config.receiver,
            country=config.country,
            message_id=parcel.message_id,
        )
        return self._access_point.hand_over(document)


def _status(body: bytes) -> Heard:
    told = state(_object(body))
    if told is None:
        return Heard(refused="The status cannot be understood", data=422)
    return Heard(reports=(_report(told, external_id=told.instance, evidence=body),) if told.ended else ())


def _report(told: State, *, evidence: bytes, message_id: str = "", external_id: str = "") -> Report:
    proof = None if told.lost else Proof.DELIVERED
    return Report(told.text, proof, message_id=message_id, external_id=external_id, code=told.word, evidence=evidence)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    return said if isinstance(said, dict) else {}


def _answer(status: int, **said: Any) -> Answer:
    return Answer(status, json.dumps(said).encode(), {"Content-Type": "application/json"})
