"""What the crash tests share: one installation with its own database, a mail sink and a folder for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.house import House, house
from tests.servers.sinks import MailSink


@pytest.fixture(scope="session")
def home() -> Iterator[House]:
    """An installation; each test brings suppliers of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        with house() as opened:
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
