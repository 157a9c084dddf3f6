"""Counts that stop at a cap, all in one statement: what a tab shows must not cost a scan of the table."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def capped_counts(querysets: Mapping[str, QuerySet[Any]], cap: int) -> dict[str, int]:
    """How many rows each query finds; cap + 1 stands for "more than cap"."""
    parts: list[str] = []
    values: list[Any] = []
    for queryset in querysets.values():
        sql, given = queryset.order_by().values("pk")[: cap + 1].query.sql_with_params()
        parts.append(f"(select count(*) from ({sql}) counted)")
        values.extend(given)
    with connection.cursor() as cursor:
        cursor.execute(f"select {', '.join(parts)}", values)
        row = cursor.fetchone()
    return dict(zip(querysets, row or (), strict=True))
