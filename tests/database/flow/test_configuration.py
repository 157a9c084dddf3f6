"""The policy of changes in force is the operator's file, else the shipped one, and a broken one is never guessed at."""

from pathlib import Path
from typing import Any

import pytest

from orderwire.flow import Refused, configuration
from orderwire.flow.find import Look
from orderwire.yaml_file import Unreadable


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.ORDERWIRE_CONFIG = tmp_path
    return tmp_path


def test_without_a_file_the_shipped_policy_of_changes_is_in_force(folder: Path) -> None:
    assert configuration.changes().name == "What may change"


def test_a_changed_file_counts_at_once_and_has_another_identity(folder: Path) -> None:
    file = folder / "changes.yaml"
    file.write_text("name: Ours\nversion: 1\n")
    first = configuration.changes()
    file.write_text("name: Ours\nversion: 1\namendments: {free: [notes]}\n")
    second = configuration.changes()
    assert (first.name, second.name) == ("Ours", "Ours")
    assert first.sha256 != second.sha256


def test_a_broken_file_refuses_with_its_line_instead_of_falling_back(folder: Path) -> None:
    (folder / "changes.yaml").write_text("name: Ours\ndrift: {total: {up: a lot}}\n")
    with pytest.raises(Unreadable, match=r"changes\.yaml line 2"):
        configuration.changes()
    with pytest.raises(Refused, match="The policy of changes cannot be used") as told:
        _ = Look().changes
    assert told.value.remedy == "Correct changes.yaml."
