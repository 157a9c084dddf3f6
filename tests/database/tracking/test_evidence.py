"""The evidence file of a real order: proven without the database, and no byte of it can be changed unseen."""

import hashlib
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.cli import main
from orderwire.flow import Refused, approve, links
from orderwire.ledger import seal
from orderwire.ledger.evidence.check import check
from orderwire.ledger.evidence.file import unpack
from orderwire.records import AnswerLink, Delivery, Order, Receipt
from orderwire.records.blob import keep
from orderwire.testing.smtp import MailServer
from orderwire.tracking.evidence import evidence_file
from tests.database import factories
from tests.database.flow import road
from tests.database.flow.distribute import kit
from tests.database.ledger.settled import sealed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_ledger(config: Path, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"


@pytest.fixture
def sent(tmp_path: Path) -> Order:
    """An order that a person approved, sent into a folder; another order beside it."""
    road.supplier(tmp_path / "out")
    order = road.waiting()
    approve.grant(order.pk, user=road.person("ines", "finance-leads"), sha256=road.sha256(order))
    road.waiting(factories.document("OTHER"))
    kit.drain()
    sealed()
    return order


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[Order]:
    """An order that went out by e-mail, with an answer link that still works."""
    with MailServer(tmp_path / "mails.jsonl") as server:
        kit.mailbox(server.port)
        order = road.approved()
        kit.drain()
        sealed()
        yield order


def file_of(order: Order, **how: Any) -> bytes:
    return evidence_file(Delivery.objects.get(order=order), **how)[1]


def test_the_file_proves_the_version_its_approval_and_what_was_sent(sent: Order, tmp_path: Path) -> None:
    name, data = evidence_file(Delivery.objects.get(order=sent))
    verdict = check(data, key=seal.signing_key().id)
    assert verdict.problems == []
    said = "\n".join(verdict.proven)
    for words in (
        "Version 1 of order 4500071791",
        "approval.granted, user:ines",
        "try 1",
        "delivery.accepted",
        "Nothing",
    ):
        assert words in said
    assert not any("Whose key" in words or "vouched" in words for words in verdict.open)
    assert name.startswith("evidence-4500071791-v1-S") and name.endswith(".zip")
    parts = unpack(data)
    (written,) = (tmp_path / "out").iterdir()
    assert written.read_bytes() in parts.values() and parts["version.json"] == bytes(sent.revisions.get().content)
    assert not any(b"OTHER" in content for content in parts.values())


def test_the_same_facts_give_the_same_bytes(sent: Order) -> None:
    assert file_of(sent) == file_of(sent)
    with zipfile.ZipFile(io.BytesIO(file_of(sent))) as archive:
        assert archive.namelist() == sorted(archive.namelist()) and archive.testzip() is None


def test_the_exact_mail_and_its_receipt_are_anchored_in_the_ledger(mailed: Order) -> None:
    data = file_of(mailed, with_links=True)
    verdict = check(data)
    assert verdict.holds and any("exact bytes of try 1 has the hash" in words for words in verdict.proven)
    assert any(b"Message-ID:" in content for content in unpack(data).values())


def test_a_link_that_still_opens_the_order_is_left_out_until_it_works_no_longer(mailed: Order) -> None:
    link = AnswerLink.objects.get()
    _, token = links.make(Delivery.objects.get(), answer_by=None, recipient="x")

    def carries(data: bytes) -> bool:
        return any(f"/a/{token}".encode() in content.replace(b"=\r\n", b"") for content in unpack(data).values())

    assert carries(file_of(mailed, with_links=True))
    verdict = check(file_of(mailed))
    assert not carries(file_of(mailed)) and verdict.holds
    assert any("answer link that works until" in words for words in verdict.open)
    links.revoke(link.pk, actor="user:ines", reason="over")
    assert carries(file_of(mailed)) and check(file_of(mailed)).holds


def test_a_receipt_that_the_ledger_has_no_hash_of_is_said_to_be_weaker(sent: Order) -> None:
    delivery = Delivery.objects.get(order=sent)
    from django.utils import timezone

    Receipt.objects.create(delivery=delivery, kind="note", text="x", blob_id=keep(b"raw"), at=timezone.now())
    verdict = check(file_of(sent))
    assert verdict.holds and any("vouched for by this file's signature" in words for words in verdict.open)


def test_what_is_not_there_is_refused_in_words(sent: Order) -> None:
    with pytest.raises(Refused, match="no order"):
        evidence_file(Delivery(endpoint_id=Delivery.objects.get(order=sent).endpoint_id))


def test_before_anything_is_sealed_there_is_no_file(tmp_path: Path) -> None:
    road.supplier(tmp_path / "out")
    order = road.approved()
    with pytest.raises(Refused, match="not sealed yet"):
        file_of(order)


# Every change is found


def _flip(data: bytes, lots: random.Random) -> bytes:
    at = lots.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << lots.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, lots: random.Random) -> bytes:
    start = lots.randrange(len(data))
    return data[:start] + data[start + lots.randint(1, 50) :]


def _add(data: bytes, lots: random.Random) -> bytes:
    at = lots.randrange(len(data) + 1)
    return data[:at] + lots.randbytes(lots.randint(1, 50)) + data[at:]


