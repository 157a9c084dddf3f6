"""What the AS2 door makes of messages that are not as agreed: the right word in the receipt, and nothing taken."""

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from asn1crypto import cms
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as asymmetric
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from orderwire.channels import Answer, File, Heard, Refused, Request, Taken
from orderwire.channels.as2 import door, envelope, mime, receipt
from orderwire.channels.as2 import message as messages
from orderwire.channels.as2.der import CONTEXT, OCTETS, SEQUENCE, SET, integer, oid, tlv
from orderwire.channels.as2.message import Built, signed
from orderwire.channels.as2.settings import As2Config
from tests import stations

UNSIGNED = {"sign": False}
UNENCRYPTED = {"encryption": "none", "url": "http://127.0.0.1/as2"}
STRANGER = "".join(stations.keypair("Stranger"))


def said(answer: Answer, config: As2Config | None = None) -> receipt.Said:
    """The receipt in an answer, verified."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return receipt.read(headers, answer.body, config or stations.buyer(), stations.now())


def refused(heard: Heard, config: As2Config | None = None) -> str:
    """The disposition in the signed receipt of a message that was refused."""
    assert heard.refused and not heard.files
    told = said(stations.answered(heard, config or stations.supplier()))
    assert told.signed and told.words == heard.refused
    return ": ".join(filter(None, (f"{told.status}/{told.modifier}", told.detail)))


def altered(built: Built, **changes: Any) -> Built:
    return Built(**{"headers": built.headers, "body": built.body, "source": built.source, **changes})


def test_what_is_as_agreed_is_taken_and_signed_for() -> None:
    built = stations.built(stations.buyer())
    heard = stations.heard(built, stations.supplier())
    assert [file.content for file in heard.files] == [stations.EDI]
    assert (heard.files[0].filename, heard.files[0].media_type) == ("order.edi", "application/edi-x12")
    answer = stations.answered(heard, stations.supplier())
    told = said(answer)
    assert (told.status, told.signed, told.about) == ("processed", True, heard.identity)
    assert told.mic == base64.b64encode(hashlib.sha256(built.source).digest()).decode()
    assert answer.headers["AS2-From"] == stations.SUPPLIER and answer.headers["AS2-To"] == f'"{stations.BUYER}"'
    assert answer.headers["AS2-Version"] == "1.2"


def test_several_files_travel_in_one_message_with_one_mic() -> None:
    both = replace(
        stations.parcel(), files=(*stations.parcel().files, File("a b.pdf", "application/pdf", b"%PDF\n\r\n--"))
    )
    built = stations.built(stations.buyer(compression="before_signing"), both)
    heard = stations.heard(built, stations.supplier())
    assert [(file.filename, file.content) for file in heard.files] == [
        ("order.edi", stations.EDI), ("a_b.pdf", b"%PDF\n\r\n--"),
    ]  # fmt: skip
    assert said(stations.answered(heard, stations.supplier())).mic == messages.mic(built.source, "sha256")


@pytest.mark.parametrize("settings", [UNSIGNED, UNENCRYPTED, {**UNSIGNED, **UNENCRYPTED}])
def test_less_protection_than_agreed_is_refused(settings: dict[str, Any]) -> None:
    built = stations.built(stations.buyer(**settings))
    assert refused(stations.heard(built, stations.supplier())) == "processed/error: insufficient-message-security"
    lax = stations.supplier(require_signed=False, require_encrypted=False)
    assert stations.heard(built, lax).files


def three_des() -> bytes:
    """An envelope as of twenty years ago."""
    inner = mime.write((("Content-Type", "application/edi-x12"),), stations.EDI)
    key, iv = b"0123456789abcdefFEDCBA98", b"12345678"
    padder, cipher = padding.PKCS7(64).padder(), Cipher(TripleDES(key), modes.CBC(iv)).encryptor()
    sealed = cipher.update(padder.update(inner) + padder.finalize()) + cipher.finalize()
    to = tlv(SET, envelope._recipient(stations.supplier().pairs[0].certificate, key))
    cbc = tlv(SEQUENCE, oid("1.2.840.113549.3.7"), tlv(OCTETS, iv))
    content = tlv(SEQUENCE, oid("1.2.840.113549.1.7.1"), cbc, tlv(CONTEXT, sealed))
    return envelope._wrapped(oid("1.2.840.113549.1.7.3"), integer(0), to, content)


def test_weak_encryption_is_refused_unless_it_is_allowed() -> None:
    built = stations.built(stations.buyer(sign=False))
    old = altered(built, body=three_des())
    lax = {"require_signed": False}
    heard = stations.heard(old, stations.supplier(**lax))
    assert refused(heard) == "processed/error: insufficient-message-security"
    assert stations.heard(old, stations.supplier(**lax, allow_legacy=True)).files[0].content == stations.EDI


def sha1_signed(content: bytes) -> bytes:
    """A signature as of twenty years ago, without attributes."""
    pair = stations.buyer().pairs[0]
    signature = pair.key.sign(content, asymmetric.PKCS1v15(), hashes.SHA1())  # type: ignore[call-arg, arg-type]
    named = cms.IssuerAndSerialNumber(
        {"issuer": cms.Name.load(pair.certificate.issuer), "serial_number": pair.certificate.serial}
    )
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", named),
        "digest_algorithm": {"algorithm": "sha1"},
        "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
        "signature": signature,
    }
    data = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha1"}],
        "encap_content_info": {"content_type": "data"},
        "signer_infos": [info],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def test_a_weak_signature_is_refused_unless_it_is_allowed() -> None:
    inner = mime.write((("Content-Type", "application/edi-x12"),), stations.EDI)
    proof = mime.write((("Content-Type", "application/pkcs7-signature"),), sha1_signed(inner))
    kind, body = mime.multipart('signed; micalg=sha1; protocol="application/pkcs7-signature"', "b", (inner, proof))
    built = stations.built(stations.buyer())
    old = altered(built, headers={**built.headers, "Content-Type": kind}, body=body)
    lax = {"require_encrypted": False}
    assert refused(stations.heard(old, stations.supplier(**lax))) == "processed/error: insufficient-message-security"
    heard = stations.heard(old, stations.supplier(**lax, allow_legacy=True))
    assert heard.files[0].content == stations.EDI
    assert heard.data.outcome.mic.endswith(", sha1")


def test_a_signer_who_is_not_agreed_is_refused() -> None:
    built = stations.built(stations.buyer(our_key=STRANGER))
    assert refused(stations.heard(built, stations.supplier())) == "processed/error: authentication-failed"


def test_a_signer_who_only_pretends_to_be_the_agreed_one_is_refused() -> None:
    """His certificate has the agreed one's number and name; his key is another."""
    buyer = stations.buyer(**UNENCRYPTED)
    inner = mime.write((("Content-Type", "application/edi-x12"),), stations.EDI)
    good, forger = buyer.pairs[0], stations.buyer(our_key=STRANGER).pairs[0]
    kind, body = signed(inner, forger, "sha256")
    forged = cms.ContentInfo.load(mime.read(mime.parts(mime.Entity(b"", {"content-type": kind}, body))[1]).content)
    (signer,) = forged["content"]["signer_infos"]
    signer["sid"] = cms.SignerIdentifier(
        "issuer_and_serial_number",
        {"issuer": cms.Name.load(good.certificate.issuer), "serial_number": good.certificate.serial},
    )
    proof = mime.write((("Content-Type", "application/pkcs7-signature"),), forged.dump(force=True))
    kind, body = mime.multipart("signed", "b", (inner, proof))
    built = altered(stations.built(buyer), body=body)
    heard = stations.heard(built, stations.supplier(require_encrypted=False), Content_Type=kind)
    assert refused(heard) == "processed/error: authentication-failed"


