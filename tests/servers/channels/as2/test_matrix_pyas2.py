"""All 40 runs with pyas2lib, a program of others: it takes what we send, we take what it sends, receipts both ways."""

import base64
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orderwire.channels import Answer, Taken
from orderwire.channels.as2 import door, mime
from tests import stations

from .matrix import CONTENTS, RUNS, Outcomes, Run, proven

PYTHON = Path(__file__).parents[4] / ".tools/peers/pyas2/bin/python"
Ask = Callable[..., Any]

NO_MIC = "TECNOSELLOS says that it came, and not which bytes (a receipt without a MIC)"
REWRITTEN = "pyas2lib sent other bytes than it was given: it writes CRLF at each line's end"
CANNOT = {NO_MIC: 64, REWRITTEN: 35}
"""It computes a MIC for signed messages only: 4 unsigned ways x 4 receipts x 4 contents. It rewrites text that it
signs, encrypts or compresses: 35 ways with LF."""


@pytest.fixture(scope="module")
def pyas2() -> Iterator[Ask]:
    if not PYTHON.exists():
        pytest.skip("pyas2lib is not installed: run make peers")
    script = Path(__file__).with_name("pyas2_station.py")
    with subprocess.Popen([PYTHON, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        reader, writer = process.stdout, process.stdin

        def ask(do: str, **given: Any) -> Any:
            writer.write(json.dumps({"do": do, **given}) + "\n")
            writer.flush()
            return json.loads(reader.readline())

        yield ask
        writer.close()
        process.wait(10)


def theirs(run: Run) -> dict[str, Any]:
    plain = stations.plain(stations.SUPPLIER, stations.BUYER)
    url = run.settings["receipt_url"]
    wrapped = {"sign": run.sign, "encrypt": run.encrypt, "compress": run.compress, "receipt": run.receipt}
    return {**plain, **wrapped, "receipt_url": url}


def ours_to_them(ask: Ask, run: Run, content: bytes) -> str:
    config = stations.buyer(**run.settings)
    what = stations.parcel(content)
    built = stations.built(config, what)
    body = base64.b64encode(built.body).decode()
    took = ask("take", config=theirs(run), headers=dict(built.headers), body=body)
    if took["status"] != "processed":
        return f"pyas2lib refused it: {took['failure']}"
    if base64.b64decode(took["content"]) != content:
        return "pyas2lib has other bytes"
    if run.receipt == "none":
        return ""
    mdn = took["mdn"]
    return proven(run, mdn["headers"], base64.b64decode(mdn["body"]), built, what, config)


def theirs_to_us(ask: Ask, run: Run, content: bytes, kind: str) -> str:
    config = stations.buyer(**run.demands)
    made = ask("build", config=theirs(run), content=base64.b64encode(content).decode(), type=kind)
    request = stations.request(made["headers"], base64.b64decode(made["body"]))
    heard = door.hear(door.kept(request), config)
    if heard.refused:
        return f"we refused it: {heard.refused}"
    answer = later(heard) if run.later else door.answer(heard, Taken(True), config)
    if run.receipt != "none":
        said = ask("receipt", headers=dict(answer.headers), body=base64.b64encode(answer.body).decode())
        if said["status"] != "processed":
            return f"pyas2lib does not take our receipt: {said['failure']}"
    return "" if heard.files[0].content == content else REWRITTEN


def later(heard: Any) -> Answer:
    """The receipt that we would post afterwards."""
    made = mime.read(heard.later.files[0].content)
    return Answer(200, made.body, made.headers)


def test_forty_ways_with_pyas2lib_in_both_directions(pyas2: Ask, tell: Callable[[str], None]) -> None:
    outcomes = Outcomes("pyas2lib")
    for name, content in CONTENTS.items():
        kind = "application/octet-stream" if name == "binary" else "application/edi-x12"
        for run in RUNS:
            outcomes.add(name, "to them", ours_to_them(pyas2, run, content))
            outcomes.add(name, "from them", theirs_to_us(pyas2, run, content, kind))
    tell(outcomes.table)
    assert outcomes.reasons == CANNOT, outcomes.table
