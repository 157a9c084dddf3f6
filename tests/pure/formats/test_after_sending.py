"""What happens after sending, in every format: answers to cancellations with a charge, changes that only confirm, and
the same version again, which must not look like a second order."""

import datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from orderwire import plugins
from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Severity
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.order_change import OrderChange, between
from orderwire.document.party import Address, Party
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.formats import CannotCarry, Content
from orderwire.testing.formats import FixedContext
from tests.pure.formats.ubl.support import PEPPOL

DAY: Final = datetime.date(2026, 1, 31)
SELLER: Final = Party(name="Seller Ltd", address=Address(country="US"))
BUYER: Final = Party(name="Buyer Inc", address=Address(country="US"))
LINE: Final = Line(
    number="10", description="Bolt", quantity=Decimal(4), unit="EA", price=Decimal("2.50"),
    schedules=(Schedule(quantity=Decimal(4), requested=datetime.date(2026, 3, 1)),),
)  # fmt: skip
ORDER: Final = Order(number="PO-1", issued=DAY, currency="USD", buyer=BUYER, supplier=SELLER, lines=(LINE,))
NEXT: Final = ORDER.model_copy(update={"revision": 2, "lines": (LINE.model_copy(update={"price": Decimal("2.60")}),)})
XML: Final = {"container": "xml", "default_country": "US"}
FORMATS: Final[dict[str, dict[str, Any]]] = {
    "order_json": {}, "csv": {}, "xlsx": {}, "x12": {}, "edifact": {}, "ubl": {}, "cxml": {},
    "order_x": {**XML, "level": "comfort"},
}  # fmt: skip


def written(kind: str, document: Content, *, profile: dict[str, Any] | None = None, **links: str) -> bytes:
    made = plugins.format(kind).write(document, FORMATS[kind] | (profile or {}), FixedContext(links=links))
    return made.content


def back(kind: str, document: Content, *, profile: dict[str, Any] | None = None, **links: str) -> Any:
    """What the reader makes of what the writer wrote, which is the projection."""
    settings = FORMATS[kind] | (profile or {})
    (found,) = plugins.format(kind).read(written(kind, document, profile=profile, **links), settings).documents
    assert found.usable, found.findings
    assert found.document == plugins.format(kind).project(document, settings)[0]
    return found.document


# ── answers to a cancellation ────────────────────────────────────────────────

PARTLY: Final = (
    LineAnswer(number="10", status=LineStatus.REJECTED, quantity=Decimal(3), unit="EA", reason="Cut already"),
    LineAnswer(number="20", status=LineStatus.ACCEPTED, quantity=Decimal(5), unit="EA"),
)
ANSWERS: Final = {
    "accepted": {"status": HeaderStatus.ACCEPTED},
    "rejected": {"status": HeaderStatus.REJECTED, "reason": "It is on the lorry"},
    "at a price": {"status": HeaderStatus.ACCEPTED, "charge": Decimal("125.50"), "currency": "USD"},
    "in part": {"status": HeaderStatus.ACCEPTED_WITH_CHANGES, "lines": PARTLY, "charge": Decimal(20)},
}


@pytest.mark.parametrize("said", ANSWERS)
@pytest.mark.parametrize("kind", FORMATS)
def test_an_answer_to_a_cancellation_comes_back_with_its_word_lines_and_price(kind: str, said: str) -> None:
    whole: dict[str, Any] = {"order_number": "PO-1", "answers": "cancellation", "change_number": "PO-1-C1",
                             "answered": DAY, "supplier": SELLER, **ANSWERS[said]}  # fmt: skip
    sent = Response.model_validate(whole)
    found = back(kind, sent)
    assert (found.status, found.charge, found.reason) == (sent.status, sent.charge, sent.reason)
    assert found.change_number == "PO-1-C1", "by its number the flow knows what is answered"
    kept = {(line.number, line.status, line.quantity, line.reason) for line in found.lines}
    assert kept == {(line.number, line.status, line.quantity, line.reason) for line in sent.lines}
    assert found.answers == ("change" if kind == "edifact" else "cancellation")


def test_edifact_and_peppol_say_that_they_cannot_tell_a_cancellation() -> None:
    sent = Response(order_number="PO-1", answers="cancellation", answered=DAY, status=HeaderStatus.ACCEPTED)
    lost = {f.where: f.severity for f in plugins.format("edifact").project(sent, {})[1]}
    assert lost["answers"] is Severity.WARNING
    whole = sent.model_copy(update={"currency": "EUR", "supplier": SELLER, "charge": Decimal(5)})
    with pytest.raises(CannotCarry, match="no answer to a cancellation"):
        plugins.format("ubl").write(whole, PEPPOL, FixedContext())
    with pytest.raises(CannotCarry, match="charge"):
        plugins.format("ubl").write(whole.model_copy(update={"answers": "order"}), PEPPOL, FixedContext())


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("x12", b"SAC*C*"), ("edifact", b"ALC+C+"), ("ubl", b"AllowanceCharge"), ("cxml", b'name="charge"'),
     ("order_x", b"SpecifiedTradeAllowanceCharge"), ("csv", b"answer_charge"), ("order_json", b'"charge"')],
)  # fmt: skip
def test_what_agreeing_costs_stands_where_the_standard_has_a_place(kind: str, mark: bytes) -> None:
    for answers in ("order", "change", "cancellation"):
        sent = Response(order_number="PO-1", answers=answers, answered=DAY, supplier=SELLER, currency="USD",
                        status=HeaderStatus.ACCEPTED, charge=Decimal("12.34"))  # fmt: skip
        assert mark in written(kind, sent)
        assert back(kind, sent).charge == Decimal("12.34")