@pytest.mark.parametrize("days", [{"begins": -90, "ends": -1}, {"begins": 3, "ends": 90}])
def test_a_signer_whose_certificate_is_not_valid_is_refused(days: dict[str, int]) -> None:
    key, certificate = stations.keypair("Other days", **days)
    inner = mime.write((("Content-Type", "application/edi-x12"),), stations.EDI)
    kind, body = signed(inner, stations.buyer(our_key=key + certificate).pairs[0], "sha256")
    built = altered(stations.built(stations.buyer()), body=body)
    config = stations.supplier(partner_certificates=certificate, require_encrypted=False)
    heard = stations.heard(built, config, Content_Type=kind)
    assert "The signature cannot count" in heard.refused
    assert heard.data.outcome.disposition == "processed/error: authentication-failed"


def test_content_that_changed_on_its_way_is_refused() -> None:
    built = stations.built(stations.buyer(**UNENCRYPTED))
    changed = altered(built, body=built.body.replace(b"4500071791", b"4500071792"))
    heard = stations.heard(changed, stations.supplier(require_encrypted=False))
    assert refused(heard) == "processed/error: integrity-check-failed"


def test_line_ends_that_a_gateway_rewrote_are_forgiven_where_the_content_is_text() -> None:
    inner = b"Content-Type: text/plain\r\n\r\nISA*00~\r\n"
    kind, body = signed(inner, stations.buyer().pairs[0], "sha256")
    rewritten = altered(stations.built(stations.buyer()), body=body.replace(b"\r\n", b"\n"))
    config = stations.supplier(require_encrypted=False)
    heard = stations.heard(rewritten, config, Content_Type=kind)
    assert heard.files[0].content == b"ISA*00~\n"
    assert heard.data.outcome.mic.startswith(base64.b64encode(hashlib.sha256(inner).digest()).decode())


