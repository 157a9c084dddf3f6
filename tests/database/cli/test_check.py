"""orderwire check names what is missing, where, and what to do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group

from orderwire import plugins
from orderwire.cli import main
from orderwire.records import Endpoint, EndpointVersion, Partner, User
from tests.database import factories

pytestmark = pytest.mark.django_db

POLICY = "name: P\nlimits: [{group: leads, up_to: unlimited}]\n"
RULES = """name: R
hit: collect
rules:
  - {id: supplier, title: To the supplier, when: always, then: [{to: supplier}]}
"""
Check = Callable[..., list[dict[str, str]]]


@pytest.fixture
def write(settings: Any, tmp_path: Path) -> Callable[..., None]:
    """Puts the operator's files in place."""
    settings.ORDERWIRE_CONFIG = tmp_path
    settings.ALLOWED_HOSTS = ["localhost"]  # without the name that the test runner adds

    def files(rules: str = RULES, policy: str = POLICY) -> None:
        (tmp_path / "rules.yaml").write_text(rules)
        (tmp_path / "policy.yaml").write_text(policy)

    files()
    return files


@pytest.fixture
def check(write: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> Check:
    """The problems of an installation with one lead and sound files, as the command prints them."""
    user("jan", "leads")

    def run(*options: str) -> list[dict[str, str]]:
        capsys.readouterr()
        code = main(["check", "--json", *options])
        told = json.loads(capsys.readouterr().out)
        assert code == (0 if told["ok"] else 1)
        assert told["ok"] == (not told["problems"])
        assert all(p["what"] and p["where"] and p["remedy"] for p in told["problems"])
        found: list[dict[str, str]] = told["problems"]
        return found

    return run


def user(name: str, *groups: str, **fields: Any) -> User:
    made = User.objects.create_user(name, **fields)
    made.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return made


def only(problems: list[dict[str, str]]) -> dict[str, str]:
    assert len(problems) == 1, problems
    return problems[0]


def test_a_sound_installation_has_no_problem(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    factories.endpoint(factories.supplier(), channel="portal", format="order_json")
    assert check() == []
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "Everything is in order.\n"


def test_a_broken_file_is_told_with_its_line(check: Check, write: Callable[..., None]) -> None:
    write(rules=RULES.replace("hit: collect", "hit: colect"))
    assert only(check())["where"].startswith("rules.yaml line 2")
    write(policy="name: P\nlimits: [{group: leads, up_to: lots}]\n")
    assert check()[0]["where"].startswith("policy.yaml line 2")


def test_a_broken_policy_of_changes_is_told_with_its_line_and_remedy(check: Check, settings: Any) -> None:
    file = settings.ORDERWIRE_CONFIG / "changes.yaml"
    file.write_text("name: C\nanswers:\n  - {id: tight, attribute: price, late: 2 days}\n")
    told = only(check())
    assert told["where"].startswith("changes.yaml line 3, tight")
    assert told["what"] == "price has the limits up and down, not late"
    file.write_text("name: C\namendments: {free: [notes]}\n")
    assert check() == []


def test_a_broken_ladder_of_reminders_is_told_with_its_line_and_remedy(check: Check, settings: Any) -> None:
    file = settings.ORDERWIRE_CONFIG / "reminders.yaml"
    file.write_text("name: R\nsteps:\n  - {id: late, at: tomorrow, to: supplier, say: reminder}\n")
    told = only(check())
    assert told["where"].startswith("reminders.yaml line 3, late")
    assert "write due - 1, due or due + 2" in told["what"]
    file.write_text("name: R\nsteps: []\n")
    assert check() == []


def test_groups_and_suppliers_of_the_reminders_that_nobody_knows_are_told(check: Check, settings: Any) -> None:
    steps = """
  - {id: late, at: due + 1, to: supplier, say: reminder, suppliers: V-9}
  - {id: boss, at: due + 2, to: manager, say: escalation}
"""
    file = settings.ORDERWIRE_CONFIG / "reminders.yaml"
    file.write_text(f"name: R\nmail_through: group:desk\nmanager: group:bosses\nsteps:{steps}")
    assert [told["where"] for told in check()] == [
        "reminders.yaml mail_through", "reminders.yaml step late", "reminders.yaml step boss",
    ]  # fmt: skip
    for number in ("desk", "bosses"):
        house = Partner.objects.create(number=number, name=number, role="internal")
        mail = {"host": "mail.example", "from_address": "a@b.example", "recipients": ["desk@b.example"]}
        factories.endpoint(house, format="order_json", **mail)
    assert [told["where"] for told in check()] == ["reminders.yaml step late"]


def test_a_supplier_whom_the_policy_of_changes_names_and_nobody_knows_is_told(check: Check, settings: Any) -> None:
    partner = factories.supplier()
    factories.endpoint(partner, channel="portal", format="order_json")
    row = f"  - {{id: strict, attribute: price, suppliers: [{partner.number}, V-9], verdict: ask}}\n"
    (settings.ORDERWIRE_CONFIG / "changes.yaml").write_text(f"name: C\nanswers:\n{row}")
    told = only(check())
    assert told["where"] == "changes.yaml row strict"
    assert told["what"] == "names the supplier V-9, whom nobody knows"


def test_a_file_that_is_no_text_is_told(check: Check, settings: Any) -> None:
    (settings.ORDERWIRE_CONFIG / "rules.yaml").write_bytes(b"\xff\xfe\x00")
    assert only(check())["where"] == "rules.yaml"


def test_a_group_without_members_and_a_total_that_nobody_may_approve_are_told(
    check: Check, write: Callable[..., None]
) -> None:
    write(policy="name: P\nlimits: [{group: leads, up_to: EUR 100}, {group: nobody, up_to: unlimited}]\n")
    empty, above = check()
    assert "the group nobody" in empty["what"]
    assert above["what"] == "nobody can approve orders above EUR 100"
    User.objects.update(is_active=False)
    assert [p["what"] for p in check()][-1] == "nobody can approve every order"


def test_four_eyes_without_a_second_pair_are_told(check: Check, write: Callable[..., None]) -> None:
    write(policy=POLICY + "approvers: [{from: EUR 50000, persons: 2}]\n")
    assert "need 2 persons, but 1" in only(check())["what"]
    user("ina", "leads")
    assert check() == []


def test_who_never_approves_is_not_counted(check: Check, write: Callable[..., None]) -> None:
    Group.objects.create(name="administrators").user_set.add(User.objects.get())
    write(policy=POLICY + "never_approve: [administrators]\n")
    assert "nobody can approve" in only(check())["what"]


def test_a_suppliers_person_approves_nothing(check: Check) -> None:
    User.objects.update(partner=factories.supplier(active=False))
    assert len(check()) == 2


def test_a_supplier_without_active_endpoint_is_told(check: Check) -> None:
    partner = factories.supplier()
    assert only(check())["where"] == f"supplier {partner.number}"
    endpoint = factories.endpoint(partner, channel="portal", format="order_json")
    assert check() == []
    Endpoint.objects.filter(pk=endpoint.pk).update(active=False)
    assert only(check())["where"] == f"supplier {partner.number}"
    Partner.objects.update(active=False)
    assert check() == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"channel": "pigeon"}, "channel there is no channel pigeon"),
        ({"format": "clay"}, "format there is no format clay"),
        ({"config": {"nte": "x"}}, "config.nte"),
        ({"format": "x12", "profile": {"x12": {"usage": "X"}}}, "profile.x12.usage"),
        ({"also": ["clay"]}, "also there is no format clay"),
    ],
)
def test_an_endpoint_that_cannot_work_is_told(check: Check, fields: dict[str, Any], told: str) -> None:
    endpoint = Endpoint.objects.create(partner=factories.supplier(), name="main")
    sound = {"channel": "portal", "format": "order_json"}
    EndpointVersion.objects.create(endpoint=endpoint, number=1, **{**sound, **fields})
    problem = only(check())
    assert problem["what"].startswith(told)
    assert problem["where"].endswith("endpoint main")


