"""The order as a file, in every installed format that a person or a program may want and that says all of it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from orderwire.document.states import DocumentType
from orderwire.formats import CannotCarry, Format
from orderwire.plugins import formats
from orderwire.web.answer.compare import Compared
from orderwire.web.answer.seat import Seat

_ENVELOPED = {"x12"}
"""Formats addressed to one partner's system: their control numbers must not be used up by a look."""


@dataclass(frozen=True)
class Looked:
    """formats.Context of a file that is only looked at: it belongs to no interchange."""

    links: Mapping[str, str] = field(default_factory=dict)
    now: datetime.datetime = field(default_factory=timezone.now)

    def control_number(self, name: str) -> int:
        """No format offered here asks for one."""
        raise LookupError(f"a file to look at has no control number {name}")


def offered(*, prices: bool) -> list[Format]:
    """Formats that an order can be had in, the printed one first; without prices only those that can leave them out."""
    found = [f for f in formats() if DocumentType.ORDER in f.writes and f.kind not in _ENVELOPED]
    found = [f for f in found if prices or "prices" in f.profile_model.model_fields]
    return sorted(found, key=lambda f: (f.kind != "pdf", f.label))


def file(seat: Seat, kind: str) -> HttpResponse:
    """The file, or 404 for a format that is not offered or cannot carry this order."""
    fmt = next((f for f in offered(prices=seat.prices) if f.kind == kind), None)
    if fmt is None:
        raise Http404
    texts = {"language": seat.language or seat.partner.language, "company": seat.buyer}
    texts["time_zone"] = seat.partner.time_zone
    compare = Compared(seat)
    if compare.agrees:
        texts |= {"agrees": "yes"} | ({"proposed_on": day} if (day := compare.proposed_on) else {})
    elif seat.answer_by:
        texts["answer_by"] = seat.answer_by.isoformat()
    try:
        written = fmt.write(seat.document, {} if seat.prices else {"prices": False}, Looked(texts))
    except CannotCarry as failure:
        raise Http404 from failure
    response = HttpResponse(written.content, content_type=written.media_type)
    response["Content-Disposition"] = content_disposition_header(True, written.filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
