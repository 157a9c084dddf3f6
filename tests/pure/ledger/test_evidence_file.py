"""Files that only look like evidence: bounded, named, and never a traceback."""

import datetime
import hashlib
import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwire.ledger import keys
from orderwire.ledger.evidence.check import check
from orderwire.ledger.evidence.file import (
    Carried,
    Head,
    Kept,
    Manifest,
    NotEvidence,
    Part,
    Sealed,
    Try,
    pack,
    unpack,
)
from orderwire.ledger.merkle import Tree, leaf_hash

WHEN = datetime.datetime(2026, 11, 16, 15, 42, tzinfo=datetime.UTC)
VERSION = b'{"number":"4711"}'
SHA = hashlib.sha256(VERSION).hexdigest()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> keys.SigningKey:
    """Anybody's key: who makes a hostile file signs it himself."""
    return keys.load(tmp_path_factory.mktemp("key") / "key.pem")


def made(key: keys.SigningKey, leaves: list[bytes], parts: dict[str, bytes] | None = None, **facts: Any) -> bytes:
    """A well-signed file with these leaves, whatever they say."""
    tree = Tree(leaf_hash(leaf) for leaf in leaves)
    head, signature = key.sign(size=len(leaves), root=tree.root(), time=WHEN)
    contents = {"version.json": VERSION, **{f"ledger/{n}.json": leaf for n, leaf in enumerate(leaves)}, **(parts or {})}
    manifest = Manifest.model_validate(
        {
            "order": "4711",
            "version": 1,
            "revision": 5,
            "content": Kept(sha256=SHA, part="version.json"),
            "recipient": "S1",
            "recipient_name": "Acme",
            "deliveries": (),
            "events": tuple(
                Sealed(
                    position=n, part=f"ledger/{n}.json", proof=tuple(h.hex() for h in tree.inclusion(n, len(leaves)))
                )
                for n in range(len(leaves))
            ),
            "head": Head(
                size=head.size,
                root=head.root.hex(),
                time="2026-11-16T15:42:00.000000Z",
                key_id=head.key_id,
                signature=signature.hex(),
                public_key=key.public.hex(),
            ),
            "parts": tuple(
                Part(name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
                for name, content in sorted(contents.items())
            ),
            **facts,
        }
    )
    return pack(manifest, contents, key)


def leaf(kind: str = "order.created", **changes: Any) -> bytes:
    row = {"kind": kind, "at": "2026", "actor": "user:x", "order": "4711", "subjects": {"revision": "5"}}
    return json.dumps({**row, "data": {"sha256": SHA}, **changes}).encode()


def test_the_smallest_file_holds(key: keys.SigningKey) -> None:
    verdict = check(made(key, [leaf()]), key=key.id)
    assert verdict.problems == []
    assert any("was approved" in words for words in verdict.open), "nobody approved it"


def test_the_archive_is_the_same_wherever_it_is_made(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    data = made(keys.SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32))), [leaf()])
    assert hashlib.sha256(data).hexdigest() == "2c37bc723475ec0bf1f825722f504de34db8027b83b237fe945b3c819317bd27"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
_facts = st.dictionaries(
    st.sampled_from(["sha256", "number", "message_id", "text", "means", "approver", "sent_sha256"]), _json
)
_leaf = st.builds(
    leaf,
    st.sampled_from(["order.created", "approval.granted", "delivery.attempted", "delivery.accepted", "x"]),
    data=_facts,
    subjects=st.sampled_from([{"revision": "5"}, {"delivery": "7"}, {"revision": "5", "delivery": "7"}]),
)


@given(
    leaves=st.lists(
        _leaf | _json.map(lambda x: json.dumps(x).encode()) | st.binary(max_size=20), min_size=1, max_size=4
    )
)
@settings(max_examples=200)
def test_no_leaf_of_a_stranger_makes_it_stumble(key: keys.SigningKey, leaves: list[bytes]) -> None:
    carried = Carried(
        delivery=7, kind="order", channel="x", format="y", endpoint="z", endpoint_version=1, state="s", message_id="m",
        tries=(Try(number=1, message_id="m", payload_sha256=SHA),),
    )  # fmt: skip
    verdict = check(made(key, [leaf(), *leaves], deliveries=(carried,)))
    assert verdict.problems or verdict.proven


@given(data=st.binary(max_size=200))
def test_no_bytes_make_it_stumble(data: bytes) -> None:
    assert not check(data).holds


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b"{}", b"null", b'{"form": 1}', b"\xff", b'{"version": ' + b"9" * 10_000]
)
def test_a_manifest_of_another_shape_is_named(text: bytes) -> None:
    assert (
        "manifest.json is not what Orderwire writes"
        in check(_zip({"manifest.json": text, "manifest.sig": b""})).problems[0]
    )


def _zip(parts: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name in sorted(parts):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr, info.compress_type = 3, 0o600 << 16, compression
            archive.writestr(info, parts[name])
    return target.getvalue()


def test_a_bomb_is_not_unpacked() -> None:
    data = _zip({"manifest.json": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    assert len(data) < 100_000
    with pytest.raises(NotEvidence, match="unpack to more than it holds"):
        unpack(data)
    with pytest.raises(NotEvidence, match="a part that no evidence file has"):
        unpack(_zip({"a": bytes(range(256))}, zipfile.ZIP_DEFLATED))


def test_parts_that_lie_over_each_other_are_not_unpacked() -> None:
    data = _zip({"a": bytes(100_000)})
    directory = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[directory:end]
    many = data[:directory] + entry * 1000
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entry) * 1000, directory, 0)
    with pytest.raises(NotEvidence):
        unpack(many + tail)


@pytest.mark.parametrize("name", ["../a", "/a", "a/../b", "a//b", ".a", "a\\b", "a b", "ä", "a/", "C:a"])
def test_names_that_lead_elsewhere_are_not_taken(name: str) -> None:
    with pytest.raises(NotEvidence):
        unpack(_zip({name: b"x"}))


@pytest.mark.parametrize("change", [lambda d: b"x" + d, lambda d: d + b"x", lambda d: d[:-2] + b"\x01\x00x"])
def test_what_lies_around_the_parts_is_found(key: keys.SigningKey, change: Any) -> None:
    with pytest.raises(NotEvidence):
        unpack(change(made(key, [leaf()])))


def test_a_file_of_many_deliveries_and_events_takes_no_more_than_its_size(key: keys.SigningKey) -> None:
    """Quadratic work over these would not end within the test run."""
    carried = Carried(
        delivery=1, kind="order", channel="x", format="y", endpoint="z", endpoint_version=1, state="s", message_id="m"
    )
    deliveries = tuple(carried.model_copy(update={"delivery": n}) for n in range(20_000))
    leaves = [leaf(), *(leaf("x", subjects={"delivery": str(n)}) for n in range(20_000))]
    assert check(made(key, leaves, deliveries=deliveries)).holds
