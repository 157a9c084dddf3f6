"""Configuration that a test of the road may change."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, SecretStr

from orderwire import plugins
from orderwire.formats.cxml.profile import CxmlProfile
from tests.database.flow import road


@pytest.fixture
def config(settings: Any, tmp_path: Path) -> Path:
    """A configuration folder of this test's own, with a policy that trusts road.SOURCE."""
    folder = tmp_path / "config"
    folder.mkdir()
    settings.ORDERWIRE_CONFIG = folder
    road.trusting(folder)
    return folder


class _Secretive(CxmlProfile):
    password: SecretStr | None = Field(None, description="What no profile should have.")


@pytest.fixture
def secretive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The format cXML as a plug-in that keeps to no rule would have it: with a secret in its profile."""
    monkeypatch.setattr(type(plugins.format("cxml")), "profile_model", _Secretive)
