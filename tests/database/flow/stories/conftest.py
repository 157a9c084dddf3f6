"""What most stories begin with: a supplier's folder, an order that lies in it, and somebody who may approve."""

from pathlib import Path

import pytest

from orderwire.records import Order, User
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain


@pytest.fixture
def out(config: Path, tmp_path: Path) -> Path:
    """The folder of the one supplier."""
    road.supplier(tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def order(out: Path) -> Order:
    """Two lines, approved by a trusted source and sent: 100 seals at 12.50 and 60 at 118."""
    row = road.approved()
    drain()
    row.refresh_from_db()
    return row


@pytest.fixture
def lead(config: Path) -> User:
    """May approve up to 100,000."""
    return road.person("lena", "purchasing-leads")
