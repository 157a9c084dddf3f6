"""Ways that do what the test says, instead of the folder channel."""

from pathlib import Path

import pytest

from orderwire import plugins
from tests.database.flow.fallback.kit import Ways


@pytest.fixture
def sink(config: Path, monkeypatch: pytest.MonkeyPatch) -> Ways:
    """The only channel that there is, under the name of the folder."""
    made, original = Ways(), plugins.channel
    monkeypatch.setattr(plugins, "channel", lambda kind: made if kind == "folder" else original(kind))
    return made
