"""What our JSON looks like: a document in an envelope with what its sender states about it."""

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, create_model, field_validator

from orderwire.document.base import Document, Exact, Label, no_control
from orderwire.document.order import Order
from orderwire.document.states import DocumentType
from orderwire.formats import TYPES


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


class Envelope(Document):
    """What every envelope has: the schema of its document (`orderwire/order/1`), and the document under its type.

    `external_id` is the record of the ERP that it comes from; it counts only where an ERP's own endpoint brought it.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    external_id: Annotated[Label, Field(max_length=120)] | None = None


class OrderEnvelope(Envelope):
    """An order with what its sender says about it."""

    schema_: Literal["orderwire/order/1"] = Field(alias="schema")
    type: Literal["order"]
    order: Order
    totals: StatedTotals | None = None
    approval: StatedApproval | None = None


def schema(kind: DocumentType) -> str:
    """The name of a document's schema in its envelope."""
    return f"orderwire/{kind.value}/1"


def _envelope(kind: DocumentType, model: type[Document]) -> type[Envelope]:
    if kind is DocumentType.ORDER:
        return OrderEnvelope
    fields: dict[str, Any] = {
        "schema_": (Literal[schema(kind)], Field(alias="schema")),
        "type": (Literal[kind.value], ...),
        kind.value: (model, ...),
    }
    return create_model(f"{model.__name__}Envelope", __base__=Envelope, __doc__=model.__doc__, **fields)


ENVELOPES: Mapping[DocumentType, type[Envelope]] = {kind: _envelope(kind, model) for model, kind in TYPES.items()}
"""The envelope of each document type."""
