"""An order leaves only on a yes that counts: of a source that is trusted this far, or of enough persons here."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from orderwire.flow import Refused, approve
from orderwire.formats import Approval as Claim
from orderwire.records import Approval, Endpoint, EndpointVersion, Event, Order, User
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db

SOON = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)).isoformat()


@pytest.fixture(autouse=True)
def _folder(config: Path, tmp_path: Path) -> None:
    road.supplier(tmp_path / "out")


def worth(number: str, amount: str, **fields: Any) -> Any:
    """A document that is worth this much."""
    return factories.document(number, lines=(factories.line(quantity=1, price=Decimal(amount)),), **fields)


# ── approved elsewhere ───────────────────────────────────────────────────────


def test_a_trusted_source_within_its_limit_is_believed_and_remembered() -> None:
    order = road.approved()
    given = Approval.objects.get()
    assert (order.state, given.approver, given.source, given.reference, given.user) == (
        "approved", "j.petersen", road.SOURCE, "WF-1", None,
    )  # fmt: skip
    assert given.revision_sha256 == road.sha256(order)
    said = Event.objects.get(kind="approval.external").data
    assert (said["approver"], said["reference"], said["sha256"]) == ("j.petersen", "WF-1", given.revision_sha256)


@pytest.mark.parametrize(
    "how, reason",
    [
        ({"source": "api:shop"}, "api:shop is not a trusted source"),
        ({"approval": road.claim("mallory")}, "mallory is not an approver whom the policy trusts"),
        ({"approval": road.claim("  ")}, "names no approver"),
        ({"approval": road.claim(reference=None)}, "no reference"),
        ({"approval": road.claim(reference=" ")}, "no reference"),
        ({"approval": road.claim(at=SOON)}, "in the future"),
        ({"approval": road.claim(at="yesterday")}, "is not a time like"),
        ({"approval": road.claim(at="2026-11-01T10:00:00")}, "has no zone"),
    ],
)
def test_a_claim_that_does_not_count_makes_the_order_wait_with_the_reason(how: dict[str, Any], reason: str) -> None:
    made = road.bring(factories.document(), **how)
    assert made.state == "pending_approval"
    order = Order.objects.get(pk=made.order_id)
    assert (road.states(order), Approval.objects.count()) == ([], 0)
    assert reason in Event.objects.get(kind="approval.requested").data["reason"]


def test_a_source_is_trusted_to_the_cent() -> None:
    assert road.bring(worth("A", "100000")).state == "approved"
    assert road.bring(worth("B", "100000.01")).state == "pending_approval"


def test_a_total_without_rate_is_not_guessed() -> None:
    made = road.bring(worth("A", "1", currency="USD"))
    assert made.state == "pending_approval"
    assert "There is no rate from USD to EUR" in Event.objects.get(kind="approval.requested").data["reason"]


def test_an_order_without_a_claim_waits_even_from_a_trusted_source() -> None:
    assert road.bring(factories.document(), approval=None).state == "pending_approval"


def test_a_document_cannot_be_its_own_source() -> None:
    """What counts is who delivered, as we know it."""
    made = road.bring(
        factories.document(), source="folder:erp", approval=Claim("j.petersen", road.claim().at, road.SOURCE)
    )
    assert made.state == "pending_approval"


# ── approved here ────────────────────────────────────────────────────────────


def grant(order: Order, user: User, **how: Any) -> Order:
    return approve.grant(order.pk, user=user, **({"sha256": road.sha256(order)} | how))


def test_one_yes_within_the_limit_approves_and_plans() -> None:
    order = road.waiting()
    done = grant(order, road.person("ines", "buyers"), reason="Needed")
    assert (done.state, road.states(order)) == ("approved", ["ready"])
    given = Approval.objects.get()
    assert (given.approver, given.decision, given.reason) == ("Ines", "granted", "Needed")
    assert road.kinds(order)[-2:] == ["approval.granted", "plan.made"]
    assert Event.objects.get(kind="approval.granted").data["complete"] is True


@pytest.mark.parametrize(
    "amount, group, allowed",
    [
        ("10000", "buyers", True),
        ("10000.01", "buyers", False),
        ("10000.01", "purchasing-leads", True),
        ("49999.99", "purchasing-leads", True),
        ("100000.01", "purchasing-leads", False),
        ("49999.99", "finance-leads", True),
        ("1", "nobody", False),
    ],
)
def test_limits_are_kept_to_the_cent(amount: str, group: str, allowed: bool) -> None:
    order, person = road.waiting(worth("A", amount)), road.person("ines", group)
    assert approve.may(order, person).allowed is allowed
    if allowed:
        assert grant(order, person).state == "approved"
    else:
        before = road.everything()
        with pytest.raises(Refused) as refused:
            grant(order, person)
        assert refused.value.kind == "not_allowed"
        assert refused.value.reason == approve.may(order, person).reason
        assert road.everything() == before


def test_from_fifty_thousand_two_persons_must_agree() -> None:
    order = road.waiting(worth("A", "50000"))
    first, second = road.person("jens", "purchasing-leads"), road.person("finn", "finance-leads")
    after = grant(order, first)
    assert (after.state, after.last_event, road.states(order)) == (
        "pending_approval",
        "Approved by Jens, 1 more needed",
        [],
    )
    assert Event.objects.get(kind="approval.granted").data["complete"] is False
    with pytest.raises(Refused, match="You approved this version already"):
        grant(order, first)
    assert grant(order, second).state == "approved"


def test_nobody_approves_what_he_made() -> None:
    ines = road.person("ines", "finance-leads")
    order = road.waiting(actor="user:Ines")
    with pytest.raises(Refused, match="nobody approves their own"):
        grant(order, ines)
    assert grant(order, road.person("jens", "finance-leads")).state == "approved"


@pytest.mark.parametrize("kind", ["administrator", "superuser", "supplier", "closed account"])
def test_who_must_stay_apart_cannot_approve(kind: str) -> None:
    groups = ["finance-leads", *(["administrators"] if kind == "administrator" else [])]
    fields: dict[str, Any] = {}
    order = road.waiting()
    if kind == "superuser":
        fields["is_superuser"] = True
    elif kind == "supplier":
        fields["partner"] = order.supplier
    elif kind == "closed account":
        fields["is_active"] = False
    with pytest.raises(Refused) as refused:
        grant(order, road.person("sam", *groups, **fields))
    assert refused.value.kind == "not_allowed"


def test_who_wrote_the_suppliers_address_does_not_approve_his_orders() -> None:
    endpoint = Endpoint.objects.get()
    old = endpoint.current
    EndpointVersion.objects.create(
        endpoint=endpoint, number=2, channel=old.channel, format=old.format, config=old.config, created_by="user:mara"
    )
    Endpoint.objects.update(version=2)
    order = road.waiting()
    with pytest.raises(Refused, match="You changed the supplier's address, so another person must approve"):
        grant(order, road.person("mara", "finance-leads"))
    assert grant(order, road.person("ines", "finance-leads")).state == "approved"


def test_a_yes_to_what_one_saw_is_no_yes_to_what_came_since() -> None:
    order, ines = road.waiting(), road.person("ines", "finance-leads")
    seen = road.sha256(order)
    road.waiting(factories.document(revision=2))
    for verb in (approve.grant, approve.refuse):
        with pytest.raises(Refused, match="The order changed since you looked at it") as refused:
            verb(order.pk, user=ines, sha256=seen, reason="ok")
        assert refused.value.kind == "conflict"
    assert not Approval.objects.exists()


def test_the_yes_to_an_older_version_does_not_count_for_the_next() -> None:
    order = road.waiting(worth("A", "60000"))
    first, second = road.person("jens", "purchasing-leads"), road.person("finn", "finance-leads")
    grant(order, first)
    order = road.waiting(worth("A", "60001", revision=2))
    assert grant(order, second).state == "pending_approval"
    assert grant(order, first).state == "approved"


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_no_needs_a_reason(reason: str) -> None:
    order = road.waiting()
    with pytest.raises(Refused, match="needs a reason"):
        approve.refuse(order.pk, user=road.person("ines", "buyers"), sha256=road.sha256(order), reason=reason)


def test_a_no_stops_the_order_until_the_next_version() -> None:
    order, ines = road.waiting(), road.person("ines", "buyers")
    done = approve.refuse(order.pk, user=ines, sha256=road.sha256(order), reason="Too dear")
    assert (done.state, done.reason, road.states(order)) == ("refused", "Too dear", [])
    assert road.kinds(order)[-1] == "approval.refused"
    with pytest.raises(Refused, match="does not wait for approval"):
        grant(order, ines)
    again = road.waiting(factories.document(revision=2))
    assert (again.state, again.reason) == ("pending_approval", "")
    assert grant(again, ines).state == "approved"


def test_only_who_may_approve_may_refuse() -> None:
    order = road.waiting()
    with pytest.raises(Refused, match="no approval limit"):
        approve.refuse(order.pk, user=road.person("eve"), sha256=road.sha256(order), reason="No")


def test_an_order_that_is_not_there_or_does_not_wait_is_refused() -> None:
    ines = road.person("ines", "buyers")
    with pytest.raises(Refused) as refused:
        approve.grant(404, user=ines, sha256="x")
    assert refused.value.kind == "not_found"
    order = road.approved()
    with pytest.raises(Refused, match="does not wait for approval"):
        grant(order, ines)
    assert not approve.may(order, ines).allowed


def test_an_approver_whose_limit_was_taken_away_meanwhile_is_refused() -> None:
    order, ines = road.waiting(), road.person("ines", "buyers")
    assert approve.may(order, ines).allowed
    ines.groups.clear()
    with pytest.raises(Refused, match="no approval limit"):
        grant(order, User.objects.get(pk=ines.pk))


@pytest.mark.parametrize("text", ["limits: [", "name: x\nversion: 1\nlimitz: []\n", "\xff\xfe"])
def test_without_a_usable_policy_nothing_is_approved_and_the_line_is_told(text: str, config: Path) -> None:
    order, ines = road.waiting(), road.person("ines", "buyers")
    (config / "policy.yaml").write_bytes(text.encode("latin-1"))
    for attempt in (lambda: grant(order, ines), lambda: road.bring(factories.document("OTHER"))):
        with pytest.raises(Refused, match=r"policy cannot be used: policy\.yaml.*Correct policy\.yaml"):
            attempt()
    assert not Order.objects.filter(number="OTHER").exists()


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_give_exactly_the_approvals_that_are_needed(config: Path) -> None:
    people = [road.person(f"finn{n}", "finance-leads") for n in range(6)]
    for round_ in range(3):
        order = road.waiting(worth(f"A-{round_}", "60000"))
        sha256, together = road.sha256(order), Barrier(len(people))

        def one(person: User, order: Order = order, sha256: str = sha256, together: Barrier = together) -> str:
            together.wait()
            try:
                return str(approve.grant(order.pk, user=person, sha256=sha256).state)
            except Refused as failure:
                return failure.kind
            finally:
                connection.close()

        with ThreadPoolExecutor(len(people)) as threads:
            said = sorted(threads.map(one, people))
        assert said == ["approved", *["conflict"] * 4, "pending_approval"]
        assert Approval.objects.filter(revision__order=order).count() == 2
        assert road.states(order) == ["ready"]
