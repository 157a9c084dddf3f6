"""Whatever stands in a subject, a name, a file name or a body: one message arrives, its headers as built."""

import email
import email.policy
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from orderwire.channels import File, Parcel, Refused
from orderwire.channels.email import Email, EmailConfig
from orderwire.testing.smtp import MailServer

NASTY = st.sampled_from(
    [
        "\r\n",
        "\n",
        "\r",
        "\r\n.\r\n",
        "\n.\n",
        "\r.\r",
        "\x00",
        "\x85",
        "\u2028",
        "\x0b",
        "\x1c",
        "=?utf-8?q?x?=",
        '"',
        "\\",
        "<",
        ">",
        ",",
        ";",
        ":",
        "Bcc: a@b.example",
        "--=_orderwire_mixed",
        ".",
        "..",
        "ü",
        "漢字",
        "ﷺ",
        "🔩",
        "�",
        " ",
        "\t",
    ]
)
texts = st.lists(NASTY | st.text(max_size=12) | st.just("word"), max_size=12).map("".join)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    with MailServer(folder / "journal.jsonl") as started:
        yield started


@given(subject=texts, name=texts, filename=texts, text=texts, html=texts)
@example("a" * 300, "b" * 150, "c" * 300, "d" * 3000, "e\n" * 3000)
@example("=?utf-8?q?x?=", '=?utf-8?q?"x?=', "=?x?=", ".", ".\r\n")
@example(" lead", "two  blanks ", " x ", "\r\n.\r\n", "--=_orderwire_alternative--")
def test_one_message_with_the_headers_as_built(
    server: MailServer, subject: str, name: str, filename: str, text: str, html: str
) -> None:
    content = f"{text}\r\n.\r\n{html}".encode("utf-8", "surrogatepass")
    parcel = Parcel("a@b.example", (File(filename, "text/plain", content),), subject, text, html)
    before = len(server.messages())
    try:
        config = EmailConfig(
            host="127.0.0.1",
            port=server.port,
            security="none",
            from_address="orders@buyer.example",
            from_name=name,
            recipients=("sales@supplier.example",),
        )
        with Email().open(config) as session:
            session.send(parcel)
    except (Refused, ValidationError):
        assert len(server.messages()) == before
        return
    (caught,) = server.messages()[before:]
    assert all(len(line) <= 998 for line in caught.raw.split(b"\r\n"))
    message = email.message_from_bytes(caught.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert set(message.keys()) == HEADERS and len(message.keys()) == len(HEADERS)
    assert message["Subject"] == subject
    assert _sender(caught.raw) == (name, "orders@buyer.example")
    assert message["To"] == "sales@supplier.example"
    parts = [part for part in message.walk() if not part.is_multipart()]
    plain, attachment = parts[0], parts[-1]
    assert len(parts) == (3 if html else 2)
    assert _lines(plain.get_content()) == _lines(text)
    if html:
        assert _lines(parts[1].get_content()) == _lines(html)
    assert attachment["Content-Disposition"].params["filename"] == filename
    assert attachment.get_payload(decode=True) == content


def _sender(raw: bytes) -> tuple[str, str]:
    """Name and address of From. `email.policy.default` keeps the blanks between the encoded words of a name, against
    RFC 2047 section 6.2; the older functions read them rightly."""
    name, addr = parseaddr(str(email.message_from_bytes(raw)["From"]))
    return (str(make_header(decode_header(name))) if "=?" in name else name), addr


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
