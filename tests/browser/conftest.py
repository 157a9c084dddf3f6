"""A real server on the test database, and a real browser: what pages do that no HTML test can see."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from orderwire.records import User
from orderwire.web.account import enter_path
from tests.database.conftest import config

__all__ = ["config"]

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START_S = 30


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's chromium, driven by playwright; its event loop must not outlive the browser tests of this process."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; Django's ORM is used between its calls, never inside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()
        # Beside an event loop Django keeps connections of their own, which nobody reaches when the loop is gone.
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def signed_in(browser: Any, server: str, name: str) -> Iterator[Any]:
    """The page of this user, signed in; any complaint in its console fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(8000)
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(server + enter_path(User.objects.get(username=name)))
    opened.wait_for_url(server + "/")
    yield opened
    context.close()
    assert complaints == []


@contextmanager
def running_server() -> Iterator[str]:
    """The address of a server of its own process on the test database; it must end cleanly and say nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = connection.get_connection_params()
    url = f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}"
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "orderwire.asgi:application",
        "--port",
        str(port),
        "--log-level=warning",
    ]
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"DATABASE_URL": url, "ORDERWIRE_URL": address, "ORDERWIRE_DATA": str(settings.DATA)}
    environment["PGAPPNAME"] = "a test's web server"
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        _until_it_answers(process, port)
        yield address
    finally:
        process.terminate()
        _, said = process.communicate(timeout=15)
    assert said == "", f"the server complained: {said}"


@pytest.fixture(scope="session")
def shared_server(django_db_setup: None) -> Iterator[str]:
    """One server for the run."""
    with running_server() as address:
        yield address


@pytest.fixture
def server(transactional_db: None, shared_server: str) -> str:
    """The server's address, with an empty database behind it."""
    return shared_server


def _until_it_answers(process: "subprocess.Popen[str]", port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    process.kill()
    raise RuntimeError(f"the server did not start: {process.communicate()[1]}")
