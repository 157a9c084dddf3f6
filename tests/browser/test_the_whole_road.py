"""The whole road on real parts: an approved order leaves as a mail, the supplier opens it from the mail server, answers
with another date on a telephone, and the buyer's open page shows it without a reload."""

import datetime
import email
import email.policy
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from orderwire.testing.journal import Journal
from tests.browser.conftest import _until_it_answers
from tests.servers.house import House, house, wait_for
from tests.servers.sinks import MailSink

WITHIN_MS = 15_000


@contextmanager
def web(home: House) -> Iterator[str]:
    """The pages of the house, as `orderwire serve` runs them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = home.environment["ORDERWIRE_URL"] = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "orderwire", "serve", "--workers", "1", "--port", str(port)]
    process = subprocess.Popen(
        command, env=home.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        _until_it_answers(process, port)
        yield address
    finally:
        process.terminate()
        _, said = process.communicate(timeout=60)
    assert said == "", f"the servers complained: {said}"


def buyer(home: House) -> str:
    """A new person; the password that was made."""
    made = subprocess.run(
        [sys.executable, "-m", "orderwire", "user", "create", "ines", "--group", "buyers"],
        env=home.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return re.search(r"Password: (\S+)", made.stdout)[1]  # type: ignore[index]


def the_mail(journal: Path) -> EmailMessage:
    """The one mail that arrived."""
    wait_for(lambda: journal.exists() and Journal(journal).read(), "the mail")
    [caught] = Journal(journal).read()
    message = email.message_from_bytes(caught.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mailed_answer_with_another_date_appears_on_the_buyers_open_page(browser: Any, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with house() as home, MailSink(journal) as sink:
        home.by_mail("70418", sink, format="pdf")
        password = buyer(home)
        with web(home) as address:
            desk = browser.new_page(viewport={"width": 1440, "height": 900})
            desk.goto(f"{address}/accounts/login/")
            desk.fill("[name=login]", "ines")
            desk.fill("[name=password]", password)
            desk.press("[name=password]", "Enter")
            [number] = home.order("70418", [1])
            desk.goto(f"{address}/orders/")
            desk.locator("table a", has_text=number[-4:]).first.click()
            desk.locator(".says", has_text="Waiting for their answer").wait_for(timeout=60_000)
            desk.locator(".live", has_text="Live").wait_for()
            desk.evaluate("window.notReloaded = true")

            mail = the_mail(journal)
            [pdf] = [part for part in mail.iter_attachments() if part.get_content_type() == "application/pdf"]
            assert pdf.get_content().startswith(b"%PDF-")
            link = re.search(rf"{address}/a/\S+", mail.get_body(("plain",)).get_content())[0]

            telephone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
            telephone.goto(link)
            telephone.check("[name=way][value=changes]", force=True)
            line = telephone.locator("[id^=line-]").first
            line.locator("summary").click()
            asked = line.locator("input[type=date]").first
            later = datetime.date.fromisoformat(asked.input_value()) + datetime.timedelta(days=7)
            asked.fill(later.isoformat())
            telephone.click("button[value=send]:visible")
            telephone.wait_for_selector("a[href$='correct=1']")

            desk.locator("main", has_text="7 days later").wait_for(timeout=WITHIN_MS)
            assert desk.evaluate("window.notReloaded") is True
            assert home.rows("select answer_state, delivery_state from ow_order") == [("different", "answered")]
