"""The whole way with a real Tryton: confirmed there, sent from here, answered by the supplier, visible there. Both
sides are killed in the middle."""

import itertools
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.house import House, end, killed, wait_for
from tests.servers.tryton_house import TrytonHouse, tryton_house


class Business:
    """A buyer's company with its ERP, and a supplier who gets files and answers with files."""

    def __init__(self, home: House, tryton: TrytonHouse, folder: Path, name: str, **settings: Any):
        self.home, self.tryton, self.name = home, tryton, name
        self.out, self.inbox = folder / "out", folder / "in"
        for path in (self.out, self.inbox):
            path.mkdir()
        policy = home.data / "config/policy.yaml"
        text = policy.read_text().replace("trusted_sources:\n", f"trusted_sources:\n  - source: tryton:{name}\n")
        policy.write_text(text)
        given = {"out": str(self.out), "inbox": str(self.inbox), "settle": 0, "timeout": 5}
        if not home.rows("select 1 from ow_partner where number = 'BOLTS'"):
            home.ask("supplier", number="BOLTS", channel="folder", config=given, retry=[1] * 60)
        home.ask("erp", number=name, channel="tryton", config=tryton.settings(**settings))

    def orders(self) -> dict[str, tuple[int, str]]:
        """Version and state of each order that came from here, by number."""
        query = (
            "select o.number, o.revision, o.state from ow_counterpart c join ow_order o on o.id = c.order_id"
            " join ow_endpoint e on e.id = c.endpoint_id join ow_partner p on p.id = e.partner_id where p.number = %s"
        )
        return {number: (revision, state) for number, revision, state in self.home.rows(query, self.name)}

    def told(self, id: int) -> str:
        """The newest note on a purchase."""
        notes = self.tryton.ask("show", id=id)["notes"]
        return str(notes[-1]["message"]) if notes else ""

    def wait_told(self, id: int, words: str) -> str:
        wait_for(lambda: words in self.told(id), f"Tryton to show {words!r}; it shows {self.told(id)!r}")
        return self.told(id)

    def answer(self, number: str, line: dict[str, Any], *, version: int = 1) -> None:
        """The supplier's answer as a file."""
        content = {
            "order_number": number, "revision": version, "status": "accepted_with_changes",
            "supplier_order_number": f"S-{number}", "lines": [line],
        }  # fmt: skip
        path = self.inbox / f"answer-{number}-{version}.json"
        path.with_suffix(".part").write_text(json.dumps(content))
        path.with_suffix(".part").rename(path)

    def resume(self) -> None:
        """The breaker's rest is over."""
        self.home.rows("update ow_endpoint set paused_until = null, failures = 0 returning 1")
        self.home.rows("update ow_delivery set due_at = now() where state = 'retry' returning 1")


@pytest.fixture
def tryton(tmp_path: Path) -> Iterator[TrytonHouse]:
    """With numbers of its own: to the installation these are different systems."""
    (tmp_path / "tryton").mkdir()
    with tryton_house(tmp_path / "tryton") as opened:
        opened.ask("prefix", text=f"{uuid.uuid4().hex[:6]}-")
        yield opened


def test_confirmed_there_sent_from_here_answered_and_visible_there(
    home: House, tryton: TrytonHouse, tmp_path: Path
) -> None:
    made = tryton.ask("create", quantity="100")
    tryton.ask("create", quantity="3")
    business = Business(home, tryton, tmp_path, "TRY-A")
    worker = home.worker()
    wait_for(lambda: list(business.out.glob("*.json")), "the purchase to reach the supplier")
    wait_for(lambda: len(business.orders()) == 2, "both purchases")
    number, id = made["number"], made["id"]
    assert business.orders()[number] == (1, "approved")
    business.wait_told(id, "The supplier holds version 1")

    line = json.loads(next(business.out.glob(f"{number}-*.json")).read_text())["order"]["lines"][0]["number"]
    said = {"number": line, "status": "changed", "quantity": "100", "promised": "2027-02-01", "reason": "Raw material"}
    business.answer(number, said)
    note = business.wait_told(id, "2027-02-01")
    assert "Answer: Differs" in note and "Raw material" in note and "decide" in note
    assert tryton.ask("show", id=id)["reference"] == f"S-{number}"

    tryton.ask("amend", id=id, quantity="120")
    wait_for(lambda: business.orders()[number][0] == 2, "the amended purchase as version 2")
    business.wait_told(id, "version 2")
    tryton.ask("cancel", id=id)
    wait_for(lambda: business.orders()[number][1] == "cancelling", "the withdrawal")
    business.wait_told(id, "Cancellation: Asked")
    end(worker)


def test_a_tryton_that_dies_in_the_middle_loses_and_doubles_nothing(
    home: House, tryton: TrytonHouse, tmp_path: Path
) -> None:
    ids = [tryton.ask("create", quantity=str(n))["id"] for n in range(11, 15)]
    business = Business(home, tryton, tmp_path, "TRY-B")
    worker = home.worker()
    wait_for(lambda: business.orders(), "the first purchase")
    tryton.kill()
    tryton.start()
    wait_for(lambda: len(business.orders()) == len(ids), "all purchases")
    business.resume()
    wait_for(lambda: tryton.ask("show", id=ids[0])["notes"], "the first note")
    tryton.kill()
    tryton.start()
    business.resume()
    for id in ids:
        business.wait_told(id, "The supplier holds version 1")
    end(worker)
    assert set(business.orders().values()) == {(1, "approved")}
    for id in ids:
        said = [note["message"] for note in tryton.ask("show", id=id)["notes"]]
        assert all(one != following for one, following in itertools.pairwise(said)), "nothing is said twice"


@pytest.mark.parametrize("place", ["after_attempt", "before_result"])
def test_a_worker_that_dies_while_it_tells_says_it_once(
    home: House, tryton: TrytonHouse, tmp_path: Path, place: str
) -> None:
    id = tryton.ask("create", quantity="21")["id"]
    business = Business(home, tryton, tmp_path, f"TRY-{place}", timeout=5, every=5)  # a short lease
    killed(home.worker(fail_at=f"tryton.{place}"))
    worker = home.worker()
    business.wait_told(id, "The supplier holds version 1")
    known = "select 1 from ow_counterpart c join ow_endpoint e on e.id = c.endpoint_id join ow_partner p"
    known += " on p.id = e.partner_id where p.number = %s and c.told_at is not null"
    wait_for(lambda: home.rows(known, business.name), "us to know that Tryton was told")
    end(worker)
    said = [note["message"] for note in tryton.ask("show", id=id)["notes"]]
    assert len(set(said)) == len(said)
