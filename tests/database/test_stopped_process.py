"""A process that stops in the middle of a transaction, with locks that others need, does not hold them for ever."""

import pytest
from django.db import connection, transaction

from orderwire.flow import DATABASE_AWAY
from orderwire.locks import Lock


@pytest.mark.django_db(transaction=True)
def test_whoever_is_silent_in_a_transaction_loses_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("show idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)
    other = connection.copy()
    try:
        with pytest.raises(DATABASE_AWAY), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local idle_in_transaction_session_timeout = '50ms'")
            cursor.execute("select pg_advisory_xact_lock(%s)", [Lock.SWEEP])
            with other.cursor() as waiting:
                waiting.execute("select pg_advisory_lock(%s)", [Lock.SWEEP])
            cursor.execute("select 1")
    finally:
        other.close()
        connection.close()
