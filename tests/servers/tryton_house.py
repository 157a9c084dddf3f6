"""A real Tryton on loopback with a company, a supplier and a product, and a buyer who works in it through proteus."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
PEER = ROOT / ".tools/peers/tryton"
KEPT = ROOT / ".tools/peers/tryton-db"
SCRIPT = Path(__file__).with_name("tryton_peer.py")
LOGIN, PASSWORD = "orderwire", "orderwire-has-a-secret-1"
_BUYER = ("paula", "paula-has-a-secret-1")


class TrytonHouse:
    """The server and the buyer. `kill` is SIGKILL; `start` begins again on the same books and the same port."""

    def __init__(self, folder: Path):
        self.folder = folder
        shutil.copy(_prepared(), folder / "erp.sqlite")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        (folder / "trytond.conf").write_text(_configuration(folder, self.port))
        self._server: subprocess.Popen[bytes] | None = None
        self._buyer: subprocess.Popen[str] | None = None
        self.start()

    @property
    def url(self) -> str:
        """Its address, without the database."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Settings of an endpoint that leads here."""
        given: dict[str, Any] = {"url": self.url, "database": "erp", "login": LOGIN, "password": PASSWORD}
        return {**given, "allow_private": True, "since": "2020-01-01", "every": 0, "timeout": 15, **changes}

    def start(self) -> None:
        """Begin, and wait until it answers."""
        with (self.folder / "trytond.log").open("ab") as log:
            command = [PEER / "bin/trytond", "-c", self.folder / "trytond.conf", "-d", "erp"]
            self._server = subprocess.Popen(command, stdout=log, stderr=log)
        ends = time.monotonic() + 60
        while True:
            try:
                httpx2.post(f"{self.url}/", json={"method": "common.server.version", "params": []}, timeout=5)
                break
            except httpx2.HTTPError:
                assert time.monotonic() < ends and self._server.poll() is None, self._log()
                time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()

    def close(self) -> None:
        """End server and buyer."""
        if self._buyer is not None:
            self._buyer.kill()
            self._buyer.communicate()
        self.kill()

    def ask(self, do: str, **how: Any) -> Any:
        """Let the buyer do something (`tryton_peer.Driver`)."""
        if self._buyer is None or self._buyer.poll() is not None:
            command = [PEER / "bin/python", SCRIPT, "drive", f"{self.url}/erp/rpc/", *_BUYER]
            self._buyer = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=self.folder
            )
        assert self._buyer.stdin and self._buyer.stdout
        self._buyer.stdin.write(json.dumps({"do": do, **how}) + "\n")
        answer = self._buyer.stdout.readline()
        assert answer, self._log()
        return json.loads(answer)

    def _log(self) -> str:
        return (self.folder / "trytond.log").read_text(errors="replace")[-2000:]


@contextmanager
def tryton_house(folder: Path) -> Iterator[TrytonHouse]:
    """A Tryton that lives as long as the block. Skips where none is installed."""
    if not (PEER / "bin/trytond").exists():
        pytest.skip("there is no Tryton here: run make peers")
    opened = TrytonHouse(folder)
    try:
        yield opened
    finally:
        opened.close()


def _configuration(folder: Path, port: int) -> str:
    # With a queue, and nobody working on it, a confirmed purchase stays as it is until the buyer has it processed.
    return (
        f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n[queue]\nworker = True\n"
        "[session]\nauthentication_ip_network = 32\nmax_attempt = 1000\n"
    )


def _prepared() -> Path:
    """The company's books, made once (20 seconds) for this version of Tryton and of the script."""
    stamp = max(SCRIPT.stat().st_mtime_ns, (PEER / "bin/trytond").stat().st_mtime_ns)
    made = KEPT / f"erp-{stamp}.sqlite"
    if made.exists():
        return made
    folder = KEPT / f"making-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        (folder / "erp.sqlite").touch()
        (folder / "pass").write_text("admin-has-a-secret-1\n")
        configuration = folder / "trytond.conf"
        configuration.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n")
        environment = {**os.environ, "TRYTONPASSFILE": str(folder / "pass")}
        admin = [PEER / "bin/trytond-admin", "-c", configuration, "-d", "erp", "-u", "purchase"]
        for command in (
            [*admin, "--activate-dependencies", "--email", "admin@example.com"],
            [PEER / "bin/python", SCRIPT, "prepare", configuration],
        ):
            done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr[-2000:]
        with sqlite3.connect(folder / "erp.sqlite") as books:
            books.execute("pragma wal_checkpoint(truncate)")
        books.close()
        (folder / "erp.sqlite").rename(made)
    finally:
        shutil.rmtree(folder)
    return made
