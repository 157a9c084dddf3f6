"""What failed while a partner was in trouble goes again in one go: counted first, then done."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from orderwire.cli import main
from orderwire.flow import distribute, hold
from orderwire.flow.distribute.again import Again
from orderwire.records import Delivery, Endpoint, Event
from tests.database.flow import road
from tests.database.flow.distribute.kit import drain
from tests.database.flow.fallback.conftest import sink as sink
from tests.database.flow.fallback.kit import Ways, ways

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def failed(sink: Ways, tmp_path: Path) -> list[Delivery]:
    """Five deliveries that were refused."""
    ways(tmp_path, "edi")
    sink.said = {"edi": ["refused"] * 5}
    for n in range(5):
        road.approved(number=f"N-{n}")
    drain()
    return list(Delivery.objects.filter(state="failed").order_by("pk"))


def again(since: datetime.datetime, **more: object) -> Again:
    return distribute.resend_failed(since, actor="user:ines", reason="They are back", **more)  # type: ignore[arg-type]


def test_a_dry_run_counts_and_changes_nothing(failed: list[Delivery]) -> None:
    before = road.everything()
    did = again(timezone.now() - HOUR)
    assert (did.count, len(did.found), did.sent) == (5, 5, 0)
    assert road.everything() == before


def test_what_failed_since_then_goes_again_and_nothing_else(failed: list[Delivery], sink: Ways) -> None:
    Delivery.objects.filter(pk=failed[0].pk).update(changed_at=timezone.now() - 3 * HOUR)
    assert failed[1].order_id is not None
    hold.hold(failed[1].order_id, actor="user:ines", reason="Ask first")
    did = again(timezone.now() - HOUR, dry_run=False)
    assert (did.count, did.sent, did.refused) == (3, 3, ())
    drain()
    assert sorted(number for _, number, _ in sink.has) == ["N-2", "N-3", "N-4"]
    assert {e.data["reason"] for e in Event.objects.filter(kind="delivery.resent")} == {"They are back"}


def test_only_to_one_partner(failed: list[Delivery]) -> None:
    number = failed[0].endpoint.partner.number
    assert again(timezone.now() - HOUR, partner=number).count == 5
    assert again(timezone.now() - HOUR, partner="nobody").count == 0
    assert again(timezone.now() - HOUR, endpoint=failed[0].endpoint_id + 1).count == 0


def test_it_leaves_at_the_partners_pace(failed: list[Delivery], sink: Ways) -> None:
    Endpoint.objects.update(per_minute=12)
    again(timezone.now() - HOUR, dry_run=False)
    drain()
    assert len(sink.has) == 1


def test_the_command_shows_first_and_does_it_with_yes(
    failed: list[Delivery], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orderwire.installation.prepare", lambda: None)
    assert main(["deliveries", "resend", "--since", "2h"]) == 0
    said = capsys.readouterr().out
    assert "N-0  to" in said and "5 failed since" in said and "Nothing was changed" in said
    assert Delivery.objects.filter(state="failed").count() == 5
    assert main(["deliveries", "resend", "--since", "2h", "--partner", "nobody"]) == 1
    assert main(["deliveries", "resend", "--since", "yesterday"]) == 2
    assert main(["deliveries", "resend", "--since", "0001-01-01T00:00+20:00"]) == 2
    assert main(["deliveries", "resend", "--since", "2020-01-01T00:00+20:00"]) == 0
    assert main(["deliveries", "resend", "--since", "2h", "--yes"]) == 0
    assert "5 on their way again" in capsys.readouterr().out
    assert not Delivery.objects.filter(state="failed").exists()
