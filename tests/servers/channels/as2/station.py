"""A partner's AS2 station on loopback: real HTTP, our message layer, and a memory of the ids that it has seen."""

import threading
from typing import Any

from orderwire.channels import Answer, Heard, Taken
from orderwire.channels.as2 import As2, door
from orderwire.channels.as2.settings import As2Config
from tests import stations

from ..http_peer import Asked, Peer, Said


class Station:
    """`with Station(**settings) as station`: opens what comes, and answers; `spoil` may change an answer.

    `files` are the documents that it took, one for each Message-ID.
    """

    def __init__(self, spoil: Any = None, **settings: Any):
        self.config = stations.supplier(**settings)
        self.spoil = spoil or (lambda answer: answer)
        self.seen: dict[str, tuple[Heard, Answer]] = {}
        self.later: list[Heard] = []
        self.posts = 0
        self.peer = Peer(self._respond)

    def __enter__(self) -> "Station":
        self.peer.__enter__()
        return self

    def __exit__(self, *ends: object) -> None:
        self.peer.__exit__(*ends)

    def buyer(self, **settings: Any) -> As2Config:
        """Settings of a buyer who sends here."""
        return stations.buyer(url=f"{self.peer.url}/as2", **settings)

    @property
    def files(self) -> list[bytes]:
        return [heard.files[0].content for heard, _ in self.seen.values()]

    def send_later(self, to: As2Config) -> None:
        """Send the receipts that were asked for afterwards, by our own channel."""
        for heard in self.later:
            assert heard.later is not None
            with As2().open(to) as session:
                session.send(heard.later)
        self.later.clear()

    def _respond(self, asked: Asked) -> Said:
        if asked.method != "POST":
            return Said(405)
        self.posts += 1
        request = stations.request(asked.headers, asked.body)
        heard = door.hear(door.kept(request), self.config)
        if heard.later is not None:
            self.later.append(heard)
        if heard.refused or heard.identity not in self.seen:
            answer = door.answer(heard, Taken(not heard.refused), self.config)
            if not heard.refused:
                self.seen[heard.identity] = (heard, answer)
        else:
            answer = self.seen[heard.identity][1]
        answer = self.spoil(answer)
        if isinstance(answer, Said):
            return answer
        return Said(answer.status, answer.body, dict(answer.headers))


class Letterbox:
    """Where receipts come that are sent afterwards."""

    def __init__(self) -> None:
        self.came: list[Asked] = []
        self.arrived = threading.Event()
        self.peer = Peer(self._respond)

    def __enter__(self) -> "Letterbox":
        self.peer.__enter__()
        return self

    def __exit__(self, *ends: object) -> None:
        self.peer.__exit__(*ends)

    @property
    def url(self) -> str:
        return f"{self.peer.url}/receipts"

    def _respond(self, asked: Asked) -> Said:
        if asked.method == "POST":
            self.came.append(asked)
        return Said(200)
