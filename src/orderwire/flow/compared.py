"""What a partner's report says about the bytes that he has, compared with those that were sent to him."""

from orderwire.channels import Compares, File, Parcel, Report
from orderwire.flow.distribute.claimed import Place
from orderwire.records import Blob, Delivery, EndpointVersion


def compared(said: Report, delivery: Delivery) -> Report:
    """The report with what it proves. Raises BadSettings where the endpoint's former settings cannot be used.

    Computed again from the kept files, and not read from the try that sent them: a report may come before its result
    is written down.
    """
    if not said.claims:
        return said
    version = EndpointVersion.objects.get(endpoint=delivery.endpoint_id, number=delivery.endpoint_version)
    place = Place.of(version)
    if not isinstance(place.channel, Compares):
        return said
    return place.channel.compare(said, sent(delivery), place.config)


def sent(delivery: Delivery) -> Parcel:
    """The files of a delivery as they went out."""
    kept = (delivery.parcel or {}).get("files", [])
    blobs = Blob.objects.in_bulk([file["sha256"] for file in kept])
    files = (File(f["filename"], f["media_type"], blobs[f["sha256"]].open_bytes()) for f in kept)
    return Parcel(message_id=delivery.message_id, files=tuple(files))
