"""A signed tree head holds only for exactly what was signed; the key file is made once and stays private."""

import dataclasses
import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from orderwire.ledger.keys import KeyProblem, SigningKey, key_id, load, verify

NOW = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)
ROOT = bytes(range(32))
KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_a_signed_head_verifies_with_its_key() -> None:
    head, signature = KEY.sign(size=7, root=ROOT, time=NOW)
    assert verify(head, signature, KEY.public)
    elsewhere = dataclasses.replace(head, time=NOW.astimezone(datetime.timezone(datetime.timedelta(hours=2))))
    assert verify(elsewhere, signature, KEY.public)


@pytest.mark.parametrize(
    "change",
    [{"size": 8}, {"root": bytes(32)}, {"time": NOW + datetime.timedelta(microseconds=1)}, {"key_id": "0" * 16}],
)
def test_a_head_changed_in_any_field_does_not_verify(change: dict[str, object]) -> None:
    head, signature = KEY.sign(size=7, root=ROOT, time=NOW)
    assert not verify(dataclasses.replace(head, **change), signature, KEY.public)  # type: ignore[arg-type]


def test_a_signature_of_another_key_or_a_broken_one_does_not_verify() -> None:
    other = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
    head, signature = KEY.sign(size=7, root=ROOT, time=NOW)
    assert not verify(head, signature, other.public)
    assert not verify(head, other.private.sign(head.to_bytes()), KEY.public)
    assert not verify(head, b"short", KEY.public)
    bad_public = b"short"
    assert not verify(dataclasses.replace(head, key_id=key_id(bad_public)), signature, bad_public)


def test_a_head_without_zone_cannot_be_signed() -> None:
    with pytest.raises(ValueError, match="aware"):
        KEY.sign(size=1, root=ROOT, time=NOW.replace(tzinfo=None))


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"
    with ThreadPoolExecutor(8) as pool:
        ids = {key.id for key in pool.map(load, [path] * 8)}
    assert len(ids) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_file_that_others_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"
    load(path)
    path.chmod(0o644)
    with pytest.raises(KeyProblem, match="chmod 600"):
        load(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nonsense", "not a private key"),
        (generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "Ed25519"),
    ],
)
def test_another_file_in_its_place_is_refused_and_kept(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "ledger.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyProblem, match=words):
        load(path)
    assert path.read_bytes() == content


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="cannot be read or made"):
        load(tmp_path / "nowhere" / "ledger.key")
