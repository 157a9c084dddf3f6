"""Telling again what the ERP may know already: it is known there as the same."""

from datetime import timedelta

import pytest

from orderwire.channels import Unavailable
from orderwire.document.status import OrderStatus
from orderwire.records import Endpoint, Message
from orderwire.tracking.erp import completeness, endpoints
from tests.database import factories
from tests.database.flow.feed.ledger_erp import AT, PaperErp, _Drawer
from tests.database.flow.feed.test_feed import answer, desk, erp, order, pull, rounds

__all__ = ["desk", "erp"]

pytestmark = pytest.mark.django_db


def test_each_try_of_a_status_has_the_same_sequence_and_news_a_higher_one(
    erp: PaperErp, desk: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own write touches the record there, and its word does not reach us."""
    written = _Drawer.tell

    def tell(drawer: _Drawer, status: OrderStatus) -> str:
        erp.put(status.external_id, factories.document(), note=str(len(erp.states)))
        said = written(drawer, status)
        if len(erp.states) < 3:
            raise Unavailable("The paper tore.")
        return said

    monkeypatch.setattr(_Drawer, "tell", tell)
    erp.put("r1", factories.document())
    for _ in range(4):
        pull()
        rounds()
        Endpoint.objects.update(paused_until=None)
    assert len(erp.states) == 3 and len({one.sequence for one in erp.states}) == 1
    assert order().revision == 1
    answer(order(), quantity=90)
    rounds()
    assert erp.states[-1].sequence > erp.states[0].sequence


def test_what_is_kept_and_waits_is_not_called_unusable(erp: PaperErp, desk: Endpoint) -> None:
    erp.put("r1", factories.document())
    pull()
    Message.objects.filter(parent=None).update(state="stored")
    found = completeness(endpoints()[0], AT, AT + timedelta(days=1))
    assert (len(found.unread), found.refused) == (1, ())
