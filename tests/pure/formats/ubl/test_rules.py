"""Peppol's rules: each stops what we write, naming rule and field, and is a warning in what we read."""

from decimal import Decimal
from typing import Any

import pytest

from orderwire.document.finding import Severity
from orderwire.document.order import Order, Schedule
from orderwire.document.order_change import LineAction, LineChange, OrderChange
from orderwire.document.party import Identifier
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.document.terms import AllowanceCharge, Tax
from orderwire.formats import CannotCarry, Content
from orderwire.testing.formats import FixedContext
from tests.pure.formats.ubl.support import FORMAT, LINE, ORDER, PEPPOL, changed, with_line

PROFILE = {**PEPPOL, "test": False}


def refused(document: Content, **profile: Any) -> dict[str, str]:
    """Codes of the errors with their fields; the document must be refused."""
    with pytest.raises(CannotCarry) as refusal:
        FORMAT.write(document, {**PROFILE, **profile}, FixedContext())
    return {f.code: f.where for f in refusal.value.findings if f.severity is Severity.ERROR}


def with_buyer(*identifiers: Identifier) -> Order:
    """The order with other identifiers of the buyer."""
    return changed(buyer=ORDER.buyer.model_copy(update={"identifiers": identifiers}))


BROKEN = [
    (with_line(allowances_charges=(AllowanceCharge(kind="charge", amount=Decimal(5)),)), "peppol-t01-r023",
     "lines[10].allowances_charges[1]"),
    (changed(allowances_charges=(AllowanceCharge(kind="charge", amount=Decimal("5.005"), code="FC"),)),
     "peppol-t01-r028", "allowances_charges[1]"),
    (with_line(taxes=(Tax(category="S", percent=Decimal(0)),)), "peppol-t01-r030", "lines[10].taxes"),
    (changed(allowances_charges=(AllowanceCharge(kind="allowance", amount=Decimal(500), reason="gift"),)),
     "peppol-t01-r006", "totals"),
    (with_buyer(Identifier(scheme="eas:0088", value="7300010000002")), "peppol-common-r040", "buyer.identifiers"),
    (with_buyer(Identifier(scheme="eas:0192", value="987654321")), "peppol-common-r041", "buyer.identifiers"),
    (with_buyer(Identifier(scheme="eas:9999", value="1")), "peppol-common-r004", "buyer.identifiers"),
    (with_buyer(Identifier(scheme="eas:0088", value="7300010000001"), Identifier(scheme="vat", value="123")),
     "peppol-t01-r026", "buyer.identifiers"),
    (changed(currency="BHD"), "peppol-t01-r028", "totals"),
]  # fmt: skip


@pytest.mark.parametrize(("order", "code", "where"), BROKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_broken_rule_stops_the_writing_and_names_the_field(order: Order, code: str, where: str) -> None:
    found = refused(order)
    assert found.get(code) is not None, found
    if code != "peppol-t01-r028" or where != "totals":
        assert found[code] == where


def test_a_missing_endpoint_is_asked_for() -> None:
    assert refused(with_buyer(), sender=None)["peppol-t01-b00001"] == "buyer"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'<cbc:LineExtensionAmount currencyID="SEK">12.5<', b'<cbc:LineExtensionAmount currencyID="SEK">13<', "r024"),
        (b'<cbc:PayableAmount currencyID="SEK">15.63<', b'<cbc:PayableAmount currencyID="SEK">15<', "r016"),
        (b'<cbc:TaxAmount currencyID="SEK">3.13<', b'<cbc:TaxAmount currencyID="SEK">3.130<', "r028"),
        (b'<cbc:TaxAmount currencyID="SEK">3.13<', b'<cbc:TaxAmount currencyID="SEK">3<', "r017"),
        (b'<cbc:TaxExclusiveAmount currencyID="SEK">12.5<', b'<cbc:TaxExclusiveAmount currencyID="SEK">1<', "r011"),
        (b'<cbc:TaxAmount currencyID="SEK">', b'<cbc:TaxAmount currencyID="EUR">', "r003"),
        (b"<cbc:Percent>25</cbc:Percent>", b"", "r029"),
        (b"<cbc:CityName>Town</cbc:CityName>", b"<cbc:CityName/>", "common-r001"),
        (b"7350053850019", b"7350053850018", "common-r040"),
    ],
)
def test_the_same_fault_in_a_received_order_is_a_warning(old: bytes, new: bytes, code: str) -> None:
    content = FORMAT.write(ORDER, PROFILE, FixedContext()).content
    assert old in content
    (found,) = FORMAT.read(content.replace(old, new), PROFILE).documents
    assert found.usable, found.findings
    name = f"peppol-{code}" if code.startswith("common") else f"peppol-t01-{code}"
    assert name in {f.code for f in found.findings if f.severity is Severity.WARNING}
    assert all(f.where.startswith("line ") for f in found.findings)


