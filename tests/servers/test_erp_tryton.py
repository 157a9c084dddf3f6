"""The whole way with a real Tryton: confirmed there, sent from here, answered by the supplier, visible there. Both
sides are killed in the middle."""

import itertools
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.house import House, end, killed, wait_for
from tests.servers.tryton_house import TrytonHouse

LOOK = 0.2
"""Seconds between two looks: each is work for the servers, which are also pulled and told."""


class Business:
    """A buyer's company with its ERP, and a supplier who gets files and answers with files."""

    def __init__(self, home: House, tryton: TrytonHouse, folder: Path):
        self.home, self.tryton = home, tryton
        self.out, self.inbox = folder / "out", folder / "in"
        for path in (self.out, self.inbox):
            path.mkdir()
        policy = home.data / "config/policy.yaml"
        text = policy.read_text().replace("trusted_sources:\n", "trusted_sources:\n  - source: tryton:TRY\n")
        policy.write_text(text)
        given = {"out": str(self.out), "inbox": str(self.inbox), "settle": 0, "timeout": 5}
        home.ask("supplier", number="BOLTS", channel="folder", config=given, retry=[1] * 60)
        home.ask("erp", number="TRY", channel="tryton", config=tryton.settings())

    def order(self, number: str) -> tuple[int, str] | None:
        """Version and state of an order that came from here."""
        query = "select o.revision, o.state from ow_counterpart c join ow_order o on o.id = c.order_id"
        found = self.home.rows(f"{query} where o.number = %s", number)
        return (found[0][0], found[0][1]) if found else None

    def told(self, id: int) -> list[str]:
        """What is noted on a purchase."""
        return [str(note["message"]) for note in self.tryton.ask("show", id=id)["notes"]]

    def wait_told(self, id: int, words: str) -> str:
        wait_for(lambda: words in "".join(self.told(id)[-1:]), f"Tryton to show {words!r}", pause=LOOK)
        return self.told(id)[-1]

    def answer(self, number: str, line: dict[str, Any], *, version: int = 1) -> None:
        """The supplier's answer as a file."""
        content = {
            "order_number": number, "revision": version, "status": "accepted_with_changes",
            "supplier_order_number": f"S-{number}", "lines": [line],
        }  # fmt: skip
        path = self.inbox / f"answer-{number}-{version}.json"
        path.with_suffix(".part").write_text(json.dumps(content))
        path.with_suffix(".part").rename(path)

    def pause(self) -> None:
        """The ERP is left alone."""
        self.home.rows("update ow_endpoint set paused_until = '9999-01-01T00:00Z' where name = 'books' returning 1")

    def resume(self) -> None:
        """The breaker's rest is over, and so is the lease of a dead worker."""
        self.home.rows("update ow_endpoint set paused_until = null, failures = 0 returning 1")
        self.home.rows("update ow_delivery set due_at = now() where state in ('retry', 'sending') returning 1")


@pytest.fixture(scope="module")
def business(home: House, tryton: TrytonHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    """One for all stories here: each has purchases of its own."""
    tryton.ask("prefix", text="TRY-")
    yield Business(home, tryton, tmp_path_factory.mktemp("business"))
    home.rows("update ow_endpoint set active = false where name = 'books' returning 1")


@pytest.fixture(scope="module")
def worker(home: House, business: Business) -> Iterator["subprocess.Popen[bytes]"]:
    """One that ends well."""
    started = home.worker()
    yield started
    end(started)


def test_workers_that_die_while_they_tell_say_it_once(
    home: House, business: Business, request: pytest.FixtureRequest
) -> None:
    """The first before it told, the second before its result was kept; the third is that of the tests below."""
    made = business.tryton.ask("create", quantity="21")
    for place in ("after_attempt", "before_result"):
        killed(home.worker(fail_at=f"tryton.{place}"))
        business.resume()
    request.getfixturevalue("worker")
    business.wait_told(made["id"], "The supplier holds version 1")
    known = "select 1 from ow_counterpart c join ow_order o on o.id = c.order_id"
    known += " where o.number = %s and c.told_at is not null and not c.stale"
    wait_for(lambda: home.rows(known, made["number"]), "us to know that Tryton was told", pause=LOOK)
    said = business.told(made["id"])
    assert len(set(said)) == len(said)


@pytest.mark.usefixtures("worker")
def test_confirmed_there_sent_from_here_answered_and_visible_there(business: Business) -> None:
    tryton = business.tryton
    made = tryton.ask("create", quantity="100")
    number, id = made["number"], made["id"]
    wait_for(lambda: list(business.out.glob(f"{number}-*.json")), "the purchase to reach the supplier", pause=LOOK)
    assert business.order(number) == (1, "approved")
    business.wait_told(id, "The supplier holds version 1")

    line = json.loads(next(business.out.glob(f"{number}-*.json")).read_text())["order"]["lines"][0]["number"]
    said = {"number": line, "status": "changed", "quantity": "100", "promised": "2027-02-01", "reason": "Raw material"}
    business.answer(number, said)
    note = business.wait_told(id, "2027-02-01")
    assert "Answer: Differs" in note and "Raw material" in note and "decide" in note
    assert tryton.ask("show", id=id)["reference"] == f"S-{number}"

    tryton.ask("amend", id=id, quantity="120")
    wait_for(lambda: business.order(number) == (2, "approved"), "the amended purchase as version 2", pause=LOOK)
    business.wait_told(id, "version 2")
    tryton.ask("cancel", id=id)
    wait_for(lambda: business.order(number) == (2, "cancelling"), "the withdrawal", pause=LOOK)
    business.wait_told(id, "Cancellation: Asked")


@pytest.mark.usefixtures("worker")
def test_a_tryton_that_dies_in_the_middle_loses_and_doubles_nothing(business: Business) -> None:
    tryton = business.tryton
    business.pause()  # so that all of them are there when it looks
    made = [tryton.ask("create", quantity=str(n)) for n in (11, 12, 13)]
    numbers, ids = [one["number"] for one in made], [one["id"] for one in made]
    business.resume()
    wait_for(lambda: business.order(numbers[0]), "the first purchase", pause=LOOK)
    tryton.kill()
    tryton.start()
    wait_for(lambda: all(map(business.order, numbers)), "all purchases", pause=LOOK)
    business.resume()
    wait_for(lambda: any(map(business.told, ids)), "the first note", pause=LOOK)
    tryton.kill()
    tryton.start()
    business.resume()
    for id in ids:
        business.wait_told(id, "The supplier holds version 1")
    assert {business.order(number) for number in numbers} == {(1, "approved")}
    for id in ids:
        said = business.told(id)
        assert all(one != following for one, following in itertools.pairwise(said)), "nothing is said twice"
