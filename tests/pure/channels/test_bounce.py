"""Reports of many mail systems are understood as what they say; nothing that people write ever is one."""

from collections import Counter
from collections.abc import Callable

import pytest

from orderwire.channels import Proof, Report
from orderwire.channels.email.hear import hear

from . import mails


def means(report: Report) -> str:
    if report.proof is not None:
        return "delivered" if report.proof is Proof.DELIVERED else "relayed"
    return "failed" if report.final else "late"


def test_reports_of_many_systems_are_understood(tell: Callable[[str], None]) -> None:
    wrong, right = [], 0
    for name, case, raw in mails.reports():
        heard = hear(raw)
        told = [(means(r), r.address, r.token, r.code) for r in heard.reports]
        code = (case.code or case.status) if name.split()[0] in mails.SHAPES else ""
        if told == [(case.means, mails.WHO, mails.TOKEN, code)] and not (heard.files or heard.note):
            right += 1
        else:
            wrong.append((name, told))
    tell(f"delivery reports: {right} of {right + len(wrong)} understood")
    assert right + len(wrong) >= 200
    assert wrong == []


def test_a_report_that_is_not_a_yes_never_proves_a_delivery() -> None:
    for name, case, raw in mails.reports():
        if case.means != "delivered":
            assert all(r.proof is not Proof.DELIVERED for r in hear(raw).reports), name


@pytest.mark.parametrize("shape", mails.SHAPES)
def test_a_yes_with_a_no_in_its_code_is_neither(shape: str) -> None:
    muddled = mails.Case("", "delivered", "5.1.1", "550 no such user")
    heard = hear(mails.SHAPES[shape](muddled))
    assert heard.reports == () and heard.note is not None


def test_words_say_what_happened_and_what_they_wrote() -> None:
    report = hear(mails.SHAPES["postfix"](mails.CASES[4])).reports[0]
    assert report.text == (
        "It came back from sales@supplier.example: their mailbox is full (5.2.2). Their words: 552 5.2.2 Over quota"
    )


def test_every_recipient_of_a_report_is_told_apart() -> None:
    raw = mails.SHAPES["postfix"](mails.CASES[0])
    group = b"Final-Recipient: rfc822; copy@supplier.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n"
    two = raw.replace(b"Final-Recipient", group + b"Final-Recipient", 1)
    assert [(r.address, means(r)) for r in hear(two).reports] == [
        ("copy@supplier.example", "delivered"),
        (mails.WHO, "failed"),
    ]


def test_nothing_that_people_write_is_a_report_under_our_mark(tell: Callable[[str], None]) -> None:
    found: Counter[str] = Counter()
    for raw in mails.replies(1000):
        heard = hear(raw)
        assert heard.refused == ""
        found["reports"] += len(heard.reports)
        found["reports under our mark"] += sum(r.token == mails.TOKEN for r in heard.reports)
        found["files"] += len(heard.files)
        found["letters"] += heard.note is not None
    tell(f"1,000 replies and forgeries: {dict(found)}")
    assert found["reports under our mark"] == found["files"] == 0
    assert found["letters"] == 800 and found["reports"] == 200


def test_a_person_who_quotes_a_bounce_to_our_marked_address_writes_a_letter() -> None:
    quoted = mails.IN_WORDS["exim"](mails.CASES[0])
    person = quoted.replace(b"Mail Delivery System <Mailer-Daemon@mx.supplier.example>", b"Eva <eva@supplier.example>")
    heard = hear(person)
    assert heard.reports == () and heard.note is not None and "could not be delivered" in heard.note.text


@pytest.mark.parametrize("report", [mails.SHAPES["postfix"](mails.CASES[0]), mails.complaint()])
@pytest.mark.parametrize("outer", ["multipart/mixed", "multipart/report; report-type=disposition-notification"])
def test_a_report_that_somebody_attaches_says_nothing_about_our_mail(report: bytes, outer: str) -> None:
    person = (
        (
            f'From: Eva <eva@supplier.example>\nTo: {mails.RETURN}\nContent-Type: {outer}; boundary="o"\n\n--o\n\n'
            "My answer to you came back.\n--o\nContent-Type: message/rfc822\n\n"
        ).encode()
        + report
        + b"\n--o--\n"
    )
    heard = hear(person)
    assert heard.reports == () and heard.note is not None and "came back" in heard.note.text


def test_what_they_have_against_our_own_address_is_told_as_that() -> None:
    refused = mails.Case("failed", "failed", "5.1.8", "550 5.1.8 sender domain does not resolve")
    assert "our sender's address" in hear(mails.SHAPES["postfix"](refused)).reports[0].text


def test_a_complaint_is_one_and_is_no_bounce() -> None:
    (report,) = hear(mails.complaint()).reports
    assert (report.complaint, report.proof, report.token, report.address) == (True, None, mails.TOKEN, mails.WHO)
    (elsewhere,) = hear(mails.complaint(to="abuse@buyer.example")).reports
    assert elsewhere.token == mails.TOKEN, "the sender's address that it repeats carries our mark"
    assert hear(mails.complaint(to="abuse@buyer.example", sent_by="orders@buyer.example")).reports[0].token == ""
    assert hear(mails.complaint(kind="not-spam")).reports == ()
