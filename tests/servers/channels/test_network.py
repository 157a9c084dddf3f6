"""Partners over HTTP on a bad network: cut off in both directions or one, slow as a modem, late by half a second.

A network of its own (a namespace) needs root; slowness that the kernel may not know is made by a relay.
"""

import contextlib
import ctypes
import itertools
import os
import random
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from orderwire.channels import File, Receipt, Unavailable, Unknown
from orderwire.channels.webhook import Webhook, WebhookConfig
from orderwire.testing.channels import parcel

from .http_peer import Peer, Said

CHANNEL = Webhook()
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CLONE_NEWNET = 0x40000000
_NUMBERS = itertools.count()


def send(url: str, number: int = 1, *, timeout: float = 1, size: int = 0) -> Receipt:
    order = replace(parcel(number), files=(File("order.txt", "text/plain", f"order {number}".encode().ljust(size)),))
    given: dict[str, Any] = {"url": url, "allow_private": True, "secrets": [SECRET], "timeout": timeout}
    with CHANNEL.open(WebhookConfig.model_validate(given)) as session:
        return session.send(order)


def ids(peer: Peer) -> set[str]:
    return {one.headers["webhook-id"] for one in peer.documents()}


@dataclass
class Cable:
    """A network with one partner in it, at the end of a cable that a test may cut."""

    number: int = field(default_factory=lambda: next(_NUMBERS))

    @property
    def name(self) -> str:
        return f"ow{os.getpid() % 1_000_000}n{self.number}"

    @property
    def ours(self) -> str:
        return f"10.{200 + self.number}.{os.getpid() % 250}.1"

    @property
    def theirs(self) -> str:
        return self.ours.removesuffix("1") + "2"

    def run(self, *command: str, inside: bool = False) -> None:
        there = ["ip", "netns", "exec", self.name] if inside else []
        subprocess.run([*there, *command], check=True, capture_output=True)

    def lay(self) -> None:
        self.run("ip", "netns", "add", self.name)
        self.run("ip", "link", "add", f"{self.name}a", "type", "veth", "peer", "name", "far", "netns", self.name)
        self.run("ip", "addr", "add", f"{self.ours}/30", "dev", f"{self.name}a")
        self.run("ip", "addr", "add", f"{self.theirs}/30", "dev", "far", inside=True)
        self.run("ip", "link", "set", f"{self.name}a", "up")
        self.run("ip", "link", "set", "far", "up", inside=True)

    def take_away(self) -> None:
        for command in (("ip", "link", "del", f"{self.name}a"), ("ip", "netns", "del", self.name)):
            with contextlib.suppress(OSError, subprocess.CalledProcessError):
                self.run(*command)

    def listener(self) -> socket.socket:
        """A socket that listens at the far end."""
        made: list[socket.socket] = []

        def enter() -> None:
            with open(f"/run/netns/{self.name}") as there:
                if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            made.append(socket.create_server((self.theirs, 0)))

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        return made[0]

    def cut(self) -> None:
        self.run("ip", "route", "add", "blackhole", f"{self.theirs}/32")

    def heal(self) -> None:
        self.run("ip", "route", "del", "blackhole", f"{self.theirs}/32")

    def cut_the_way_back(self) -> None:
        self.run("ip", "route", "add", "blackhole", f"{self.ours}/32", inside=True)

    def heal_the_way_back(self) -> None:
        self.run("ip", "route", "del", "blackhole", f"{self.ours}/32", inside=True)


@pytest.fixture
def cable() -> Iterator[Cable]:
    made = Cable()
    try:
        made.lay()
    except (OSError, subprocess.CalledProcessError) as failure:
        made.take_away()
        pytest.skip(f"no network namespaces here (they need root and iproute2): {failure}")
    yield made
    made.take_away()


