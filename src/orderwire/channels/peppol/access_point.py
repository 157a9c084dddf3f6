"""The HTTP interface of an access point, as phoss-ap publishes it: hand a StandardBusinessDocument over, and ask what
became of it by its instance identifier.

POST /api/outbound/submit-sbd, GET /api/outbound/status/{id}; the key travels in X-Token.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2
from pydantic import SecretStr

from orderwire.channels import Proof, Receipt, Refused
from orderwire.channels.http import answer
from orderwire.channels.peppol.sbdh import Envelope

UNDER_WAY = frozenset({"pending", "sending", "failed"})
"""`failed` is a try that failed; the access point goes on trying."""

OVER = frozenset({"rejected", "permanently_failed"})


@dataclass(frozen=True)
class State:
    """What an access point says of one document: its own word, that of the receiver's side (MLS), and why."""

    instance: str
    word: str
    answered: str = ""
    why: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be expected but a late no of the receiver's side."""
        return self.word == "sent" or self.lost

    @property
    def lost(self) -> bool:
        """Whether it did not arrive, or was turned away."""
        return self.word in OVER or self.answered == "received_re"

    @property
    def text(self) -> str:
        """In words for a buyer."""
        if self.answered == "received_re":
            return f"The receiver's access point turned the document away. {self.why}".strip()
        if self.word == "sent":
            return "The receiver's access point has it and signed for it (AS4 receipt)"
        if self.lost:
            did = "would not send it" if self.word == "rejected" else "could not deliver it and gave up"
            return f"The access point {did}: {self.why or 'it does not say why'}"
        return "The access point took it over and passes it on"


def state(said: Any) -> State | None:
    """What the JSON of a status says; None where it is none."""
    if not isinstance(said, dict) or said.get("status") not in UNDER_WAY | OVER | {"sent"}:
        return None
    instance = said.get("sbdhInstanceID")
    if not isinstance(instance, str) or not instance:
        return None
    return State(instance[:200], str(said["status"]), str(said.get("mlsStatus") or ""), _line(said.get("errorDetails")))


class AccessPoint:
    """One access point, for one thread."""

    def __init__(self, client: httpx2.Client, url: str, *, name: str, token: SecretStr | None):
        self._client, self._url, self._name = client, url.rstrip("/"), name
        self._headers = {"X-Token": token.get_secret_value()} if token else {}

    def reach(self) -> str:
        """Ask for what is in transmission: shows the address and the key. Raises Refused and Unavailable."""
        answered = self._get("/api/outbound/in-transmission")
        if answered.status == 404:
            raise Refused(f"{self._name} has no interface of an access point at this address (404). Check the address.")
        answer.judge(answered, name=self._name, harmless=True)
        return f"{self._name} answers and knows us"

    def state_of(self, instance: str) -> tuple[State, bytes] | None:
        """What became of a document, and the raw answer; None where the access point does not know it."""
        answered = self._get(f"/api/outbound/status/{quote(instance, safe='')}")
        if answered.status == 404:
            return None
        answer.judge(answered, name=self._name, harmless=True)
        known = state(_json(answered.body))
        if known is None or known.instance != instance:
            raise Refused(f"{self._name} answers about a document in a way that nobody understands. Check the address.")
        return known, answered.evidence

    def hand_over(self, document: Envelope) -> Receipt:
        """Hand over what is not there yet. Raises Refused, Unavailable or Unknown."""
        known = self.state_of(document.instance)
        if known is not None:
            return self._receipt(document, *known)
        answered = answer.ask(
            self._client,
            "POST",
            f"{self._url}/api/outbound/submit-sbd",
            name=self._name,
            content=document.content,
            headers={**self._headers, "Content-Type": "application/xml"},
        )
        if answered.good or answered.status == 422:
            said = _json(answered.body)
            if answered.good and isinstance(said, dict) and said.get("overallSuccess") is True:
                return self._receipt(document, State(document.instance, "sent"), answered.evidence)
            known = self.state_of(document.instance)
            if known is not None:
                return self._receipt(document, *known)
            if answered.good:
                raise Refused(f"{self._name} said yes and does not know the document. Check the address.")
        answer.judge(answered, name=self._name)
        raise AssertionError("judge raises for all but a yes")

    def _receipt(self, document: Envelope, known: State, evidence: bytes) -> Receipt:
        if known.lost:
            raise Refused(known.text, known.word)
        proof = Proof.DELIVERED if known.word == "sent" else Proof.HANDED_OVER
        return Receipt(proof, known.text, document.instance, evidence, sent=document.content)

    def _get(self, path: str) -> answer.Answered:
        return answer.ask(self._client, "GET", self._url + path, name=self._name, headers=self._headers, harmless=True)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _line(said: Any) -> str:
    text = said if isinstance(said, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
