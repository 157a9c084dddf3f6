"""An order is created once, whoever brings it and however often; what is approved is exactly its content."""

import dataclasses
import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from orderwire.document.canonical import canonical_bytes, fingerprint
from orderwire.document.change import changes
from orderwire.document.order import Account, Line, Order, Schedule
from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.document.terms import AllowanceCharge, Attachment, Incoterm, Note, Reference, Tax, TermsPart
from orderwire.flow import Refused, hold, route
from orderwire.flow.create import Created, create
from orderwire.flow.distribute.claim import claim
from orderwire.flow.distribute.claimed import Claimed, Place
from orderwire.flow.distribute.health import ready
from orderwire.flow.distribute.render import NotSendable, check
from orderwire.records import Delivery, Endpoint, Event, Message, OrderLine
from orderwire.records import Order as Row
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(config: Path, tmp_path: Path) -> None:
    road.supplier(tmp_path / "out")


def test_an_approved_order_is_created_approved_and_planned_at_once() -> None:
    made = road.bring(factories.document())
    order = Row.objects.get(pk=made.order_id)
    assert (made.outcome, made.state, order.state, order.delivery_state) == ("created", "approved", "approved", "ready")
    assert (order.total, order.line_count, order.need_by) == (Decimal(8330), 2, factories.NEED_BY)
    assert order.channel == "Folder · Orderwire JSON"
    assert road.kinds(order) == ["order.created", "approval.external", "plan.made"]
    assert road.states(order) == ["ready"]


def test_the_same_revision_again_changes_nothing_and_leaves_one_event() -> None:
    first = road.bring(factories.document())
    before, told = road.everything(), len(road.kinds())
    again = road.bring(factories.document())
    assert (again.outcome, again.order_id, again.changes) == ("duplicate", first.order_id, ())
    assert road.everything() == before
    assert road.kinds()[told:] == ["order.duplicate"]


def test_the_same_number_with_other_content_is_a_conflict_told_field_by_field() -> None:
    road.bring(factories.document())
    before, told = road.everything(), len(road.kinds())
    other = factories.document(
        lines=(factories.line("10", supplier_part="MG1/29"), factories.line("20", quantity=61, price=Decimal(118))),
        ship_to=None,
    )
    found = road.bring(other)
    assert found.outcome == "conflict"
    assert {(c.path, c.kind) for c in found.changes} == {
        ("ship_to", "deleted"),
        ("lines[10].supplier_part", "changed"),
        ("lines[20].quantity", "changed"),
        ("lines[20].schedules[1].quantity", "changed"),
    }
    assert road.everything() == before
    assert road.kinds()[told:] == ["order.conflict"]
    assert "lines[20].quantity" in Event.objects.latest("pk").data["differs"]


@pytest.mark.django_db(transaction=True)
def test_twenty_doors_that_bring_the_same_new_order_make_one_order() -> None:
    together = Barrier(20)

    def one(_: int) -> Created:
        together.wait()
        try:
            return road.bring(factories.document())
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        made = list(threads.map(one, range(20)))
    assert sorted(m.outcome for m in made) == ["created"] + ["duplicate"] * 19
    assert len({m.order_id for m in made}) == 1
    assert (Row.objects.count(), OrderLine.objects.count(), Delivery.objects.count()) == (1, 2, 1)
    assert road.kinds().count("order.duplicate") == 19


def test_the_next_version_follows_and_says_what_changed() -> None:
    order = road.approved()
    later = factories.document(revision=2, lines=(factories.line("10", supplier_part="MG1/28"),))
    made = road.bring(later)
    order.refresh_from_db()
    assert (made.outcome, order.revision, order.line_count, order.state) == ("revised", 2, 1, "approved")
    assert [(c.path, c.kind) for c in made.changes] == [("lines[20]", "deleted")]
    assert road.states(order) == ["superseded", "ready"]
    assert order.total == Decimal(1250)


