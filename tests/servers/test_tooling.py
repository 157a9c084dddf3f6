"""The project's own tools: skips that must fail, the benchmark runner, and the example that contributors copy."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from orderwire.channels import Channel

ROOT = Path(__file__).parents[2]

SKIPPING = """
import pytest
def test_that_skips(): pytest.skip("no chromium")
@pytest.mark.xfail
def test_that_is_known_to_fail(): assert False
"""


@pytest.mark.parametrize(("required", "told"), [("0", "1 skipped, 1 xfailed"), ("1", "1 failed, 1 xfailed")])
def test_a_skip_fails_where_everything_is_required(required: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    output = run_pytest(tmp_path, required)
    assert told in output
    assert ("no chromium\nORDERWIRE_REQUIRE_ALL is set" in output) == (required == "1")


@pytest.mark.parametrize(("beside", "told"), [(False, "1 skipped"), (True, "1 failed")])
def test_only_a_corpus_that_is_not_there_may_be_missing(beside: bool, told: str, tmp_path: Path) -> None:
    tests = tmp_path / "project/tests"
    tests.mkdir(parents=True)
    if beside:
        (tmp_path / "shared/corpus").mkdir(parents=True)
    (tests / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    (tests / "test_it.py").write_text("import pytest\ndef test_it(): pytest.skip('the corpus is not here')")
    assert told in run_pytest(tests, "1")


def test_a_file_that_skips_as_a_whole_fails_too(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    (tmp_path / "test_skipping.py").write_text("import pytest; pytest.importorskip('nothing_of_that_name')")
    assert "1 error" in run_pytest(tmp_path, "1")


def test_a_pure_test_cannot_ask_for_the_database(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    (tmp_path / "pure").mkdir()
    (tmp_path / "pure/test_impure.py").write_text("import pytest\n@pytest.mark.django_db\ndef test_it(): pass")
    assert "Move it to tests/database" in run_pytest(tmp_path, "0")


FORGETTING = """
import psycopg, pytest
from django.db import connection
left = []
@pytest.mark.django_db
def test_that_leaves_a_session():
    given = connection.get_connection_params()
    where = {name: given[name] for name in ("dbname", "user", "host", "port") if given.get(name)}
    left.append(psycopg.connect(**where, application_name="forgotten", autocommit=True))
    left[0].execute("select 'the last words'")
"""


def test_a_database_session_that_a_test_left_open_is_told_and_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    (tmp_path / "test_forgetting.py").write_text(FORGETTING)
    output = run_pytest(tmp_path, "1")
    assert "1 passed, 1 warning" in output
    assert "A database session was left open (forgotten, idle): select 'the last words'" in output


def run_pytest(folder: Path, required: str) -> str:
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        check=False, capture_output=True, text=True, cwd=ROOT, env=environment | {"ORDERWIRE_REQUIRE_ALL": required},
    )  # fmt: skip
    return done.stdout + done.stderr


def test_the_channel_in_contributing_keeps_the_protocol() -> None:
    example = re.search(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert example is not None
    module = ModuleType("board")
    exec(example[1], module.__dict__)  # noqa: S102 - our own document
    board = module.Board()
    assert isinstance(board, Channel)
    assert list(board.poll(board.config_model(url="http://board.example"))) == []


def test_an_unknown_benchmark_is_answered_with_those_there_are() -> None:
    command = [sys.executable, "-m", "bench", "nothing_of_that_name"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert "There is no benchmark nothing_of_that_name. There is: " in done.stderr
