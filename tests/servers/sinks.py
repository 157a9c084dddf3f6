"""A mail sink in a process of its own, whose script a test changes while it runs; it says when it waits.

Beside the rules of `orderwire.testing.smtp` there is the action "wait", or "wait" and a reply: the sink says
`waiting PLACE` and stands still until the test lets it go, so that a worker can be killed at exactly that moment.
"""

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue
from typing import Any, Self

from orderwire.testing import smtp

ROOT = Path(__file__).parents[2]


class MailSink:
    """The test's end: start and stop it, send it rules, hear where it waits."""

    def __init__(self, journal: Path):
        self.journal = journal

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.servers.sinks", str(self.journal)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._said: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        self.port = int(self._said.get(timeout=60).removeprefix("listening "))
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._reader.join(30)
        self._process.stdout.close()

    def rule(self, at: str, do: str, **more: Any) -> None:
        """One more rule; the first rule of the list that fits counts."""
        self._tell({"at": at, "do": do, **more})

    def waits(self, timeout: float = 60) -> str:
        """Blocks until the sink stands still at a rule "wait"; the place."""
        return self._said.get(timeout=timeout).removeprefix("waiting ")

    def go(self) -> None:
        """Let everybody go who waits."""
        self._tell({"go": True})

    def _tell(self, word: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(word) + "\n")

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._said.put(line.strip())


class _Patient(smtp._Conversation):
    async def _scripted(self, at: smtp.Step, argument: str = "") -> str | None:
        action = await super()._scripted(at, argument)
        if action is None or not action.startswith("wait"):
            return action
        assert isinstance(self._server, _Server)
        _say(f"waiting {at}")
        await self._server.gate.wait()
        return action.removeprefix("wait").strip() or None


class _Server(smtp.MailServer):
    def __init__(self, journal: Path):
        super().__init__(journal)
        self.gate = asyncio.Event()

    def hear(self, word: dict[str, Any]) -> None:
        if "go" in word:
            self.gate.set()
            self.gate = asyncio.Event()
        else:
            self.script.append(smtp.Rule(**word))

    def _connection(self) -> smtp._Conversation:
        return _Patient(self, loop=asyncio.get_running_loop(), **self._options)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _serve(journal: Path) -> None:
    loop = asyncio.get_running_loop()
    server = _Server(journal)

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(server.hear, json.loads(line))
        loop.call_soon_threadsafe(server.stop)

    running = loop.create_task(server.run())
    while not server.listening.is_set() and not running.done():
        await asyncio.sleep(0.01)
    _say(f"listening {server.port}")
    threading.Thread(target=read, daemon=True).start()
    await running


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
