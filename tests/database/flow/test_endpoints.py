"""Two people for an address: who may, what is kept of secrets, what happens to orders on their way, and a test of a
connection that takes nobody's time."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pydantic import BaseModel, SecretStr

from orderwire import plugins
from orderwire.channels import Unavailable
from orderwire.document.states import DeliveryState
from orderwire.flow import Refused
from orderwire.flow.distribute.health import FOREVER
from orderwire.flow.endpoints import change as verbs
from orderwire.flow.endpoints import content, operate, probe, secrets
from orderwire.flow.enroll import NewEndpoint, Unusable
from orderwire.records import Delivery, Endpoint, EndpointChange, EndpointVersion, Event, Partner, Secret, User, secret
from tests.database import factories

pytestmark = pytest.mark.django_db
MAIL = {"host": "mail.acme.example", "from_address": "orders@nordhaven.example", "username": "nordhaven",
        "password": "harbour-lantern-42", "recipients": ["desk@acme.example"]}  # fmt: skip
NEW = NewEndpoint("desk", "email", "pdf", config=MAIL)


@pytest.fixture
def partner() -> Partner:
    return factories.supplier("Acme")


@pytest.fixture
def ines() -> User:
    return User.objects.create_user("ines")


@pytest.fixture
def jens() -> User:
    return User.objects.create_user("jens")


def used(partner: Partner, new: NewEndpoint, ines: User, jens: User) -> Endpoint:
    return verbs.confirm(verbs.propose(partner, None, new, by=ines).pk, by=jens)


def moved(**fields: Any) -> NewEndpoint:
    config = {name: value for name, value in MAIL.items() if name != "password"}
    return replace(NEW, config=config | fields)


def test_nobody_confirms_what_he_proposed_and_is_told_what_to_do(partner: Partner, ines: User) -> None:
    change = verbs.propose(partner, None, NEW, by=ines)
    with pytest.raises(Refused, match="orderwire user create"):
        verbs.confirm(change.pk, by=ines)
    with pytest.raises(Refused, match="another person"):
        verbs.decline(change.pk, by=ines, reason="no")
    User.objects.create_user("jens")
    with pytest.raises(Refused, match="Ask a colleague"):
        verbs.confirm(change.pk, by=ines)
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("who", ["closed", "supplier"])
def test_who_is_gone_or_a_supplier_changes_no_address(partner: Partner, ines: User, who: str) -> None:
    change = verbs.propose(partner, None, NEW, by=ines)
    fields: dict[str, Any] = {"is_active": False} if who == "closed" else {"partner": partner}
    other = User.objects.create_user("other", **fields)
    for verb in (lambda: verbs.confirm(change.pk, by=other), lambda: verbs.propose(partner, None, NEW, by=other),
                 lambda: verbs.decline(change.pk, by=other, reason="no")):  # fmt: skip
        with pytest.raises(Refused, match="Only people of the buying company"):
            verb()


def test_the_ledger_tells_fields_and_never_values(partner: Partner, ines: User, jens: User) -> None:
    used(partner, NEW, ines, jens)
    told = {event.kind: event for event in Event.objects.all()}
    assert told["endpoint.proposed"].actor == "user:ines" and told["endpoint.changed"].actor == "user:jens"
    assert "config.password" in told["endpoint.changed"].data["changed"]
    assert "harbour-lantern" not in str([event.data for event in told.values()]) + str(EndpointChange.objects.values())


def test_a_version_that_moved_meanwhile_stops_the_yes(partner: Partner, ines: User, jens: User) -> None:
    way = used(partner, NEW, ines, jens)
    change = verbs.propose(partner, way, moved(host="mx.acme.example"), by=ines)
    EndpointVersion.objects.create(endpoint=way, number=2, channel="portal", format="pdf", config={})
    Endpoint.objects.filter(pk=way.pk).update(version=2)
    with pytest.raises(Refused, match="changed since"):
        verbs.confirm(change.pk, by=jens)


def test_only_one_change_of_an_endpoint_waits_and_nothing_is_no_change(
    partner: Partner, ines: User, jens: User
) -> None:
    way = used(partner, NEW, ines, jens)
    with pytest.raises(Refused, match="Nothing is different"):
        verbs.propose(partner, way, moved(), by=ines)
    verbs.propose(partner, way, moved(host="mx.acme.example"), by=ines)
    with pytest.raises(Refused, match="waits already"):
        verbs.propose(partner, way, moved(host="mx2.acme.example"), by=jens)
    with pytest.raises(Refused, match="has a way in named desk"):
        verbs.propose(partner, None, NEW, by=jens)


def test_new_secrets_of_a_no_are_forgotten_and_those_in_use_stay(partner: Partner, ines: User, jens: User) -> None:
    way = used(partner, NEW, ines, jens)
    kept = verbs.propose(partner, way, moved(host="mx.acme.example"), by=ines)
    verbs.withdraw(kept.pk, by=ines)
    assert way.current.opened()["password"] == "harbour-lantern-42"
    new = verbs.propose(partner, way, moved(password="quay-side-77"), by=ines)
    assert Secret.objects.count() == 2
    verbs.decline(new.pk, by=jens, reason="Not asked for")
    assert Secret.objects.count() == 1 and way.current.opened()["password"] == "harbour-lantern-42"


def test_orders_for_the_old_address_are_held_and_planned_again_together(
    partner: Partner, ines: User, jens: User, tmp_path: Path
) -> None:
    folder = NewEndpoint("drop", "folder", "x12", config={"out": str(tmp_path)})
    way = used(partner, folder, ines, jens)
    order = factories.order(partner=partner)
    factories.delivery(order, to=way, state=DeliveryState.READY)
    assert not operate.planned_before(way).exists()
    other = tmp_path / "b"
    other.mkdir()
    change = verbs.propose(partner, way, replace(folder, config={"out": str(other)}), by=ines)
    way = verbs.confirm(change.pk, by=jens)
    assert list(operate.planned_before(way)) == [order]
    done, refused = operate.plan_again(way.pk, actor="user:ines")
    assert (done, refused) == (1, [])
    newest = Delivery.objects.filter(order=order, state=DeliveryState.READY).get()
    assert newest.endpoint_version == 2 and not operate.planned_before(way).exists()


def test_a_yes_closes_the_breaker_and_leaves_a_persons_pause(partner: Partner, ines: User, jens: User) -> None:
    way = used(partner, NEW, ines, jens)
    for paused, left in ((None, None), (FOREVER, FOREVER)):
        Endpoint.objects.filter(pk=way.pk).update(failures=5, paused_until=paused, cursor="17")
        way.refresh_from_db()
        change = verbs.propose(partner, way, moved(host=f"mx{way.version}.acme.example"), by=ines)
        way = verbs.confirm(change.pk, by=jens)
        assert way.paused_until == left and way.cursor == ""


class Config(BaseModel):
    host: str = ""
    token: SecretStr = SecretStr("")
    tokens: dict[str, SecretStr] = {}
    groups: tuple["Config", ...] = ()


class Slow:
    """A stranger's channel."""

    kind, label, version, config_model = "slow", "Slow", "1", Config
    wait = threading.Event()
    heard: list[str] = []

    def probe(self, config: Config) -> str:
        self.heard.append(config.token.get_secret_value())
        if config.host == "hangs":
            self.wait.wait(30)
        if config.host == "breaks":
            raise RuntimeError(f"with {config.token.get_secret_value()}")
        if config.host == "tells":
            raise Unavailable(f"signed in as {config.token.get_secret_value()}, no")
        return "The server answered."


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    found = Slow()
    Slow.wait.clear()
    Slow.heard.clear()
    real = plugins.channel
    monkeypatch.setattr(plugins, "channel", lambda kind: found if kind == "slow" else real(kind))
    yield found
    Slow.wait.set()


