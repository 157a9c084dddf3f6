"""`orderwire demo`: everything in one supervised tree, in a data folder of its own, and one line on the screen."""

import fcntl
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from shutil import rmtree

from orderwire import database
from orderwire.cli.serve import web_command
from orderwire.demo.company import ON_EDI, TROUBLE, policy
from orderwire.demo.house import HOST, House
from orderwire.supervise import Child, Tree, orderwire

SMALL = {"MALLOC_ARENA_MAX": "2"}
"""glibc's threads share their memory: the demo runs beside everything else on somebody's laptop."""
MARK = "This folder belongs to `orderwire demo`, which deletes it when asked to start over.\n"


class Busy(Exception):
    """The demo cannot be started; the text says why and what to do."""


def run(*, once: bool = False, as_json: bool = False, fresh: bool = False, open_browser: bool = False) -> int:
    """Run until SIGTERM, SIGINT or SIGHUP, or with `once` until the story has ended. The exit code."""
    _forget_installation()
    given = {"--once": once, "--json": as_json, "--open": open_browser}
    options = [option for option, wanted in given.items() if wanted]
    with ExitStack() as ending:
        tree = Tree([])
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda number, frame: setattr(tree, "stopping", True))
        try:
            folder = ending.enter_context(database.temporary_data() if once else _kept(fresh))
            house = House(folder)
            os.environ["ORDERWIRE_DATA"] = str(folder)
            stage = _cast(tree, house, once=once, options=options)
            database.ensure_dsn()
        except (Busy, database.DatabaseRefused) as failure:
            if tree.stopping:  # Ctrl-C reaches the database's programs too, and that is why they failed
                return int(once)
            sys.stderr.write(f"orderwire demo: {failure}\n")
            return 1
        code: int | None = None

        def over() -> bool:
            nonlocal code
            code = stage.ended()
            return code is not None and (once or code != 0)

        tree.run(until=over)
        database.stop()
        return int(once) if code is None else abs(code)  # None: somebody ended it before the story did


def _forget_installation() -> None:
    """Settings of a real installation, its database above all, are none of the demo's business."""
    kept = {"ORDERWIRE_DATA", "ORDERWIRE_DEBUG"}
    for name in [n for n in os.environ if n == "DATABASE_URL" or (n.startswith("ORDERWIRE_") and n not in kept)]:
        del os.environ[name]


@contextmanager
def _kept(fresh: bool) -> Iterator[Path]:
    """The demo's folder inside of the data folder, ours alone while it runs."""
    folder = database.data_folder() / "demo"
    with (folder.with_name("demo.lock")).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"a demo runs already in {folder}. End it first, or set ORDERWIRE_DATA to another folder."
            ) from None
        mark = folder / "ABOUT"
        if folder.exists() and not mark.exists() and any(folder.iterdir()):
            raise Busy(f"{folder} is not the demo's own folder. Move it away, or set ORDERWIRE_DATA to another folder.")
        if fresh and folder.exists():
            if (folder / "postgres" / "postmaster.pid").exists():  # left over from a start that was killed
                database.ensure_dsn(folder)
                database.stop(folder)
            rmtree(folder)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        mark.write_text(MARK)
        yield folder


def _cast(tree: Tree, house: House, *, once: bool, options: list[str]) -> Child:
    """Everybody in the tree; returns the storyteller."""
    _configure(house)
    begun = house.journal.exists()
    web, mail = _ports(house, once=once)
    url = f"http://{HOST}:{web}"
    os.environ |= {"DJANGO_SETTINGS_MODULE": "orderwire.demo.settings", "ORDERWIRE_URL": url} | SMALL
    # The trouble happens once in the life of this folder: what is repaired stays repaired.
    script = json.dumps([] if begun else TROUBLE)
    catcher = ["-m", "orderwire.testing.smtp", "--port", str(mail), "--journal", str(house.journal), "--script", script]
    suppliers = ["-m", "orderwire.demo.suppliers", *(["--hurry"] if once else [])]
    later = [] if once else ["nice", "-n", "5"]  # the first page comes before the first mail
    storyteller = ["-m", "orderwire.demo.stage", "--url", url, *options]
    stage = Child("stage", [sys.executable, *storyteller], once=True)
    tree.children = [
        Child("mail", [sys.executable, *catcher], log=house.log),
        stage,
        Child("web", web_command(HOST, web), log=house.log),
        Child("worker", [*later, *orderwire("worker"), "--threads", "3"], log=house.log),
        Child("suppliers", [*later, sys.executable, *suppliers], log=house.log),
    ]
    return stage


def _configure(house: House) -> None:
    """The folders and the policies, before anybody reads them."""
    edi = [house.edi(key) / name for key in ON_EDI for name in ("orders", "answers", "read")]
    for folder in (house.folder / "config", house.erp / "out", house.erp / "taken", house.erp / "in", *edi):
        folder.mkdir(parents=True, exist_ok=True)
    shipped = files("orderwire.defaults").joinpath("policy.yaml").read_text(encoding="utf-8")
    (house.folder / "config" / "policy.yaml").write_text(policy(shipped), encoding="utf-8")
    for own in files("orderwire.demo").joinpath("config").iterdir():
        (house.folder / "config" / own.name).write_bytes(own.read_bytes())
    house.log.write_bytes(b"")


def _ports(house: House, *, once: bool) -> tuple[int, int]:
    """Those of the last start, because mailed links and the suppliers' addresses name them; else the next free ones."""
    known = house.notes()
    if once:
        web, mail = _any_port(), _any_port()
    else:
        web = _free(known.get("web_port", 8000), 50)
        mail = _free(known.get("mail_port", 8025), 1 if "mail_port" in known else 50)
    house.note(web_port=web, mail_port=mail)
    return web, mail


def _free(first: int, many: int) -> int:
    for port in range(first, first + many):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    last = f" to {first + many - 1}" if many > 1 else ""
    raise Busy(f"port {first}{last} is taken by other programs. End one, or start over with --fresh.")


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
