"""What is written validates against the OASIS schemas, keeps Peppol's rules as we know them, and reads back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from orderwire.document.finding import has_errors
from orderwire.document.order import Order
from orderwire.document.order_change import HeadPart, LineAction, LineChange, LinePart, OrderChange
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.document.terms import Note
from orderwire.formats import CannotCarry, Content, Written
from orderwire.formats.ubl import checks
from orderwire.formats.xml import local
from orderwire.testing.formats import FixedContext
from tests.pure.family import advices, cancellations, changes, responses
from tests.pure.formats.ubl.strategies import peppol_changes, peppol_orders, peppol_responses
from tests.pure.formats.ubl.support import FORMAT, ORDER, PEPPOL, SCHEMAS, schema
from tests.pure.orders import orders

FAST = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
ACCEPT = {"on_loss": "accept"}
needs_schemas = pytest.mark.skipif(not SCHEMAS.exists(), reason="the OASIS schemas of the corpus are not there")


def holds(document: Content, profile: Mapping[str, Any]) -> Written:
    """Check the law for a document; skip what the profile refuses."""
    try:
        written = FORMAT.write(document, profile, FixedContext())
    except CannotCarry:
        assume(False)
        raise
    result = FORMAT.read(written.content, profile)
    assert not has_errors(result.findings), result.findings
    (found,) = result.documents
    assert found.usable, found.findings
    assert found.document == FORMAT.project(document, profile)[0]
    return written


def validates(written: Written) -> None:
    """Check against the schema of UBL 2.1; OrderChangeDocumentReference is of UBL 2.3 and Peppol asks for it."""
    root = etree.fromstring(written.content)
    for later in root.findall("{*}OrderChangeDocumentReference"):
        root.remove(later)
    judge = schema(local(root))
    assert judge.validate(root), judge.error_log


@needs_schemas
@FAST
@given(st.one_of(orders(), changes(), cancellations(), responses(), advices()), st.sampled_from([
    ACCEPT, {**ACCEPT, "response": "simple"}, {"on_loss": "note"},
    {**ACCEPT, "tax_scheme": "GST", "units": {"C62": "PCE"}},
]))  # fmt: skip
def test_plain_documents_validate_and_read_back(document: Content, profile: dict[str, Any]) -> None:
    validates(holds(document, profile))


@needs_schemas
@FAST
@given(st.one_of(peppol_orders(), peppol_changes()), st.sampled_from(["accept", "note"]))
def test_peppol_orders_and_changes_validate_keep_the_rules_and_read_back(document: Content, on_loss: str) -> None:
    written = holds(document, {**PEPPOL, "on_loss": on_loss})
    validates(written)
    assert list(checks.check(etree.fromstring(written.content))) == []


@needs_schemas
@FAST
@given(peppol_responses(), st.sampled_from(["response", "advanced"]))
def test_peppol_answers_validate_and_read_back(document: Content, form: str) -> None:
    validates(holds(document, {**PEPPOL, **ACCEPT, "response": form}))


@FAST
@given(orders())
def test_a_plain_order_comes_back_whole(order: Order) -> None:
    """Nothing that matters to the deal is lost in plain UBL: the strictest profile but for oddities of text."""
    back, findings = FORMAT.project(order, ACCEPT)
    assert isinstance(back, Order)
    said = " ".join(f.where for f in findings)
    for name in (
        "number",
        "revision",
        "kind",
        "release_number",
        "issued",
        "valid_from",
        "valid_to",
        "currency",
        "test",
    ):
        assert getattr(back, name) == getattr(order, name), name
    assert back.incoterm == order.incoterm
    assert back.allowances_charges == order.allowances_charges or "allowances_charges" in said
    for one, other in zip(order.lines, back.lines, strict=True):
        for name in ("number", "description", "quantity", "unit", "price", "price_basis", "gtin", "category", "taxes"):
            assert getattr(one, name) == getattr(other, name), name
        assert [(s.quantity, s.requested) for s in one.schedules] == [
            (s.quantity, s.requested) for s in other.schedules
        ]


def test_a_change_may_repeat_a_part_of_the_header_and_of_a_line() -> None:
    part = HeadPart(currency="SEK", supplier=ORDER.supplier, notes=(Note(text="By rail", subject="Transport"),))
    line = LineChange(
        number="10", action=LineAction.CHANGED, part=LinePart(quantity=Decimal(7), unit="C62"), reason="less"
    )
    change = OrderChange(
        order_number="PO-1",
        form="delta",
        number="C-1",
        sequence=1,
        issued=ORDER.issued,
        order_issued=ORDER.issued,
        head_part=part.model_copy(update={"buyer": ORDER.buyer}),
        lines=(line,),
    )
    back = FORMAT.read(FORMAT.write(change, {}, FixedContext()).content, {}).documents[0].document
    assert isinstance(back, OrderChange)
    assert back == change.model_copy(update={"lines": back.lines})
    assert back.lines == (line.model_copy(update={"code": "3"}),)


def test_an_order_that_keeps_every_rule_is_written_for_peppol_without_a_word() -> None:
    profile = {**PEPPOL, "test": False}
    written = FORMAT.write(ORDER, profile, FixedContext())
    assert written.findings == ()
    assert FORMAT.read(written.content, profile).documents[0].document == ORDER
    root = etree.fromstring(written.content)
    assert root.findtext("{*}CustomizationID") == "urn:fdc:peppol.eu:poacc:trns:order:3"
    assert root.findtext("{*}ProfileID") == "urn:fdc:peppol.eu:poacc:bis:ordering:3"


def test_an_agreement_is_an_answer_that_both_sides_accept() -> None:
    answer = Response(
        order_number="PO-1",
        number="A-1",
        status=HeaderStatus.ACCEPTED,
        answered=ORDER.issued,
        currency="SEK",
        supplier=ORDER.supplier,
        lines=(LineAnswer(number="10", status=LineStatus.ACCEPTED, quantity=Decimal(100), unit="C62"),),
    )
    written = FORMAT.write(answer, {**PEPPOL, "test": False, "response": "agreement"}, FixedContext())
    root = etree.fromstring(written.content)
    assert root.findtext("{*}CustomizationID") == "urn:fdc:peppol.eu:poacc:trns:order_agreement:3"
    back = FORMAT.read(written.content, {}).documents[0].document
    assert isinstance(back, Response) and back.status is HeaderStatus.ACCEPTED and back.code is None
    with pytest.raises(CannotCarry):
        rejected = answer.model_copy(update={"status": HeaderStatus.REJECTED, "lines": ()})
        FORMAT.write(rejected, {**PEPPOL, "response": "agreement"}, FixedContext())


def test_only_the_advanced_response_answers_a_change() -> None:
    answer = Response(
        order_number="PO-1",
        number="A-1",
        status=HeaderStatus.ACCEPTED,
        answered=ORDER.issued,
        currency="SEK",
        supplier=ORDER.supplier,
        answers="change",
        change_number="C-7",
    )
    written = FORMAT.write(answer, {**PEPPOL, "test": False}, FixedContext())
    assert b"order_response_advanced:3" in written.content
    back = FORMAT.read(written.content, {}).documents[0].document
    assert isinstance(back, Response) and (back.answers, back.change_number) == ("change", "C-7")


def test_a_national_extension_stands_behind_the_specification() -> None:
    profile = {**PEPPOL, "test": False, "extension": "urn:www.peppol.no:order", "process": "advanced_ordering"}
    root = etree.fromstring(FORMAT.write(ORDER, profile, FixedContext()).content)
    name = "urn:fdc:peppol.eu:poacc:trns:order:3:extended:urn:www.peppol.no:order"
    assert root.findtext("{*}CustomizationID") == name
    assert (root.findtext("{*}ProfileID") or "").endswith("advanced_ordering:3")
