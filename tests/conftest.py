"""What every test run has: hypothesis profiles, skips that fail in CI (data folder: orderwire.testing.pytest_data)."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
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
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason}\nORDERWIRE_REQUIRE_ALL is set: everything that tests need must be installed."
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the promise of the folders: pure tests have no database, and tests with servers run one after another."""
    for item in items:
        if item.path.is_relative_to(HERE / "pure") and item.get_closest_marker("django_db"):
            raise pytest.UsageError(f"{item.nodeid} asks for the database. Move it to tests/database.")
        if item.path.is_relative_to(HERE / "servers") or item.path.is_relative_to(HERE / "browser"):
            item.add_marker(pytest.mark.xdist_group("servers"))
