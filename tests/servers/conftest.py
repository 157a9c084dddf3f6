"""What the crash tests share: one installation with its own database, a mail sink and a folder for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.house import House, house
from tests.servers.sinks import MailSink
from tests.servers.tryton_house import TrytonHouse, tryton_house


@pytest.fixture(scope="session")
def home() -> Iterator[House]:
    """An installation; each test brings suppliers of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        with house() as opened:
            yield opened


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonHouse]:
    """A Tryton in which purchases 1, 2 and 3 are confirmed; tests that change some create their own."""
    with tryton_house(tmp_path_factory.mktemp("tryton")) as opened:
        for quantity in ("100", "5", "7"):
            opened.ask("create", quantity=quantity)
        yield opened


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[MailSink]:
    """A mail server with a journal."""
    with MailSink(tmp_path / "mails.jsonl") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A partner's folder."""
    path = tmp_path / "folder"
    path.mkdir()
    return path