def test_a_version_without_approval_stops_the_one_before_it() -> None:
    order = road.approved()
    road.waiting(factories.document(revision=2, lines=(factories.line(price=99),)))
    order.refresh_from_db()
    assert (order.state, order.revision) == ("pending_approval", 2)
    assert (order.delivery_state, order.answer_state) == (None, "not_asked")


def test_an_older_version_that_comes_late_is_kept_and_never_sent() -> None:
    order = road.approved(revision=3)
    late = road.bring(factories.document(revision=2))
    order.refresh_from_db()
    assert (late.outcome, late.revision, order.revision, order.state) == ("late", 2, 3, "approved")
    assert sorted(order.revisions.values_list("number", flat=True)) == [2, 3]
    assert set(order.deliveries.values_list("revision__number", flat=True)) == {3}
    assert "order.kept" in road.kinds(order)


@pytest.mark.parametrize("state", ["cancelling", "cancelled"])
def test_a_version_that_comes_while_an_order_is_cancelled_is_kept_and_not_sent(state: str) -> None:
    order = road.approved()
    Row.objects.filter(pk=order.pk).update(state=state)
    kept = road.bring(factories.document(revision=2))
    order.refresh_from_db()
    assert (kept.outcome, order.revision, order.state) == ("not_sent", 2, state)
    assert set(order.deliveries.values_list("revision__number", flat=True)) == {1}


@pytest.mark.parametrize("state", ["held", "closed"])
def test_an_order_that_stands_still_takes_no_new_version(state: str) -> None:
    order = road.approved()
    if state == "held":
        hold.hold(order.pk, actor="user:ines", reason="Price talks")
    else:
        Row.objects.filter(pk=order.pk).update(state=state)
    before = road.everything()
    with pytest.raises(Refused, match="takes no new version"):
        road.bring(factories.document(revision=2))
    assert road.everything() == before


def test_releases_of_one_blanket_order_are_orders_of_their_own() -> None:
    blanket = Reference(kind="blanket", number="4500000001")
    for number in ("1", "2"):
        road.bring(factories.document(kind="release", release_number=number, references=(blanket,)))
    assert set(Row.objects.values_list("number", "kind")) == {
        ("4500071791/1", "release"),
        ("4500071791/2", "release"),
    }


def test_an_order_to_an_unknown_supplier_waits_and_goes_on_when_he_is_known(tmp_path: Path) -> None:
    made = road.bring(factories.document(supplier=Party(name="Neue Dichtungen")))
    order = Row.objects.get(pk=made.order_id)
    assert (order.state, order.supplier, order.delivery_state) == ("held", None, None)
    assert order.reason == "The supplier Neue Dichtungen is not known here. Add it with an endpoint, then plan again."
    assert road.kinds(order)[-1] == "plan.held"
    with pytest.raises(Refused, match="not known here"):
        hold.resume(order.pk, actor="user:ines")

    partner = road.supplier(tmp_path / "new", "Neue Dichtungen")
    route.replan(order.pk, actor="user:ines")
    order.refresh_from_db()
    assert (order.state, order.supplier, order.reason, road.states(order)) == ("approved", partner, "", ["ready"])


def test_a_new_version_puts_right_what_could_not_be_planned(tmp_path: Path) -> None:
    order = road.approved(supplier=Party(name="Nobody We Know"))
    assert order.state == "held"
    road.bring(factories.document(revision=2))
    order.refresh_from_db()
    assert (order.state, order.supplier_name, road.states(order)) == ("approved", "Tecnosellos", ["ready"])


def test_a_test_order_never_leaves() -> None:
    order = road.approved(test=True)
    assert (order.state, order.delivery_state, road.states(order)) == ("held", None, [])
    assert "This is a test order, so nobody outside gets it" in order.reason
    with pytest.raises(Refused):
        hold.resume(order.pk, actor="user:ines")


