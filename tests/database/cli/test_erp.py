"""orderwire erp."""

import json
from pathlib import Path

import pytest

from orderwire import plugins
from orderwire.cli import main
from orderwire.records import Endpoint, Partner
from tests.database import factories
from tests.database.flow.feed.ledger_erp import AT, PaperErp

pytestmark = pytest.mark.django_db
WINDOW = ["--since", f"{AT.date()}", "--until", f"{AT.date()}"]


@pytest.fixture
def erp(monkeypatch: pytest.MonkeyPatch, config: Path) -> PaperErp:
    """An ERP with one order that nobody has read."""
    monkeypatch.setattr("orderwire.installation.prepare", lambda: None)
    made = PaperErp()
    installed, everything = plugins.channel, plugins.channels()
    monkeypatch.setattr(plugins, "channel", lambda kind: made if kind == "paper" else installed(kind))
    monkeypatch.setattr(plugins, "channels", lambda: (*everything, made))
    made.put("r1", factories.document())
    return made


def connect() -> Endpoint:
    number = f"ERP{Partner.objects.count()}"
    partner = Partner.objects.create(number=number, name="Our ERP", role=Partner.Role.INTERNAL)
    return factories.endpoint(partner, channel="paper", format="order_json", since="2026-11-01", every=0)


def test_without_an_erp_it_says_so(erp: PaperErp, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erp", "check"]) == 0
    assert "There is no ERP endpoint." in capsys.readouterr().out
    assert main(["erp", "pull", "--since", "2026-11-01"]) == 1


def test_what_is_missing_is_named_and_the_exit_code_tells(erp: PaperErp, capsys: pytest.CaptureFixture[str]) -> None:
    connect()
    assert main(["erp", "check", *WINDOW]) == 1
    said = capsys.readouterr().out
    assert "0 of 1 approved orders are here" in said and "not read yet: 4500071791" in said
    assert main(["erp", "check", "--json", *WINDOW]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["complete"], told["endpoints"][0]["unread"]) == (False, ["4500071791"])
    erp.away = True
    assert main(["erp", "check", *WINDOW]) == 1
    assert "could not be asked: The paper ERP is on holiday." in capsys.readouterr().out


def test_reading_again_moves_the_cursor_of_the_one_that_is_meant(
    erp: PaperErp, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = connect(), connect()
    assert main(["erp", "pull", "--since", "2026-11-10"]) == 1
    assert "--endpoint" in capsys.readouterr().err
    assert main(["erp", "pull", "--since", "2026-11-10", "--endpoint", str(second.pk)]) == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.cursor == "" and "2026-11-10" in second.cursor
    with pytest.raises(SystemExit):
        main(["erp", "pull", "--since", "yesterday"])