def test_what_is_encrypted_for_somebody_else_is_refused() -> None:
    built = stations.built(stations.buyer(partner_certificates=stations.keypair("Stranger")[1]))
    assert refused(stations.heard(built, stations.supplier())) == "processed/error: decryption-failed"


def test_damaged_encryption_and_compression_are_told_apart() -> None:
    built = stations.built(stations.buyer())
    assert refused(stations.heard(altered(built, body=built.body[:-40]), stations.supplier())).endswith(
        "decryption-failed"
    )
    packed = stations.built(stations.buyer(**UNSIGNED, **UNENCRYPTED, compression="after_signing"))
    lax = stations.supplier(require_signed=False, require_encrypted=False)
    cut = stations.heard(altered(packed, body=packed.body[:-9] + b"123456789"), lax)
    assert refused(cut) == "processed/error: decompression-failed"


@pytest.mark.parametrize("message_id", [None, "", "<>", "<a b>", "<" + "x" * 300 + ">"])
def test_a_message_without_a_usable_id_is_refused(message_id: str | None) -> None:
    heard = stations.heard(stations.built(stations.buyer()), stations.supplier(), Message_ID=message_id)
    assert heard.data.outcome.disposition == "processed/error: invalid-message-id"


@pytest.mark.parametrize(
    ("options", "disposition"),
    [
        ("signed-receipt-protocol=required, pgp-signature", "failed/failure: unsupported format"),
        (
            "signed-receipt-protocol=required, pkcs7-signature; signed-receipt-micalg=required, md5",
            "failed/failure: unsupported MIC-algorithms",
        ),
        ("signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, md5", "processed"),
        (
            "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, md5, sha-512",
            "processed",
        ),
        ("nonsense", "processed"),
    ],
)
def test_a_receipt_that_nobody_can_make_is_refused_where_it_is_required(options: str, disposition: str) -> None:
    heard = stations.heard(
        stations.built(stations.buyer()), stations.supplier(), Disposition_Notification_Options=options
    )
    assert heard.data.outcome.disposition == disposition
    assert bool(heard.refused) == (disposition != "processed")


def test_an_opaque_signature_is_a_format_that_is_not_supported() -> None:
    built = stations.built(stations.buyer())
    heard = stations.heard(built, stations.supplier(), Content_Type="application/pkcs7-mime; smime-type=signed-data")
    assert refused(heard) == "failed/failure: unsupported format"


def test_without_a_wish_for_a_receipt_the_status_of_http_says_it() -> None:
    config = stations.supplier()
    good = stations.heard(stations.built(stations.buyer(receipt="none")), config)
    assert stations.answered(good, config) == Answer(200)
    bad = stations.heard(stations.built(stations.buyer(receipt="none", our_key=STRANGER)), config)
    answer = stations.answered(bad, config)
    assert answer.status == 400 and b"not agreed with this partner" in answer.body


