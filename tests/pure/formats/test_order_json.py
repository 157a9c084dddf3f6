"""Our JSON: lossless, and precise about everything that is wrong with a file."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.formats.order_json import MAX_BYTES, OrderJson
from orderwire.formats.order_json.values import MAX_DOCUMENTS
from orderwire.testing import FixedContext, FormatConformance
from tests.pure.family import advices, cancellations, changes, invoices, receipts, responses, ship_notices
from tests.pure.orders import orders

JSON = OrderJson()

ORDER: dict[str, Any] = {
    "number": "PO-1",
    "issued": "2026-01-31",
    "currency": "EUR",
    "buyer": {"name": "Northwind"},
    "supplier": {"name": "Acme"},
    "lines": [
        {
            "number": "10",
            "description": "Bolt",
            "quantity": "12",
            "unit": "C62",
            "price": "0.25",
            "schedules": [{"quantity": "12", "requested": "2026-02-15"}],
        }
    ],
}


class TestConformance(FormatConformance):
    kind = "order_json"
    documents = st.one_of(
        orders(), changes(), cancellations(), responses(), advices(), ship_notices(), receipts(), invoices()
    )


def read(content: Any) -> Any:
    data = (
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    return JSON.read(data, {})


def changed(**fields: Any) -> dict[str, Any]:
    return {**ORDER, **fields}


def line(**fields: Any) -> dict[str, Any]:
    return changed(lines=[{**ORDER["lines"][0], **fields}])


def only_finding(content: Any) -> tuple[str, str, str]:
    result = read(content)
    [finding] = [*result.findings, *(f for d in result.documents for f in d.findings)]
    return finding.code, finding.where, finding.text


@given(orders())
@settings(max_examples=20, deadline=None)
def test_nothing_is_lost(order: Order) -> None:
    written = JSON.write(order, {}, FixedContext())
    assert written.findings == ()
    [document] = JSON.read(written.content, {}).documents
    assert document.document == order


def test_an_order_comes_bare_in_an_envelope_in_a_list_or_one_a_line() -> None:
    envelope = {"schema": "orderwire/order/1", "type": "order", "order": ORDER}
    second = changed(number="PO-2")
    for content in ([ORDER, second], [envelope, second], json.dumps(envelope) + "\r\n" + json.dumps(second) + "\n"):
        result = read(content)
        assert [(d.number, d.usable) for d in result.documents] == [("PO-1", True), ("PO-2", True)]


def test_one_broken_order_of_a_batch_does_not_stop_the_others() -> None:
    result = read([ORDER, line(unit="nonsense"), changed(number="PO-3")])
    assert [d.usable for d in result.documents] == [True, False, True]
    assert result.documents[1].findings[0].where == "document 2 (line 1): lines[1].unit"


def test_a_line_that_is_not_json_does_not_stop_the_lines_after_it() -> None:
    result = read(json.dumps(ORDER) + '\n{"number": "PO-2", \n' + json.dumps(changed(number="PO-3")))
    assert [(d.number, d.usable) for d in result.documents] == [("PO-1", True), (None, False), ("PO-3", True)]
    assert result.documents[1].findings[0].where.startswith("document 2 (line 2): line 3, column")


@pytest.mark.parametrize("tail", ["", ",", ", {", "] x", " {}]"])
def test_a_list_that_is_cut_off_or_goes_on_is_an_error_after_its_good_orders(tail: str) -> None:
    result = read(f"[{json.dumps(ORDER)}{tail}")
    assert [d.usable for d in result.documents] == [True, False]
    assert "the rest was not read" in result.documents[1].findings[0].text


def test_a_syntax_error_has_its_line_and_column() -> None:
    code, where, text = only_finding('{\n  "number": PO-1\n}')
    assert (code, where) == ("json-syntax", "line 2, column 13")
    assert "is not JSON" in text


def test_a_key_that_stands_twice_is_refused_at_any_depth() -> None:
    code, where, _ = only_finding(json.dumps(ORDER).replace('"name": "Acme"', '"name": "Acme", "name": "Evil"'))
    assert (code, where) == ("duplicate-key", "key 'name'")


def test_a_binary_fraction_is_refused_with_the_remedy_and_a_whole_number_is_not() -> None:
    _, where, text = only_finding(line(price=12.5))
    assert where == "lines[1].price"
    assert 'write decimals as text, for example "12.50"' in text
    assert read(line(price=12)).documents[0].usable


def test_a_byte_order_mark_is_a_warning() -> None:
    result = read(b"\xef\xbb\xbf" + json.dumps(ORDER).encode())
    assert result.documents[0].usable
    assert [f.code for f in result.findings] == ["byte-order-mark"]


def test_another_encoding_is_named_with_its_place() -> None:
    assert only_finding(json.dumps(ORDER).encode("utf-16"))[:2] == ("encoding", "file")
    latin = json.dumps(changed(number="É"), ensure_ascii=False, indent=1).encode("latin-1")
    code, where, text = only_finding(latin)
    assert (code, where) == ("encoding", "line 2, column 13")
    assert "0xC9" in text


def test_totals_that_do_not_add_up_are_an_error_with_both_numbers() -> None:
    envelope = {"schema": "orderwire/order/1", "type": "order", "order": ORDER, "totals": {"total": "3.01"}}
    code, where, text = only_finding(envelope)
    assert (code, where) == ("totals-differ", "totals.total")
    assert "3.01" in text and "3.00 EUR" in text
    assert read(envelope | {"totals": {"lines": "3", "tax": "0", "total": "3.00"}}).documents[0].usable


def test_an_approval_needs_a_time_with_its_zone() -> None:
    approval = {"approver": "ines", "at": "2026-01-31T09:30:00+01:00", "reference": "WF-7"}
    envelope = {"schema": "orderwire/order/1", "type": "order", "order": ORDER, "approval": approval}
    [document] = read(envelope).documents
    assert document.approval is not None and document.approval.approver == "ines"
    approval["at"] = "2026-01-31T09:30:00"
    assert only_finding(envelope)[1] == "approval.at"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("3", "not-a-document"),
        ("[[]]", "not-a-document"),
        ("{}", "unknown-schema"),
        ('{"schema": "orderwire/order/9"}', "unknown-schema"),
        ('{"schema": ["x"]}', "unknown-schema"),
        ("[]", "empty"),
        ('{"a":' * 5000, "too-deep"),
        ("9" * 5000, "json-syntax"),
        ('{"number": NaN', "json-syntax"),
    ],
)  # fmt: skip
def test_what_is_no_order_says_so(content: str, code: str) -> None:
    assert only_finding(content)[0] == code


def test_a_file_of_broken_documents_is_given_up_early() -> None:
    result = read('{"a\n' * 5000)
    assert 20 <= len(result.documents) <= 22
    assert "the rest of the file was not read" in result.documents[-1].findings[0].text


def test_a_file_of_too_many_documents_is_read_so_far_and_says_so() -> None:
    result = read("[" + "1," * MAX_DOCUMENTS + "1]")
    assert len(result.documents) == MAX_DOCUMENTS + 1
    assert result.documents[-1].findings[0].code == "too-large"


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    assert only_finding(b" " * (MAX_BYTES + 1))[0] == "too-large"


def test_an_unknown_field_is_an_error_and_its_name_cannot_hide_control_characters() -> None:
    _, where, text = only_finding(changed(**{"a\x1b[31m": 1}))
    assert "not a field we know" in text
    assert where.isprintable()


def test_the_written_envelope_states_the_totals() -> None:
    order = Order.model_validate(ORDER)
    written = json.loads(JSON.write(order, {}, FixedContext()).content)
    assert written["totals"]["total"] == str(totals(order).total.normalize())
