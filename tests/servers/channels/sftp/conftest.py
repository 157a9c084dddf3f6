"""An SFTP server for each test: `server` fails as it is told, `sshd` is OpenSSH's, `either` is both in turn."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.channels.sftp.servers import OpenSsh, Scripted


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("out", "inbox", "done"):
        (tmp_path / "files" / name).mkdir(parents=True)
    return tmp_path / "files"


@pytest.fixture
def server(root: Path) -> Iterator[Scripted]:
    with Scripted(root) as opened:
        yield opened


@pytest.fixture
def sshd(root: Path, tmp_path: Path) -> Iterator[OpenSsh]:
    if OpenSsh.program is None:
        pytest.skip("needs OpenSSH's sshd: apt-get install openssh-server")
    with OpenSsh(root, tmp_path) as opened:
        yield opened


@pytest.fixture(params=["server", "sshd"])
def either(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)
