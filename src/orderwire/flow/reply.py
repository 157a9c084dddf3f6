"""An answer of a machine to a machine (a functional acknowledgment, an asynchronous MDN): sent as soon as may be."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from orderwire import engine
from orderwire.channels import File
from orderwire.flow.route import shard_key
from orderwire.records import Delivery, Endpoint
from orderwire.records.blob import keep


def reply(
    endpoint: Endpoint,
    identity: str,
    given: Iterable[File],
    *,
    controls: Mapping[str, Any] | None = None,
    to: Iterable[str] = (),
    like: Delivery | None = None,
) -> None:
    """Send the given files to the endpoint as a parcel with this message id, or the very bytes of `like`, an earlier
    reply. `controls` are the control numbers in them, `to` takes the place of the endpoint's address."""
    Delivery.objects.create(
        kind=Delivery.Kind.FUNCTIONAL_ACK,
        endpoint=endpoint,
        endpoint_version=endpoint.version,
        shard_key=shard_key(identity),
        due_at=timezone.now(),
        message_id=identity,
        parcel=(like and like.parcel) or {"files": [_kept(file) for file in given], "controls": dict(controls or {})},
        says={"to": list(to)},
    )
    engine.defer_sweep()


def _kept(file: File) -> dict[str, str]:
    return {
        "filename": file.filename,
        "media_type": file.media_type,
        "sha256": keep(file.content, file.media_type),
    }
