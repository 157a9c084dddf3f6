"""The fingerprint is a revision's identity: RFC 8785 bytes, equal for equal orders and no others."""

import json
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from orderwire.document.canonical import canonical_bytes, fingerprint
from orderwire.document.change import changes
from orderwire.document.order import Order
from tests.pure.orders import orders

quick = settings(max_examples=25, deadline=None)


@given(orders())
@quick
def test_canonical_bytes_are_those_of_another_implementation(order: Order) -> None:
    assert canonical_bytes(order) == rfc8785.dumps(order.model_dump(mode="json", exclude_defaults=True))


@given(orders())
@quick
def test_an_order_read_back_from_its_canonical_bytes_is_the_same(order: Order) -> None:
    again = Order.model_validate_json(canonical_bytes(order))
    assert again == order
    assert fingerprint(again) == fingerprint(order)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for n, inner in enumerate(value) for leaf in leaves(inner, (*path, n))]
    return [path]


def with_leaf(data: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    data = json.loads(json.dumps(data))
    inner: Any = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return data


OTHERS = ("X9", "2031-01-01", "1.5", 7, True, "EUR", "DE", "DAP", "release", "order", "project", "charge", "before")


@given(orders(max_lines=2), st.data())
@quick
def test_any_other_value_in_any_field_is_another_fingerprint_and_a_named_change(
    order: Order, data: st.DataObject
) -> None:
    plain = order.model_dump(mode="json", exclude_defaults=True)
    path = data.draw(st.sampled_from(leaves(plain)))
    for value in OTHERS:
        try:
            other = Order.model_validate(with_leaf(plain, path, value))
        except ValidationError:
            continue
        found = changes(order, other, ignore=frozenset())
        assert (fingerprint(other) == fingerprint(order)) == (other == order)
        assert bool(found) == (other != order)
        assert all(change.old != change.new for change in found)


@pytest.mark.parametrize("field", sorted(Order.model_fields))
def test_every_field_of_the_order_is_part_of_the_fingerprint(field: str) -> None:
    whole = Order.model_validate_json(WHOLE)
    other = whole.model_copy(update={field: getattr(Order.model_validate_json(OTHER), field)})
    assert fingerprint(other) != fingerprint(whole)
    assert any(change.path.startswith(field) for change in changes(whole, other, ignore=frozenset()))


def test_equal_numbers_have_equal_fingerprints() -> None:
    data = json.loads(WHOLE)
    data["lines"][0]["price"] = "00.500"
    assert fingerprint(Order.model_validate(data)) == fingerprint(Order.model_validate_json(WHOLE))
    assert Order.model_validate(data).lines[0].price == Decimal("0.5")


def _order(seed: str, number: int, kind: str) -> str:
    party = {"name": seed}
    return json.dumps(
        {
            "number": seed, "revision": number, "kind": kind, "release_number": seed, "issued": f"2026-01-0{number}",
            "valid_from": f"2026-02-0{number}", "valid_to": f"2026-03-0{number}",
            "currency": "EUR" if number == 1 else "USD", "buyer": party, "supplier": party, "ship_to": party,
            "bill_to": party, "payment_terms": [{"days": number}], "incoterm": {"code": "DAP", "place": seed},
            "references": [{"kind": "blanket", "number": seed}], "notes": [{"text": seed}],
            "allowances_charges": [{"kind": "charge", "amount": str(number)}], "test": number == 2,
            "attachments": [{"filename": seed, "media_type": "text/plain", "sha256": str(number) * 64, "size": 1}],
            "lines": [{"number": "1", "description": seed, "quantity": "1", "unit": "C62", "price": "0.5",
                       "schedules": [{"quantity": "1"}]}],
        }
    )  # fmt: skip


WHOLE, OTHER = _order("A", 1, "blanket"), _order("B", 2, "release")