def test_repeated_line_numbers_are_named_by_their_rule() -> None:
    two = changed(lines=(LINE, LINE.model_copy(update={"number": "20"})))
    content = FORMAT.write(two, PROFILE, FixedContext()).content.replace(b"<cbc:ID>20<", b"<cbc:ID>10<")
    (found,) = FORMAT.read(content, PROFILE).documents
    assert not found.usable
    assert "peppol-t01-r001" in {f.code for f in found.findings}


def test_several_schedules_are_refused_or_said_in_a_note() -> None:
    parts = (Schedule(quantity=Decimal(60)), Schedule(quantity=Decimal(40)))
    split = with_line(schedules=parts)
    assert refused(split) == {"not-carried": "lines[10].schedules"}
    back, findings = FORMAT.project(split, {**PROFILE, "on_loss": "note"})
    assert isinstance(back, Order)
    assert len(back.lines[0].schedules) == 1
    assert "Line 10: 60; 40" in back.notes[-1].text
    assert [f.code for f in findings] == ["carried-in-note"]


def test_a_test_order_needs_a_test_connection() -> None:
    assert refused(changed(test=True)) == {"test": "test"}
    written = FORMAT.write(changed(test=True), PEPPOL, FixedContext())
    assert FORMAT.read(written.content, PEPPOL).documents[0].test


def answer(status: HeaderStatus, *lines: LineAnswer) -> Response:
    """An answer of the seller to the order."""
    return Response(order_number="PO-1", number="R-1", status=status, answered=ORDER.issued, currency="SEK",
                    supplier=ORDER.supplier, lines=lines)  # fmt: skip


def test_an_answer_with_changes_must_have_lines() -> None:
    assert refused(answer(HeaderStatus.ACCEPTED_WITH_CHANGES)) == {"peppol-t76-r007": "lines"}


def test_an_acceptance_has_no_lines() -> None:
    line = LineAnswer(number="10", status=LineStatus.ACCEPTED)
    back, findings = FORMAT.project(answer(HeaderStatus.ACCEPTED, line), PROFILE)
    assert isinstance(back, Response)
    assert back.lines == () and back.status is HeaderStatus.ACCEPTED
    assert any("PEPPOL-T76-R008" in f.text for f in findings)


def test_an_acceptance_whose_lines_say_more_becomes_one_with_changes() -> None:
    line = LineAnswer(number="10", status=LineStatus.ACCEPTED, promised=ORDER.issued)
    back, _ = FORMAT.project(answer(HeaderStatus.ACCEPTED, line), PROFILE)
    assert isinstance(back, Response)
    assert back.status is HeaderStatus.ACCEPTED_WITH_CHANGES and back.lines[0].promised == ORDER.issued


def test_a_pending_line_cannot_be_said() -> None:
    line = LineAnswer(number="10", status=LineStatus.PENDING)
    assert refused(answer(HeaderStatus.ACCEPTED_WITH_CHANGES, line)) == {"line-status": "lines[10].status"}


def test_a_change_without_lines_names_the_remedy() -> None:
    change = OrderChange(order_number="PO-1", form="delta", issued=ORDER.issued, head=ORDER.head)
    assert "line-missing" in refused(change)


def test_a_line_that_is_only_named_is_not_enough_for_peppol() -> None:
    item = LineChange(number="10", action=LineAction.DELETED)
    change = OrderChange(order_number="PO-1", form="delta", issued=ORDER.issued, head=ORDER.head, lines=(item,))
    assert refused(change)["line-whole"] == "lines[10]"


@pytest.mark.parametrize(("code", "action"), [("1", "added"), ("2", "deleted"), ("3", "changed"), ("4", "unchanged"),
                                              ("74", "changed")])  # fmt: skip
def test_the_codes_of_a_change_are_read(code: str, action: str) -> None:
    item = LineChange(number="10", action=LineAction.CHANGED, line=LINE)
    change = OrderChange(order_number="PO-1", form="delta", issued=ORDER.issued, head=ORDER.head, lines=(item,))
    content = FORMAT.write(change, PROFILE, FixedContext()).content
    swapped = content.replace(b"<cbc:LineStatusCode>3<", f"<cbc:LineStatusCode>{code}<".encode())
    (found,) = FORMAT.read(swapped, PROFILE).documents
    assert isinstance(found.document, OrderChange)
    assert (found.document.lines[0].action, found.document.lines[0].code) == (LineAction(action), code)


@pytest.mark.parametrize(("code", "status"), [
    ("AB", "received"), ("AP", "accepted"), ("RE", "rejected"), ("CA", "accepted_with_changes"), ("27", "rejected"),
    ("29", "accepted"), ("30", "accepted_with_changes"),
])  # fmt: skip
def test_the_codes_of_an_answer_are_read_and_kept(code: str, status: str) -> None:
    content = FORMAT.write(answer(HeaderStatus.ACCEPTED), PROFILE, FixedContext()).content
    (found,) = FORMAT.read(content.replace(b">AP<", f">{code}<".encode()), PROFILE).documents
    assert isinstance(found.document, Response)
    assert (found.document.status, found.document.code) == (HeaderStatus(status), code)
