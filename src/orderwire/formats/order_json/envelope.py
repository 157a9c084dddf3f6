"""What our JSON looks like: an order or an answer in an envelope with what its sender states about it."""

import datetime
from typing import Literal

from pydantic import ConfigDict, Field, field_validator

from orderwire.document.base import Document, Exact, Label, no_control
from orderwire.document.order import Order
from orderwire.document.response import Response


class StatedTotals(Document):
    """Totals as the sender computed them, each optional; they are compared with ours and never taken over."""

    lines: Exact | None = None
    adjustments: Exact | None = None
    tax: Exact | None = None
    total: Exact | None = None


class StatedApproval(Document):
    """Who approved the order in the source system; `at` is ISO 8601 with its zone."""

    approver: Label
    at: str
    reference: Label | None = None

    @field_validator("at")
    @classmethod
    def _with_zone(cls, at: str) -> str:
        try:
            moment = datetime.datetime.fromisoformat(at)
        except ValueError:
            moment = datetime.datetime.min
        if moment.tzinfo is None:
            raise ValueError("is not a time with its zone, like 2026-01-31T09:30:00+01:00")
        return no_control(at)


class OrderEnvelope(Document):
    """An order with what its sender says about it."""

    model_config = ConfigDict(serialize_by_alias=True)

    schema_: Literal["orderwire/order/1"] = Field(alias="schema")
    type: Literal["order"]
    order: Order
    totals: StatedTotals | None = None
    approval: StatedApproval | None = None


class ResponseEnvelope(Document):
    """A supplier's answer."""

    model_config = ConfigDict(serialize_by_alias=True)

    schema_: Literal["orderwire/response/1"] = Field(alias="schema")
    type: Literal["response"]
    response: Response