def _anew(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The archive put together again by somebody who knows how."""
    parts = unpack(data)
    change(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(parts):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o600 << 16
            archive.writestr(info, parts[name])
    return target.getvalue()


def _part_flipped(data: bytes, lots: random.Random) -> tuple[bytes, str]:
    name = lots.choice(sorted(unpack(data)))
    return _anew(data, lambda parts: parts.update({name: _flip(parts[name], lots)})), name


def _part_gone(data: bytes, lots: random.Random) -> tuple[bytes, str]:
    name = lots.choice(sorted(unpack(data)))
    return _anew(data, lambda parts: parts.pop(name) and None), name


def _part_added(data: bytes, lots: random.Random) -> tuple[bytes, str]:
    name = f"ledger/{lots.randrange(10**9):09}-order.closed.json"
    return _anew(data, lambda parts: parts.update({name: b"{}"})), name


def test_every_change_of_any_byte_is_found(sent: Order) -> None:
    data = file_of(sent)
    assert check(data).holds

    @given(lots=st.randoms(use_true_random=False), how=st.sampled_from([_flip, _cut, _add]))
    @settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def changed(lots: random.Random, how: Any) -> None:
        other = how(data, lots)
        assert other == data or not check(other).holds

    @given(lots=st.randoms(use_true_random=False), how=st.sampled_from([_part_flipped, _part_gone, _part_added]))
    @settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def put_together_anew(lots: random.Random, how: Any) -> None:
        other, name = how(data, lots)
        verdict = check(other)
        assert not verdict.holds
        assert any(name in problem for problem in verdict.problems), (name, verdict.problems)

    changed()
    put_together_anew()


def test_a_forger_with_a_key_of_his_own_is_found_by_the_pinned_key(sent: Order, settings: Any, tmp_path: Path) -> None:
    ours = seal.signing_key().id
    data = file_of(sent)
    settings.DATA = tmp_path / "forger"
    forged = file_of(sent)  # the manifest signed by another key than the ledger
    assert any("signed by somebody else" in problem for problem in check(forged).problems)
    for wrong in ("0" * 16, "nonsense"):
        assert any("not by" in problem for problem in check(data, key=wrong).problems)
    assert check(data, key=ours).holds


def _resigned(data: bytes, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> bytes:
    """The house itself lies: parts and manifest changed and signed with its own key; the ledger stays what it is."""
    parts = unpack(data)
    manifest = json.loads(parts["manifest.json"])
    change(manifest, parts)
    for part in manifest["parts"]:
        content = parts[part["name"]]
        part.update(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
    text = json.dumps(manifest).encode()
    signature = seal.signing_key().private.sign(b"orderwire evidence 1\n" + text)
    return _anew(data, lambda p: p.update({**parts, "manifest.json": text, "manifest.sig": signature}))


def _other_version(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    parts["version.json"] = parts["version.json"].replace(b"Mechanical seal 10", b"Mechanical seal 11")
    manifest["content"]["sha256"] = hashlib.sha256(parts["version.json"]).hexdigest()
    for word in manifest["approvals"]:
        word["sha256"] = manifest["content"]["sha256"]


def _other_file(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    file = manifest["deliveries"][0]["files"][0]["content"]
    parts[file["part"]] = parts[file["part"]].replace(b"Mechanical seal 10", b"Mechanical seal 11")
    file["sha256"] = hashlib.sha256(parts[file["part"]]).hexdigest()


def _other_event(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    (name,) = [name for name in parts if name.endswith("approval.granted.json")]
    parts[name] = parts[name].replace(b"user:ines", b"user:jens")


def _other_attempt(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    manifest["deliveries"][0]["tries"][0]["message_id"] = "another@orderwire.example"


def _other_approval(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    manifest["approvals"][0]["sha256"] = "0" * 64


def _other_head(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    manifest["head"]["time"] = "2020-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (_other_head, "signature of the ledger's head is wrong"),
        (_other_version, "not what the ledger says was created"),
        (_other_file, "the files are not those that the ledger names"),
        (_other_event, "is not in the ledger at place"),
        (_other_attempt, "try 1 is not what the ledger says was about to be sent"),
        (_other_approval, "approval in the manifest is for other bytes"),
    ],
)
def test_even_we_cannot_say_what_the_ledger_does_not(sent: Order, lie: Any, words: str) -> None:
    data = file_of(sent)
    assert check(_resigned(data, lambda manifest, parts: None)).holds
    assert any(words in problem for problem in check(_resigned(data, lie)).problems)


# The command


def test_the_command_writes_a_file_that_another_machine_verifies(
    sent: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("orderwire.installation.prepare", lambda: None)
    target = tmp_path / "proof.zip"
    assert main(["audit", "evidence", sent.number, "--version", "1", "-o", str(target)]) == 0
    assert seal.signing_key().id in capsys.readouterr().out
    code = (
        "import sys; from orderwire.cli import main as m; "
        "code = m(sys.argv[1:]); sys.exit(9 if 'django' in sys.modules else code)"
    )
    for content, status in ((target.read_bytes(), 0), (target.read_bytes()[:-1], 1)):
        target.write_bytes(content)
        ran = subprocess.run(
            [sys.executable, "-c", code, "audit", "verify", "--evidence", str(target), "--key", seal.signing_key().id],
            env={"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://nowhere.invalid/x"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == status, ran.stderr
        assert ("Not proven by this file:" in ran.stdout) == (status == 0)
    for wrong in (["audit", "evidence", "NOTHING"], ["audit", "evidence", sent.number, "--version", "9"]):
        assert main(wrong) == 1
    assert main(["audit", "evidence", sent.number, "-o", str(tmp_path / "no" / "where")]) == 1
    assert main(["audit", "verify", "--evidence", str(tmp_path / "gone")]) == 2
    assert main(["audit", "verify", "--key", "x"]) == 2
    assert main(["audit", "verify", "--evidence", str(target), "--json"]) == 1