@pytest.mark.parametrize(
    ("kind", "charge", "allowance"),
    [("x12", b"SAC*C*", b"SAC*A*"), ("edifact", b"ALC+C+", b"ALC+A+"),
     ("ubl", b"ChargeIndicator>true", b"ChargeIndicator>false"), ("order_x", b"Indicator>true", b"Indicator>false")],
)  # fmt: skip
def test_an_allowance_is_no_charge_for_agreeing_and_is_told(kind: str, charge: bytes, allowance: bytes) -> None:
    sent = Response(order_number="PO-1", answered=DAY, supplier=SELLER, currency="USD", charge=Decimal("12.34"),
                    status=HeaderStatus.ACCEPTED)  # fmt: skip
    made = written(kind, sent)
    assert made.count(charge) == 1
    (found,) = plugins.format(kind).read(made.replace(charge, allowance), FORMATS[kind]).documents
    assert isinstance(found.document, Response) and found.document.charge is None
    assert {f.code for f in found.findings if f.severity is Severity.WARNING} == {"not-kept"}


# ── a change that only takes up what the supplier proposed ───────────────────

CONFIRMED: Final = {
    "x12": b"BCH*06*", "edifact": b"BGM+230+PO-1+6", "ubl": b"Confirmation of the answer", "cxml": b'name="confirms"',
    "order_x": b">6</", "csv": b"change_confirms", "order_json": b'"confirms": true',
}  # fmt: skip


@pytest.mark.parametrize("kind", CONFIRMED)
def test_a_change_that_only_confirms_says_so(kind: str) -> None:
    form = "full" if kind == "cxml" else "delta"
    plain = between(ORDER, NEXT, form).model_copy(update={"issued": DAY})
    sent = plain.model_copy(update={"confirms": True})
    assert CONFIRMED[kind] in written(kind, sent)
    assert CONFIRMED[kind] not in written(kind, plain)
    found, other = back(kind, sent), back(kind, plain)
    assert (found.confirms, other.confirms) == (True, False)
    assert found.form == form, "the lines that it does not name stay"


@pytest.mark.parametrize("kind", ["x12", "edifact", "order_x"])
def test_a_whole_order_again_cannot_also_be_a_confirmation_in_one_code_but_a_note_says_it(kind: str) -> None:
    sent = between(ORDER, NEXT, "full").model_copy(update={"issued": DAY, "confirms": True})
    assert {f.where for f in plugins.format(kind).project(sent, FORMATS[kind])[1]} >= {"confirms"}
    found = back(kind, sent, profile={"on_loss": "note"})
    assert isinstance(found, OrderChange) and found.form == "full" and not found.confirms
    assert "only takes up what you proposed" in str(found.model_dump())


# ── the same version again ───────────────────────────────────────────────────

AGAIN: Final = {"x12": b"BEG*07*", "edifact": b"BGM+220+PO-1+7", "ubl": b"CopyIndicator>true", "order_x": b">7</"}


@pytest.mark.parametrize("kind", FORMATS)
def test_an_order_that_goes_out_again_is_the_same_order(kind: str) -> None:
    again = back(kind, ORDER, duplicate="yes", insists="12.50 was agreed")
    assert again == back(kind, ORDER)
    assert (again.number, again.revision) == ("PO-1", 1)
    if mark := AGAIN.get(kind):
        assert mark in written(kind, ORDER, duplicate="yes")
        assert mark not in written(kind, ORDER)


@pytest.mark.parametrize("kind", FORMATS)
def test_insisting_by_a_change_of_nothing_names_the_order_and_its_version(kind: str) -> None:
    same = between(ORDER, ORDER, "full").model_copy(update={"issued": DAY, "reason": "2.50 was agreed"})
    found = back(kind, same, duplicate="yes", insists="2.50 was agreed")
    assert isinstance(found, OrderChange)
    assert (found.order_number, found.revision, found.form, found.reason) == ("PO-1", 1, "full", "2.50 was agreed")
    assert {item.action for item in found.lines} == {"unchanged"}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_cancellation_that_goes_out_again_is_the_same_cancellation(kind: str) -> None:
    asked = Cancellation(order_number="PO-1", revision=1, number="PO-1-C1", sequence=1, issued=DAY, order_issued=DAY,
                         buyer=BUYER, supplier=SELLER, currency="USD", reason="No longer needed")  # fmt: skip
    again = back(kind, asked, duplicate="yes")
    assert isinstance(again, Cancellation)
    assert again == back(kind, asked)


@pytest.mark.parametrize("kind", FORMATS)
def test_each_partner_says_what_a_later_answer_of_his_does(kind: str) -> None:
    model = plugins.format(kind).profile_model
    assert [model.model_validate({"answers": way}).answers for way in ("replace", "add")] == ["replace", "add"]
    assert model.model_validate({}).answers == "replace"
    assert model.model_fields["answers"].description
