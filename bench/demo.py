"""The demo's first minute: how long until its page answers, and how much memory the whole tree takes.

Memory is the proportional set size of every process that works for it (the embedded PostgreSQL too), read from
/proc/PID/smaps_rollup after the story was told: pages that several processes share are counted once.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from bench import seed

STARTS = 3


def run() -> Iterator[dict[str, Any]]:
    data = Path(os.environ["ORDERWIRE_DATA"]) / "for-the-demo"
    data.mkdir()
    data.chmod(0o711)
    first = _Demo(data)
    memory = first.memory_once_told()
    first.end()
    warm = []
    for _ in range(STARTS):
        again = _Demo(data)
        warm.append(again.seconds)
        again.end()
    imports = "imports of Python: three processes load Django at once on the cores that there are"
    once = (first.seconds,) * 3
    yield seed.figure("demo_start_warm", "s", (statistics.median(warm), min(warm), max(warm)), STARTS, imports)
    yield seed.figure("demo_start_first", "s", once, 1, "initdb and the migrations, once in the life of a data folder")
    total = (sum(memory.values()),) * 3
    parts = ", ".join(f"{name} {mb:.0f}" for name, mb in sorted(memory.items(), key=lambda item: -item[1]))
    yield seed.figure("demo_memory", "MB", total, 1, f"of it: {parts}")


class _Demo:
    """One start. `seconds` passed from the command to the printed address, whose page answered by then."""

    def __init__(self, data: Path):
        self.data = data
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "orderwire", "demo"],
            env={**os.environ, "ORDERWIRE_DATA": str(data)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.seconds = time.perf_counter() - started
        if not line.startswith("http"):
            raise RuntimeError("the demo did not start")

    def memory_once_told(self) -> dict[str, float]:
        """MB by part, once the last supplier has answered."""
        notes = self.data / "demo" / "notes.json"
        while len(json.loads(notes.read_text()).get("told", ())) < 10:
            time.sleep(0.5)
        time.sleep(25)  # the supplier who answers while you watch takes twenty
        found: dict[str, float] = {}
        for process in psutil.process_iter():
            try:
                if any(
                    str(self.data) in place for place in (process.environ().get("ORDERWIRE_DATA", ""), process.cwd())
                ):
                    part = _part(process)
                    found[part] = found.get(part, 0) + _pss(process.pid)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def end(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


def _part(process: psutil.Process) -> str:
    command = " ".join(process.cmdline())
    parts = {"uvicorn": "web", "orderwire worker": "worker", "testing.smtp": "mail server", "suppliers": "suppliers"}
    known = next((part for word, part in parts.items() if word in command), None)
    return known or ("PostgreSQL" if process.name().startswith("postgres") else "supervisor")


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
