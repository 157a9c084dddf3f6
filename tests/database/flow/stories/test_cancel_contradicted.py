"""Suppliers who answer a cancellation twice, otherwise, or unclearly, and words that no document can carry."""

from decimal import Decimal
from pathlib import Path

import pytest

from orderwire.flow import Refused, cancel, distribute
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.flow.stories.copies import copied
from tests.database.flow.stories.test_cancel import INES, answer, in_folder, now, sent_order

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_supplier_who_asks_for_more_than_before_is_heard(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="mistake")
    answer(order, "accepted", charge="100", currency="EUR", reason="Setup")
    answer(order, "accepted", charge="500", currency="EUR", reason="Setup and material")
    row.refresh_from_db()
    assert (row.cost, row.answer) == (Decimal(500), "Setup and material")
    assert road.kinds(order).count("cancellation.answered") == 2


def test_a_supplier_who_says_the_same_twice_is_heard_once(out: Path) -> None:
    order = sent_order()
    cancel.ask(order.pk, actor=INES, code="mistake")
    answer(order, "accepted", charge="100", currency="EUR", reason="Setup")
    answer(order, "accepted", charge="100.00", currency="EUR", reason="Setup")
    assert road.kinds(order).count("cancellation.answered") == 1


def test_who_corrects_what_he_still_delivers_is_heard(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="mistake")
    for quantity in ("300", "200"):
        answer(order, "accepted_with_changes", lines=[{"number": "10", "status": "changed", "quantity": quantity}])
    row.refresh_from_db()
    assert row.response is not None
    assert row.response.content["lines"][0]["quantity"] == "200"


def test_what_is_still_delivered_is_told_in_the_unit_of_the_order(out: Path) -> None:
    order = sent_order()
    row = cancel.ask(order.pk, actor=INES, code="mistake")
    answer(order, "accepted_with_changes",
           lines=[{"number": "10", "status": "changed", "quantity": "2", "unit": "BX"}])  # fmt: skip
    with pytest.raises(Refused):
        cancel.settle(row.pk, choice="accept_part", actor=INES)
    cancel.settle(row.pk, choice="keep", actor=INES)
    assert now(order)[0] == "approved"


def test_a_reason_as_long_as_may_be_leaves_with_the_cancellation(out: Path) -> None:
    order = sent_order()
    cancel.ask(order.pk, actor=INES, code="mistake", reason="<b>\u202e" + "x" * 3996)
    drain()
    assert in_folder(out) == ["order", "cancellation"]


def test_colleagues_hear_the_last_word_of_a_supplier_who_changes_his_mind(out: Path, tmp_path: Path) -> None:
    order = sent_order()
    copied(order, tmp_path / "stock")
    drain()
    row = cancel.ask(order.pk, actor=INES, code="not_needed")
    drain()
    answer(order, "rejected")
    drain()
    answer(order, "accepted")
    drain()
    assert now(order)[0] == "cancelled"
    assert in_folder(tmp_path / "stock")[-1] == "cancellation"
    answer(order, "rejected")
    cancel.settle(row.pk, choice="keep", actor=INES)
    drain()
    assert in_folder(tmp_path / "stock")[-1] == "order"
    ids = list(order.deliveries.values_list("message_id", flat=True))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("words", ["x" * 100_000, "a\x00b", "a\x07b"])
def test_words_that_no_document_can_carry_are_refused_at_once(out: Path, words: str) -> None:
    order = sent_order()
    with pytest.raises(Refused, match="too long, or have characters"):
        cancel.ask(order.pk, actor=INES, code="mistake", reason=words)
    row = cancel.ask(order.pk, actor=INES, code="mistake")
    with pytest.raises(Refused, match="too long, or have characters"):
        cancel.reply(row.pk, outcome="refused", reason=words, actor=INES)
    assert now(order) == ("cancelling", ["asked"])


def test_a_cancellation_that_is_answered_is_not_sent_again(out: Path) -> None:
    order = sent_order()
    cancel.ask(order.pk, actor=INES, code="mistake")
    drain()
    answer(order, "accepted")
    sent = order.deliveries.get(kind="cancellation")
    with pytest.raises(Refused, match="answered"):
        distribute.resend(sent.pk, actor=INES, reason="Once more")
    sent.refresh_from_db()
    assert sent.state == "answered"
