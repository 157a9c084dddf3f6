"""The command contract: JSON shape, exit codes, never a traceback, no database and no Django."""

import json
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from orderwire import plugins
from orderwire.cli import main
from orderwire.database import DatabaseRefused
from tests.pure.formats.test_order_json import ORDER

Ran = tuple[int, str, str]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)

    def go(*argv: str) -> Ran:
        try:
            code = main(argv)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return go


def write(name: str, content: Any) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    Path(name).write_bytes(data)
    return name


def test_read_says_what_a_file_holds(run: Any) -> None:
    code, out, err = run("read", write("o.json", ORDER), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "format": "order_json",
        "documents": [
            {
                "type": "order", "number": "PO-1", "revision": 1, "lines": 1, "total": "3.00", "currency": "EUR",
                "test": False, "usable": True, "findings": [],
            }
        ],
        "findings": [],
    }  # fmt: skip


def test_read_is_a_table_for_people(run: Any) -> None:
    code, out, _ = run("read", write("o.json", [ORDER, {**ORDER, "number": "PO-2", "currency": "XXQ"}]))
    assert code == 1
    assert "Format order_json, 2 documents" in out
    assert "order  PO-1    1        1      3.00 EUR  usable" in out
    assert "PO-2: error: document 2 (line 1): currency: 'XXQ' is not an ISO 4217 currency code" in out


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (bytes(range(256)) * 20, "unknown-format"),
        (b"\x7fELF" + b"\0" * 5000, "unknown-format"),
        (b"Dear supplier, please send bolts.", "unknown-format"),
        (b"{", "json-syntax"),
        (b"PK\x03\x04rubbish", "unsafe-workbook"),
        (b"\xd0\xcf\x11\xe0rubbish", "unsafe-workbook"),
        (b"a,b,c\n1,2,3\n", "missing-column"),
    ],
)
def test_a_file_that_is_no_order_is_refused_with_a_finding(run: Any, content: bytes, code: str) -> None:
    status, out, err = run("read", write("x", content), "--json")
    found = json.loads(out)
    assert (status, err) == (1, "")
    assert code in [f["code"] for f in (*found["findings"], *(f for d in found["documents"] for f in d["findings"]))]
    assert run("read", "x")[0] == 1


@pytest.mark.parametrize("name", ["missing", ".", "a\0b", "x" * 5000])
def test_what_is_no_file_is_wrong_usage_in_one_line(run: Any, name: str) -> None:
    code, out, err = run("read", name)
    assert (code, out) == (2, "")
    assert err.startswith("orderwire read: ") and err.count("\n") == 1


def test_a_file_that_may_not_be_read_is_wrong_usage(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def denied(self: Path, *args: Any, **options: Any) -> Any:
        if self.name == "secret":
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **options)

    write("secret", ORDER)
    monkeypatch.setattr(Path, "open", denied)
    assert run("read", "secret") == (2, "", "orderwire read: secret: permission denied\n")


@pytest.mark.parametrize("argv", [(), ("bogus",), ("read",), ("convert", "x"), ("plugins", "--nonsense")])
def test_a_wrong_call_shows_the_usage(run: Any, argv: tuple[str, ...]) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert "usage: orderwire" in err


@pytest.mark.parametrize("target", ["csv", "xlsx", "order_json"])
def test_convert_writes_what_reads_back_as_the_same_order(run: Any, target: str) -> None:
    assert run("convert", write("o.json", ORDER), "--to", target, "-o", "out") == (0, "", "")
    code, out, _ = run("read", "out", "--json")
    assert code == 0
    assert json.loads(out)["format"] == target
    assert json.loads(out)["documents"][0]["total"] == "3.00"


def test_convert_writes_to_standard_output(run: Any) -> None:
    code, out, _ = run("convert", write("o.json", ORDER), "--to", "csv")
    assert code == 0
    assert out.splitlines()[1].startswith("PO-1,1,2026-01-31,EUR,3.00,Northwind,Acme")


def test_convert_tells_what_the_target_cannot_carry(run: Any) -> None:
    order = {
        **ORDER,
        "attachments": [{"filename": "a.pdf", "media_type": "application/pdf", "sha256": "0" * 64, "size": 1}],
    }
    code, _, err = run("convert", write("o.json", order), "--to", "csv", "-o", "out")
    assert code == 0
    assert err.startswith("warning: attachments: has no column in CSV and is left out:")
    code, out, _ = run("convert", "o.json", "--to", "csv", "-o", "out", "--json")
    assert [f["where"] for f in json.loads(out)["findings"]] == ["attachments"]


def test_convert_refuses_what_would_change_the_total_and_writes_nothing(run: Any) -> None:
    order = {**ORDER, "allowances_charges": [{"kind": "charge", "amount": "1"}] * 4}
    code, out, err = run("convert", write("o.json", order), "--to", "csv", "-o", "out")
    assert (code, out) == (1, "")
    assert "the total would be 6.00, not 7.00" in err
    assert not Path("out").exists()


def test_convert_of_several_documents_needs_a_folder(run: Any) -> None:
    write("o.json", [ORDER, ORDER, {**ORDER, "currency": "XXQ"}])
    code, out, err = run("convert", "o.json", "--to", "csv")
    assert (code, out) == (1, "") and "give an existing folder" in err
    Path("folder").mkdir()
    assert run("convert", "o.json", "--to", "csv", "-o", "folder")[0] == 1
    assert sorted(path.name for path in Path("folder").iterdir()) == ["PO-1-2.csv", "PO-1.csv"]


