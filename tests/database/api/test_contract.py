"""The published OpenAPI document: in step with the code, and kept by the running API against generated calls."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from orderwire.api import access, openapi
from orderwire.api.application import specification
from orderwire.document.canonical import canonical_bytes
from orderwire.document.order import Order
from tests.database import factories
from tests.pure.orders import orders

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
COMMITTED = Path(__file__).parents[3] / "docs" / "reference" / "api" / "openapi.json"

schema = schemathesis.openapi.from_dict(specification())
schema.app = get_wsgi_application()


@pytest.fixture
def key(db: None, settings: pytest.FixtureRequest) -> Iterator[str]:
    """A key that may do everything, in an installation where there is something to find."""
    settings.ORDERWIRE_API_PER_MINUTE = 1_000_000  # type: ignore[attr-defined]
    access._calls.cache_clear()
    row = factories.order(factories.document("1"))
    factories.delivery(row)
    factories.message()
    signals = (request_started, request_finished)
    for signal in signals:  # as Django's own test client: the test's transaction must outlive a request
        signal.disconnect(close_old_connections)
    yield access.make("fuzz", access.SCOPES)[1]
    for signal in signals:
        signal.connect(close_old_connections)
    access._calls.cache_clear()


def few(examples: int) -> settings:
    """The same generated calls in every run, and no more of them than a test run has time for."""
    phases = [Phase.explicit, Phase.generate]
    return settings(
        max_examples=examples, deadline=None, derandomize=True, phases=phases, suppress_health_check=list(HealthCheck)
    )


@schema.exclude(operation_id="bring_order").parametrize()
@few(6)
def test_the_api_keeps_its_contract_whatever_it_is_sent(case: schemathesis.Case, key: str) -> None:
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {key}"}
    case.call_and_validate(checks=CHECKS)


@given(order=orders(), removed=st.none() | st.sampled_from(["currency", "lines", "buyer", "number"]))
@few(20)
def test_every_order_is_taken_or_refused_by_the_contract(key: str, order: Order, removed: str | None) -> None:
    body = json.loads(canonical_bytes(order))
    if removed:
        del body[removed]
    operation = schema["/api/v1/orders"]["POST"]
    case = operation.Case(body=body, media_type="application/json", headers={"Authorization": f"Bearer {key}"})
    response = case.call_and_validate(checks=CHECKS)
    assert response.status_code in ((422,) if removed else (200, 201, 409, 422))


def test_the_committed_document_is_in_step_with_the_code() -> None:
    assert COMMITTED.read_text() == openapi.text(specification()), "make docs writes it again"


def test_every_operation_names_its_scope_and_says_what_it_does() -> None:
    for path, item in specification()["paths"].items():
        for method, operation in item.items():
            assert operation["security"][0]["key"][0] in access.SCOPES, path
            assert operation["summary"], (path, method)
            assert "application/problem+json" in operation["responses"]["401"]["content"]


def test_the_document_and_the_schemas_are_served(client: object) -> None:
    served = client.get("/api/v1/openapi.json")  # type: ignore[attr-defined]
    assert json.loads(served.content)["openapi"].startswith("3.1")
    order = client.get("/api/v1/schemas/order.schema.json")  # type: ignore[attr-defined]
    assert json.loads(order.content)["title"] == "Order"
