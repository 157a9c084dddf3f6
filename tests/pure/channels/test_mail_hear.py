"""What a mail holds: files for machines, words for people, and nothing dangerous, whatever a stranger sends."""

import io
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.channels.email import Email
from orderwire.channels.email.hear import hear
from orderwire.channels.email.token import token as mark_of
from orderwire.channels.email.words import LONGEST_TEXT

from . import mails

X12 = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *261123*1000*U*00401*000000001*0*P*>~"


def workbook(unfolds: int = 10) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(unfolds))
    return packed.getvalue()


def mail(*files: tuple[str, bytes, str], text: str = "Please find our answer attached.", **headers: str) -> bytes:
    made = EmailMessage()
    given_headers = {"From": "Sales <sales@supplier.example>", "To": mails.RETURN, "Subject": "Re: Order 1"} | headers
    for name, value in given_headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, content, kind in files:
        made.add_attachment(content, *kind.split("/"), filename=name)
    return made.as_bytes()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("answer.edi", X12, "application/edi"),
        ("no-ending", b"UNA:+.? 'UNB+UNOA:2+A+B+261123:1000+1'", "application/edi"),
        ("answer.XML", b"\xef\xbb\xbf<?xml version='1.0'?><OrderResponse/>", "application/xml"),
        ("answer.json", b'{"type": "response"}', "application/json"),
        ("answer.csv", b"order,line\n1,10\n", "text/csv"),
        ("answer.xlsx", workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("answer.pdf", b"%PDF-1.7 ... /EmbeddedFile ...", "application/pdf"),
    ],
)
def test_what_a_machine_may_have_written_is_taken_by_its_content(name: str, content: bytes, kind: str) -> None:
    heard = hear(mail((name, content, "application/octet-stream")))
    assert [(f.filename, f.content, f.media_type) for f in heard.files] == [(name, content, kind)]
    assert heard.token == mails.TOKEN
    assert heard.note is not None and f"Attached: {name}" in heard.note.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("answer.exe", b"MZ\x90\x00"),
        ("answer.csv", b"MZ\x90\x00"),
        ("answer.pdf", b"%PDF-1.7 a scan"),
        ("answer.json", b"not json"),
        ("order.html", b"<html><script>alert(1)</script>"),
        ("image.svg", b"<svg onload='x'/>"),
        ("answer.xlsx", b"PK\x03\x04 broken"),
        ("macro.docx", workbook().replace(b"workbook", b"document")),
        ("bomb.xlsx", workbook(70_000_000)),
        ("empty.csv", b""),
        ("large.csv", b"a" * 10_485_761),
    ],
)
def test_everything_else_is_named_to_a_person_and_not_opened(name: str, content: bytes) -> None:
    heard = hear(mail((name, content, "application/octet-stream")))
    assert heard.files == ()
    assert heard.note is not None and f"Attached: {name}" in heard.note.text


def test_there_is_an_end_to_files_and_to_words() -> None:
    heard = hear(mail(*[(f"{n}.csv", b"a,b", "text/csv") for n in range(50)], text="word " * 50_000))
    assert len(heard.files) == 20
    assert heard.note is not None and len(heard.note.text) <= LONGEST_TEXT


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "C:\\\\x\\y.csv", "a\x00b\u202e.csv", "x" * 4000 + ".csv"])
def test_names_are_data_and_no_paths(name: str) -> None:
    raw = mail(("NAME", b"a,b", "text/csv")).replace(b'"NAME"', b'"' + name.encode() + b'"')
    for file in hear(raw).files:
        assert "/" not in file.filename and "\\" not in file.filename and file.filename.isprintable()
        assert len(file.filename) <= 200


def test_what_is_in_an_attached_mail_is_not_a_file_of_this_one() -> None:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "eva@supplier.example", mails.RETURN, "Fwd"
    made.set_content("see below")
    inner = EmailMessage()
    inner["Subject"] = "Your own order"
    inner.set_content("Dear all")
    inner.add_attachment(X12, "application", "edi", filename="850.edi")
    made.add_attachment(inner)
    assert hear(made.as_bytes()).files == ()


def test_words_are_read_whatever_their_encoding() -> None:
    html = (
        "<html><head><style>p{}</style></head><body><p>Liebe Frau&nbsp;Albrecht,</p><p>ja &amp; gern<br>Eva</p></body>"
    )
    raw = mail(text="TEXT", In_Reply_To="<abc.1.2@buyer.example>").replace(b"text/plain", b"text/html")
    note = hear(raw.replace(b"TEXT", html.encode())).note
    assert note is not None
    assert note.text == "Liebe Frau Albrecht,\nja & gern\nEva"
    assert (note.sender, note.message_id, note.token) == (
        "sales@supplier.example",
        "abc.1.2@buyer.example",
        mails.TOKEN,
    )
    latin = b"From: =?iso-8859-1?Q?J=FCrgen?= <j@x.example>\nSubject: =?x-none?B?4pyT?= =?utf-8?B?!!!?=\n" \
        b"Content-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe\x00\n"  # fmt: skip
    words = hear(latin).note
    assert words is not None and words.text == "Grüße" and words.sender == "j@x.example"


def test_our_servers_own_header_comes_before_what_the_sender_wrote() -> None:
    other = "815-bbbbbbbbbbbbbbbb"
    raw = mail(To=f"po+{other}@buyer.example", Delivered_To=mails.RETURN)
    assert hear(raw).token == mails.TOKEN
    assert hear(mail(To="po@buyer.example", Subject=f"+{other}@")).token == ""
    assert mark_of.__doc__


@pytest.mark.parametrize(
    "raw",
    [
        b"\n" * 600_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 1000,
        b"Content-Type: message/rfc822\n\n" * 1000,
        b"Content-Type: message/rfc822\r\r" * 1000,
        b"\r" * 600_000,
        b"Content-Type: text/plain" + b"; a*0=b" * 100_000 + b"\n\nx",
        b"Content-Disposition: attachment" + b";\n filename*0=a" * 100_000 + b"\n\nx",
    ],
)
def test_mails_made_to_exhaust_us_are_kept_and_not_opened(raw: bytes) -> None:
    assert "not opened" in hear(raw).refused


@pytest.mark.parametrize("depth", [50, 99])
def test_deep_mails_below_the_limit_are_read_or_refused(depth: int) -> None:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    heard = hear(b"To: " + mails.RETURN.encode() + b"\n" + parts + b"\nhello\n")
    assert heard.refused or heard.note is not None


@given(st.binary(max_size=2000))
def test_no_bytes_raise(content: bytes) -> None:
    hear(content)


@given(st.data())
def test_no_change_of_a_real_mail_raises(data: st.DataObject) -> None:
    real = [raw for _, _, raw in mails.reports()][::7] + list(mails.replies(20)) + [mails.complaint()]
    raw = bytearray(data.draw(st.sampled_from(real)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=8))
    heard = Email().hear(bytes(raw), Email.config_model.model_construct())
    assert heard.identity or heard.refused
