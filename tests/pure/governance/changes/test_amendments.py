"""Which changes of a buyer leave without a new approval: by field, by how far, and never by what is not named."""

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orderwire.document.order import Order
from orderwire.governance.changes import ChangePolicy, Judgement, from_yaml, judge_amendment
from orderwire.governance.changes.fields import changed_fields, known_names
from tests.pure.document.test_canonical import OTHERS, leaves, with_leaf
from tests.pure.family import revisions
from tests.pure.governance.changes.given import LOOSE, line, order, policy
from tests.pure.orders import orders

TOLERANT = {
    "free": ["notes", "buyer.contact"],
    "always": ["supplier", "buyer.contact.email"],
    "tolerances": {
        "total": {"up": "2 % and EUR 60", "down": "any"},
        "price": {"up": "3 %", "down": "any"},
        "quantity": {"up": "5 %", "down": "10"},
        "date": {"late": "3 days", "early": "1 day"},
    },
}


def judged(after: Order, before: Order | None = None, rules: ChangePolicy | None = None, **more: Any) -> Judgement:
    before = before or order()
    rules = rules or policy(amendments=TOLERANT, drift=LOOSE)
    return judge_amendment(rules, **({"baseline": before, "before": before, "after": after} | more))


def two_places(first: str, second: str, places: tuple[str, str] = ("North", "South")) -> Any:
    parts = [
        {"quantity": quantity, "requested": "2026-02-01", "ship_to": {"name": place}}
        for quantity, place in zip((first, second), places, strict=True)
    ]
    return line(quantity=str(int(first) + int(second)), schedules=parts)


@pytest.mark.parametrize(
    "after",
    [
        order(notes=[{"text": "Ring twice"}]),
        order(buyer={"name": "House", "contact": {"name": "Ines", "phone": "+49 1"}}),
        order(line(price="50.6")),
        order(line(price="10")),
        order(line(quantity="101")),
        order(line(quantity="90")),
        order(line(day="2026-02-04")),
        order(line(day="2026-01-31")),
        order(line(price="5000", price_basis="100")),
        order(revision=2),
    ],
)
def test_what_is_free_or_inside_its_tolerance_passes(after: Order) -> None:
    assert judged(after) == Judgement(False)


@pytest.mark.parametrize(
    ("after", "reasons"),
    [
        (order(supplier={"name": "Acme Trading"}), ["The supplier name changed."]),
        (order(buyer={"name": "House", "contact": {"email": "a@b.example"}}), ["The buyer contact email changed."]),
        (order(payment_terms=[{"days": 30}]), ["The payment terms days changed."]),
        (order(ship_to={"name": "Elsewhere"}), ["The ship to name changed."]),
        (order(line(accounts=[{"cost_center": "9"}])), ["Line 10: the accounts cost center changed."]),
        (order(line(description="Nut")), ["Line 10: the description changed."]),
        (order(line(price="50.61")), ["The total goes up EUR 61, limit EUR 60."]),
        (order(line(price="52")), [
            "Line 10: price up 4 %, limit 3 %.", "The total goes up 4 %, limit 2 %, and EUR 200, limit EUR 60.",
        ]),
        (order(line(quantity="89")), ["Line 10: 11 less, limit 10."]),
        (order(line(day="2026-02-05")), ["Line 10: 4 days later, limit 3."]),
        (order(line(day=None)), ["Line 10: the date cannot be compared: one of the two is not known."]),
        (order(line(unit="KGM")), ["Line 10: the unit changed."]),
        (order(line(), line("20", price="0")), ["Line 20 is new."]),
        (order(line("20")), ["Line 10 is gone.", "Line 20 is new."]),
    ],
)  # fmt: skip
def test_what_is_not_named_or_goes_further_needs_approval(after: Order, reasons: list[str]) -> None:
    found = judged(after)
    assert found.needs_approval
    assert [reason for reason in found.reasons if "cannot be compared with" not in reason] == reasons
    assert len(found.rules) == len(found.reasons)


def test_the_order_of_lines_is_a_change() -> None:
    before = order(line(), line("20"))
    assert judged(order(line("20"), line()), before).reasons == ("The lines are in another order.",)


