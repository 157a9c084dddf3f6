"""Configuration that a test of the road may change."""

from pathlib import Path
from typing import Any

import pytest

from tests.database.flow import road


@pytest.fixture
def config(settings: Any, tmp_path: Path) -> Path:
    """A configuration folder of this test's own, with a policy that trusts road.SOURCE."""
    folder = tmp_path / "config"
    folder.mkdir()
    settings.ORDERWIRE_CONFIG = folder
    road.trusting(folder)
    return folder
