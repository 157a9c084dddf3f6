"""Statements that go past Django's cursor fail as Django's own do."""

import pytest
from django.db import DataError, transaction

from orderwire.records.hot import rows


@pytest.mark.django_db
def test_what_the_database_refuses_is_told_in_djangos_errors() -> None:
    with pytest.raises(DataError), transaction.atomic():
        rows("select 1 / %(by)s::int", {"by": 0})
