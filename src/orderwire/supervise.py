"""One tree of processes: starts them, starts again what dies, and ends all of them with itself."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
HEALTHY = 30.0
"""Seconds after which a child that dies did not die at once."""

GRACE = 25.0
"""Seconds that a child has to end by itself, longer than the worker's own grace."""


@dataclass
class Child:
    """One process of the tree. A child that dies at once is started ever more slowly; the times are monotonic.

    `log` is a file that gets what it writes to its standard output and error. With `once` it has one thing to do and
    is not started again.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    once: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    died: float | None = None
    deaths: int = 0

    def start(self) -> None:
        """Start it, tied to the life of this process."""
        self.started, self.died = time.monotonic(), None
        with ExitStack() as files:
            log = files.enter_context(self.log.open("ab")) if self.log else None
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,
                start_new_session=True,
            )

    def ended(self) -> int | None:
        """The exit code, None while it runs or was never started."""
        return self.process.poll() if self.process else None

    def due(self) -> bool:
        """True when it is dead and has waited long enough."""
        if self.once or self.ended() is None:
            return False
        now = time.monotonic()
        if self.died is None:
            self.died = now
            if now - self.started > HEALTHY:
                self.deaths = 0
        return now - self.died > min(0.5 * 2.0 ** min(self.deaths, 6), 30.0)


class Tree:
    """The children; `run` returns when SIGTERM or SIGINT came, or `until` says so, and all of them have ended."""

    def __init__(self, children: Sequence[Child]):
        self.children = list(children)
        self.stopping = False

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Start everything and keep it alive."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                child.start()
            while not self.stopping and not until():
                time.sleep(0.2)
                for child in self.children:
                    if child.due():
                        child.deaths += 1
                        child.start()
        finally:
            self.end()

    def end(self) -> None:
        """Ask every child to end; the ones that will not are killed after GRACE."""
        alive = [c.process for c in self.children if c.process and c.process.poll() is None]
        for process in reversed(alive):
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            if process.poll() is None:
                process.kill()
                process.wait()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True


def orderwire(*arguments: str) -> list[str]:
    """The command line that runs one of our own commands."""
    return [sys.executable, "-m", "orderwire", *arguments]


def _die_with_parent() -> None:
    """Linux: when the supervisor is killed its children get SIGTERM, so that nothing is left running."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
