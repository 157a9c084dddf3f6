"""Django's PostgreSQL backend, which brings the embedded server up before it connects: importing settings, checking
types or reading a file therefore starts nothing."""

from typing import Any

from django.db.backends.postgresql import base

from orderwire.database import ensure_dsn


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's own, but the server may not be running yet."""

    def get_connection_params(self) -> dict[str, Any]:
        """What psycopg connects with, for Django and for everybody who asks Django (the job engine)."""
        ensure_dsn()
        return super().get_connection_params()