def test_the_same_id_with_other_content_is_an_error_in_the_receipt() -> None:
    config = stations.supplier()
    heard = stations.heard(stations.built(stations.buyer()), config)
    answer = stations.answered(heard, config, good=False, contradicts=True, findings=("repeats the id",))
    assert said(answer).detail == "unexpected-processing-error" and said(answer).words == "repeats the id"
    later = stations.heard(stations.built(stations.buyer(receipt_url="https://127.0.0.1/later")), config)
    assert stations.answered(later, config, good=False, contradicts=True).status == 409


def test_a_refused_document_inside_is_no_matter_of_the_receipt() -> None:
    """An MDN says that the bytes arrived; whether they can be used says a functional acknowledgment."""
    config = stations.supplier()
    heard = stations.heard(stations.built(stations.buyer()), config)
    assert said(stations.answered(heard, config, good=False, findings=("no such order",))).status == "processed"


def test_a_fault_of_ours_may_be_sent_again() -> None:
    answer = door.answer(Heard(refused="a fault of ours"), Taken(False), stations.supplier())
    assert answer.status == 500


def test_a_message_of_strangers_hears_that_there_is_no_agreement() -> None:
    built = stations.built(stations.buyer())
    request = stations.request(built.headers, built.body)
    assert door.addressed(request) == {"partner_id": stations.BUYER, "our_id": stations.SUPPLIER}
    answer = door.turned_away(request, "nobody here has an agreement")
    told = said(answer, stations.buyer(receipt="unsigned"))
    assert (told.status, told.detail, told.signed) == ("processed", "unknown-trading-relationship", False)
    silent = stations.built(stations.buyer(receipt="none"))
    assert door.turned_away(stations.request(silent.headers, silent.body), "no").status == 403


def test_who_names_no_station_or_asks_in_another_way_is_refused() -> None:
    asked: list[tuple[str, dict[str, str], int]] = [
        ("GET", {}, 200), ("HEAD", {}, 200), ("PUT", {}, 405), ("POST", {}, 403), ("POST", {"as2-from": "x"}, 403),
    ]  # fmt: skip
    for method, headers, status in asked:
        request = Request(method, "", headers, b"")
        with pytest.raises(Refused):
            door.addressed(request)
        assert door.turned_away(request, "no").status == status


NAMES = {
    "../../etc/passwd": "passwd",
    "/abs/olute.edi": "olute.edi",
    "C:\\temp\\CON": "CON",
    "a\x00b.edi": "ab.edi",
    "a\r\nX-Evil: 1": "aX-Evil: 1",
    "\u202egpj.exe": "gpj.exe",
    "n" * 4096: "n" * 200,
    "": "",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files_are_words_and_no_paths(name: str) -> None:
    if "\r" in name:
        disposition = f"attachment; filename*=utf-8''{quote(name)}"
    else:
        disposition = 'attachment; filename="{}"'.format(name.replace("\\", "\\\\"))
    inner = mime.write((("Content-Type", "application/edi-x12"), ("Content-Disposition", disposition)), b"x")
    (file,) = door.opened.files(mime.read(inner))
    assert file.filename == NAMES[name]
    assert not re.search(r"[/\\\x00-\x1f]", file.filename)


def test_a_receipt_that_comes_by_itself_is_for_comparing_only() -> None:
    config = stations.buyer(receipt_url="https://127.0.0.1/exchange/as2/")
    built = stations.built(config)
    later = stations.heard(built, stations.supplier()).later
    assert later is not None
    made = mime.read(later.files[0].content)
    heard = door.hear(door.kept(stations.request(made.headers, made.body)), config)
    (report,) = heard.reports
    assert report.message_id == "m1" and report.external_id == heard.identity
    assert door.answer(heard, Taken(True), config) == Answer(200)
    damaged = made.body.replace(b"processed", b"Processed")
    heard = door.hear(door.kept(stations.request(made.headers, damaged)), config)
    assert "changed on its way" in heard.refused and not heard.reports
    unsigned = mime.read(mime.parts(made)[0])
    heard = door.hear(door.kept(stations.request({**made.headers, **unsigned.headers}, unsigned.body)), config)
    assert "is not signed" in heard.refused and not heard.reports