@pytest.mark.parametrize("text", ["Pay to DE89 3704 0044 0532 0130 00 please", "new: gb82-west-1234-5698-7654-32"])
def test_a_free_text_that_names_a_bank_account_is_not_free(text: str) -> None:
    found = judged(order(notes=[{"text": text}]))
    assert found.rules == ("amendments.bank",)
    assert judged(order(notes=[{"text": "DE89 3704 0044 0532 0130 01 is no account"}])) == Judgement(False)


def test_goods_that_go_to_another_of_several_places_are_seen_though_every_sum_stays() -> None:
    before = order(two_places("60", "40"))
    assert judged(order(two_places("50", "50")), before).reasons == ("Line 10: other quantities go to its places.",)
    swapped = order(two_places("60", "40", ("South", "North")))
    assert judged(swapped, before).reasons == ("Line 10: other quantities go to its places.",)
    assert judged(order(two_places("40", "60", ("South", "North"))), before) == Judgement(False)
    assert judged(order(two_places("60", "40", ("North", "West"))), before).needs_approval


def test_a_version_that_nobody_approved_carries_nothing_through() -> None:
    other = order(supplier={"name": "Acme Trading"}, revision=2)
    noted = order(supplier={"name": "Acme Trading"}, notes=[{"text": "Ring twice"}], revision=3)
    found = judged(noted, other, baseline=order())
    assert found.reasons == ("The supplier name changed.",)


def test_what_the_policy_accepted_of_an_answer_is_not_judged_again_yet_drifts() -> None:
    after = order(line(price="52", day="2026-02-09"), revision=2)
    both = [("10", "price"), ("10", "date")]
    assert judged(after, accepted=both) == Judgement(False)
    assert judged(after, accepted=[("10", "price")]).rules == ("amendments.date",)
    assert judged(after, accepted=[("20", "price"), (None, "date")]).needs_approval
    tight = policy(amendments=TOLERANT, drift=LOOSE | {"price": {"up": "3.9 %"}})
    assert judged(after, rules=tight, accepted=both).rules == ("drift.price",)


def test_an_answer_that_leaves_a_place_out_is_agreed_with_its_quantity() -> None:
    before, after = order(two_places("60", "40")), order(line(quantity="60", schedules=[
        {"quantity": "60", "requested": "2026-02-01", "ship_to": {"name": "North"}}]))  # fmt: skip
    assert judged(after, before, accepted=[("10", "quantity")]) == Judgement(False)
    assert judged(after, before).needs_approval


SHIPPED = from_yaml(files("orderwire.defaults").joinpath("changes.yaml").read_text())
NOTHING_NAMED = policy(drift=LOOSE)
EVERYTHING_NAMED = policy(amendments={"free": sorted(n for n in known_names() if "." not in n)}, drift=LOOSE)


@given(orders(max_lines=2), st.data())
def test_any_one_field_of_an_approved_order_needs_approval_unless_the_policy_names_it(
    before: Order, data: st.DataObject
) -> None:
    content = before.model_dump(mode="json", exclude_defaults=True)
    path = data.draw(st.sampled_from([p for p in leaves(content) if p != ("revision",)]))
    for value in OTHERS:
        try:
            after = Order.model_validate(with_leaf(content, path, value))
        except ValidationError:
            continue
        if after == before:
            continue
        assert judged(after, before, NOTHING_NAMED).needs_approval
        names = {name for _, name, _ in changed_fields(before, after)}
        money = {"tolerances": {"total": LOOSE["total"]}}
        named = policy(amendments={"free": sorted(names), **money}, drift=LOOSE)
        assert all("cannot be compared" in reason for reason in judged(after, before, named).reasons)


