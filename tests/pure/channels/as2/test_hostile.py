"""Messages made to hurt: bombs, endless structures, damaged bytes. Each gets a typed answer in little memory."""

import random
import resource
import zlib
from dataclasses import replace

import pytest
from asn1crypto import cms
from hypothesis import given
from hypothesis import strategies as st

from orderwire.channels import Heard
from orderwire.channels.as2 import ber, compression, door, mime, receipt
from orderwire.channels.as2.der import INSIDE, OCTETS, SEQUENCE, integer, oid, tlv
from orderwire.channels.as2.fault import DECOMPRESSION, Fault
from orderwire.channels.as2.message import Built
from tests import stations

LAX = {"require_signed": False, "require_encrypted": False}
PLAIN = {"sign": False, "encryption": "none", "url": "http://127.0.0.1/as2"}
MOST_MEMORY = 300_000
"""Kilobytes by which the peak of this process may rise while it is hurt."""


def compressed(packed: bytes) -> bytes:
    """A CompressedData around bytes that nobody checked."""
    content = tlv(SEQUENCE, compression._DATA, tlv(INSIDE, tlv(OCTETS, packed)))
    made = tlv(SEQUENCE, integer(0), tlv(SEQUENCE, compression._ZLIB), content)
    return tlv(SEQUENCE, compression._COMPRESSED, tlv(INSIDE, made))


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    zeros = bytes(1024 * 1024)
    return b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()


def test_a_compression_bomb_is_stopped_at_its_limit() -> None:
    built = stations.built(stations.buyer(**PLAIN, compression="after_signing"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    heard = stations.heard(replace(built, body=compressed(bomb(512))), stations.supplier(**LAX))
    assert heard.data.outcome.disposition == "processed/error: decompression-failed"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (bomb(8), "unpacks to more than"),
        (zlib.compress(b"x" * 1000)[:-6], "broke off"),
        (b"no zlib at all", "damaged"),
        (b"", "broke off"),
    ],
)
def test_what_cannot_be_unpacked_is_refused_with_its_reason(packed: bytes, words: str) -> None:
    with pytest.raises(Fault, match=words) as told:
        compression.decompress(compressed(packed))
    assert told.value.modifier == DECOMPRESSION


def test_what_shrinks_as_edi_does_is_taken() -> None:
    content = b"".join(f"PO1*{n}*100*EA*12.5**VP*MG1-{n % 97}~\r\n".encode() for n in range(50_000))
    assert compression.decompress(compression.compress(content)) == content
    assert compression.decompress(compression.compress(bytes(1024 * 1024))) == bytes(1024 * 1024)


def deep(levels: int) -> tuple[str, bytes]:
    kind, body = "text/plain", b"x"
    for level in range(levels):
        kind, body = mime.multipart("mixed", f"b{level}", (mime.write((("Content-Type", kind),), body),))
    return kind, body


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (*deep(1000), "deep"),
        (*mime.multipart("mixed", "b", (b"\r\n",) * 200), "more than 100 parts"),
        ('multipart/mixed; boundary="b"', b"--b\r\n" * 100_000, "more than 100 parts"),
        ("multipart/mixed", b"--\r\n", "without a boundary"),
        ('multipart/mixed; boundary="b"', b"--b\r\nx", "broke off"),
        ('multipart/mixed; boundary="b"', b"--b\r\n" + b"x" * 70_000 + b"\r\n--b--", "do not end"),
        ("text/plain" + ';a="' * 5000, b"x", ""),
    ],
)
def test_structures_without_end_are_stopped(kind: str, body: bytes, words: str) -> None:
    built = stations.built(stations.buyer(**PLAIN))
    heard = stations.heard(replace(built, body=body), stations.supplier(**LAX), Content_Type=kind)
    assert words in heard.refused
    assert bool(heard.refused) == bool(words)


def test_wrappings_within_wrappings_are_not_opened_again_and_again() -> None:
    inner = mime.write((("Content-Type", "text/plain"),), b"x")
    kind = "application/pkcs7-mime; smime-type=compressed-data"
    for _ in range(30):
        inner = mime.write((("Content-Type", kind),), compression.compress(inner))
    built = replace(stations.built(stations.buyer(**PLAIN)), body=mime.read(inner).body)
    heard = stations.heard(built, stations.supplier(**LAX), Content_Type=kind)
    assert heard.data.outcome.disposition == "failed/failure: unsupported format"


