"""Reminders as stories: who hears what, when, in which language, and when nobody hears anything any more."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire import engine
from orderwire.document.party import Party
from orderwire.document.response import HeaderStatus, Response
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.flow import Refused, acknowledge, awaited, cancel, hold, remind
from orderwire.flow.distribute.sweep import _fire_timers
from orderwire.flow.remind import letters
from orderwire.records import Delivery, Event, Notice, Order, Partner, Timer, User
from tests.database import factories
from tests.database.flow import road

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
SENT = datetime.datetime(2026, 11, 16, 10, tzinfo=BERLIN)
"""A Monday morning."""
DUE = datetime.datetime(2026, 11, 18, 17, tzinfo=BERLIN)
"""Wednesday, closing time."""
HOUR = datetime.timedelta(hours=1)


class Time:
    """A clock that goes on when told; letters whose time has come are handed over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.now = SENT.astimezone(datetime.UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def until(self, moment: datetime.datetime) -> None:
        """Let every timer and every letter have its turn, each at its time."""
        moment = moment.astimezone(datetime.UTC)
        while True:
            times = [
                *Timer.objects.filter(kind="remind", fired_at=None, stopped_at=None).values_list("due_at", flat=True),
                *Delivery.objects.filter(kind="notice", state="ready").values_list("due_at", flat=True),
            ]
            following = min(times, default=moment)
            self.now = max(self.now, min(following, moment))
            self.work()
            if following >= moment:
                self.now = moment
                self.work()
                return

    def work(self) -> None:
        """What a worker does now."""
        _fire_timers()
        remind.tidy()
        ready = Delivery.objects.filter(kind="notice", state="ready", due_at__lte=self.now)
        for delivery in ready:
            delivery.state = DeliveryState.SENDING
            delivery.save()
            delivery.state, delivery.accepted_at, delivery.tries = DeliveryState.ACCEPTED, self.now, 1
            delivery.save()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Purchasing has a mail server, and a lead who is told last. `house(text)` replaces the rules."""
    settings.ORDERWIRE_CONFIG = tmp_path
    monkeypatch.setattr(engine, "defer_sweep", lambda: None)
    purchasing = Partner.objects.create(
        number="purchasing", name="Purchasing", role="internal", country="DE", time_zone="Europe/Berlin", language="en"
    )
    factories.endpoint(purchasing, recipients=["purchasing@nordhaven.example"])
    lead = User.objects.create_user("maren", "maren@nordhaven.example", time_zone="Europe/Berlin")
    lead.groups.add(Group.objects.get_or_create(name="purchasing-leads")[0])

    def rules(text: str) -> None:
        (tmp_path / "reminders.yaml").write_text(f"name: Reminders\nmail_through: group:purchasing\nsteps:\n{text}")

    return rules


def supplier(name: str = "Rheintalguss", **fields: Any) -> Partner:
    given: dict[str, Any] = {
        "language": "de",
        "time_zone": "Europe/Berlin",
        "country": "DE",
        "contact_email": "export@rheintal.example",
        "second_contact_email": "chef@rheintal.example",
    }
    return factories.supplier(name, **(given | fields))


def asked(
    number: str = "4500071791", *, of: Partner | None = None, due: datetime.datetime = DUE, **fields: Any
) -> Order:
    """An order that reached the supplier on Monday; his answer is due on Wednesday."""
    partner = of or supplier()
    order = factories.order(factories.document(number, supplier=Party(name=partner.name), **fields), partner=partner)
    factories.delivery(order, to=factories.endpoint(partner, recipients=[f"orders@{partner.number}.example"]))
    Order.objects.filter(pk=order.pk).update(answer_due_at=due)
    order.refresh_from_db()
    awaited.remind(order, due)
    return order


def answered(order: Order, status: HeaderStatus = HeaderStatus.ACCEPTED) -> None:
    acknowledge.take(
        Response(order_number=order.number, status=status), supplier=order.supplier, source="api", actor="api:x"
    )


def told(order: Order | None = None) -> list[tuple[str, str]]:
    """Which letters went out, when and to whom, in the time of Berlin."""
    rows = Notice.objects.filter(delivery__accepted_at__isnull=False).select_related("delivery")
    found = rows.filter(order=order) if order else rows
    return [
        (row.delivery.accepted_at.astimezone(BERLIN).strftime("%a %H:%M"), row.recipient)  # type: ignore[union-attr]
        for row in found.order_by("delivery__accepted_at", "pk")
    ]


def without_tokens(text: str) -> str:
    """A letter without the tokens of its answer links: any few letters stand in them by chance."""
    return re.sub(r"/a/[\w-]{43}", "/a/", text)


def test_nobody_answers_and_the_ladder_is_climbed_to_its_top(time: Time) -> None:
    order = asked()
    time.until(DUE + datetime.timedelta(days=14))
    assert told(order) == [
        ("Tue 08:00", "export@rheintal.example"),
        ("Thu 08:00", "export@rheintal.example"),
        ("Fri 08:00", "chef@rheintal.example"),
        ("Mon 08:00", "export@rheintal.example"),
        ("Mon 08:00", "ines@example.com"),
        ("Wed 08:00", "maren@nordhaven.example"),
    ]
    assert not Timer.objects.filter(kind="remind", fired_at=None, stopped_at=None).exists()


def test_an_answer_of_any_kind_ends_it(time: Time) -> None:
    partner = supplier()
    accepted, declined = asked("A-1", of=partner), asked("A-2", of=partner)
    time.until(DUE)
    answered(accepted)
    answered(declined, HeaderStatus.REJECTED)
    time.until(DUE + datetime.timedelta(days=14))
    assert told(accepted) == told(declined) == [("Tue 08:00", "export@rheintal.example")]


def test_that_the_order_was_received_is_no_answer(time: Time) -> None:
    order = asked()
    time.until(DUE)
    answered(order, HeaderStatus.RECEIVED)
    time.until(DUE + datetime.timedelta(days=1))
    assert told(order)[-1] == ("Thu 08:00", "export@rheintal.example")


def test_who_opened_the_order_is_not_reminded_before_the_answer_is_due(time: Time) -> None:
    order = asked()
    order.deliveries.get().receipts.create(kind="opened", external_id="1", at=time.now)
    time.until(DUE)
    assert told(order) == []


def test_an_order_on_hold_reminds_nobody_and_goes_on_when_it_is_released(time: Time) -> None:
    order = asked()
    hold.hold(order.pk, actor="user:ines", reason="Budget")
    time.until(DUE + datetime.timedelta(days=1))
    assert told(order) == []
    Order.objects.filter(pk=order.pk).update(state=OrderState.APPROVED)
    time.until(DUE + datetime.timedelta(days=2))
    assert told(order) == [("Fri 08:00", "export@rheintal.example"), ("Fri 08:00", "chef@rheintal.example")]


def test_a_new_version_is_asked_about_anew(time: Time) -> None:
    order = asked()
    time.until(DUE)
    content = factories.document(order.number, revision=2, supplier=Party(name="Rheintalguss"))
    factories.revision(order, content)
    factories.delivery(order, revision=2)
    due = DUE + datetime.timedelta(days=7)
    Order.objects.filter(pk=order.pk).update(answer_due_at=due)
    order.refresh_from_db()
    awaited.remind(order, due)
    time.until(due + datetime.timedelta(days=1))
    assert told(order) == [
        ("Tue 08:00", "export@rheintal.example"),
        ("Tue 08:00", "export@rheintal.example"),
        ("Thu 08:00", "export@rheintal.example"),
    ]


def test_after_a_standstill_only_the_newest_step_goes_out_and_the_ledger_names_the_others(time: Time) -> None:
    order = asked()
    time.now = (DUE + datetime.timedelta(days=2)).replace(hour=9).astimezone(datetime.UTC)
    time.work()
    assert told(order) == [("Fri 09:00", "chef@rheintal.example")]
    skipped = Event.objects.filter(kind="notice.stopped", order=order).order_by("pk")
    assert [event.data["step"] for event in skipped] == ["before", "late"]


def test_three_orders_that_are_due_together_travel_in_one_letter(time: Time) -> None:
    partner = supplier()
    orders = [asked(f"A-{n}", of=partner) for n in range(3)]
    time.until(DUE)
    assert Delivery.objects.filter(kind="notice").count() == 1
    letter = Delivery.objects.get(kind="notice")
    assert letter.order is None and letter.notices.count() == 3
    posted = letters.letter(letter.pk)
    assert posted is not None and posted.to == ("export@rheintal.example",)
    assert "Bestellungen warten auf Ihre Antwort: 3" in posted.letter.subject
    assert all(order.number in posted.letter.text and order.number in posted.letter.html for order in orders)


def test_a_letter_leaves_out_what_was_answered_while_it_waited(time: Time) -> None:
    partner = supplier()
    first, second = asked("A-1", of=partner), asked("A-2", of=partner)
    time.until(DUE.replace(day=17, hour=7, minute=56))
    answered(first)
    posted = letters.letter(Delivery.objects.get(kind="notice").pk)
    assert posted is not None
    text = without_tokens(posted.letter.text)
    assert "A-1" not in text and "A-2" in text
    time.until(DUE)
    assert Notice.objects.get(order=first).stopped_at is not None
    assert told(second) == [("Tue 08:00", "export@rheintal.example")]
    assert Event.objects.get(kind="notice.stopped", order=first).data["reason"] == "Rheintalguss answered (accepted)."


def test_the_letter_speaks_the_readers_language_and_hides_prices_that_the_supplier_must_not_see(time: Time) -> None:
    order = asked()
    road.forge("ow_leg", "update ow_leg set prices = false")
    time.until(DUE + datetime.timedelta(days=6))
    german, *_, english = [letters.letter(d.pk) for d in Delivery.objects.filter(kind="notice").order_by("pk")][:5]
    assert german and english
    assert "Erinnerung" in german.letter.subject and "EUR" not in without_tokens(german.letter.text)
    assert "/a/" in german.letter.text and "Europe" not in german.letter.text
    assert english.letter.subject.startswith("No answer from Rheintalguss: Purchase order")
    assert f"/orders/{order.pk}/" in english.letter.text and "EUR" in english.letter.text


def test_a_person_reminds_at_once_and_the_ladder_goes_on_with_the_step_after(time: Time) -> None:
    order = asked()
    time.now = DUE.replace(day=16, hour=22).astimezone(datetime.UTC)
    (notice,) = remind.now(order.pk, actor="user:ines")
    time.work()
    assert notice.step == "before" and told(order) == [("Mon 22:00", "export@rheintal.example")]
    assert Event.objects.get(kind="notice.queued").actor == "user:ines"
    time.until(DUE + datetime.timedelta(days=1))
    assert [when for when, _ in told(order)] == ["Mon 22:00", "Thu 08:00"]


def test_nobody_is_reminded_by_hand_twice_in_an_hour_or_where_nothing_is_awaited_or_nobody_is_known(time: Time) -> None:
    order = asked()
    remind.now(order.pk, actor="user:ines")
    time.work()
    with pytest.raises(Refused, match="was reminded in the last hour"):
        remind.now(order.pk, actor="user:ines")
    answered(order)
    with pytest.raises(Refused, match="No answer of Rheintalguss is awaited"):
        remind.now(order.pk, actor="user:ines")
    other = asked("B-1", of=supplier("Tecnosellos", contact_email="", second_contact_email=""))
    other.supplier.endpoints.update(active=False)  # type: ignore[union-attr]
    with pytest.raises(Refused, match="has no contact with an e-mail address"):
        remind.now(other.pk, actor="user:ines")
    with pytest.raises(Refused, match="no such order"):
        remind.now(0, actor="user:ines")


def test_a_step_that_reaches_nobody_is_skipped_and_says_what_to_do(time: Time) -> None:
    order = asked(of=supplier(second_contact_email=""))
    (problem,) = [each for each in remind.preview() if each.problem]
    time.until(DUE + datetime.timedelta(days=6))
    skipped = Event.objects.get(kind="notice.stopped", order=order)
    assert skipped.data["step"] == problem.step == "second"
    assert skipped.data["remedy"] == "Add it to Rheintalguss, or call them."
    assert "buyer" in Notice.objects.filter(order=order).values_list("to", flat=True)


def test_a_supplier_by_edi_is_written_to_through_the_house_and_answers_by_his_system(
    time: Time, tmp_path: Path
) -> None:
    partner = supplier("Delta", language="es", time_zone="Europe/Madrid", country="ES")
    order = factories.order(factories.document("E-1", supplier=Party(name="Delta")), partner=partner)
    factories.delivery(order, to=factories.endpoint(partner, channel="folder", format="x12", out=str(tmp_path)))
    Order.objects.filter(pk=order.pk).update(answer_due_at=DUE)
    order.refresh_from_db()
    awaited.remind(order, DUE)
    time.until(DUE)
    letter = Delivery.objects.get(kind="notice")
    assert letter.endpoint.partner.number == "purchasing"
    posted = letters.letter(letter.pk)
    assert posted is not None and "por EDI o en el portal" in posted.letter.text and "/a/" not in posted.letter.text


def test_a_cancellation_without_an_answer_is_reminded_of_instead_of_the_order(time: Time) -> None:
    order = asked()
    Delivery.objects.filter(order=order).update(accepted_at=time.now)
    cancellation = cancel.ask(order.pk, actor="user:ines", code="not_needed")
    assert cancellation.due_at is not None
    time.until(cancellation.due_at + datetime.timedelta(days=1))
    (notice,) = Notice.objects.all()
    assert (notice.cancellation_id, notice.step) == (cancellation.pk, "late")
    posted = letters.letter(notice.delivery_id)
    assert posted is not None and "Stornierung der Bestellung 4500071791" in posted.letter.subject
    (due,) = Event.objects.filter(kind="cancellation.overdue")
    assert due.order_id == order.pk
    cancel.withdraw(cancellation.pk, actor="user:ines", reason="We need it after all")
    before = Notice.objects.filter(cancellation=cancellation).count()
    time.until(cancellation.due_at + datetime.timedelta(days=20))
    assert Notice.objects.filter(cancellation=cancellation).count() == before


def test_rules_that_cannot_be_read_wait_and_are_looked_at_again(time: Time, house: Callable[[str], None]) -> None:
    order = asked()
    house("  - id: broken\n")
    time.until(DUE.replace(day=17, hour=9))
    assert told(order) == []
    house("  - id: late\n    at: due\n    to: supplier\n    say: reminder\n")
    time.until(DUE + datetime.timedelta(days=1))
    assert len(told(order)) == 1


EVERY_STEP = """
  - {id: before, at: due - 1, to: supplier, say: reminder, never_opened: "true"}
  - {id: again, at: due + 1, to: supplier, say: reminder, every: 1, at_most: 3}
  - {id: second, at: due + 1, to: second_contact, say: reminder, total_from: EUR 500}
  - {id: buyer, at: due + 2, to: buyer, say: escalation}
  - {id: house, at: due + 2, to: group:purchasing, say: escalation, every: 2, at_most: 2}
"""
PLACES = [("Europe/Berlin", "DE", [6, 7]), ("Asia/Riyadh", "SA", [5, 6]), ("Asia/Kolkata", "IN", [7])]
orders_due = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60 * 24), st.booleans()), min_size=1, max_size=6)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(orders_due, st.integers(0, 12))
def test_what_the_preview_says_is_what_is_sent(
    time: Time, house: Callable[[str], None], dues: list[tuple[int, int, bool]], standstill: int
) -> None:
    """The clock runs on and nobody answers: exactly the letters that were said before, to whom and when."""
    Notice.objects.all().delete()
    Timer.objects.all().delete()
    Order.objects.all().update(answer_state=AnswerState.ACCEPTED)
    Delivery.objects.filter(kind="notice").delete()
    house(EVERY_STEP)
    time.now = SENT.astimezone(datetime.UTC)
    partners = [
        supplier(f"S{n}", time_zone=zone, country=country, weekend=weekend, contact_email=f"s{n % 3}@s.example",
                 second_contact_email="" if n == 1 else "shared@s.example")
        for n, (zone, country, weekend) in enumerate([*PLACES, PLACES[0]])
    ]  # fmt: skip
    for n, (who, minutes, small) in enumerate(dues):
        lines = (factories.line(quantity=1, price=Decimal(1)),) if small else None
        at = DUE + datetime.timedelta(minutes=minutes)
        asked(f"P-{partners[0].pk}-{n}", of=partners[who], due=at, lines=lines)
    time.now += datetime.timedelta(days=standstill)
    ahead = remind.preview()
    time.until(SENT + datetime.timedelta(days=60))
    said = sorted((a.order, a.step, a.turn, a.address, a.at) for a in ahead if not a.problem)
    assert said == _sent()
    assert remind.preview() == []
    mails = {(n.recipient, n.delivery_id): _at(n) for n in Notice.objects.select_related("delivery")}
    for address in {recipient for recipient, _ in mails}:
        times = sorted(at for (recipient, _), at in mails.items() if recipient == address)
        assert all(later - earlier >= HOUR for earlier, later in pairwise(times)), "two letters within an hour"


def _sent() -> list[tuple[int, str, int, str, datetime.datetime]]:
    found = Notice.objects.filter(delivery__accepted_at__isnull=False).select_related("delivery")
    return sorted((n.order_id, n.step, n.turn, n.recipient, _at(n)) for n in found)


def _at(notice: Notice) -> datetime.datetime:
    assert notice.delivery.accepted_at is not None
    return notice.delivery.accepted_at
