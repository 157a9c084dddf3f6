"""Statements that are run for every order: Django's connection and transaction, but prepared once by the server.

Django's own cursor writes the values into the text, so that the server parses and plans each statement anew.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that a statement returns. Raises psycopg's own errors."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return cursor.fetchall()
