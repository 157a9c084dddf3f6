"""orderwire key and orderwire user."""

import io
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orderwire.cli import main
from orderwire.records import ApiKey, Approval, User
from tests.database import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's database has its schema already, and nobody sits at the keyboard."""
    monkeypatch.setattr("orderwire.installation.prepare", lambda: None)
    monkeypatch.setattr("sys.stdin", io.StringIO())


def test_a_key_is_printed_once_and_works_until_it_is_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "create", "erp", "--scope", "orders:read", "--scope", "events:read", "--days", "30"]) == 0
    text = capsys.readouterr().out.strip()

    def status() -> int:
        return Client().get("/api/v1/orders", headers={"Authorization": f"Bearer {text}"}).status_code

    assert status() == 200
    assert main(["key", "list"]) == 0
    listed = capsys.readouterr().out
    assert "orders:read" in listed and text not in listed
    assert main(["key", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["keys"][0]
    assert (told["source"], told["scopes"]) == ("erp", ["events:read", "orders:read"])
    assert told["expires_at"] and not told["revoked_at"]
    assert main(["key", "revoke", "erp"]) == 0
    assert status() == 401
    assert main(["key", "revoke", "erp"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["erp", "--scope", "everything"],
        ["e r p", "--scope", "orders:read"],
        ["erp", "--scope", "orders:read", "--user", "nobody"],
        ["erp", "--scope", "orders:read", "--days", "0"],
    ],
)
def test_a_wrong_key_is_refused_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "create", *arguments]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("orderwire key: ") and told.err.count("\n") == 1
    assert not ApiKey.objects.exists()


def test_two_valid_keys_never_share_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    create = ["key", "create", "erp", "--scope", "orders:read"]
    assert (main(create), main(create)) == (0, 1)
    assert main(["key", "revoke", "erp"]) == 0
    assert main(create) == 0
    capsys.readouterr()


def test_a_person_is_made_with_roles_and_can_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    made = ["user", "create", "ines", "--group", "buyers", "--group", "leads", "--full-name", "Ines Albrecht"]
    assert main(made) == 0
    password = capsys.readouterr().out.partition("Password: ")[2].strip()
    user = User.objects.get()
    assert user.check_password(password)
    assert (user.roles, user.shown_name) == ({"buyers", "leads"}, "Ines Albrecht")
    assert main(made) == 1
    assert "already exists" in capsys.readouterr().err


def test_a_password_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    answers: list[str] = []
    monkeypatch.setattr("sys.stdin", Keyboard())
    monkeypatch.setattr("getpass.getpass", lambda prompt: answers.pop(0))
    answers[:] = ["correct horse battery", "correct horse batter"]
    assert main(["user", "create", "jan"]) == 1
    answers[:] = ["correct horse battery"] * 2
    assert main(["user", "create", "jan"]) == 0
    assert "Password" not in capsys.readouterr().out
    assert User.objects.get().check_password("correct horse battery")


def test_a_suppliers_person_sees_only_its_supplier_and_has_no_role(capsys: pytest.CaptureFixture[str]) -> None:
    partner = factories.supplier("Acme")
    assert main(["user", "create", "ana", "--supplier", partner.number]) == 0
    assert User.objects.get().partner == partner
    assert main(["user", "create", "eve", "--supplier", "nobody"]) == 1
    assert main(["user", "create", "eve", "--supplier", partner.number, "--group", "buyers"]) == 1
    capsys.readouterr()
    assert main(["key", "create", "ana", "--user", "ana", "--scope", "orders:read"]) == 0
    assert main(["key", "create", "ana2", "--user", "ana", "--scope", "events:read"]) == 1


def test_a_name_that_cannot_be_signed_in_with_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "create", "a b/c"]) == 1
    assert capsys.readouterr().err.startswith("orderwire user: ")


def test_help_never_starts_anything(capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["key", "--help"])
    assert ended.value.code == 0


def test_a_forgotten_password_is_replaced_and_a_leaver_is_shut_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "create", "ines", "--group", "buyers"]) == 0
    old = capsys.readouterr().out.partition("Password: ")[2].strip()
    assert main(["user", "password", "ines"]) == 0
    new = capsys.readouterr().out.partition("Password: ")[2].strip()
    user = User.objects.get(username="ines")
    assert user.check_password(new) and not user.check_password(old)
    assert main(["user", "close", "ines"]) == 0
    user.refresh_from_db()
    assert not user.is_active
    assert (main(["user", "close", "nobody"]), main(["user", "password", "nobody"])) == (1, 1)
    assert "there is no user nobody" in capsys.readouterr().err


def test_what_a_leaver_approved_and_was_not_sent_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    user = User.objects.create_user("ines")
    order = factories.order()
    revision = order.revisions.get()
    Approval.objects.create(
        revision=revision, revision_sha256=revision.sha256, decision="granted", user=user, approved_at=timezone.now()
    )
    assert main(["user", "close", "ines"]) == 0
    assert f"Order {order.number} was approved by ines and not sent yet" in capsys.readouterr().out
    order.refresh_from_db()
    assert order.state == "pending_approval"