def test_what_was_created_before_a_crash_is_created_not_a_duplicate_when_the_message_runs_again() -> None:
    message: Message = factories.message()
    first = road.bring(factories.document(), message=message)
    before, told = road.everything(), len(road.kinds())
    again = road.bring(factories.document(), message=message)
    assert (again.outcome, again.order_id) == ("created", first.order_id)
    assert (road.everything(), len(road.kinds())) == (before, told)


def test_a_number_as_long_as_allowed_and_a_huge_amount_fit() -> None:
    huge = factories.line("10", quantity=99_999_999, price=Decimal("999999.999"))
    made = road.bring(factories.document("9" * 35, lines=(huge,)))
    assert Row.objects.get(pk=made.order_id).total == Decimal("99999998900000.00")
    assert made.state == "pending_approval", "above what the source is trusted with"


FULL = Order(
    number="4500071791",
    kind="release",
    release_number="7",
    issued=datetime.date(2026, 11, 16),
    valid_from=datetime.date(2026, 11, 16),
    valid_to=datetime.date(2027, 11, 15),
    currency="EUR",
    buyer=Party(
        name="Nordhaven Pumpen GmbH",
        identifiers=(Identifier(scheme="gln", value="4012345000009"),),
        address=Address(lines=("Kai 1",), city="Bremen", postal_code="28217", region="HB", country="DE"),
        contact=Contact(name="Ines", phone="+49 421 5550", email="ines@example.com"),
    ),
    supplier=Party(name="Tecnosellos"),
    ship_to=Party(name="Hall 3"),
    bill_to=Party(name="Accounts"),
    payment_terms=(
        TermsPart(
            percent=Decimal(50), days=30, months=1, end_of_month="after", due=datetime.date(2027, 1, 1),
            discount_percent=Decimal(2), discount_days=14, text="Thanks",
        ),
    ),
    incoterm=Incoterm(code="DAP", place="Bremen", year=2020),
    references=(
        Reference(kind="blanket", number="B-1", line="3", date=datetime.date(2026, 1, 1), code="X"),
        Reference(kind="contract", number="C-1"),
    ),
    notes=(Note(text="Call first", subject="delivery"),),
    allowances_charges=(
        AllowanceCharge(kind="charge", amount=Decimal(5), code="FC", reason="Freight", tax=Tax(exemption="None")),
        AllowanceCharge(kind="allowance", percent=Decimal(1)),
    ),
    attachments=(Attachment(filename="drawing.pdf", media_type="application/pdf", sha256="a" * 64, size=12),),
    lines=(
        Line(
            number="10", description="Seal", quantity=Decimal(100), unit="C62", price=Decimal("12.5"),
            price_basis=Decimal(1), buyer_part="207", supplier_part="MG1", gtin="40123456", category="seals",
            schedules=(
                Schedule(quantity=Decimal(100), requested=datetime.date(2027, 1, 9), ship_to=Party(name="Hall 4")),
            ),
            taxes=(Tax(percent=Decimal(19)),),
            allowances_charges=(AllowanceCharge(kind="allowance", percent=Decimal(3)),),
            accounts=(Account(cost_center="4711", gl_account="600", project="P1", percent=Decimal(100)),),
            references=(Reference(kind="requisition", number="R-1"),),
            notes=(Note(text="Grease-free"),),
        ),
    ),
)  # fmt: skip
"""An order that has a value in every field of the model."""

OTHER = {
    "kind": ("standard", "blanket", "contract", "allowance", "charge", "quotation", "GST"),
    "basis": ("order",),
    "currency": ("USD",),
    "country": ("AT",),
    "unit": ("KGM",),
    "gtin": ("40123457",),
    "sha256": ("b" * 64,),
    "end_of_month": ("before",),
    "code": ("EXW", "ZZ"),
    "category": ("Z", "castings"),
    "amount": ("6",),
}


