"""What every test run has: hypothesis profiles, skips that fail in CI (data folder: orderwire.testing.pytest_data)."""

import os
import re
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_django
from django.db import connection
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
LEAVING_S = 2
"""How long a database session may take to end after its client has."""
CORPUS = re.compile(r"\bcorpus\b")
REQUIRE_ALL = os.environ.get("ORDERWIRE_REQUIRE_ALL") == "1"

settings.register_profile(
    "default", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "thorough", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("ORDERWIRE_HYPOTHESIS", "default"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips itself fails where everything is required."""
    report = yield
    return _required(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """So does a file that skips itself as a whole."""
    report = yield
    return _required(report)


def _required(report: Report) -> Report:
    """Only the corpus of real documents, which stands beside the project, may be missing: nobody can install it."""
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if CORPUS.search(reason) and not (HERE.parents[1] / "shared/corpus").is_dir():
            return report
        report.outcome = "failed"
        report.longrepr = f"{reason}\nORDERWIRE_REQUIRE_ALL is set: everything that tests need must be installed."
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the promise of the folders: pure tests have no database, and tests with servers run one after another; those
    of channels and of browsers, which share nothing with them, beside them."""
    for item in items:
        if item.path.is_relative_to(HERE / "pure") and item.get_closest_marker("django_db"):
            raise pytest.UsageError(f"{item.nodeid} asks for the database. Move it to tests/database.")
        if group := _group(item.path):
            item.add_marker(pytest.mark.xdist_group(group))


def _group(path: Path) -> str | None:
    """Tests of one group run in one process. Tryton's are one group with the channels: they share its database."""
    if path.is_relative_to(HERE / "servers/channels") or path.name == "test_erp_tryton.py":
        return "channels"
    return next((name for name in ("servers", "browser") if path.is_relative_to(HERE / name)), None)


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tells a figure at the end of the run, also of a test that passes on another process."""
    return lambda text: record_property("tells", text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests had to tell, before the count of them."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, text in report.user_properties:
            if name == "tells":
                terminalreporter.write_line(str(text))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """As pytest-django's; but a session that was left open is told and ended, where it would keep the database from
    being dropped and blame the last test."""
    yield
    with django_db_blocker.unblock():
        until = time.monotonic() + LEAVING_S
        while (left := _other_sessions()) and time.monotonic() < until:
            time.sleep(0.05)
        for pid, program, state, query in left:
            with connection.cursor() as cursor:
                cursor.execute("select pg_terminate_backend(%s)", [pid])
            with warnings.catch_warnings():
                warnings.simplefilter("always")  # a warning of this kind does not fail the last test
                told = f"A database session was left open ({program or 'no application_name'}, {state}): {query}"
                warnings.warn(pytest.PytestWarning(told), stacklevel=1)


def _other_sessions() -> list[tuple[int, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pid, application_name, state, left(query, 300) from pg_stat_activity where backend_type ="
            " 'client backend' and datname = current_database() and pid <> pg_backend_pid()"
        )
        return cursor.fetchall()
