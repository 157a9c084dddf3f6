"""The published schemas are those of the models, and take what we write."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings

from orderwire.document.order import Order
from orderwire.document.schema import SCHEMAS, schema_text
from tests.pure.orders import orders

PUBLISHED = Path(__file__).parents[3] / "docs/reference/schema"


@pytest.mark.parametrize("filename", SCHEMAS)
def test_the_published_schema_is_in_step_with_the_model(filename: str) -> None:
    again = "run `python -m orderwire.document.schema docs/reference/schema`"
    assert (PUBLISHED / filename).read_text() == schema_text(filename), again


@given(orders())
@settings(max_examples=10, deadline=None)
def test_every_order_keeps_the_schema(order: Order) -> None:
    validator = jsonschema_rs.Draft202012Validator(json.loads(schema_text("order.schema.json")))
    assert [e.message for e in validator.iter_errors(order.model_dump(mode="json", exclude_defaults=True))] == []