def chunked(built: Built, size: int) -> Built:
    """The same envelope as programs write that do not know its size beforehand (BER): without lengths, in chunks."""
    envelope = cms.ContentInfo.load(built.body)["content"]
    info = envelope["encrypted_content_info"]
    sealed = bytes(info["encrypted_content"])
    chunks = b"".join(tlv(OCTETS, sealed[at : at + size]) for at in range(0, len(sealed), size))
    head = integer(0) + envelope["recipient_infos"].dump()
    content = info["content_type"].dump() + info["content_encryption_algorithm"].dump()
    body = b"\x30\x80" + oid("1.2.840.113549.1.7.3") + b"\xa0\x80\x30\x80" + head
    body += b"\x30\x80" + content + b"\xa0\x80" + chunks + b"\0\0" * 5
    return replace(built, body=body)


@pytest.mark.parametrize("size", [1, 7, 1000, 1_000_000])
def test_content_in_chunks_is_put_together(size: int) -> None:
    built = stations.built(stations.buyer())
    assert stations.heard(chunked(built, size), stations.supplier()).files[0].content == stations.EDI


def test_more_chunks_than_anybody_writes_are_refused() -> None:
    """Two million chunks of one byte took the ASN.1 reader minutes."""
    built = stations.built(stations.buyer(), stations.parcel(b"x" * ber.MOST_VALUES))
    heard = stations.heard(chunked(built, 1), stations.supplier())
    assert heard.data.outcome.disposition == "processed/error: decryption-failed"


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\x30\x80", b"\x30\x80" * 100, b"\x04\x80", b"\x30\x03\x04\x05a", b"\x1f\x01"]
)
def test_broken_structures_are_no_values(data: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        ber.definite(data)


def mutated(data: bytes, seed: int) -> bytes:
    """Bytes cut, doubled, overwritten or turned around."""
    chance = random.Random(seed)
    made = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at, size = chance.randrange(len(made) or 1), chance.randint(1, 60)
        match chance.randrange(5):
            case 0:
                del made[at : at + size]
            case 1:
                made[at:at] = made[at : at + size]
            case 2:
                made[at : at + size] = chance.randbytes(size)
            case 3:
                made[at : at + 1] = bytes((chance.randrange(256),))
            case _:
                made[at:at] = chance.choice((b"\r\n", b"\n--", b"\0", b"\x80\x00", b"\x30\x80", b";", b'"'))
    return bytes(made)


VARIANTS = (
    {},
    {"sign": False},
    {"encryption": "none", "url": "http://127.0.0.1/as2"},
    {"encryption": "aes256_gcm", "compression": "before_signing"},
    {**PLAIN, "compression": "after_signing"},
)
MESSAGES = [stations.built(stations.buyer(**variant)) for variant in VARIANTS]
RECEIPT = stations.heard(stations.built(stations.buyer(receipt_url="https://127.0.0.1/r")), stations.supplier()).later


def whole(built: Built) -> bytes:
    return door.kept(stations.request(built.headers, built.body))


def judge_message(seed: int) -> Heard:
    """A typed answer, and a receipt that says the same as what was taken."""
    built = MESSAGES[seed % len(MESSAGES)]
    config = stations.supplier(**LAX)
    heard = door.hear(mutated(whole(built), seed), config)
    assert heard.files or heard.reports or heard.refused
    answer = stations.answered(heard, config)
    assert answer.status in (200, 400) and b"Traceback" not in answer.body
    if answer.body.startswith(b"--"):
        headers = {name.lower(): value for name, value in answer.headers.items()}
        said = receipt.read(headers, answer.body, stations.buyer(), stations.now())
        assert (said.status == "processed" and not said.modifier) == (not heard.refused)
    return heard


def judge_receipt(seed: int) -> Heard:
    """A damaged receipt proves nothing, unless the damage is outside of what is signed and says the same."""
    assert RECEIPT is not None
    config = stations.buyer()
    heard = door.hear(mutated(RECEIPT.files[0].content, seed), config)
    assert heard.files or heard.reports or heard.refused
    for report in heard.reports:
        assert report.claims["about"].startswith("m1@") and report.claims["signed"] == "yes"
    return heard


@given(st.integers(0, 2**32))
def test_a_damaged_message_gets_a_typed_answer(seed: int) -> None:
    judge_message(seed)


@given(st.integers(0, 2**32))
def test_a_damaged_receipt_proves_nothing_that_was_not_signed(seed: int) -> None:
    judge_receipt(seed)


@given(st.binary(max_size=400))
def test_any_bytes_are_no_message(data: bytes) -> None:
    for kind in ("enveloped-data", "compressed-data"):
        headers = {"Content-Type": f"application/pkcs7-mime; smime-type={kind}", "Message-ID": "<a@b>"}
        assert door.hear(door.kept(stations.request(headers, data)), stations.supplier()).refused
