"""Several workers, sleepers, newer versions and dead servers at once: who sends what, and what the sinks got."""

import socket
from collections import Counter
from pathlib import Path

import pytest

from tests.servers.checker import check, files, mails
from tests.servers.house import HASTY, MAIL, House, asleep, end, wait_for, wake
from tests.servers.sinks import MailSink
from tests.servers.undefended import AWAKE


def test_two_workers_on_one_database_send_each_delivery_once(home: House, sink: MailSink, folder: Path) -> None:
    home.by_mail("TWOMAIL", sink, max_parallel=4)
    home.by_folder("TWOFOLDER", folder, max_parallel=4)
    workers, logs = [], []
    for _ in range(2):
        workers.append(home.worker(LOG_LEVEL="INFO"))
        logs.append(home.log())
    wait_for(lambda: all("Starting worker" in log.read_text() for log in logs), "both workers to start")
    mailed = home.order("TWOMAIL", range(200))
    filed = home.order("TWOFOLDER", range(200))
    home.settled("TWOMAIL", "TWOFOLDER")
    for worker in workers:
        end(worker)
    in_folder, by_smtp = check(filed, files(folder)), check(mailed, mails(sink.journal))
    tries = home.rows(  # on a busy machine a lease may run short before a try has begun: nothing left then
        "select count(*), count(distinct t.delivery_id) from ow_attempt t join ow_delivery d on d.id = t.delivery_id"
        " join ow_order o on o.id = d.order_id where o.number like %s and t.outcome is distinct from 'not_started'",
        "TWO%",
    )
    took_part = [log.read_text().count("Starting job drain") for log in logs]
    lost, doubled = in_folder.missing | by_smtp.missing, in_folder.doubled | by_smtp.doubled
    print(
        f"two workers, N=400: tries {tries[0][0]}, lost {len(lost)}, doubled {len(doubled)}, drains of each {took_part}"
    )
    assert tries == [(400, 400)]
    assert not lost and not doubled
    assert in_folder.foreign == by_smtp.foreign == ()
    assert all(took_part), "both worked, or this shows nothing"


def sleep_through_the_lease(home: House, sink: MailSink, supplier: str, *missing: str) -> tuple[int, dict[str, str]]:
    """A worker is stopped before its second mail, another takes over, the first wakes: how many mails it sends then."""
    home.by_mail(supplier, sink, mail=HASTY)
    ordered = home.order(supplier, range(6))
    earlier = len(mails(sink.journal))
    sleeper = home.worker(*missing, "sleep_before_send")
    log = home.log()
    asleep(sleeper)
    assert len(mails(sink.journal)) == earlier + 1
    successor = home.worker()
    home.settled(supplier)
    before = len(mails(sink.journal))
    wake(sleeper)
    wait_for(lambda: AWAKE in log.read_text(), "the sleeper to go on")
    end(sleeper)
    end(successor)
    return len(mails(sink.journal)) - before, ordered


def test_a_worker_that_slept_past_its_lease_sends_nothing_any_more(home: House, sink: MailSink) -> None:
    sent, ordered = sleep_through_the_lease(home, sink, "SLEEPY")
    verdict = check(ordered, mails(sink.journal))
    print(f"slept past its lease, N={verdict.n}: sent afterwards {sent}, in doubt {len(verdict.missing)}")
    assert sent == 0
    assert not verdict.doubled
    assert verdict.missing == home.orders_in("SLEEPY", "in_doubt") == {"SLEEPY-0001"}
    assert home.states("SLEEPY") == {"accepted": 5, "in_doubt": 1}


def test_without_the_lease_check_the_sleeper_sends_what_was_given_up(home: House, sink: MailSink) -> None:
    sent, _ = sleep_through_the_lease(home, sink, "SLEEPWALKER", "no_lease_check")
    assert sent == 1, "this defense is missing, so the test must see the mail"


def result_from_the_past(home: House, sink: MailSink, supplier: str, *missing: str) -> int:
    """A worker sleeps on its result "try again"; it wakes while another is sending. How many copies arrived."""
    home.by_mail(supplier, sink, mail=HASTY, retry=[1])
    ordered = home.order(supplier, [0])
    sink.rule("dot", "451 4.7.1 later", times=1)
    sink.rule("taken", "wait", times=1)
    sleeper = home.worker(*missing, "sleep_before_result", EMAIL_IN_DOUBT="resend")
    log = home.log()
    asleep(sleeper)
    successor = home.worker(EMAIL_IN_DOUBT="resend")
    assert sink.waits() == "taken"
    wake(sleeper)
    wait_for(lambda: AWAKE in log.read_text(), "the sleeper to go on")
    sink.go()
    home.settled(supplier)
    end(sleeper)
    end(successor)
    assert home.states(supplier) == {"accepted": 1}
    assert not check(ordered, mails(sink.journal)).foreign
    return len(mails(sink.journal))


