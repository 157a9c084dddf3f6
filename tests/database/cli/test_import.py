"""orderwire import: files come in, and a message that is kept here can be processed again."""

from pathlib import Path

import pytest

from orderwire.cli import main
from orderwire.flow import receive
from orderwire.records import Message, Order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the test is up and has its schema."""
    monkeypatch.setattr("orderwire.installation.prepare", lambda: None)


def test_a_message_that_failed_by_our_fault_is_processed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_number,issued,currency,buyer_name,supplier_name,line_number,description,quantity,unit,price\n"
        "4711,2026-11-16,EUR,Nordhaven,Acme,10,Seal,5,C62,2.50\n"
    )
    with monkeypatch.context() as broken:
        broken.setattr("orderwire.flow.create.create", lambda *a, **k: 1 / 0)
        assert main(["import", str(file)]) == 1
    assert not Order.objects.exists()
    message = Message.objects.get()
    assert main(["import", "--again", str(message.pk)]) == 0
    assert Order.objects.get().number == "4711"
    assert "created" in capsys.readouterr().out
    assert receive.process(Message.objects.get()).state == "processed"


def test_import_without_a_file_or_of_an_unknown_message_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import"]) == 2
    assert main(["import", "--again", "99"]) == 2
    assert "there is no message 99" in capsys.readouterr().err
