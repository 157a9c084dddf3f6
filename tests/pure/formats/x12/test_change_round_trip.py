"""860: what is written reads back, for changes of every shape and for cancellations; the change keeps its effect."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import has_errors
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.order_change import HeadPart, LineAction, LineChange, LinePart, OrderChange, applied, between
from orderwire.document.party import Party
from orderwire.document.terms import Reference
from orderwire.formats import CannotCarry
from tests.pure.family import cancellations, changes, revisions
from tests.pure.formats.x12.support import FORMAT, Numbers
from tests.pure.orders import dates, decimals, labels, maybe, orders, texts

FAST = settings(max_examples=16, deadline=None, suppress_health_check=list(HealthCheck))
PROFILES = st.fixed_dictionaries(
    {"on_loss": st.sampled_from(["accept", "accept", "note", "commercial", "refuse"])},
    optional={
        "version": st.sampled_from(["004010", "005010"]),
        "changed_line": st.sampled_from(["CA", "RZ"]),
        "supplier_entity": st.sampled_from(["SU", "VN"]),
        "unit_price_basis": st.just("UM"),
        "usage": st.sampled_from(["P", "T"]),
        "element_separator": st.sampled_from(["\x1d", "\x1c", "|"]),
        "segment_terminator": st.sampled_from(["\x1f", "\n", "'"]),
        "component_separator": st.sampled_from(["\x1e", ":"]),
        "newline": st.booleans(),
    },
)
PARTS = st.builds(
    LinePart,
    description=maybe(texts()),
    quantity=maybe(decimals("0.001", "9999")),
    unit=maybe(st.sampled_from(["EA", "KGM", "4L"])),
    price=maybe(decimals("0", "9999")),
    price_basis=maybe(st.sampled_from([Decimal(1), Decimal(100), Decimal("0.5")])),
    requested=maybe(dates),
    buyer_part=maybe(labels(max_size=20)),
    supplier_part=maybe(st.just("V-1")),
    gtin=maybe(st.sampled_from(["12345678", "4012345000009", "no gtin"])),
)


def holds(document: OrderChange | Cancellation, profile: dict[str, object]) -> bool:
    """Check the law; True where the document could be written."""
    fitted, findings = FORMAT.project(document, profile)
    try:
        written = FORMAT.write(document, profile, Numbers())
    except CannotCarry as refusal:
        assert has_errors(findings) or {f.code for f in refusal.findings} == {"delimiter-in-text"}
        return False
    assert not has_errors(findings)
    assert FORMAT.project(fitted, profile)[0] == fitted
    result = FORMAT.read(written.content, profile)
    assert not has_errors(result.findings), result.findings
    (found,) = result.documents
    assert found.document == fitted, found.findings
    assert found.usable
    return True


@FAST
@given(changes(), PROFILES)
def test_any_change_reads_back_under_any_profile(change: OrderChange, profile: dict[str, object]) -> None:
    holds(change, profile)


@FAST
@given(cancellations(), PROFILES)
def test_any_cancellation_reads_back_under_any_profile(order: Cancellation, profile: dict[str, object]) -> None:
    holds(order, profile)


@FAST
@given(
    orders(max_lines=1),
    st.lists(st.tuples(PARTS, st.sampled_from([*LineAction, None]), maybe(texts())), min_size=1, max_size=3),
    st.sampled_from(["QI", "PC", "RS", "CA", "RZ", "DI", "NC", "AI", "MU", "CT", "5", None]),
    st.sampled_from(["full", "delta"]),
    PROFILES,
)
def test_lines_stated_in_part_read_back(order: Order, parts: list, code: str, form: str, profile: dict) -> None:  # type: ignore[type-arg]
    lines = []
    for position, (part, action, reason) in enumerate(parts, 1):
        number = f"P{position}"
        if action is LineAction.ADDED:
            line = order.lines[0].model_copy(update={"number": number})
            lines.append(LineChange(number=number, action=action, line=line, reason=reason, code=code))
        else:
            lines.append(LineChange(number=number, action=action, part=part, reason=reason, code=code))
    change = OrderChange(order_number=order.number, form=form, head=order.head, lines=tuple(lines))  # type: ignore[arg-type]
    holds(change, profile)


@FAST
@given(revisions(alphabet="latin"), st.sampled_from(["full", "delta"]))
def test_a_change_that_travelled_leads_to_the_same_revision(pair: tuple[Order, Order], form: str) -> None:
    profile = {"on_loss": "accept", "charset": "extended"}
    projected = [FORMAT.project(order, profile) for order in pair]
    if any(has_errors(findings) for _, findings in projected):
        return
    old, new = (order for order, _ in projected)
    assert isinstance(old, Order) and isinstance(new, Order)
    change = between(old, new, form)  # type: ignore[arg-type]
    (found,) = FORMAT.read(FORMAT.write(change, profile, Numbers()).content, profile).documents
    assert isinstance(found.document, OrderChange), found.findings
    result = applied(found.document, old)
    assert {line.number: line for line in result.lines} == {line.number: line for line in new.lines}
    assert result.head == new.head and result.revision == new.revision


def order(*quantities: int, **update: object) -> Order:
    lines = tuple(
        Line(number=str(n * 10), description=f"Bolt {n}", quantity=Decimal(q), unit="EA", price=Decimal("1.25"),
             buyer_part=f"B-{n}", schedules=(Schedule(quantity=Decimal(q)),))
        for n, q in enumerate(quantities, 1)
    )  # fmt: skip
    return Order.model_validate(
        {"number": "PO-1", "issued": "2026-01-02", "currency": "USD", "buyer": Party(name="Buyer Inc"),
         "supplier": Party(name="Seller Ltd"), "lines": lines, **update}
    )  # fmt: skip


def segments(content: bytes) -> list[str]:
    return [s.strip() for s in content.decode().split("~")]


def test_a_delta_names_only_the_lines_that_differ() -> None:
    old = order(5, 6, 7)
    line = old.lines[1].model_copy(update={"quantity": Decimal(8), "schedules": (Schedule(quantity=Decimal(8)),)})
    new = old.model_copy(update={"lines": (old.lines[0], line, order(1, 1, 1, 9).lines[3]), "revision": 2})
    written = FORMAT.write(between(old, new, "delta"), {}, Numbers())
    rows = segments(written.content)
    assert "BCH*04*SA*PO-1**1*20260102" in rows and "REF*V0*2" in rows
    assert [row for row in rows if row.startswith("POC")] == [
        "POC*20*CA*8**EA*1.25**BP*B-2", "POC*40*AI*9**EA*1.25**BP*B-4", "POC*30*DI*****" + "*BP*B-3",
    ]  # fmt: skip
    assert "CTT*3" in rows and rows.count("N1*BY*Buyer Inc") == 1


def test_a_full_change_states_every_line() -> None:
    old = order(5, 6)
    new = old.model_copy(update={"revision": 2, "lines": (old.lines[0], order(1, 9).lines[1])})
    rows = segments(FORMAT.write(between(old, new, "full"), {"changed_line": "RZ"}, Numbers()).content)
    assert "BCH*05*SA*PO-1**1*20260102" in rows
    assert [row.split("*")[:4] for row in rows if row.startswith("POC")] == [
        ["POC", "10", "NC", "5"], ["POC", "20", "RZ", "9"],
    ]  # fmt: skip


def test_a_cancellation_has_no_lines() -> None:
    cancelled = Cancellation(
        order_number="PO-1", order_issued=datetime.date(2026, 1, 2), issued=datetime.date(2026, 2, 3), number="C-7",
        sequence=2, revision=3, reason="Plant closed",
    )  # fmt: skip
    rows = segments(FORMAT.write(cancelled, {}, Numbers()).content)
    assert rows[3:8] == ["BCH*01*SA*PO-1**2*20260102*C-7****20260203", "REF*V0*3", "N9*ZZ*REASON", "MSG*Plant closed",
                         "SE*6*0001"]  # fmt: skip
    assert holds(cancelled, {})


def test_a_release_is_named_by_its_agreement_in_change_and_cancellation() -> None:
    release = order(5, kind="release", number="BO-5-17", release_number="17",
                    references=(Reference(kind="blanket", number="BO-5"),))  # fmt: skip
    new = release.model_copy(update={"revision": 2})
    change = between(release, new, "full")
    rows = segments(FORMAT.write(change, {}, Numbers()).content)
    assert "BCH*05*RL*BO-5*17*1*20260102" in rows and "REF*PO*BO-5-17" in rows
    assert holds(change, {})
    cancelled = Cancellation(order_number="BO-5-17", release_number="17", order_issued=datetime.date(2026, 1, 2))
    rows = segments(FORMAT.write(cancelled, {}, Numbers()).content)
    assert "BCH*01*RL*BO-5*17**20260102" in rows
    assert holds(cancelled, {})


@FAST
@given(orders(max_lines=1), st.sets(st.sampled_from(sorted(HeadPart.model_fields))), maybe(dates), PROFILES)
def test_a_header_in_part_reads_back(
    order: Order, names: set[str], issued: datetime.date | None, profile: dict[str, object]
) -> None:
    part = HeadPart(**{name: getattr(order, name) for name in names})
    change = OrderChange(
        order_number=order.number, release_number=order.release_number, form="delta", order_issued=issued,
        head_part=part, reason="As said" if order.test else None,
    )  # fmt: skip
    holds(change, profile)


def test_a_change_without_the_date_of_the_order_is_refused_with_the_remedy() -> None:
    change = OrderChange(order_number="PO-1", form="delta")
    for document in (change, Cancellation(order_number="PO-1")):
        with pytest.raises(CannotCarry) as caught:
            FORMAT.write(document, {}, Numbers())
        assert [f.where for f in caught.value.findings] == ["order_issued"]
    assert holds(change.model_copy(update={"order_issued": datetime.date(2026, 1, 2)}), {})


def test_a_full_change_that_leaves_no_line_is_refused() -> None:
    old = order(5)
    change = between(old, old, "full")
    gone = change.model_copy(update={"lines": (LineChange(number="10", action=LineAction.DELETED),)})
    with pytest.raises(CannotCarry):
        FORMAT.write(gone, {}, Numbers())
    assert FORMAT.write(gone.model_copy(update={"form": "delta"}), {}, Numbers())


def test_what_an_order_cannot_say_goes_into_a_note_where_the_profile_asks_for_it() -> None:
    from orderwire.document.order import Account

    old = order(5)
    line = old.lines[0].model_copy(update={"accounts": (Account(cost_center="4711"),)})
    for document in (
        old.model_copy(update={"lines": (line,)}),
        between(old, old.model_copy(update={"lines": (line,)}), "full"),
    ):
        content = FORMAT.write(document, {"on_loss": "note"}, Numbers()).content
        assert b"MSG*lines[10]: cost center 4711" in content
