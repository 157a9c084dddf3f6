"""What the catching mail server took, as the suppliers see it: only in the demo, and only for who is signed in."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from orderwire.demo.house import here
from orderwire.testing.journal import Caught, Journal
from orderwire.web.access import buyer

AS_MAIL = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; form-action 'none'"
"""A mail brings its own styles, and nothing else."""


@buyer
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """All mails, the newest first."""
    rows = [
        {
            "number": number,
            "at": parse_datetime(caught.time),
            "to": ", ".join(caught.rcpt_to),
            "subject": str(_parsed(caught)["Subject"]),
            "files": [(part, file.get_filename()) for part, file in enumerate(_parsed(caught).iter_attachments())],
        }
        for number, caught in enumerate(_all(), 1)
    ]
    return render(request, "demo/mails.html", {"rows": rows[::-1]})


@buyer
@require_safe
def mail(request: HttpRequest, number: int) -> HttpResponse:
    """One mail as its reader sees it; its answer link works as it would for the supplier."""
    body = _parsed(_one(number)).get_body(("html", "plain"))
    if body is None:
        raise Http404
    response = HttpResponse(body.get_content(), content_type=f"{body.get_content_type()}; charset=utf-8")
    response["Content-Security-Policy"] = AS_MAIL
    return response


@buyer
@require_safe
def attachment(request: HttpRequest, number: int, part: int) -> HttpResponse:
    """One attached file."""
    files = list(_parsed(_one(number)).iter_attachments())
    if part >= len(files):
        raise Http404
    content = files[part].get_payload(decode=True)
    response = HttpResponse(content, content_type=files[part].get_content_type())
    name = files[part].get_filename() or f"part-{part}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _all() -> list[Caught]:
    return Journal(here().journal).read()


def _one(number: int) -> Caught:
    caught = _all()
    if not 0 < number <= len(caught):
        raise Http404
    return caught[number - 1]


def _parsed(caught: Caught) -> EmailMessage:
    parsed = BytesParser(policy=policy.default).parsebytes(caught.raw)
    assert isinstance(parsed, EmailMessage)  # policy.default makes nothing else
    return parsed
