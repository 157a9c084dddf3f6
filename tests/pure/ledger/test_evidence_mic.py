"""A partner's signed AS2 receipt is proven again from the evidence file alone."""

import datetime
import hashlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from orderwire.channels import File, Parcel, Request, Taken
from orderwire.channels.as2 import door, message, mime
from orderwire.channels.as2.settings import As2Config
from orderwire.ledger import keys
from orderwire.ledger.evidence.check import Verdict, check
from orderwire.ledger.evidence.file import Back, Carried, Kept, SentFile

from .test_evidence_file import leaf, made

EDI = File("850.edi", "application/EDI-X12", b"ISA*00*~")
NOW = datetime.datetime.now(datetime.UTC)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> keys.SigningKey:
    return keys.load(tmp_path_factory.mktemp("key") / "key.pem")


def identity(name: str) -> tuple[SecretStr, str]:
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=1))
        .not_valid_after(NOW + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    public = built.public_bytes(Encoding.PEM).decode()
    return SecretStr(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() + public), public


OURS, THEIRS, STRANGER = identity("NORDHAVEN"), identity("ACME"), identity("MALLORY")


def receipt(how: dict[str, Any], *, file: File = EDI, id: str = "m@x") -> bytes:
    """What the partner's station answers to our message with this file, as it is kept."""
    given = {"url": "https://as2.example/", **how}
    ours = As2Config(**given, our_id="NORDHAVEN", partner_id="ACME", our_key=OURS[0], partner_certificates=THEIRS[1])
    demands = {"require_signed": False, "require_encrypted": False}
    theirs = As2Config(
        **given, **demands, our_id="ACME", partner_id="NORDHAVEN", our_key=THEIRS[0], partner_certificates=OURS[1]
    )
    built = message.build(Parcel(id, (file,)), ours, NOW)
    headers = {name.lower(): value for name, value in built.headers.items()}
    heard = door.hear(door.kept(Request("POST", "", headers, built.body)), theirs)
    answer = door.answer(heard, Taken(good=True), theirs)
    return b"HTTP 200\r\n" + mime.write(answer.headers.items(), answer.body)


def verdict(
    key: keys.SigningKey, raw: bytes, how: dict[str, Any], *, certificate: str = THEIRS[1], kind: str = "delivered"
) -> Verdict:
    """What the evidence file says, with this receipt in it."""
    parts = {"d/file": EDI.content, "d/receipt": raw, "d/certificate": certificate.encode()}
    kept = {name: Kept(sha256=hashlib.sha256(content).hexdigest(), part=name) for name, content in parts.items()}
    agreed = {"our_id": "NORDHAVEN", "partner_id": "ACME", "sign": True, "encryption": "aes128_cbc"}
    carried = Carried(
        delivery=7, kind="order", channel="as2", format="x12", endpoint="z", endpoint_version=1, state="delivered",
        message_id="m@x", agreed={**agreed, "compression": "none", **how},
        files=(SentFile(filename=EDI.filename, media_type=EDI.media_type, content=kept["d/file"]),),
        receipts=(Back(kind=kind, at=NOW.isoformat(), content=kept["d/receipt"]),),
        certificates=(kept["d/certificate"],),
    )  # fmt: skip
    return check(made(key, [leaf()], parts, deliveries=(carried,)))


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"encryption": "none"},
        {"encryption": "aes256_gcm", "compression": "after_signing"},
        {"compression": "before_signing"},
        {"sign": False},
    ],
)
def test_the_mic_of_a_signed_receipt_is_computed_again(key: keys.SigningKey, how: dict[str, Any]) -> None:
    said = verdict(key, receipt(how), how)
    assert said.problems == []
    assert any("signed by ACME's certificate and has the MIC of exactly these files" in words for words in said.proven)


def test_a_receipt_for_other_bytes_contradicts_and_one_that_was_a_refusal_does_not(key: keys.SigningKey) -> None:
    other = receipt({}, file=File(EDI.filename, EDI.media_type, b"ISA*01*~"))
    assert any("MIC of other bytes" in words for words in verdict(key, other, {}).problems)
    refusal = verdict(key, other, {}, kind="bounced")
    assert refusal.holds and any("MIC of other bytes" in words for words in refusal.open)
    assert any("another message" in words for words in verdict(key, receipt({}, id="n@x"), {}).problems)


def test_what_is_signed_by_a_stranger_or_by_nobody_proves_nothing(key: keys.SigningKey) -> None:
    good = receipt({})
    for raw, certificate in (
        (good, STRANGER[1]), (good, "no certificate"), (receipt({"receipt": "unsigned"}), THEIRS[1]),
        (b"", THEIRS[1]), (b"HTTP 200\r\n\r\nok", THEIRS[1]), (good[:-400], THEIRS[1]),
    ):  # fmt: skip
        said = verdict(key, raw, {}, certificate=certificate)
        assert said.holds and not any("AS2 receipt" in words for words in said.proven)
        assert any("AS2 receipt" in words for words in said.open)