def test_only_the_current_version_of_an_endpoint_counts(check: Check) -> None:
    endpoint = factories.endpoint(factories.supplier(), channel="pigeon", format="order_json")
    EndpointVersion.objects.create(endpoint=endpoint, number=2, channel="portal", format="order_json")
    assert len(check()) == 1
    Endpoint.objects.update(version=2)
    assert check() == []


def test_a_probe_tells_who_cannot_be_reached(check: Check, tmp_path: Path) -> None:
    partner = factories.supplier()
    factories.endpoint(partner, channel="folder", format="order_json", out=str(tmp_path / "gone"))
    assert check() == []
    assert "cannot be reached" in only(check("--probe"))["what"]


def test_a_group_that_a_rule_names_must_be_there(check: Check, write: Callable[..., None]) -> None:
    write(rules=RULES.replace("{to: supplier}", "{to: supplier}, {to: 'group:finance'}"))
    assert "no such internal recipient" in only(check())["what"]
    finance = Partner.objects.create(number="finance", name="Finance", role="internal")
    assert "no active endpoint" in only(check())["what"]
    factories.endpoint(finance, channel="portal", format="order_json")
    assert check() == []


def test_a_plug_in_that_did_not_load_is_told(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = plugins.Plugin("channel", "pigeon", "birds", "1", problem="ImportError: no wings")
    monkeypatch.setattr(plugins, "plugins", lambda: (broken,))
    assert only(check())["what"] == "did not load: ImportError: no wings"


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"ALLOWED_HOSTS": ["po.example.com"]}, "ORDERWIRE_URL"),
        ({"ALLOWED_HOSTS": ["po.example.com"], "ORDERWIRE_URL": "http://po.example.com"}, "ORDERWIRE_URL"),
        ({"ORDERWIRE_URL": "https://po.example.com"}, "ORDERWIRE_HOSTS"),
        ({"ALLOWED_HOSTS": ["*"], "ORDERWIRE_URL": "https://po.example.com"}, "ORDERWIRE_HOSTS"),
        ({"DEBUG": True}, "ORDERWIRE_DEBUG"),
    ],
)
def test_settings_that_do_not_fit_are_told(check: Check, settings: Any, given: dict[str, Any], where: str) -> None:
    settings.ALLOWED_HOSTS, settings.ORDERWIRE_URL = ["localhost"], "http://127.0.0.1:8000"
    for name, value in given.items():
        setattr(settings, name, value)
    assert only(check())["where"] == where


def test_secrets_that_can_be_guessed_or_read_are_told(
    check: Check, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWIRE_SECRET_KEY", "changeme")
    problem = only(check())
    assert (problem["where"], "changeme" in str(problem)) == ("ORDERWIRE_SECRET_KEY", False)
    monkeypatch.delenv("ORDERWIRE_SECRET_KEY")
    settings.DATA = tmp_path
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "vault_keys").touch()
    (tmp_path / "keys" / "vault_keys").chmod(0o644)  # whatever the umask is
    assert "can be read by other users" in only(check())["what"]


def test_a_schema_that_is_behind_is_told_and_not_changed(check: Check) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    newest = MigrationRecorder.Migration.objects.filter(app="orderwire").order_by("-id")[0]
    newest.delete()
    problem = only(check())
    assert (problem["where"], newest.name in problem["what"]) == ("database", True)
    assert not MigrationRecorder.Migration.objects.filter(app="orderwire", name=newest.name).exists()
