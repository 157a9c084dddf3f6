"""Statements that are run for every order: Django's connection and transaction, but prepared once by the server.

Django's own cursor writes the values into the text, so that the server parses and plans each statement anew.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import psycopg
from django.db import connection

PLACE = re.compile(r"%\((\w+)\)s")


def rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that a statement with places like %(name)s returns. Raises django.db.Error."""
    numbered, names = _numbered(statement)
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
        cursor.execute(numbered, [values[name] for name in names], prepare=True)
        return cursor.fetchall()


@cache
def _numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with PostgreSQL's own places $1, $2 …, and what stands in each; made once for each statement."""
    names = tuple(dict.fromkeys(PLACE.findall(statement)))
    numbers = {name: f"${number}" for number, name in enumerate(names, 1)}
    return PLACE.sub(lambda match: numbers[match[1]], statement).encode(), names
