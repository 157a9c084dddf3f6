"""Workers and the database are killed with SIGKILL while orders leave; the sinks alone tell what became of them.

The promise: nothing is lost, nothing is sent twice knowingly, and what nobody can know is said to be in doubt.
"""

import os
import signal
from pathlib import Path

from tests.servers.checker import check, files, mails
from tests.servers.house import HASTY, House, end, killed, wait_for
from tests.servers.sinks import MailSink

WAVE = 14
"""Orders by mail, and as many into the folder, that come in before each kill: more mails than one claim takes."""


def die_at_failpoint(home: House, sink: MailSink, place: str) -> None:
    killed(home.worker(fail_at=place))


def die_half_way_through_a_file(home: House, sink: MailSink, place: str) -> None:
    killed(home.worker("half_a_file"))


def die_while_the_server_waits(home: House, sink: MailSink, place: str) -> None:
    sink.rule(place, "wait", skip=0 if place == "body" else 3, times=1)
    worker = home.worker()
    assert sink.waits() == place
    worker.kill()
    worker.wait()


KILLS = (
    (die_at_failpoint, "folder.before_claim"),
    (die_at_failpoint, "email.before_claim"),
    (die_at_failpoint, "folder.after_claim"),
    (die_at_failpoint, "email.after_claim"),
    (die_at_failpoint, "folder.after_attempt"),
    (die_at_failpoint, "email.after_attempt"),
    (die_half_way_through_a_file, "folder, mid-file"),
    (die_while_the_server_waits, "body"),
    (die_while_the_server_waits, "dot"),
    (die_while_the_server_waits, "taken"),
    (die_at_failpoint, "folder.before_result"),
    (die_at_failpoint, "email.before_result:3"),
)


def test_a_worker_killed_at_every_point_of_a_send_loses_nothing_and_doubles_nothing(
    home: House, sink: MailSink, folder: Path
) -> None:
    home.by_mail("MAIL", sink)
    home.by_folder("FOLDER", folder)
    mailed: dict[str, str] = {}
    filed: dict[str, str] = {}
    cut: set[str] = set()
    for wave, (kill, place) in enumerate(KILLS):
        numbers = range(WAVE * wave, WAVE * (wave + 1))
        mailed |= home.order("MAIL", numbers)
        filed |= home.order("FOLDER", numbers)
        kill(home, sink, place)
        begun = home.started("MAIL") - cut
        assert len(begun) <= 1, "a crash may leave one mail in doubt, not more"
        assert begun or not place.startswith(("email.after_attempt", "email.before_result", "body", "dot", "taken"))
        cut |= begun
    worker = home.worker()
    home.settled("MAIL", "FOLDER")

    in_folder = check(filed, files(folder))
    by_smtp = check(mailed, mails(sink.journal))
    doubtful = home.orders_in("MAIL", "in_doubt")
    lost = in_folder.missing | (by_smtp.missing - doubtful)
    print(
        f"{len(KILLS)} kills, N={in_folder.n + by_smtp.n}: lost {len(lost)},"
        f" duplicates {len(in_folder.doubled | by_smtp.doubled)}, in doubt {len(doubtful)},"
        f" of these arrived {len(doubtful - by_smtp.missing)}"
    )
    assert in_folder.n + by_smtp.n >= 300
    assert not lost
    assert not in_folder.doubled | by_smtp.doubled
    assert in_folder.foreign == by_smtp.foreign == ()
    assert doubtful == cut, "in doubt is exactly what was being sent by mail when the worker died"
    assert len(doubtful) >= 5
    assert home.states("FOLDER") == {"accepted": len(filed)}

    for number in doubtful:  # a person asks the supplier, who has it or not
        home.ask("settle", number=number, arrived=number not in by_smtp.missing)
    home.settled("MAIL")
    end(worker)
    finally_ = check(mailed, mails(sink.journal))
    assert not finally_.missing and not finally_.doubled
    assert home.states("MAIL") == {"accepted": len(mailed)}


def test_without_the_attempt_row_the_checker_finds_a_knowing_duplicate(home: House, sink: MailSink) -> None:
    home.by_mail("NOROW", sink, mail=HASTY)
    ordered = home.order("NOROW", range(4))
    sink.rule("taken", "wait", skip=1, times=1)
    worker = home.worker("no_attempt_row")
    sink.waits()
    worker.kill()
    worker.wait()
    worker = home.worker()
    home.settled("NOROW")
    end(worker)
    verdict = check(ordered, mails(sink.journal))
    assert verdict.doubled, "this defense is missing, so the checker must find what it prevents"
    assert home.states("NOROW") == {"accepted": 4}


def test_the_worker_goes_on_alone_when_postgresql_is_killed(home: House, sink: MailSink, folder: Path) -> None:
    home.by_mail("PGMAIL", sink)
    home.by_folder("PGFOLDER", folder)
    mailed = home.order("PGMAIL", range(60))
    filed = home.order("PGFOLDER", range(60))
    sink.rule("taken", "wait", skip=15, times=1)
    worker = home.worker()
    assert sink.waits() == "taken"
    filed |= home.order("PGFOLDER", range(60, 120))
    first = home.postmaster()
    os.kill(first, signal.SIGKILL)
    sink.go()
    wait_for(
        lambda: len(files(folder)) == 120 and len(mails(sink.journal)) >= 60, "the sinks to get the rest", within=120
    )
    assert home.postmaster() != first
    home.settled("PGMAIL", "PGFOLDER")
    assert worker.poll() is None, "the worker lived through it"
    end(worker)
    in_folder, by_smtp = check(filed, files(folder)), check(mailed, mails(sink.journal))
    doubtful = home.orders_in("PGMAIL", "in_doubt")
    lost = in_folder.missing | (by_smtp.missing - doubtful)
    doubled = in_folder.doubled | by_smtp.doubled
    print(f"PostgreSQL killed, N=180: lost {len(lost)}, duplicates {len(doubled)}, in doubt {len(doubtful)}")
    assert not lost and not doubled
    assert in_folder.foreign == by_smtp.foreign == ()
    assert not doubtful, "the worker knew what became of the mail and kept it until the database was back"
    assert home.states("PGMAIL") == {"accepted": 60}
    assert home.states("PGFOLDER") == {"accepted": 120}
