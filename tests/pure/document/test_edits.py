"""Edits make the order that a person meant, or name the field that cannot be."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from orderwire.document.change import changes
from orderwire.document.edits import Edits, edited
from orderwire.document.order import Order, Schedule
from orderwire.document.order_change import DoesNotFit, HeadPart, LineAction, LineChange, LinePart
from orderwire.document.party import Party
from orderwire.document.terms import Note
from tests.pure.orders import orders

TOMORROW = datetime.date(2027, 3, 1)


def test_no_edits_make_the_same_order_one_version_later() -> None:
    order = plain()
    assert edited(order, Edits()) == order.model_copy(update={"revision": 2})


def plain(**fields: Any) -> Order:
    """Two lines, one of them wanted on two days."""
    given: dict[str, Any] = {
        "number": "A",
        "issued": "2026-11-22",
        "currency": "EUR",
        "buyer": {"name": "Nordhaven"},
        "supplier": {"name": "Tecnosellos"},
        "notes": [{"text": "Call first"}],
        "lines": [
            line("10", [{"quantity": "100", "requested": "2027-01-09"}]),
            line("20", [{"quantity": "60", "requested": "2027-01-09"}, {"quantity": "40"}]),
        ],
    }
    return Order.model_validate(given | fields)


def line(number: str, schedules: list[dict[str, str]]) -> dict[str, Any]:
    return {"number": number, "description": "Seal", "quantity": "100", "unit": "H87", "price": "5",
            "schedules": schedules}  # fmt: skip


def test_the_fields_of_a_line_change_and_its_one_schedule_line_follows() -> None:
    part = LinePart(quantity=Decimal(90), price=Decimal("4.5"), requested=TOMORROW)
    after = edited(plain(), Edits(lines=(LineChange(number="10", part=part),)))
    assert after.lines[0].schedules == (Schedule(quantity=Decimal(90), requested=TOMORROW),)
    assert {c.path for c in changes(plain(), after)} == {
        "lines[10].price", "lines[10].quantity", "lines[10].schedules[1].quantity", "lines[10].schedules[1].requested"
    }  # fmt: skip


def test_a_line_that_is_wanted_in_parts_is_stated_whole() -> None:
    part = LineChange(number="20", part=LinePart(requested=TOMORROW))
    with pytest.raises(DoesNotFit) as failure:
        edited(plain(), Edits(lines=(part,)))
    assert failure.value.findings[0].where == "lines[20]"
    whole = plain().lines[1].model_copy(update={"schedules": (Schedule(quantity=Decimal(100), requested=TOMORROW),)})
    after = edited(plain(), Edits(lines=(LineChange(number="20", line=whole),)))
    assert after.lines[1] == whole


def test_lines_go_and_come() -> None:
    new = plain().lines[0].model_copy(update={"number": "30"})
    edits = Edits(
        lines=(
            LineChange(number="10", action=LineAction.DELETED),
            LineChange(number="30", action=LineAction.ADDED, line=new),
        )
    )
    assert [found.number for found in edited(plain(), edits).lines] == ["20", "30"]


def test_a_stated_field_of_the_head_is_set_and_one_stated_empty_is_taken_away() -> None:
    edits = Edits.model_validate({"head": {"ship_to": {"name": "Hall 4"}, "notes": []}})
    after = edited(plain(), edits)
    assert (after.ship_to, after.notes) == (Party(name="Hall 4"), ())
    assert edited(plain(), Edits(head=HeadPart(notes=(Note(text="x"),)))).notes == (Note(text="x"),)


@pytest.mark.parametrize(
    ("edits", "where"),
    [
        ({"lines": [{"number": "99", "part": {"price": "1"}}]}, "lines[99]"),
        ({"lines": [{"number": "10", "action": "added", "line": line("10", [{"quantity": "100"}])}]}, "lines[10]"),
        ({"lines": [{"number": "10", "part": {"unit": "XXX"}}]}, "lines[10].unit"),
        ({"head": {"currency": "XXY"}}, "currency"),
        ({"head": {"buyer": None}}, "buyer"),
        ({"head": {"valid_from": "2027-02-01", "valid_to": "2027-01-01"}}, "document"),
        ({"lines": [{"number": n, "action": "deleted"} for n in ("10", "20")]}, "lines"),
    ],
)
def test_what_does_not_fit_names_its_field(edits: dict[str, Any], where: str) -> None:
    with pytest.raises(DoesNotFit) as failure:
        edited(plain(), Edits.model_validate(edits))
    assert [finding.where for finding in failure.value.findings] == [where]
    assert all(finding.text for finding in failure.value.findings)


def test_a_line_is_edited_in_one_place() -> None:
    with pytest.raises(ValidationError, match="line 10 is edited twice"):
        Edits.model_validate({"lines": [{"number": "10", "action": "deleted"}, {"number": "10"}]})


@given(order=orders(max_lines=2), wanted=orders(max_lines=2))
@settings(max_examples=12)
def test_stating_everything_makes_exactly_the_other_order(order: Order, wanted: Order) -> None:
    """Every order can be reached from every other by edits, but for what tells it from other orders."""
    order = order.model_copy(update={"revision": min(order.revision, 99_998)})  # there must be room for the next
    wanted = wanted.model_copy(update={"kind": order.kind, "attachments": order.attachments, "issued": order.issued})
    had, has = {ln.number for ln in order.lines}, {ln.number for ln in wanted.lines}
    changed = [
        LineChange(number=ln.number, action=None if ln.number in had else LineAction.ADDED, line=ln)
        for ln in wanted.lines
    ]
    gone = [LineChange(number=number, action=LineAction.DELETED) for number in sorted(had - has)]
    head = HeadPart.model_construct(
        _fields_set=set(HeadPart.model_fields), **{name: getattr(wanted, name) for name in HeadPart.model_fields}
    )
    try:
        Order.model_validate({name: getattr(wanted, name) for name in Order.model_fields})
    except ValidationError:
        return
    after = edited(order, Edits(head=head, lines=(*changed, *gone)))
    assert {name: getattr(after, name) for name in HeadPart.model_fields} == {
        name: getattr(wanted, name) for name in HeadPart.model_fields
    }
    assert sorted(after.lines, key=lambda ln: ln.number) == sorted(wanted.lines, key=lambda ln: ln.number)


@given(order=orders(), picked=st.integers(0, 2), price=st.decimals(0, 999, places=2))
def test_one_price_changes_nothing_else(order: Order, picked: int, price: Decimal) -> None:
    assume(order.revision < 99_999)  # the last version that there can be
    item = order.lines[picked % len(order.lines)]
    after = edited(order, Edits(lines=(LineChange(number=item.number, part=LinePart(price=price)),)))
    assert {c.path for c in changes(order, after)} <= {f"lines[{item.number}].price"}
