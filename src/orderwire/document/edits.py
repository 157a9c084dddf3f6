"""Edits: what a person changes of an order, in the same words as an order change, and the order that they make."""

from collections import Counter
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from orderwire.document.base import Document
from orderwire.document.finding import from_validation
from orderwire.document.order import Order, OrderHead
from orderwire.document.order_change import DoesNotFit, HeadPart, LineChange, OrderChange, applied


class Edits(Document):
    """What differs from the order that was looked at.

    `head` sets the fields that it states; one that is stated empty is taken away. A line is deleted (`action`),
    added or stated whole (`line`), or changed in the fields of its `part`. A line that is wanted in several
    deliveries is stated whole, with all of its `schedules`.
    """

    head: HeadPart | None = None
    lines: Annotated[tuple[LineChange, ...], Field(max_length=100_000)] = ()

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        twice = [number for number, n in Counter(line.number for line in self.lines).items() if n > 1]
        if twice:
            raise ValueError(f"line {twice[0]} is edited twice; say in one place what becomes of it")
        return self


def edited(order: Order, edits: Edits) -> Order:
    """The order as edited, one revision further. Raises DoesNotFit, whose findings name the field and the remedy."""
    change = OrderChange(
        order_number=order.number, form="delta", head=_head(order, edits), lines=edits.lines, test=order.test
    )
    return applied(change, order)


def _head(order: Order, edits: Edits) -> OrderHead | None:
    if edits.head is None:
        return None
    stated: dict[str, Any] = {name: getattr(edits.head, name) for name in edits.head.model_fields_set}
    try:
        return OrderHead.model_validate({name: getattr(order, name) for name in OrderHead.model_fields} | stated)
    except ValidationError as failure:
        raise DoesNotFit(from_validation(failure)) from failure