def test_the_result_of_a_worker_that_lost_its_claim_is_refused(home: House, sink: MailSink) -> None:
    assert result_from_the_past(home, sink, "STALE") == 1


def test_without_the_fence_a_stale_result_makes_a_knowing_duplicate(home: House, sink: MailSink) -> None:
    assert result_from_the_past(home, sink, "UNFENCED", "no_fence") == 2


def test_a_sleeper_does_not_write_a_file_again(home: House, folder: Path) -> None:
    home.by_folder("FILES", folder)
    ordered = home.order("FILES", range(20))
    sleeper = home.worker("sleep_before_result")
    log = home.log()
    asleep(sleeper)
    written = {path.name: path.stat().st_ino for path in folder.iterdir()}
    successor = home.worker()
    home.settled("FILES")
    wake(sleeper)
    wait_for(lambda: AWAKE in log.read_text(), "the sleeper to go on")
    end(sleeper)
    end(successor)
    assert {path.name: path.stat().st_ino for path in folder.iterdir()} == written
    verdict = check(ordered, files(folder))
    assert not verdict.missing and not verdict.doubled and not verdict.foreign
    told = home.rows(
        "select t.outcome, count(*) from ow_attempt t join ow_delivery d on d.id = t.delivery_id"
        " join ow_order o on o.id = d.order_id where o.number like %s group by 1",
        "FILES%",
    )
    assert dict(told) == {"unknown": 20, "accepted": 20}, "the sleeper's tries are on record as unknown"


@pytest.mark.parametrize("in_flight", [False, True], ids=["waits", "is being sent"])
def test_a_version_to_be_tried_again_never_follows_a_newer_one(home: House, sink: MailSink, in_flight: bool) -> None:
    supplier = f"AMEND{int(in_flight)}"
    home.by_mail(supplier, sink, retry=[2, 2, 2])
    sink.rule("dot", "wait 451 4.7.1 later" if in_flight else "451 4.7.1 later", times=1)
    worker = home.worker()
    home.order(supplier, [0])
    if in_flight:
        assert sink.waits() == "dot"
    else:
        wait_for(lambda: home.states(supplier) == {"retry": 1}, "the first try to be refused")
    newer = home.order(supplier, [0], revision=2)
    sink.go()
    home.settled(supplier)
    end(worker)
    verdict = check(newer, mails(sink.journal))
    assert [seen.revision for seen in mails(sink.journal)] == [2]
    assert not verdict.missing and not verdict.foreign
    assert home.states(supplier) == {"superseded": 1, "accepted": 1}


def test_a_dead_server_with_a_backlog_does_not_stop_another_partner(home: House, folder: Path) -> None:
    with socket.socket() as taken:  # bound and not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        home.ask("supplier", number="DEAD", channel="email", config=MAIL | {"port": taken.getsockname()[1]})
        home.by_folder("ALIVE", folder)
        home.order("DEAD", range(60))
        worker = home.worker()
        wait_for(lambda: "retry" in home.states("DEAD"), "the dead server to be tried")
        ordered = home.order("ALIVE", range(60))
        home.settled("ALIVE")
        paused = (
            "select e.paused_until > now() from ow_endpoint e join ow_partner p on p.id = e.partner_id"
            " where p.number = 'DEAD'"
        )
        wait_for(lambda: home.rows(paused) == [(True,)], "the endpoint to rest")
        end(worker)
    verdict, dead = check(ordered, files(folder)), Counter(home.states("DEAD"))
    print(f"dead server, N={verdict.n}: lost to the other {len(verdict.missing)}, of the dead one {dict(dead)}")
    assert not verdict.missing and not verdict.doubled
    assert dead["ready"] + dead["retry"] == 60
    assert dead["ready"], "the breaker keeps the backlog from trying"
    home.rows(
        "update ow_endpoint e set active = false from ow_partner p where p.id = e.partner_id and p.number = 'DEAD'"
        " returning e.id"
    )