def test_every_field_of_the_schema_was_changed_and_none_passed() -> None:
    """The whole list, one by one: of a full order each leaf is given another value that the schema allows. The shipped
    policy lets words, people to call, and measures inside their tolerance pass, and no other field."""
    before = Order.model_validate(FULL)
    tried, passed = set(), set()
    for path in leaves(json.loads(json.dumps(FULL))):
        for value in (*OTHERS, "1", "40", "KGM", "12345678", "f" * 64, "AT", "USD", "allowance", "50", 2010):
            data = with_leaf(FULL, path, value)
            if path[-1] == "quantity" and path[:3] == ("lines", 0, "schedules"):
                data["lines"][0]["quantity"] = value
            elif path == ("lines", 0, "quantity"):
                data["lines"][0]["schedules"][0]["quantity"] = value
            try:
                after = Order.model_validate(data)
            except (ValidationError, TypeError):
                continue
            if after == before or (names := {name for _, name, _ in changed_fields(before, after)}) == set():
                continue
            assert judged(after, before, NOTHING_NAMED).needs_approval, path
            tried |= names
            if not judged(after, before, SHIPPED).needs_approval:
                passed |= names
            break
    parents = {name.rpartition(".")[0] for name in known_names()}
    fields = {name for name in known_names() if name not in parents}
    both_ways = {"allowances_charges.percent", "lines.allowances_charges.percent", "lines.moved"}
    assert fields - tried - both_ways == set()
    contact = {f"{place}.contact.{name}" for place in ("ship_to", "lines.schedules.ship_to") for name in CONTACT}
    measures = {"lines.price", "lines.price_basis", "lines.quantity", "lines.schedules.quantity"}
    words = {f"{where}notes.{name}" for where in ("", "lines.") for name in ("text", "subject")}
    assert contact | words <= passed <= contact | words | measures


CONTACT = ("name", "phone", "email")
PARTY = {
    "name": "P", "identifiers": [{"scheme": "gln", "value": "4012345000009"}],
    "address": {"lines": ["Street 1"], "city": "C", "postal_code": "1", "region": "R", "country": "FR"},
    "contact": {"name": "N", "phone": "+1", "email": "n@x.example"},
}  # fmt: skip
TAX = {"kind": "GST", "category": "E", "percent": "5", "exemption": "why"}
CHARGE = {"kind": "charge", "amount": "3", "code": "FC", "reason": "freight", "tax": TAX}
REFERENCE = {"kind": "contract", "number": "K1", "line": "1", "date": "2026-01-01", "code": "AA"}
FULL: dict[str, Any] = {
    "number": "PO-1", "kind": "blanket", "release_number": "R1", "issued": "2026-01-02", "valid_from": "2026-01-03",
    "valid_to": "2036-01-04", "currency": "GBP", "buyer": PARTY, "supplier": PARTY, "ship_to": PARTY, "bill_to": PARTY,
    "payment_terms": [{"basis": "delivery", "percent": "10", "days": 5, "months": 1, "end_of_month": "after",
                       "due": "2026-05-01", "discount_percent": "2", "discount_days": 3, "text": "t"}],
    "incoterm": {"code": "EXW", "place": "Y", "year": 2020}, "references": [REFERENCE],
    "notes": [{"text": "n", "subject": "s"}], "allowances_charges": [CHARGE],
    "attachments": [{"filename": "a", "media_type": "text/plain", "sha256": "0" * 64, "size": 1}], "test": False,
    "lines": [{
        "number": "10", "description": "d", "quantity": "4", "unit": "C62", "price": "9", "price_basis": "2",
        "buyer_part": "b", "supplier_part": "s", "gtin": "40123455", "category": "c",
        "schedules": [{"quantity": "4", "requested": "2026-03-01", "ship_to": PARTY}], "taxes": [TAX],
        "allowances_charges": [CHARGE], "references": [REFERENCE], "notes": [{"text": "n", "subject": "s"}],
        "accounts": [{"cost_center": "1", "gl_account": "2", "project": "3", "percent": "100"}],
    }],
}  # fmt: skip


@given(revisions())
def test_naming_more_fields_never_asks_for_more_approvals(pair: tuple[Order, Order]) -> None:
    before, after = pair
    assert len(judged(after, before, EVERYTHING_NAMED).reasons) <= len(judged(after, before, NOTHING_NAMED).reasons)
    assert judged(before, before, NOTHING_NAMED) == Judgement(False)
