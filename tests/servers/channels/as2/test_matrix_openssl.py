"""All 40 runs with `openssl cms`: it verifies and decrypts what we build, and builds what we open.

It knows no AS2, so the headers and the text of its receipts are written here; it does every cryptographic step. It is
built without zlib where this was written, so that what is compressed is packed and unpacked with asn1crypto and zlib.
"""

import base64
import hashlib
import re
import shutil
import subprocess
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import cms

from orderwire.channels import Taken
from orderwire.channels.as2 import door, mime
from orderwire.channels.as2.envelope import decrypt
from orderwire.channels.as2.fault import Fault
from orderwire.channels.as2.signature import sign, verify
from tests import stations

from .matrix import CONTENTS, LATER_URL, RUNS, Outcomes, Run, proven

OPENSSL = shutil.which("openssl")
REPORT = "multipart/report; report-type=disposition-notification; boundary=mdn"


class OpenSsl:
    """The supplier's station, made of a command line. The same input is computed once."""

    def __init__(self, folder: Path):
        self._folder = folder
        for name, us in (("us", stations.SUPPLIER), ("them", stations.BUYER)):
            key, certificate = stations.keypair(us)
            (folder / f"{name}.key").write_text(key)
            (folder / f"{name}.crt").write_text(certificate)
        self.run = cache(self._run)

    def _run(self, *arguments: str, given: bytes, content: bytes = b"") -> bytes:
        """The output of one command; @content names a file with `content`."""
        assert OPENSSL is not None
        (self._folder / "content").write_bytes(content)
        named = [str(self._folder / a[1:]) if a.startswith("@") else a for a in arguments]
        done = subprocess.run([OPENSSL, "cms", *named], input=given, capture_output=True, timeout=20)
        if done.returncode:
            raise AssertionError(done.stderr.decode()[-300:])
        return done.stdout

    def sign(self, data: bytes) -> bytes:
        return self.run(
            "-sign", "-binary", "-signer", "@us.crt", "-inkey", "@us.key", "-md", "sha256", "-outform", "DER",
            given=data,
        )  # fmt: skip

    def verify(self, data: bytes, der: bytes) -> bytes:
        return self.run(
            "-verify", "-binary", "-inform", "DER", "-content", "@content", "-certfile", "@them.crt", "-nointern",
            "-CAfile", "@them.crt", "-purpose", "any", given=der, content=data,
        )  # fmt: skip

    def encrypt(self, data: bytes) -> bytes:
        return self.run("-encrypt", "-binary", "-stream", "-aes128", "-outform", "DER", "@them.crt", given=data)

    def decrypt(self, der: bytes) -> bytes:
        return self.run("-decrypt", "-binary", "-inform", "DER", "-recip", "@us.crt", "-inkey", "@us.key", given=der)

    def signed(self, inner: bytes) -> bytes:
        """A multipart/signed."""
        proof = b"Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        proof += base64.encodebytes(self.sign(inner)).replace(b"\n", b"\r\n")
        head = b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=sig'
        return head + b"\r\n\r\n--sig\r\n" + inner + b"\r\n--sig\r\n" + proof + b"\r\n--sig--\r\n"


def pkcs7(kind: str, der: bytes) -> bytes:
    return f"Content-Type: application/pkcs7-mime; smime-type={kind}\r\n\r\n".encode() + der