def asked(partner: Partner, by: User, **config: Any) -> EndpointChange:
    new = NewEndpoint(f"way {EndpointChange.objects.count()}", "slow", "pdf", config={"token": "pier-lamp-33"} | config)
    return verbs.propose(partner, None, new, by=by)


def test_words_of_a_test_hold_no_secret(slow: Slow, partner: Partner, ines: User) -> None:
    for host, said in (("breaks", "broke while it was tested (RuntimeError)"), ("tells", "signed in as •••, no")):
        found = probe.probe_change(asked(partner, ines, host=host).pk, actor="user:ines")
        assert not found.good and said in found.text and "pier-lamp" not in found.text


def test_a_test_that_hangs_ends_and_only_so_many_run_at_once(
    slow: Slow, partner: Partner, ines: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "LIMIT_S", 0.05)
    for _ in range(probe.AT_ONCE):
        found = probe.probe_change(asked(partner, ines, host="hangs").pk, actor="user:ines")
        assert not found.good and "No answer within" in found.text
    with pytest.raises(Refused, match="being tested already"):
        probe.probe_change(asked(partner, ines).pk, actor="user:ines")
    Slow.wait.set()
    monkeypatch.setattr(probe, "LIMIT_S", 5)
    last = asked(partner, ines)
    for _ in range(100):
        try:
            assert probe.probe_change(last.pk, actor="user:ines").good
            break
        except Refused:
            threading.Event().wait(0.05)
    else:
        pytest.fail("the places were never free again")


