"""What is written reads back: orders, changes, cancellations and answers of every shape under many profiles."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.finding import has_errors
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.order_change import HeadPart, LineAction, LineChange, LinePart, OrderChange, applied
from orderwire.document.party import Address, Identifier, Party
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.document.terms import Note, Reference
from orderwire.formats import CannotCarry, Content
from orderwire.testing.formats import FixedContext
from tests.pure.family import cancellations, changes, responses
from tests.pure.formats.edifact.files import FORMAT
from tests.pure.orders import decimals, maybe, numbers, orders, parties, texts

PROFILES = st.fixed_dictionaries(
    {"on_loss": st.sampled_from(["accept", "commercial", "note"])},
    optional={
        "version": st.sampled_from(["D96A", "D01B"]),
        "association": st.just("EAN008"),
        "syntax_version": st.sampled_from([2, 3, 4]),
        "una": st.sampled_from(["always", "needed"]),
        "newline": st.booleans(),
        "decimal_mark": st.sampled_from([".", ","]),
        "component_separator": st.just("|"),
        "segment_terminator": st.sampled_from(["'", "~"]),
        "party_id": st.sampled_from(["gln", "buyer", "supplier", "duns"]),
        "supplier_party": st.sampled_from(["SU", "SE"]),
        "ship_to_party": st.sampled_from(["DP", "ST", "CN"]),
        "buyer_part": st.sampled_from(["IN", "BP"]),
        "supplier_part": st.sampled_from(["SA", "VN"]),
        "references": st.sampled_from([{}, {"quotation": "PR", "requisition": "CR"}]),
        "units": st.sampled_from([{}, {"EA": "PCE"}]),
        "line_amounts": st.booleans(),
        "totals": st.booleans(),
        "price_type": st.just("CT"),
        "answer": st.sampled_from(["eancom", "4343"]),
        "test": st.booleans(),
    },
)
FAST = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def parts(draw: st.DrawFn) -> OrderChange:
    """Changes that state lines and the header in part, as other senders do."""
    part = st.builds(
        LinePart, description=maybe(texts()), quantity=maybe(decimals("1", "9999")),
        unit=maybe(st.sampled_from(["EA", "KGM"])), price=maybe(decimals("0", "9999")),
        price_basis=maybe(st.sampled_from([Decimal(1), Decimal(100)])), buyer_part=maybe(numbers),
        supplier_part=maybe(numbers), gtin=maybe(st.just("4012345123456")),
    )  # fmt: skip
    line = st.builds(
        LineChange, number=st.integers(1, 99).map(str), part=part, reason=maybe(texts()),
        action=st.sampled_from([None, LineAction.CHANGED, LineAction.DELETED, LineAction.UNCHANGED]),
    )  # fmt: skip
    head = st.builds(
        HeadPart, currency=maybe(st.just("EUR")), buyer=maybe(parties()), ship_to=maybe(parties()),
        notes=st.lists(st.builds(Note, text=texts()), max_size=2).map(tuple),
    )  # fmt: skip
    return OrderChange(order_number=draw(numbers), form=draw(st.sampled_from(["full", "delta"])),
                       number=draw(maybe(numbers)), head_part=draw(maybe(head)),
                       lines=tuple(draw(st.lists(line, max_size=3))))  # fmt: skip


def holds(document: Content, profile: dict[str, object]) -> bool:
    """Check the law; True where the document could be written."""
    fitted, findings = FORMAT.project(document, profile)
    if has_errors(findings):
        with pytest.raises(CannotCarry):
            FORMAT.write(document, profile, FixedContext())
        return False
    written = FORMAT.write(document, profile, FixedContext())
    result = FORMAT.read(written.content, profile)
    assert not has_errors(result.findings), result.findings
    (found,) = result.documents
    assert found.document == fitted, found.findings
    assert found.usable
    assert found.identity is not None and found.identity.control == written.controls["unb"]
    assert "total-differs" not in {f.code for f in found.findings}
    assert FORMAT.project(fitted, profile)[0] == fitted
    return True


@FAST
@given(orders(), PROFILES)
def test_any_order_reads_back_under_any_profile(order: Order, profile: dict[str, object]) -> None:
    holds(order, profile)


@FAST
@given(st.one_of(changes(), cancellations(), parts()), PROFILES)
def test_any_change_reads_back_under_any_profile(change: Content, profile: dict[str, object]) -> None:
    holds(change, profile)


@FAST
@given(responses(), PROFILES)
def test_any_answer_reads_back_under_any_profile(response: Response, profile: dict[str, object]) -> None:
    holds(response, profile)


def simple(**update: object) -> Order:
    line = Line(number="1", description="Bolt", quantity=Decimal(5), unit="EA", price=Decimal("1.25"),
                schedules=(Schedule(quantity=Decimal(5)),))  # fmt: skip
    fields = {"number": "PO1", "issued": "2026-01-02", "currency": "EUR", "buyer": Party(name="Buyer"),
              "supplier": Party(name="Seller"), "lines": (line,), **update}  # fmt: skip
    return Order.model_validate(fields)


def text(document: Content, **profile: object) -> str:
    return FORMAT.write(document, profile, FixedContext()).content.decode()


@FAST
@given(st.text("?'+:*~|.,\\ ab", min_size=1, max_size=200).map(str.strip).filter(bool), PROFILES)
def test_every_delimiter_may_stand_in_the_text(hostile: str, profile: dict[str, object]) -> None:
    order = simple(notes=(Note(text=hostile),), buyer=Party(name=hostile[:60].strip()))
    line = order.lines[0].model_copy(update={"description": hostile})
    assert holds(order.model_copy(update={"lines": (line,)}), profile)


def test_text_is_released_and_never_cut() -> None:
    assert "NAD+BY+++It?'s 10?+5?: why??" in text(simple(buyer=Party(name="It's 10+5: why?")))


def test_the_repetition_mark_is_released_only_where_the_syntax_knows_it() -> None:
    order = simple(buyer=Party(name="A*B"))
    assert "+A*B'" in text(order)
    assert "+A?*B'" in text(order, syntax_version=4)


@pytest.mark.parametrize(("syntax", "name"), [("UNOC", "Łódź"), ("UNOA", "a_b"), ("UNOB", "Müller"), ("UNOC", "螺栓")])
def test_an_unmappable_character_is_refused_with_the_field_named(syntax: str, name: str) -> None:
    with pytest.raises(CannotCarry) as caught:
        text(simple(buyer=Party(name=name)), syntax=syntax)
    assert ("unmappable", "buyer.name") in {(f.code, f.where) for f in caught.value.findings}


def test_the_smallest_character_set_that_fits_is_written() -> None:
    assert "UNB+UNOC:3+" in FORMAT.write(simple(buyer=Party(name="Müller")), {}, FixedContext()).content.decode(
        "latin-1"
    )
    assert "UNB+UNOY:4+" in text(simple(buyer=Party(name="Łódź")))


def test_a_test_order_is_sent_and_read_as_a_test() -> None:
    written = FORMAT.write(simple(test=True), {}, FixedContext())
    assert b"+1++++++1'" in written.content
    (found,) = FORMAT.read(written.content, {}).documents
    assert found.test and isinstance(found.document, Order) and found.document.test


def test_envelope_and_control_numbers_come_from_profile_and_context() -> None:
    profile = {"sender": "4012345000009", "sender_qualifier": "14", "sender_routing": "ERP",
               "receiver": "5412345000013", "receiver_qualifier": "14", "agreement": "EANCOM", "acknowledge": True,
               "association": "EAN008"}  # fmt: skip
    context = FixedContext()
    FORMAT.write(simple(), profile, context)
    written = FORMAT.write(simple(), profile, context)
    assert written.controls == {"unb": "2", "unh": "2"}
    head = "UNB+UNOC:3+4012345000009:14:ERP+5412345000013:14+260131:0930+2++++1+EANCOM'UNH+2+ORDERS:D:96A:UN:EAN008'"
    assert head in written.content.decode()
    assert written.content.endswith(b"UNZ+1+2'")


def test_a_duplicate_is_marked_as_such() -> None:
    written = FORMAT.write(simple(), {}, FixedContext(links={"duplicate": "yes"}))
    assert b"BGM+220+PO1+7'" in written.content


def test_the_directories_differ_where_a_version_is_said() -> None:
    order = simple(revision=3)
    assert "BGM+220+PO1+5'" in text(order) and "RFF+ON:PO1::3'" in text(order)
    assert "BGM+220+PO1:3+5'" in text(order, version="D01B")


def test_blanket_orders_and_call_offs_have_names_of_their_own() -> None:
    assert "BGM+221+" in text(simple(kind="blanket", valid_to="2027-01-01"))
    release = simple(kind="release", release_number="R7", references=(Reference(kind="blanket", number="B1"),))
    assert "BGM+226+" in text(release) and "RFF+RE:R7'" in text(release) and "RFF+BO:B1'" in text(release)


def test_parts_of_a_line_for_two_places_keep_both_addresses() -> None:
    one = Party(name="Plant 1", identifiers=(Identifier(scheme="gln", value="4012345000009"),),
                address=Address(lines=("Way 1",), city="Ulm"))  # fmt: skip
    two = Party(name="Plant 2", address=Address(city="Bonn"))
    line = simple().lines[0].model_copy(update={"schedules": (
        Schedule(quantity=Decimal(2), requested="2026-03-01", ship_to=one), Schedule(quantity=Decimal(1), ship_to=two),
        Schedule(quantity=Decimal(2), requested="2026-04-01", ship_to=one),
    )})  # fmt: skip
    order = simple(lines=(Line.model_validate(line.model_dump()),))
    assert FORMAT.project(order, {})[1] == ()
    assert holds(order, {})
    assert text(order).count("NAD+DP+") == 2 and text(order).count("LOC+7+") == 3


def test_the_accounts_that_have_no_place_are_said_in_a_note_where_the_profile_asks_for_one() -> None:
    accounts = ({"cost_center": "CC1", "percent": "60"}, {"cost_center": "CC2", "percent": "40"})
    line = simple().lines[0].model_dump() | {"accounts": accounts}
    order = simple(lines=(line,))
    fitted = FORMAT.project(order, {"on_loss": "note"})[0]
    assert isinstance(fitted, Order) and "Line 1: cost center CC1, share 60 %" in fitted.notes[0].text
    assert holds(order, {"on_loss": "note"})
    assert {f.code for f in FORMAT.project(order, {})[1]} == {"not-carried"}


def test_a_delta_from_elsewhere_changes_only_what_it_says() -> None:
    part = LineChange(number="1", action=LineAction.CHANGED, part=LinePart(price=Decimal("1.5")))
    change = OrderChange(order_number="PO1", form="delta", lines=(part,))
    (found,) = FORMAT.read(text(change).encode(), {}).documents
    assert isinstance(found.document, OrderChange)
    assert applied(found.document, simple()).lines[0].price == Decimal("1.5")
    assert "BGM+230+PO1+4'" in text(change) and "LIN+1+3'" in text(change)


@pytest.mark.parametrize(
    ("status", "lines", "eancom", "plain"),
    [("accepted", 0, "+29'", "+9+AP'"), ("accepted", 1, "+29'", "+9+AD'"), ("rejected", 0, "+27'", "+9+RE'"),
     ("accepted_with_changes", 1, "+4'", "+9+AC'"), ("received", 0, "+9+AB'", "+9+AB'")],
)  # fmt: skip
def test_an_answer_is_said_in_the_manner_of_the_partner(status: str, lines: int, eancom: str, plain: str) -> None:
    answer = Response(order_number="PO1", status=HeaderStatus(status), number="A1",
                      lines=(LineAnswer(number="1", status=LineStatus.ACCEPTED),) * lines)  # fmt: skip
    assert f"BGM+231+A1{eancom}" in text(answer)
    assert f"BGM+231+A1{plain}" in text(answer, answer="4343")
