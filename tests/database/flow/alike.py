"""Two states of the database are alike when they have the same rows in every table that the flow reads, whatever their
ids, their times, their words and the order in which they were written."""

import hashlib
import json
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import DateTimeField, ForeignKey, Model

_HISTORY = {"Event", "Message", "Blob", "Interchange", "Drain", "ControlNumber", "Leaf", "TreeHead", "IdempotentCall"}
"""What happened and which bytes came in: read by people, and by the flow only as below."""

_READ_EVENTS = ("order.held", "order.resumed", "plan.held", "delivery.failed")

_UNREAD = {
    "message_id", "token_sha256", "id", "last_event", "external_id", "tried_at", "fence", "tries", "text", "reason",
    "parcel", "payload_sha256", "sent_sha256", "explanation", "binding", "data", "intent_at",
}  # fmt: skip
"""Columns that hold an id of their own, a hash of bytes with a date in them, words, or a count of tries."""

_OVER = ("used_at", "fired_at", "stopped_at")
"""A row with one of these times set is history."""

_DEEP = 4
"""So many steps from row to row tell rows apart: receipt, delivery, leg, plan, version."""

_MODELS = [model for model in apps.get_app_config("orderwire").get_models() if model.__name__ not in _HISTORY]

Row = dict[str, Any]


def state() -> str:
    """A fingerprint; equal for states that are alike."""
    rows: dict[str, dict[str, Row]] = {}
    with connection.cursor() as cursor:
        for model in _MODELS:
            cursor.execute(f"select to_jsonb(t)::text from {model._meta.db_table} t")
            found = [json.loads(row) for (row,) in cursor.fetchall()]
            live = [row for row in found if not any(row.get(name) for name in _OVER)]
            rows[model._meta.db_table] = {str(row[model._meta.pk.column]): row for row in live}
        cursor.execute("select kind from ow_event where kind = any(%s) order by id", [list(_READ_EVENTS)])
        events = [kind for (kind,) in cursor.fetchall()]
    names = {table: dict.fromkeys(found, "") for table, found in rows.items()}
    for _ in range(_DEEP):
        names = {
            model._meta.db_table: {
                key: _hash(_plain(model, row, names)) for key, row in rows[model._meta.db_table].items()
            }
            for model in _MODELS
        }
    return _hash([{table: sorted(found.values()) for table, found in names.items()}, events])


def _plain(model: type[Model], row: Row, names: dict[str, dict[str, str]]) -> Row:
    found: Row = {}
    for field in model._meta.concrete_fields:
        value = row[field.column]
        if field.column in _UNREAD:
            continue
        if isinstance(field, DateTimeField):
            value = value is not None
        elif isinstance(field, ForeignKey):
            known = names.get(field.related_model._meta.db_table)
            value = value is not None if known is None else known.get(str(value))
        elif field.column == "says":
            value = sorted(value)
        found[field.column] = value
    return found


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