def test_convert_refuses_a_document_that_the_target_does_not_write(run: Any) -> None:
    ack = {"group_kind": "PO", "status": "accepted"}
    write("r.json", {"schema": "orderwire/functional_ack/1", "type": "functional_ack", "functional_ack": ack})
    code, out, err = run("convert", "r.json", "--to", "csv")
    assert (code, out) == (1, "")
    assert "csv cannot be written for a functional ack" in err


def test_convert_to_a_format_that_is_not_there_is_wrong_usage(run: Any) -> None:
    code, _, err = run("convert", write("o.json", ORDER), "--to", "morse")
    assert code == 2 and "there is no format morse; installed are csv, " in err
    assert run("convert", "o.json", "--to", "csv", "--json")[0] == 2
    assert run("convert", "o.json", "--to", "csv", "-o", "no/such/folder/out")[0] == 2


def test_plugins_lists_the_built_in_ones(run: Any) -> None:
    code, out, _ = run("plugins", "--json")
    found = {(p["group"], p["name"]): p for p in json.loads(out)["plugins"]}
    assert code == 0
    assert found["format", "order_json"] == {
        "group": "format", "name": "order_json", "label": "Orderwire JSON", "version": "1", "source": "orderwire",
        "loaded": True, "problem": None,
    }  # fmt: skip
    assert "order_json" in run("plugins")[1]


def test_a_plug_in_that_does_not_load_is_listed_and_stops_nothing(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    good = EntryPoint("order_json", "orderwire.formats.order_json:OrderJson", "orderwire.formats")
    bad = EntryPoint("bad", "orderwire.no_such_module:Nothing", "orderwire.formats")
    odd = EntryPoint("odd", "builtins:object", "orderwire.formats")
    alias = EntryPoint("alias", "orderwire.formats.order_json:OrderJson", "orderwire.formats")
    points = (bad, good, odd, alias)
    monkeypatch.setattr(plugins, "entry_points", lambda group: points if group.endswith("formats") else ())
    plugins._group.cache_clear()
    try:
        found = {p["name"]: p["problem"] for p in json.loads(run("plugins", "--json")[1])["plugins"]}
        assert "No module named 'orderwire.no_such_module'" in found["bad"]
        assert "does not keep the format protocol" in found["odd"]
        assert "is of the kind order_json; its entry point must have that name" in found["alias"]
        assert found["order_json"] is None
        assert "did not load: ModuleNotFoundError" in run("plugins")[1]
        assert run("read", write("o.json", ORDER))[0] == 0
    finally:
        plugins._group.cache_clear()


class Rude:
    """A stranger's format that breaks every promise."""

    kind = label = version = "rude"
    media_type, extension = "text/plain", ".txt"
    reads = writes = frozenset[Any]()
    profile_model = object
    sure = 100

    def sniff(self, content: bytes) -> int:
        if not self.sure:
            raise RuntimeError("sniffed badly")
        return self.sure

    def read(self, content: bytes, profile: Any) -> Any:
        raise RuntimeError("read badly")

    def project(self, document: Any, profile: Any) -> Any:
        raise NotImplementedError

    write = project


@pytest.mark.parametrize(("sure", "status", "severity"), [(100, 1, "error"), (0, 0, "warning")])
def test_a_strangers_format_that_raises_is_a_finding(
    run: Any, monkeypatch: pytest.MonkeyPatch, sure: int, status: int, severity: str
) -> None:
    rude = Rude()
    rude.sure = sure
    installed = plugins.formats()
    monkeypatch.setattr("orderwire.reading.formats", lambda: (rude, *installed))
    code, out, _ = run("read", write("o.json", ORDER), "--json")
    [finding] = json.loads(out)["findings"]
    assert (code, finding["code"], finding["severity"]) == (status, "format-failed", severity)
    assert "badly" in finding["text"]


@pytest.mark.parametrize("argv", [["plugins"], ["read", "o.json"], ["convert", "o.json", "--to", "xlsx", "-o", "out"]])
def test_the_stateless_commands_load_neither_django_nor_a_database_driver(argv: list[str], tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text(json.dumps(ORDER))
    script = (
        "import sys; from orderwire.cli import main; code = main(sys.argv[1:])\n"
        "loaded = {'django', 'psycopg', 'procrastinate'} & set(sys.modules)\n"
        "sys.exit(code or (f'loaded: {loaded}' if loaded else 0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *argv], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unforeseen_fault_is_one_line(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(content: bytes) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("orderwire.reading.read", fail)
    code, out, err = run("read", write("o.json", ORDER))
    assert (code, out) == (1, "")
    assert err.startswith("orderwire: unforeseen fault: ZeroDivisionError") and err.count("\n") == 1


def test_a_missing_database_is_told_in_words(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(content: bytes) -> None:
        raise DatabaseRefused("The data folder cannot be made.\nSet ORDERWIRE_DATA.")

    monkeypatch.setattr("orderwire.reading.read", fail)
    code, out, err = run("read", write("o.json", ORDER))
    assert (code, out, err) == (1, "", "orderwire: The data folder cannot be made. Set ORDERWIRE_DATA.\n")


def test_output_that_nobody_reads_any_more_is_no_fault(tmp_path: Path) -> None:
    many = [{**ORDER, "number": f"PO-{n}"} for n in range(3000)]
    (tmp_path / "o.json").write_text(json.dumps(many))
    command = f"'{sys.executable}' -m orderwire.cli read o.json | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "Format order_json, 3000 documents\n"
    assert done.stderr == ""
