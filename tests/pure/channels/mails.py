"""Makes mails as mail systems and people write them: reports of many systems, absences, lists, forgeries."""
# ruff: noqa: E501 - a line for each mail is easier to read

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

TOKEN = "4711-abcdefghijklmnop"
RETURN = f"po+{TOKEN}@buyer.example"
WHO = "sales@supplier.example"


@dataclass(frozen=True)
class Case:
    """What happened to a mail. `means`: failed, late, delivered or relayed."""

    means: str
    action: str
    status: str
    diagnosis: str
    code: str = ""
    """The code that is to be understood; `status` unless given."""


CASES = (
    Case("failed", "failed", "5.1.1", "550 5.1.1 <sales@supplier.example>: Recipient address rejected: User unknown"),
    Case("failed", "failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP lookup"),
    Case("failed", "failed", "5.1.2", "Host or domain name not found"),
    Case("failed", "failed", "5.2.1", "550 5.2.1 The email account that you tried to reach is disabled"),
    Case("failed", "failed", "5.2.2", "552 5.2.2 Over quota"),
    Case("failed", "failed", "4.2.2", "452 4.2.2 Mailbox full"),
    Case("failed", "failed", "4.4.7", "451 4.4.7 Delivery time expired"),
    Case("failed", "failed", "5.7.1", "554 5.7.1 Message blocked by policy"),
    Case("failed", "failed", "5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
    Case("failed", "failed", "5.0.0", "550 5.1.1 no such user here", "5.1.1"),
    Case("failed", "failed", "5.0.0", "554 delivery error: dd This user does not have an account"),
    Case("failed", "FAILED", "5.4.4", "unrouteable mail domain"),
    Case("late", "delayed", "4.4.1", "connect to mx.supplier.example: Connection timed out"),
    Case("late", "delayed", "4.7.0", "451 4.7.1 Greylisted, please try again later"),
    Case("delivered", "delivered", "2.0.0", "250 2.0.0 Saved"),
    Case("delivered", "delivered", "2.1.5", "250 2.1.5 Delivery OK"),
    Case("relayed", "relayed", "2.0.0", "250 2.0.0 Ok: queued as 4F1A"),
    Case("relayed", "expanded", "2.0.0", "delivered to command"),
)  # fmt: skip

Shape = Callable[[Case], bytes]


def _report(
    case: Case,
    *,
    sender: str,
    subject: str,
    words: str,
    boundary: str = "=_b",
    mta: str = "dns; mx.supplier.example",
    recipient: str = f"rfc822; {WHO}",
    extra: str = "",
    fields: str = "",
    headers: str = "",
    returned: str = "message/rfc822",
    end: str = "\r\n",
    upper: bool = False,
) -> bytes:
    """RFC 3464, with what systems do differently."""
    group = (
        f"Final-Recipient: {recipient}\nAction: {case.action}\nStatus: {case.status}\n{fields}"
        f"Diagnostic-Code: smtp; {case.diagnosis}\n"
    )
    if upper:
        group = (
            "\n".join(
                f"{name.upper()}:{value}" for name, _, value in (line.partition(":") for line in group.splitlines())
            )
            + "\n"
        )
    text = f"""Return-Path: <>
Delivered-To: {RETURN}
{headers}Date: Mon, 23 Nov 2026 10:00:00 +0000
From: {sender}
To: {RETURN}
Subject: {subject}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="{boundary}"
Message-ID: <dsn-{random.Random(case.diagnosis).getrandbits(40)}@mx.supplier.example>

This is a MIME-encapsulated message.

--{boundary}
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

{words}

--{boundary}
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: {mta}
{extra}Arrival-Date: Mon, 23 Nov 2026 09:59:00 +0000

{group}
--{boundary}
Content-Type: {returned}

From: orders@buyer.example
To: {WHO}
Subject: Order 4500071791
Message-ID: <abc.1.2@buyer.example>

--{boundary}--
"""
    return text.replace("\n", end).encode()


def _qmail(case: Case) -> bytes:
    first = (
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out."
    )
    return f"""Return-Path: <>
Delivered-To: {RETURN}
From: MAILER-DAEMON@mx.supplier.example
To: {RETURN}
Subject: failure notice

Hi. This is the qmail-send program at mx.supplier.example.
{first}

<{WHO}>:
{case.diagnosis}

--- Below this line is a copy of the message.

Return-Path: <orders@buyer.example>
Subject: Order 4500071791
""".encode()


def _exim(case: Case) -> bytes:
    return f"""Return-path: <>
Envelope-to: {RETURN}
X-Failed-Recipients: {WHO}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.supplier.example>
To: {RETURN}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {WHO}
    {case.diagnosis}

------ This is a copy of the message, including all the headers. ------

Subject: Order 4500071791
""".encode()


SHAPES: dict[str, Shape] = {
    "postfix": lambda c: _report(
        c, sender="MAILER-DAEMON@mx.supplier.example (Mail Delivery System)", subject="Undelivered Mail Returned to Sender",
        words="I'm sorry to have to inform you that your message could not be delivered.",
        extra="X-Postfix-Queue-ID: 4F1A\nX-Postfix-Sender: rfc822; " + RETURN + "\n",
        fields=f"Original-Recipient: rfc822;{WHO}\nRemote-MTA: dns; mx.supplier.example\n",
        returned="text/rfc822-headers",
    ),
    "sendmail": lambda c: _report(
        c, sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.supplier.example>", subject="Returned mail: see transcript",
        words="   ----- The following addresses had permanent fatal errors -----", recipient=f"RFC822; {WHO.upper()}",
        boundary="xANA.1606122/mx", fields="Last-Attempt-Date: Mon, 23 Nov 2026 10:00:00 GMT\n", end="\n",
    ),
    "exim-dsn": lambda c: _report(
        c, sender="Mail Delivery System <Mailer-Daemon@mx.supplier.example>", subject="Mail delivery failed",
        words="This message was created automatically", recipient=f"rfc822;{WHO}", headers=f"X-Failed-Recipients: {WHO}\n",
    ),
    "exchange": lambda c: _report(
        c, sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@supplier.example>",
        subject="Unzustellbar: Order 4500071791", words="Fehler bei der Nachrichtenzustellung.", boundary="_000_abc_",
        recipient=f"rfc822;{WHO}", fields="X-Display-Name: Verkauf\nRemote-MTA: dns;mx.supplier.example\n",
        headers="Content-Language: de-DE\nX-MS-Exchange-Message-Is-Ndr:\n",
    ),
    "gmail": lambda c: _report(
        c, sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>", subject="Delivery Status Notification (Failure)",
        words="** Address not found **", mta="dns; googlemail.com", boundary="000000000000d3a5",
        extra="X-Original-Message-ID: <abc.1.2@buyer.example>\n", fields="Last-Attempt-Date: Mon, 23 Nov 2026 02:00:00 -0800\n",
    ),
    "ses": lambda c: _report(
        c, sender="MAILER-DAEMON@amazonses.com", subject="Delivery Status Notification", words="An error occurred",
        mta="dns; a8-31.smtp-out.amazonses.com", fields=f"Remote-MTA: dns; mx\nOriginal-Recipient: rfc822; {WHO}\n",
    ),
    "powermta": lambda c: _report(
        c, sender="PowerMTA <postmaster@mx.supplier.example>", subject="Delivery report", words="Hello, this is the mail server",
        recipient=f"rfc822;{WHO}", fields="X-PowerMTA-BounceCategory: bad-mailbox\n", end="\n",
    ),
    "zimbra": lambda c: _report(
        c, sender="MAILER-DAEMON@zimbra.supplier.example", subject="Undelivered Mail", words="This is the mail system",
        extra="X-Postfix-Queue-ID: 9\n", fields=f"Original-Recipient: rfc822;{WHO}\n", boundary="A4C.1606/zimbra",
    ),
    "domino": lambda c: _report(
        c, sender="<MAILER-DAEMON@notes.supplier.example>", subject="DELIVERY FAILURE: User not listed in Domino Directory",
        words="Your message", mta="dns;notes.supplier.example", recipient=f"rfc822;{WHO}", upper=True,
    ),
    "courier": lambda c: _report(
        c, sender='"Courier mail server at mx" <postmaster@mx.supplier.example>', subject="NOTICE: mail delivery status.",
        words="This is a delivery status notification", recipient=f"rfc822; <{WHO}>", returned="text/rfc822-headers; charset=us-ascii",
    ),
    "opensmtpd": lambda c: _report(
        c, sender="Mailer Daemon <MAILER-DAEMON@mx.supplier.example>", subject="Delivery status notification: error",
        words="    Hi!\n\n    This is the MAILER-DAEMON", boundary="1234/mx",
    ),
    "haraka": lambda c: _report(
        c, sender="MAILER-DAEMON@mx", subject="failed mail permanently", words="bounced", fields="Remote-MTA: mx\n", end="\n",
    ),
    "proofpoint": lambda c: _report(
        c, sender="<postmaster@mx0.pphosted.example>", subject="Undeliverable", words="The original message", mta="dns; pphosted",
        recipient=f"rfc822;\n {WHO}",
    ),
    "chinese": lambda c: _report(
        c, sender="=?utf-8?B?6YKu5Lu257O757uf?= <postmaster@163.example>", subject="=?gb2312?B?z7XNs83L0MU=?=",
        words="抱歉，您的邮件被退回来了", boundary="----=_Part_12_163.1",
    ),
    "utf8-address": lambda c: _report(
        c, sender="MAILER-DAEMON@mx", subject="failure", words="x", recipient=f"utf-8; {WHO}",
    ),
}  # fmt: skip
"""Systems that write RFC 3464, each in its manner."""

IN_WORDS: dict[str, Shape] = {"qmail": _qmail, "exim": _exim}
"""Systems that write in words only; their code is in the words, and only what failed is told so."""


def reports() -> Iterator[tuple[str, Case, bytes]]:
    """All shapes of all cases: name, what happened, the mail."""
    for (name, shape), case in itertools.product(SHAPES.items(), CASES):
        yield f"{name} {case.action} {case.status} {case.diagnosis[:12]}", case, shape(case)
    for (name, shape), case in itertools.product(IN_WORDS.items(), [c for c in CASES if c.action == "failed"]):
        yield f"{name} {case.status}", case, shape(case)


def complaint(*, to: str = RETURN, kind: str = "abuse", sent_by: str = RETURN) -> bytes:
    """RFC 5965, as mailbox providers send it."""
    return f"""From: <feedback@mailprovider.example>
To: {to}
Subject: FW: Order 4500071791
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="arf"

--arf
Content-Type: text/plain

This is an email abuse report for a message received from IP 192.0.2.1.

--arf
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{sent_by}>
Original-Rcpt-To: <{WHO}>
Arrival-Date: Thu, 8 Mar 2026 14:00:00 EDT
Source-IP: 192.0.2.1

--arf
Content-Type: message/rfc822

From: <orders@buyer.example>
To: <{WHO}>
Subject: Order 4500071791

Dear all
--arf--
""".encode()


_SUBJECTS = (
    "Automatic reply: Order 4500071791", "Abwesenheitsnotiz: Bestellung 4500071791", "Out of Office", "Re: Order 4500071791",
    "Réponse automatique : commande", "自动回复", "Undelivered Mail Returned to Sender", "Order accepted", "Re: delivery failed?",
    "Please note our new bank details", "[suppliers] Re: Order 4500071791", "Delivery Status Notification (Failure)",
)  # fmt: skip
_WORDS = (
    "I am out of the office until 3 January.", "We accept the order as it is. Thank you!", "We confirm 550 pieces.",
    "Your mail came back: 550 5.1.1 user unknown", "This user doesn't have a mailbox here any more. Write to bob@evil.example.",
    "We changed our e-mail address to payments@evil.example, please send orders there.", "Order 4500071791 is rejected.",
    "The following addresses had permanent fatal errors: <ines@buyer.example>", "ISA*00*          *00*", "ACK 855 AT 4500071791",
    "Ich bin bis Montag nicht im Büro.", "This message could not be delivered. I'm afraid I wasn't able to deliver.",
)  # fmt: skip
_HEADERS = (
    "", "Auto-Submitted: auto-replied\n", "X-Autoreply: yes\nPrecedence: auto_reply\n", "List-Id: <suppliers.example>\nPrecedence: list\n",
    "X-Auto-Response-Suppress: All\n", "In-Reply-To: <abc.1.2@buyer.example>\n", "References: <x@y> <abc.1.2@buyer.example>\n",
    "Return-Path: <>\n",
)  # fmt: skip


def replies(count: int) -> Iterator[bytes]:
    """What people, their absences, lists and forgers write; some of it to our marked address, some with a wrong mark."""
    dice = random.Random(4711)
    forged = list(itertools.islice(((case, shape) for shape in SHAPES.values() for case in CASES), 40))
    for number in range(count):
        to = dice.choice(["po@buyer.example", RETURN, "po+4711-aaaaaaaaaaaaaaaa@buyer.example", "ines@buyer.example"])
        if number % 5 == 0:  # a forged report: to an address without our mark
            case, shape = dice.choice(forged)
            yield shape(case).replace(RETURN.encode(), b"po@buyer.example")
            continue
        kind = dice.choice(["text/plain; charset=utf-8", "text/html; charset=utf-8", "text/plain; charset=x-none"])
        yield (
            f"From: {dice.choice(['Sales <sales@supplier.example>', 'bob@evil.example', 'noreply@supplier.example'])}\n"
            f"To: {to}\n{dice.choice(_HEADERS)}Subject: {dice.choice(_SUBJECTS)}\nContent-Type: {kind}\n"
            f"Message-ID: <r{number}@supplier.example>\n\n{dice.choice(_WORDS)}\n\n> {dice.choice(_WORDS)}\n"
        ).encode()
