"""The printed order for the buyer's own use: any version as PDF, without the supplier's answer link."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from orderwire import plugins
from orderwire.document.order import Order as Document
from orderwire.records import Revision
from orderwire.web.access import buyer


@dataclass(frozen=True)
class NoNumbers:
    """formats.Context for a copy that is not sent: it needs no control numbers and prints no links."""

    links: Mapping[str, str] = field(default_factory=dict)
    now: datetime.datetime = field(default_factory=timezone.now)

    def control_number(self, name: str) -> int:
        raise LookupError(f"a printed copy takes no control number {name}")


@require_GET
@buyer
def pdf(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """One version, printed."""
    revision = Revision.objects.filter(order=pk, number=version).first()
    if revision is None:
        raise Http404("There is no such version.")
    document = Document.model_validate_json(bytes(revision.content))
    written = plugins.format("pdf").write(document, {}, NoNumbers())
    disposition = content_disposition_header(False, written.filename) or "inline"
    return HttpResponse(written.content, content_type=written.media_type, headers={"Content-Disposition": disposition})
