"""Turns the state tables of the document layer into database columns and constraints."""

from enum import StrEnum
from typing import Any

from django.db import models


def state_field(states: type[StrEnum], default: StrEnum, **options: Any) -> "models.CharField[str, str]":
    """A column that holds one of these states as its word."""
    return models.CharField(
        max_length=24, default=default.value, choices=[(s.value, s.value) for s in states], **options
    )


def only(column: str, states: type[StrEnum], name: str) -> models.CheckConstraint:
    """The database refuses any other word in the column."""
    return models.CheckConstraint(condition=models.Q(**{f"{column}__in": [s.value for s in states]}), name=name)
