"""A status on its way: made anew for each try, so that it says what is true when it arrives, and remembered once the
system took it over."""

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from orderwire.channels import File
from orderwire.document.base import plain
from orderwire.document.status import MEDIA_TYPE, OrderStatus
from orderwire.flow.feed import counterpart
from orderwire.flow.feed.status import meaning, status_of
from orderwire.records import Counterpart, Delivery, EndpointVersion
from orderwire.records.blob import keep

COLUMNS = (
    "order_number", "release_number", "external_id", "sequence", "changed_at", "version", "state", "delivery",
    "channel", "held_version", "proven", "answer", "supplier_order_number", "cancellation", "attention", "url",
    "line", "ordered", "unit", "confirmed", "promised", "price", "rejected", "shipped", "received", "reason",
)  # fmt: skip
"""Of a status as a table: one row for each confirmed part of each line."""


@dataclass(frozen=True)
class Made:
    """The file of a status, and what it says as a hash."""

    file: File
    meaning: str

    @property
    def digest(self) -> str:
        """Of the bytes: the same status sent again has the same name in a folder, a newer one another."""
        return hashlib.sha256(self.file.content).hexdigest()[:20]


def made(version: EndpointVersion, order_id: int) -> Made | None:
    """The status as this endpoint takes it; None where the order came from somewhere else. The bytes are kept."""
    found = Counterpart.objects.select_related("order").filter(endpoint=version.endpoint_id, order=order_id).first()
    if found is None:
        return None
    status = status_of(found)
    name = f"{status.number}-status-{status.sequence}"
    if counterpart.told(version) == "csv":
        file = File(f"{name}.csv", "text/csv", _table(status))
    else:
        file = File(f"{name}.json", MEDIA_TYPE, status.model_dump_json(indent=2, exclude_none=True).encode() + b"\n")
    keep(file.content, file.media_type)
    return Made(file, meaning(status))


def written(meanings: Mapping[int, str]) -> None:
    """States that were taken over, by their delivery. Whether each is still true is looked at once more: something may
    have changed while it travelled."""
    for row in Delivery.objects.filter(pk__in=meanings):
        Counterpart.objects.filter(endpoint=row.endpoint_id, order=row.order_id).update(
            told_sha256=meanings[row.pk], told_at=timezone.now(), stale=True
        )


def _table(status: OrderStatus) -> bytes:
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    head = [
        status.number, status.release_number, status.external_id, status.sequence, status.changed_at.isoformat(),
        status.version, status.state.value, status.delivery and status.delivery.value, status.channel, status.held,
        status.proven, status.answer.value, status.supplier_order_number,
        status.cancellation and status.cancellation.value, " ".join(status.attention), status.url,
    ]  # fmt: skip
    for line in status.lines:
        for part in line.confirmed or (None,):
            said = (
                ["", "", ""]
                if part is None
                else [plain(part.quantity), part.promised, "" if part.price is None else plain(part.price)]
            )
            moved = [plain(line.rejected), plain(line.shipped), plain(line.received), line.reason]
            rows.writerow([_cell(v) for v in (*head, line.number, plain(line.ordered), line.unit, *said, *moved)])
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """A value that no spreadsheet takes for a formula (OWASP ASVS 5.0 1.2.10)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\0") else text
