"""Every error of the API as application/problem+json (RFC 9457): what went wrong, why, what to do, and where."""

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, ConfigDict, Field

from orderwire.document.finding import Finding, place
from orderwire.flow import Refused
from orderwire.yaml_file import Unreadable

MEDIA_TYPE = "application/problem+json"
STATUS = {"not_found": 404, "not_allowed": 403, "conflict": 409, "invalid": 422}
"""The HTTP status of each kind of flow.Refused."""

logger = logging.getLogger(__name__)


class FindingOut(BaseModel):
    """One thing that is wrong: its place and what to do."""

    severity: str
    code: str
    where: str
    text: str


class FieldDifference(BaseModel):
    """A field that differs from what is known here: `old` is here, `new` is what was sent."""

    path: str
    kind: str
    old: Any = None
    new: Any = None


class Problem(BaseModel):
    """RFC 9457, with `code` as the stable word for programs, `reason` and `remedy` for people."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="urn:orderwire:problem: and the code")
    title: str
    status: int
    detail: str = Field(description="reason and remedy in one text")
    code: str
    reason: str
    remedy: str = ""
    findings: list[FindingOut] = Field(default_factory=list)
    differences: list[FieldDifference] = Field(default_factory=list)


class Stopped(Exception):
    """The API itself cannot go on with a call: no key, no scope, too many calls, a body that cannot be read."""

    def __init__(
        self,
        status: int,
        code: str,
        reason: str,
        remedy: str = "",
        *,
        findings: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(reason)
        self.response = problem(status, code, reason, remedy, findings=findings, headers=headers, final=False)


def problem(
    status: int,
    code: str,
    reason: str,
    remedy: str = "",
    *,
    findings: Iterable[Mapping[str, Any]] = (),
    differences: Iterable[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    final: bool = True,
) -> HttpResponse:
    """The answer of an error. `final`: a verb was asked and said no, so a repeated call gets the same answer."""
    content = Problem(
        type=f"urn:orderwire:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=f"{reason} {remedy}".strip(),
        code=code,
        reason=reason,
        remedy=remedy,
        findings=[FindingOut(**f) for f in findings],
        differences=[FieldDifference(**d) for d in differences],
    )
    response = HttpResponse(
        content.model_dump_json(exclude_defaults=True), status=status, content_type=MEDIA_TYPE, headers=headers
    )
    response.final = final  # type: ignore[attr-defined]
    response._has_been_logged = True  # type: ignore[attr-defined]  # the caller is told; our own faults log themselves
    return response


def refused(failure: Refused) -> HttpResponse:
    """A verb of the flow said no."""
    code = failure.kind.replace("_", "-")
    return problem(STATUS[failure.kind], code, failure.reason, failure.remedy)


def unforeseen(failure: Exception) -> HttpResponse:
    """A fault of ours: it is in the log, never in the answer."""
    logger.error("A call failed", exc_info=failure)
    remedy = "Try again; when it stays, look into the server's log."
    return problem(500, "internal", "The call failed because of a fault of ours.", remedy, final=False)


def incomplete(failure: RequestDataTooBig | UnreadablePostError) -> HttpResponse:
    """The body is not here as a whole."""
    if isinstance(failure, RequestDataTooBig):
        return problem(413, "too-large", "The body is larger than this server takes.", "Split it.", final=False)
    return problem(400, "unreadable", "The body did not arrive completely.", "Send it again.", final=False)


def install(api: NinjaAPI) -> None:
    """Register a handler for everything that a call can raise."""

    @api.exception_handler(Refused)
    def _refused(request: HttpRequest, failure: Refused) -> HttpResponse:
        return refused(failure)

    @api.exception_handler(Stopped)
    def _stopped(request: HttpRequest, failure: Stopped) -> HttpResponse:
        return failure.response

    @api.exception_handler(AuthenticationError)
    def _no_key(request: HttpRequest, failure: AuthenticationError) -> HttpResponse:
        reason, remedy = "There is no API key with this call.", "Send Authorization: Bearer ow_…"
        return problem(401, "no-key", reason, remedy, headers={"WWW-Authenticate": "Bearer"}, final=False)

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, failure: ValidationError) -> HttpResponse:
        findings = [_finding(item) for item in failure.errors[:50]]
        remedy = "Correct what the findings name."
        return problem(422, "invalid", "The call cannot be understood.", remedy, findings=findings, final=False)

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, failure: HttpError) -> HttpResponse:
        if isinstance(failure.__cause__, RecursionError):
            reason = "The body is nested too deeply."
        else:
            reason = f"The body is not JSON: {failure.__cause__}." if failure.__cause__ else str(failure)
        return problem(failure.status_code, "unreadable", reason, "Correct it.", final=False)

    @api.exception_handler(RequestDataTooBig)
    @api.exception_handler(UnreadablePostError)
    def _incomplete(request: HttpRequest, failure: RequestDataTooBig | UnreadablePostError) -> HttpResponse:
        return incomplete(failure)

    @api.exception_handler(Http404)
    def _not_found(request: HttpRequest, failure: Http404) -> HttpResponse:
        return problem(404, "not-found", "There is nothing here.", final=False)

    @api.exception_handler(Unreadable)
    def _configuration(request: HttpRequest, failure: Unreadable) -> HttpResponse:
        reason, remedy = "A file of the configuration cannot be used.", "Run orderwire check and correct it."
        return problem(503, "configuration", reason, remedy, findings=told(failure.findings), final=False)

    @api.exception_handler(Exception)
    def _unforeseen(request: HttpRequest, failure: Exception) -> HttpResponse:
        return unforeseen(failure)


def _finding(item: Mapping[str, Any]) -> dict[str, str]:
    """One of ninja's errors; the first step of a place says which part of the call it is in."""
    source, *path = item["loc"]
    if path and source == "body":
        path = path[1:]
    where = place(path) if path else "body"
    text = str(item["msg"]).removeprefix("Value error, ")
    text = "is missing; add it" if item["type"] == "missing" else text
    code = str(item["type"]).replace("_", "-")
    return {"severity": "error", "code": code, "where": f"{source} {where}".replace("body body", "body"), "text": text}


def told(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings in the shape of a problem, at most 50."""
    shown = islice(findings, 50)
    return [{"severity": str(f.severity), "code": f.code, "where": f.where, "text": f.text} for f in shown]
