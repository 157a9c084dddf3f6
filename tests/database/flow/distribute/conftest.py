"""A configuration of the test's own, a supplier with a folder, mail servers that misbehave when asked."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from orderwire.testing.smtp import MailServer, Rule
from tests.database.flow import road
from tests.database.flow.distribute.kit import Serve, mailbox


@pytest.fixture(autouse=True)
def _configured(config: Path) -> None:
    """A policy that trusts the source, in a folder of this test."""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder of the one supplier that there is."""
    road.supplier(tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(Rule(…), …)` starts a mail server and a supplier that receives our JSON there."""
    with ExitStack() as stack:

        def start(*script: Rule, **mail: Any) -> MailServer:
            server = stack.enter_context(MailServer(tmp_path / "journal.jsonl", script=script))
            mailbox(server.port, **mail)
            return server

        yield start