def split(raw: bytes) -> tuple[bytes, bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    return head, body


def opened(openssl: OpenSsl, run: Run, raw: bytes) -> tuple[bytes, bytes]:
    """The document and the bytes of which a MIC is due, of what we built; a failed command raises."""
    source = None
    if run.encrypt:
        assert b"enveloped-data" in split(raw)[0]
        raw = openssl.decrypt(split(raw)[1])
        source = raw
    if run.sign:
        head, body = split(raw)
        boundary = re.search(rb'boundary="([^"]+)"', head)
        assert boundary is not None
        _, inner, proof, end = re.split(rb"(?:\r\n)?--" + boundary[1] + rb"(?:\r\n|--\r\n)", body)
        assert end == b""
        assert openssl.verify(inner, base64.b64decode(split(proof)[1])) == inner
        raw = source = inner
    if run.compress:
        packed = cms.ContentInfo.load(split(raw)[1])["content"]["encap_content_info"]["content"]
        raw = zlib.decompress(bytes(packed))
        source = source if run.sign else raw
    document = split(raw)[1]
    return document, document if source is None else source


def ours_to_them(openssl: OpenSsl, run: Run, content: bytes) -> str:
    config = stations.buyer(**run.settings)
    what = stations.parcel(content)
    built = stations.built(config, what)
    head = "".join(f"{n}: {v}\r\n" for n, v in built.headers.items() if n.startswith("Content-")).encode()
    document, source = opened(openssl, run, head + b"\r\n" + built.body)
    if document != content:
        return "openssl has other bytes"
    if run.receipt == "none":
        return ""
    mic = base64.b64encode(hashlib.sha256(source).digest()).decode()
    fields = f"Original-Message-ID: {built.headers['Message-ID']}\r\nReceived-Content-MIC: {mic}, sha-256\r\n"
    fields += "Disposition: automatic-action/MDN-sent-automatically; processed\r\n"
    body = "--mdn\r\n\r\nThank you.\r\n--mdn\r\nContent-Type: message/disposition-notification\r\n\r\n"
    body += f"{fields}\r\n--mdn--\r\n"
    made = mime.read(f"Content-Type: {REPORT}\r\n\r\n{body}".encode())
    if run.receipt == "signed":
        made = mime.read(openssl.signed(made.raw))
    headers = {"Content-Type": made.headers["content-type"], "Message-ID": "<mdn@openssl.example>"}
    return proven(run, headers, made.body, built, what, config)


def theirs_to_us(openssl: OpenSsl, run: Run, content: bytes) -> str:
    config = stations.buyer(**run.demands)
    raw = source = b"Content-Type: application/edi-x12\r\nContent-Transfer-Encoding: binary\r\n\r\n" + content
    if run.compress:
        packed = {"content_type": "data", "content": zlib.compress(raw)}
        made = {"version": "v0", "compression_algorithm": {"algorithm": "zlib"}, "encap_content_info": packed}
        raw = pkcs7("compressed-data", cms.ContentInfo({"content_type": "compressed_data", "content": made}).dump())
    if run.sign:
        source, raw = raw, openssl.signed(raw)
    if run.encrypt:
        raw = pkcs7("enveloped-data", openssl.encrypt(raw))
    head, body = split(raw)
    if not (run.sign or run.encrypt or run.compress):
        source = body
    headers = {n: v for n, _, v in (line.partition(": ") for line in head.decode().split("\r\n"))}
    headers |= {"Message-ID": "<1@openssl.example>", "AS2-From": stations.SUPPLIER, "AS2-To": stations.BUYER}
    if run.receipt != "none":
        headers["Disposition-Notification-To"] = "x"
    if run.receipt == "signed":
        headers["Disposition-Notification-Options"] = (
            "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha-256"
        )
    if run.later:
        headers["Receipt-Delivery-Option"] = LATER_URL
    heard = door.hear(door.kept(stations.request(headers, body)), config)
    if heard.refused:
        return f"we refused it: {heard.refused}"
    if heard.files[0].content != content:
        return "we have other bytes"
    answer = door.answer(heard, Taken(True), config)
    if run.later:
        assert answer.body == b"" and heard.later is not None
        report = heard.later.files[0].content
    else:
        report = mime.write(answer.headers.items(), answer.body)
    if run.receipt == "signed":
        inner, proof = mime.parts(mime.read(report))
        openssl.verify(inner, mime.read(proof).content)
        report = inner
    due = base64.b64encode(hashlib.sha256(source).digest())
    return "" if run.receipt == "none" or b"Received-Content-MIC: " + due in report else "our MIC differs"


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_forty_ways_with_openssl_in_both_directions(tmp_path: Path, tell: Callable[[str], None]) -> None:
    openssl, outcomes = OpenSsl(tmp_path), Outcomes("openssl cms")
    for name, content in CONTENTS.items():
        for run in RUNS:
            outcomes.add(name, "to it", ours_to_them(openssl, run, content))
            outcomes.add(name, "from it", theirs_to_us(openssl, run, content))
    tell(outcomes.table)
    assert not outcomes.reasons, outcomes.table


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
@pytest.mark.parametrize("cipher", ["aes192_cbc", "aes256_cbc", "aes128_gcm", "aes256_gcm"])
def test_the_other_ciphers_are_read_by_openssl_and_its_are_read_here(tmp_path: Path, cipher: str) -> None:
    openssl = OpenSsl(tmp_path)
    built = stations.built(stations.buyer(sign=False, encryption=cipher))
    assert stations.EDI in openssl.decrypt(built.body)
    name = "-" + (cipher.replace("aes", "aes-").replace("_", "-") if "gcm" in cipher else cipher.removesuffix("_cbc"))
    der = openssl.run("-encrypt", "-binary", name, "-outform", "DER", "@them.crt", given=stations.EDI)
    assert decrypt(der, stations.buyer().pairs, legacy=False) == stations.EDI


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_paddings_of_others_are_read(tmp_path: Path) -> None:
    """RSA-PSS in signatures and OAEP around keys, which we do not write."""
    openssl = OpenSsl(tmp_path)
    pss = openssl.run(
        "-sign", "-binary", "-signer", "@us.crt", "-inkey", "@us.key", "-keyopt", "rsa_padding_mode:pss",
        "-outform", "DER", given=stations.EDI,
    )  # fmt: skip
    known = stations.buyer().known
    assert verify([stations.EDI], pss, known, now=stations.now(), allowed=("sha256",)) == (stations.EDI, "sha256")
    with pytest.raises(Fault, match="changed on its way"):
        verify([b"other"], pss, known, now=stations.now(), allowed=("sha256",))
    for digest in ("sha1", "sha256"):
        oaep = openssl.run(
            "-encrypt", "-binary", "-aes128", "-outform", "DER", "-recip", "@them.crt", "-keyopt",
            "rsa_padding_mode:oaep", "-keyopt", f"rsa_oaep_md:{digest}", given=stations.EDI,
        )  # fmt: skip
        assert decrypt(oaep, stations.buyer().pairs, legacy=False) == stations.EDI


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_keys_on_elliptic_curves_sign_both_ways(tmp_path: Path) -> None:
    key, certificate = stations.keypair("Curve", bits=0)
    openssl = OpenSsl(tmp_path)
    (tmp_path / "us.key").write_text(key)
    (tmp_path / "us.crt").write_text(certificate)
    (tmp_path / "them.crt").write_text(certificate)
    config = stations.buyer(our_key=key + certificate)
    ours = sign(stations.EDI, config.pairs[0], "sha256")
    assert openssl.verify(stations.EDI, ours) == stations.EDI
    theirs = openssl.sign(stations.EDI)
    known = (config.pairs[0].certificate,)
    assert verify([stations.EDI], theirs, known, now=stations.now(), allowed=("sha256",))[1] == "sha256"