def mutants(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every place in a document with other values to put there; parts that may be absent are also taken out."""
    if path and not (isinstance(path[-1], int) or path == ("lines",)):
        yield path, None
    if isinstance(value, dict):
        for name, item in value.items():
            yield from mutants(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from mutants(item, (*path, index))
    elif isinstance(value, bool):
        yield path, not value
    elif isinstance(value, int):
        yield path, value + 1
    elif path[-1] in OTHER:
        yield from ((path, other) for other in OTHER[path[-1]] if other != value)
    elif isinstance(value, str):
        for other in (f"{value}9", "2026-12-31", "7"):
            yield path, other


def placed(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A copy with another value at one place; a quantity changes in its schedule too."""
    copy = Order.model_validate(document).model_dump(mode="json")
    place: Any = copy
    for step in path[:-1]:
        place = place[step]
    if value is None:
        place.pop(path[-1], None)
    else:
        place[path[-1]] = value
    if path[-1] == "quantity":
        for line in copy["lines"]:
            line["quantity"] = value
            line["schedules"][0]["quantity"] = value
    if path[-1] in ("amount", "percent") and "allowances_charges" in path and value is None:
        place["amount" if path[-1] == "percent" else "percent"] = "4"
    return copy


def valid(document: dict[str, Any]) -> Order | None:
    try:
        return Order.model_validate(document)
    except ValueError:
        return None


@pytest.mark.django_db(transaction=True)
def test_any_field_changed_after_the_approval_changes_the_fingerprint_and_stops_the_send() -> None:
    road.approved(FULL)
    endpoint = Endpoint.objects.get()
    version = ready(endpoint.pk)
    assert version is not None
    place = Place.of(version)
    found = [c for shard in range(place.shards) for c in claim(place, shard)]
    assert len(found) == 1
    plain = FULL.model_dump(mode="json")
    assert fingerprint(FULL) == found[0].sha256
    tried: set[tuple[Any, ...]] = set()
    for path, value in mutants(plain):
        changed = valid(placed(plain, path, value))
        if changed is None or changed == FULL:
            continue
        assert fingerprint(changed) != fingerprint(FULL), path
        assert changes(FULL, changed, ignore=frozenset()), path
        forged: Claimed = dataclasses.replace(found[0], content=canonical_bytes(changed))
        with pytest.raises(NotSendable, match="its fingerprint differs"):
            check(place, forged)
        tried.add(tuple("*" if isinstance(step, int) else step for step in path))
    missing = {path for path in schema_paths(plain) if path not in tried}
    assert not missing, f"no other valid value was found for {missing}"
    check(place, found[0])


def schema_paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every leaf."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from schema_paths(item, (*path, name))
    elif isinstance(value, list):
        for item in value:
            yield from schema_paths(item, (*path, "*"))
    elif value is not None:
        yield path


def test_the_full_order_of_this_file_has_a_value_in_every_field_of_the_model() -> None:
    empty = [
        name
        for model in (
            FULL, FULL.buyer, FULL.buyer.address, FULL.buyer.contact, FULL.payment_terms[0], FULL.incoterm,
            FULL.references[0], FULL.notes[0], FULL.lines[0], FULL.lines[0].schedules[0], FULL.lines[0].accounts[0],
            FULL.attachments[0], FULL.allowances_charges[0].tax,
        )
        for name in type(model).model_fields
        if getattr(model, name) in (None, ())
    ]  # fmt: skip
    assert empty == []


@pytest.mark.parametrize("door", ["json", "api"])
def test_a_door_cannot_set_what_only_we_know(door: str) -> None:
    """Nothing that a document says makes it approved: only the source's own standing does."""
    made = create(factories.document(), source=f"folder:{door}", actor="system:collector")
    assert made.state == "pending_approval"


def test_an_order_whose_allowances_are_more_than_its_lines_is_refused(config: Path) -> None:
    """Its total is below every approval limit."""
    free = AllowanceCharge(kind="allowance", amount=Decimal(1_000_000))
    with pytest.raises(Refused, match="below zero"):
        road.bring(factories.document("N-1", allowances_charges=(free,)))
    assert not Row.objects.exists()