def test_a_stored_secret_goes_to_no_address_that_nobody_confirmed(
    slow: Slow, partner: Partner, ines: User, jens: User
) -> None:
    change = asked(partner, ines, host="good")
    way = verbs.confirm(change.pk, by=jens)
    stolen = verbs.propose(partner, way, NewEndpoint("", "slow", "pdf", config={"host": "mine"}), by=ines)
    with pytest.raises(Refused, match="nobody confirmed"):
        probe.probe_change(stolen.pk, actor="user:ines")
    assert slow.heard == []
    verbs.withdraw(stolen.pk, by=ines)
    secret.put("shared-one-55", by="system:setup", name="shared")
    named = asked(partner, ines, token={"secret": "shared"}, host="mine")
    with pytest.raises(Refused, match="nobody confirmed"):
        probe.probe_change(named.pk, actor="user:ines")
    verbs.withdraw(named.pk, by=ines)
    own = verbs.propose(partner, way, NewEndpoint("", "slow", "pdf", config={"host": "mine", "token": "new"}), by=ines)
    assert probe.probe_change(own.pk, actor="user:ines").good and slow.heard == ["new"]


def test_secrets_in_lists_of_groups_and_in_maps_are_kept_apart_and_kept(
    slow: Slow, partner: Partner, ines: User, jens: User
) -> None:
    config = {"groups": [{"host": "a", "token": "inner-one"}], "tokens": {"x": "mapped-one"}}
    way = verbs.confirm(asked(partner, ines, **config).pk, by=jens)
    stored = way.current.config
    assert secret.is_named(stored["groups"][0]["token"]) and secret.is_named(stored["tokens"]["x"])
    again = NewEndpoint("", "slow", "pdf", config={"groups": [{"host": "b"}], "tokens": stored["tokens"]})
    change = verbs.propose(partner, way, again, by=ines)
    assert {each.field for each in content.differences(content.current(way.current), content.wanted(change))} == {
        "config.groups"
    }
    assert secret.opened(change.content["config"])["groups"][0] == {"host": "b", "token": "inner-one"}
    verbs.withdraw(change.pk, by=ines)
    taken = NewEndpoint("", "slow", "pdf", config={"host": stored["token"]})
    with pytest.raises(Unusable):
        verbs.propose(partner, way, taken, by=ines)


def test_a_secret_of_the_endpoint_stands_only_where_it_stood(slow: Slow) -> None:
    former = {"token": {"secret": 7}}
    assert not secrets.foreign("slow", {"token": {"secret": 7}}, former)
    for config in ({"host": {"secret": 7}}, {"groups": [{"token": {"secret": 7}}]}, {"groups": [{"secret": 7}]}):
        assert len(secrets.foreign("slow", config, former)) == 1


def test_two_who_confirm_at_once_make_one_version(partner: Partner, ines: User, jens: User) -> None:
    change = verbs.propose(partner, None, NEW, by=ines)
    verbs.confirm(change.pk, by=jens)
    with pytest.raises(Refused, match="waits no longer"):
        verbs.confirm(change.pk, by=jens)
    assert EndpointVersion.objects.count() == 1 and connection.in_atomic_block