def test_a_partner_who_is_cut_off_gets_everything_once_it_heals(cable: Cable) -> None:
    with Peer(Said(200), listener=cable.listener()) as peer:
        url = f"http://{cable.theirs}:{peer.port}/"
        for number in range(10):
            cable.cut()
            with pytest.raises(Unavailable, match="could not be reached"):
                send(url, number, timeout=0.2)
            cable.heal()
            send(url, number)
        assert len(peer.documents()) == len(ids(peer)) == 10, "what never left is no second copy"


def test_an_answer_that_is_lost_on_its_way_is_a_doubt_and_the_same_id_settles_it(cable: Cable) -> None:
    def lose(_: Any) -> Said:
        cable.cut_the_way_back()
        return Said(200)

    with Peer(lose, Said(200), listener=cable.listener()) as peer:
        url = f"http://{cable.theirs}:{peer.port}/"
        with pytest.raises(Unknown, match="did not say whether it took it"):
            send(url)
        with pytest.raises(Unavailable):
            send(url, timeout=0.3)
        cable.heal_the_way_back()
        assert send(url).text
        assert (len(peer.documents()), len(ids(peer))) == (2, 1)


def test_a_kilobyte_a_second_is_only_slow(cable: Cable) -> None:
    cable.run("tc", "qdisc", "add", "dev", f"{cable.name}a", "root", "tbf", "rate", "8kbit", "burst", "1600",
              "latency", "20s")  # fmt: skip
    with Peer(Said(200), listener=cable.listener()) as peer:
        url = f"http://{cable.theirs}:{peer.port}/"
        with pytest.raises(Unknown):
            send(url, timeout=0.5, size=2500)
        send(url, timeout=30, size=2500)
        assert len(ids(peer)) == 1 and len(peer.documents()[0].body) == 2500


def test_a_silent_partner_holds_nobody_longer_than_agreed(cable: Cable) -> None:
    with Peer(Said(200), listener=cable.listener()) as peer:
        cable.cut_the_way_back()  # our SYN arrives, nothing comes back
        with pytest.raises(Unavailable):
            send(f"http://{cable.theirs}:{peer.port}/", timeout=0.5)
        assert not peer.asked


class Relay:
    """Passes bytes on in small pieces, each late by up to `late` seconds; every `cuts`-th connection is cut in the
    middle."""

    def __init__(self, port: int, *, late: float, cuts: int = 0):
        self._to, self._late, self._cuts, self._made = port, late, cuts, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._made += 1
        budget = random.Random(self._made).randrange(1500) if self._cuts and self._made % self._cuts == 0 else None
        with near, socket.create_connection(("127.0.0.1", self._to)) as far:
            back = threading.Thread(target=self._pass, args=(far, near, budget), daemon=True)
            back.start()
            self._pass(near, far, budget)
            back.join()

    def _pass(self, one: socket.socket, other: socket.socket, budget: int | None) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(128):
                time.sleep(random.uniform(0, self._late))
                other.sendall(data)
                if budget is not None and (budget := budget - len(data)) < 0:
                    break
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def test_late_pieces_are_only_late() -> None:
    with Peer(Said(200)) as peer, contextlib.closing(Relay(peer.port, late=0.1)) as relay:
        for number in range(2):
            send(f"http://127.0.0.1:{relay.port}/", number, timeout=20)
        assert len(peer.documents()) == 2


def test_cuts_anywhere_lose_nothing_and_double_nothing() -> None:
    """Each document is sent until there is a yes, as the schedule would; the partner tells copies by their id."""
    doubts = sure = 0
    with Peer(Said(200, b"x" * 300)) as peer, contextlib.closing(Relay(peer.port, late=0, cuts=2)) as relay:
        for number in range(50):
            while True:
                before = len(peer.documents())
                try:
                    send(f"http://127.0.0.1:{relay.port}/", number, timeout=5)
                    break
                except Unknown:
                    doubts += 1
                except Unavailable:
                    sure += 1
                    time.sleep(0.01)
                    assert len(peer.documents()) == before, "what is said not to have left did not arrive"
        print(f"\n50 documents over a line that is cut at any byte: {doubts} doubts, {sure} sure failures, 0 lost")
        assert doubts and len(ids(peer)) == 50
