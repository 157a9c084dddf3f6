"""What is written reads back: the law of every format, for orders of every shape."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.finding import has_errors
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import Note, Reference
from orderwire.formats import CannotCarry
from tests.pure.formats.x12.support import FORMAT, Numbers
from tests.pure.orders import orders

PROFILES = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from(["004010", "005010", "004010ABC"]),
        "usage": st.sampled_from(["P", "T"]),
        "on_loss": st.sampled_from(["accept", "commercial", "refuse", "note"]),
        "newline": st.booleans(),
        "supplier_entity": st.sampled_from(["SU", "SE", "VN"]),
        "unit_price_basis": st.just("PE"),
        "segment_terminator": st.sampled_from(["\x1c", "'", "\n"]),
        "charset": st.sampled_from(["extended", "utf-8", "basic"]),
    },
)
FAST = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def holds(order: Order, profile: dict[str, object]) -> bool:
    """Check the law; True where the order could be written."""
    fitted, findings = FORMAT.project(order, profile)
    if has_errors(findings):
        with pytest.raises(CannotCarry):
            FORMAT.write(order, profile, Numbers())
        return False
    assert FORMAT.project(fitted, profile)[0] == fitted
    try:
        written = FORMAT.write(order, profile, Numbers())
    except CannotCarry as refusal:
        assert {f.code for f in refusal.findings} == {"delimiter-in-text"}
        return False
    result = FORMAT.read(written.content, profile)
    assert not has_errors(result.findings), result.findings
    (found,) = result.documents
    assert found.document == fitted, found.findings
    assert found.usable
    assert found.envelope["isa_control"] == written.controls["isa"]
    assert "total-differs" not in {f.code for f in found.findings}
    return True


@FAST
@given(orders(alphabet="latin"))
def test_any_order_reads_back_as_projected(order: Order) -> None:
    holds(order, {"on_loss": "accept"})


@FAST
@given(orders(), PROFILES)
def test_any_order_reads_back_under_any_profile(order: Order, profile: dict[str, object]) -> None:
    holds(order, profile)


def simple(**update: object) -> Order:
    line = Line(number="1", description="Bolt", quantity=Decimal(5), unit="EA", price=Decimal("1.25"),
                schedules=(Schedule(quantity=Decimal(5)),))  # fmt: skip
    fields = {"number": "PO1", "issued": "2026-01-02", "currency": "USD", "buyer": Party(name="Buyer"),
              "supplier": Party(name="Seller"), "lines": (line,), **update}  # fmt: skip
    return Order.model_validate(fields)


@FAST
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=81, max_size=900).map(str.strip).filter(bool)
)
def test_long_texts_are_split_and_lose_nothing(text: str) -> None:
    order = simple(notes=(Note(text=text),))
    order = order.model_copy(update={"lines": (order.lines[0].model_copy(update={"description": text}),)})
    assert holds(order, {})


@given(st.text("*~>^|:'!<`{}\\ ab", min_size=1, max_size=40).map(str.strip).filter(bool))
@FAST
def test_every_delimiter_may_stand_in_the_text(text: str) -> None:
    assert holds(simple(notes=(Note(text=text),), buyer=Party(name=text)), {})


def test_a_pinned_delimiter_in_the_text_is_refused_with_the_field_named() -> None:
    with pytest.raises(CannotCarry) as caught:
        FORMAT.write(simple(buyer=Party(name="A*B")), {"element_separator": "*"}, Numbers())
    assert [f.where for f in caught.value.findings] == ["buyer.name"]


@pytest.mark.parametrize(("charset", "name"), [("extended", "Łódź"), ("basic", "Müller"), ("extended", "螺栓")])
def test_an_unmappable_character_is_refused_with_the_field_named(charset: str, name: str) -> None:
    with pytest.raises(CannotCarry) as caught:
        FORMAT.write(simple(buyer=Party(name=name)), {"charset": charset}, Numbers())
    assert caught.value.findings[0].where == "buyer.name"
    assert caught.value.findings[0].code == "unmappable"


def test_the_basic_character_set_writes_names_in_capitals() -> None:
    written = FORMAT.write(simple(), {"charset": "basic"}, Numbers())
    assert b"N1*BY*BUYER~" in written.content
    assert holds(simple(), {"charset": "basic"})


def test_an_unmapped_unit_is_refused_and_a_profile_can_map_it() -> None:
    order = simple()
    order = order.model_copy(update={"lines": (order.lines[0].model_copy(update={"unit": "4L"}),)})
    with pytest.raises(CannotCarry) as caught:
        FORMAT.write(order, {}, Numbers())
    assert caught.value.findings[0].where == "lines[1].unit"
    assert holds(order, {"units": {"4L": "4L"}})


def test_a_commercial_loss_is_refused_unless_the_profile_accepts_it() -> None:
    order = simple(references=(Reference(kind="contract", number="9" * 31),))
    with pytest.raises(CannotCarry):
        FORMAT.write(order, {}, Numbers())
    assert FORMAT.write(order, {"on_loss": "accept"}, Numbers()).findings
    assert holds(order, {"version": "005010"})


def test_a_duplicate_is_marked_as_such() -> None:
    written = FORMAT.write(simple(), {}, Numbers({"duplicate": "yes"}))
    assert b"BEG*07*SA*PO1**20260102~" in written.content
    assert {f.code for f in FORMAT.read(written.content, {}).documents[0].findings} == {"purpose"}


def test_a_test_order_is_sent_and_read_as_a_test() -> None:
    written = FORMAT.write(simple(test=True), {}, Numbers())
    assert b"*0*T*>~" in written.content
    (found,) = FORMAT.read(written.content, {}).documents
    assert found.test and isinstance(found.document, Order) and found.document.test


def test_envelope_and_control_numbers_come_from_profile_and_context() -> None:
    numbers = Numbers()
    profile = {"isa_sender_qualifier": "01", "isa_sender": "123456789", "gs_sender": "BUY", "version": "005010"}
    FORMAT.write(simple(), profile, numbers)
    written = FORMAT.write(simple(), profile, numbers)
    assert written.controls == {"isa": "000000002", "gs": "2", "st": "0001"}
    head = written.content.decode().split("~")[0]
    assert len(head) == 105
    assert head.startswith(
        "ISA*00*          *00*          *01*123456789      *ZZ*PARTNER        *261122*1405*^*00501*000000002*0*P*>"
    )
    assert "GS*PO*BUY*PARTNER*20261122*1405*2*X*005010~" in written.content.decode()


def test_control_numbers_wrap_and_never_exceed_nine_digits() -> None:
    class Late(Numbers):
        def control_number(self, name: str) -> int:
            return 1_000_000_000

    assert FORMAT.write(simple(), {}, Late()).controls["isa"] == "000000001"
