"""An installation of its own for a test: data folder, embedded PostgreSQL, a clerk who orders, workers to be killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import psutil
import psycopg

from orderwire.database import ensure_dsn, temporary_data
from tests.servers.sinks import MailSink

ROOT = Path(__file__).parents[2]
MARGIN = 4
"""Seconds of the lease's margin; a dead worker is noticed after a third of it."""
MAIL = {
    "host": "127.0.0.1",
    "security": "none",
    "from_address": "orders@nordhaven.example",
    "recipients": ["orders@supplier.example"],
    "timeout": 5,
    "final_timeout": 5,
}
HASTY = {"timeout": 2, "final_timeout": 3}
"""Settings of mail servers that answer at once, so that leases are short."""
OPEN = ("ready", "retry", "sending")


class House:
    """What a test does with an installation. Numbers of suppliers and orders are the test's own."""

    def __init__(self, data: Path):
        self.data = data
        config = data / "config"
        config.mkdir()
        policy = files("orderwire.defaults").joinpath("policy.yaml").read_text()
        trusted = "trusted_sources:\n  - source: api:erp\n"
        (config / "policy.yaml").write_text(policy.replace("trusted_sources: []\n", trusted))
        self.environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ORDERWIRE_CONFIG")}
        self.environment |= {"ORDERWIRE_DATA": str(data), "ORDERWIRE_LEASE_MARGIN": str(MARGIN)}
        self.dsn = ensure_dsn(data)
        self.workers: list[subprocess.Popen[bytes]] = []
        self._clerk = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.clerk"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def close(self) -> None:
        """End everything that was started here."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()
        assert self._clerk.stdin and self._clerk.stdout
        self._clerk.stdin.close()
        self._clerk.wait(60)
        self._clerk.stdout.close()

    def ask(self, verb: str, **arguments: Any) -> Any:
        """What the clerk answers."""
        assert self._clerk.stdin and self._clerk.stdout
        self._clerk.stdin.write(json.dumps([verb, arguments]) + "\n")
        answer = self._clerk.stdout.readline()
        assert answer, "the clerk died"
        return json.loads(answer)

    def by_mail(self, number: str, sink: MailSink, *, mail: Mapping[str, Any] | None = None, **more: Any) -> None:
        """A supplier who gets orders by mail; `mail` are settings that differ from MAIL."""
        config = MAIL | {"port": sink.port} | dict(mail or {})
        self.ask("supplier", number=number, channel="email", config=config, **more)

    def by_folder(self, number: str, folder: Path, **more: Any) -> None:
        """A supplier who gets orders as files."""
        self.ask("supplier", number=number, channel="folder", config={"out": str(folder), "timeout": 5}, **more)

    def order(self, supplier: str, numbers: Sequence[int], revision: int = 1) -> dict[str, str]:
        """Approved orders, ready to be sent: number to fingerprint."""
        names = [f"{supplier}-{n:04}" for n in numbers]
        made: dict[str, str] = self.ask("order", numbers=names, supplier=supplier, revision=revision)
        return made

    def worker(self, *faults: str, fail_at: str = "", **settings: str) -> "subprocess.Popen[bytes]":
        """A worker process: the product's own, or with faults (see undefended.py). `settings` are ORDERWIRE_ ones."""
        command = ["tests.servers.undefended", *faults] if faults else ["orderwire", "worker", "--threads", "4"]
        environment = self.environment | {f"ORDERWIRE_{name}": value for name, value in settings.items()}
        environment |= {"ORDERWIRE_FAIL_AT": fail_at} if fail_at else {}
        with self.log(len(self.workers)).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self.workers.append(process)
        return process

    def log(self, number: int = -1) -> Path:
        """What the n-th worker (the last by default) wrote on its screen."""
        return self.data / f"worker-{number % max(len(self.workers), number + 1)}.log"

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database; never starts it."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def states(self, supplier: str) -> Mapping[str, int]:
        """How many deliveries of the supplier are in each state."""
        return dict(
            self.rows(
                "select d.state, count(*) from ow_delivery d join ow_endpoint e on e.id = d.endpoint_id"
                " join ow_partner p on p.id = e.partner_id where p.number = %s group by 1",
                supplier,
            )
        )

    def orders_in(self, supplier: str, state: str) -> set[str]:
        """The orders of the supplier whose delivery is in this state."""
        return {
            row[0]
            for row in self.rows(
                "select o.number from ow_delivery d join ow_order o on o.id = d.order_id"
                " join ow_partner p on p.id = o.supplier_id where p.number = %s and d.state = %s",
                supplier,
                state,
            )
        }

    def started(self, supplier: str) -> set[str]:
        """The orders whose last try was begun and has no result."""
        return {
            row[0]
            for row in self.rows(
                "select o.number from ow_attempt t join ow_delivery d on d.id = t.delivery_id"
                " join ow_order o on o.id = d.order_id join ow_partner p on p.id = o.supplier_id"
                " where p.number = %s and t.outcome is null and t.started_at is not null",
                supplier,
            )
        }

    def settled(self, *suppliers: str, within: float = 120) -> None:
        """Wait until nothing of these suppliers is to be sent any more."""
        wait_for(
            lambda: not any(state in OPEN for s in suppliers for state in self.states(s)),
            f"deliveries of {suppliers} to end",
            within,
        )

    def postmaster(self) -> int:
        """The number of the database's first process."""
        return int((self.data / "postgres/postmaster.pid").read_text().split()[0])


@contextmanager
def house() -> Iterator[House]:
    """An installation that lives as long as the block."""
    with temporary_data() as data:
        opened = House(data)
        try:
            yield opened
        finally:
            opened.close()


def wait_for(condition: Callable[[], object], what: str, within: float = 60, *, pause: float = 0.02) -> None:
    """Wait for a condition. Fails with what it waited for; the bound is generous because machines are busy."""
    ends = time.monotonic() + within
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(f"waited {within:.0f} s for {what}")
        time.sleep(pause)


def killed(worker: "subprocess.Popen[bytes]", within: float = 60) -> None:
    """Wait for a worker that kills itself at its failpoint."""
    assert worker.wait(within) == -signal.SIGKILL


def asleep(worker: "subprocess.Popen[bytes]", within: float = 60) -> None:
    """Wait for a worker that stops itself."""
    wait_for(lambda: psutil.Process(worker.pid).status() == psutil.STATUS_STOPPED, "the worker to be stopped", within)


def wake(worker: "subprocess.Popen[bytes]") -> None:
    """Let a worker go on that was stopped."""
    worker.send_signal(signal.SIGCONT)


def end(worker: "subprocess.Popen[bytes]") -> None:
    """Ask a worker to end, as an operator does; what it sends is finished first."""
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
