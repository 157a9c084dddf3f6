"""Makes an installation ready to use: the database is up and has the newest schema."""

import os

import django

from orderwire.locks import Lock


def prepare() -> None:
    """Start Django and bring the database to this version's schema; several processes may do it at once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwire.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [Lock.PREPARE])
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [Lock.PREPARE])
