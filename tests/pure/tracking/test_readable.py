"""Bytes for the screen: readable where we can, masked where they carry a secret, never a failure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.tracking.readable import SHOWN, readable

TOKEN = "A" * 43
X12 = (
    b"ISA*00*          *00*          *ZZ*NORDHAVEN      *ZZ*ACME           *261118*1402*U*00401*000000812*0*P*>~"
    b"BEG*00*SA*4500071884**20261118~\nPO1*10*600*EA*9.84**BP*104-2208~"
)
MAIL = (
    b"From: orders@nordhaven.example\r\nTo: desk@acme.example\r\nSubject: Order 1\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nAnswer at https://x.example/a/" + b"A" * 30
    + b"=\r\n" + b"A" * 13
    + b"\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=o.pdf"
    + b"\r\n\r\n%PDF\r\n--b--\r\n"
)  # fmt: skip


def test_each_piece_stands_beside_its_words_with_its_findings() -> None:
    broken = {"where": "lines[1].unit", "text": "is not a unit", "severity": "error", "code": "bad"}
    content = b'{"number":"PO-1","lines":[{"unit":"XXX","price":"2"}]}'
    found = readable(content, name="o", media_type="application/json", findings=[[broken]])
    assert [(p.text, p.words, p.findings) for p in found.pieces] == [
        ("PO-1", "number", ()),
        ("XXX", "lines 1, unit", (broken,)),
        ("2", "lines 1, price", ()),
    ]
    assert found.pieces[0].first_of == 1 and not found.several
    assert found.pieces[1].codes == (("lines[1].unit", "XXX", "XXX"),)


def test_x12_is_explained_segment_by_segment() -> None:
    found = readable(X12, name="o.x12", media_type="application/edi-x12")
    assert any(p.text.startswith("BEG*00") and p.codes for p in found.pieces)
    assert "BEG*00*SA*4500071884**20261118~" in found.raw


def test_a_mail_shows_headers_and_parts_and_nowhere_its_answer_link() -> None:
    found = readable(MAIL, name="mail", media_type="message/rfc822", secret=True)
    assert found.mail is not None
    assert ("Subject", "Order 1") in found.mail.headers and [p.name for p in found.mail.parts] == ["", "o.pdf"]
    assert "/a/•••••" in found.mail.text and found.note
    assert TOKEN not in repr(found) and "A" * 30 not in repr(found)


def test_a_link_in_any_text_is_masked() -> None:
    found = readable(f'{{"url":"https://x/a/{TOKEN}"}}'.encode(), name="o", media_type="application/json")
    assert TOKEN not in found.raw + repr(found.pieces)


@pytest.mark.parametrize(
    "written", ["hush", "<![CDATA[hush]]>", "<!-- x -->hush", "<![CDATA[<]]>hu<![CDATA[sh", "h<!--"]
)
def test_the_password_of_a_cxml_header_is_masked(written: str) -> None:
    secret = "<cXML payloadID='1@b'><Header><Sender><Credential domain='DUNS'><Identity>1</Identity><SharedSecret>"
    found = readable(
        f"{secret}{written}</SharedSecret></Credential></Sender></Header></cXML>".encode(),
        name="o.xml",
        media_type="text/xml",
    )
    assert "hu" not in repr(found) and "SharedSecret>•••••" in found.raw


def test_a_link_at_the_end_of_what_is_shown_is_masked_whole() -> None:
    for ahead in range(1, 46):
        found = readable(b" " * (SHOWN - ahead) + f"/a/{TOKEN}".encode(), name="o", media_type="text/plain")
        assert "AAA" not in found.raw and found.cut == (ahead < 46)


def test_a_finding_stands_once_at_the_first_piece_that_it_names() -> None:
    at = {"where": "lines[1]", "text": "is odd", "severity": "warning", "code": "odd"}
    content = b'{"number":"PO-1","lines":[{"unit":"XXX","price":"2"}]}'
    found = readable(
        content, name="o", media_type="application/json", findings=[[{**at, "where": "lines[1].unit[0]"}, at]]
    )
    assert [len(p.findings) for p in found.pieces] == [0, 1, 0]


def test_pdf_is_not_put_on_the_page() -> None:
    assert readable(b"%PDF-1.7 ...", name="o.pdf", media_type="application/pdf").binary


@given(st.binary(max_size=400), st.sampled_from(["text/plain", "message/rfc822", "application/edi-x12"]))
def test_no_bytes_make_it_fail(content: bytes, media_type: str) -> None:
    for given_bytes in (content, b"ISA" + content, b"{" + content):
        readable(given_bytes, name="x", media_type=media_type)
