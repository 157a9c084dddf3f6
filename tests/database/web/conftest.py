"""A supplier who has opened the page of an order."""

import pytest

from tests.database import factories
from tests.database.web.visit import Visit


@pytest.fixture
def visit() -> Visit:
    made = Visit(factories.delivery(factories.order()))
    made.open()
    return made
