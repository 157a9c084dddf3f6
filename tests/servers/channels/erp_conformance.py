"""What ERP adapters have in common when they are tested: parcels hold states of orders, told by the order's number."""

import datetime
from typing import Any

from orderwire.channels import File, Parcel, Receipt
from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.document.status import MEDIA_TYPE, OrderStatus
from orderwire.testing.channels import ChannelConformance

AT = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=datetime.UTC)


def a_status(external_id: str = "1", **changes: Any) -> OrderStatus:
    """An ordinary status."""
    given: dict[str, Any] = {
        "number": f"PO-{external_id}",
        "external_id": external_id,
        "sequence": 7,
        "changed_at": AT,
        "version": 1,
        "state": OrderState.APPROVED,
        "delivery": DeliveryState.ACCEPTED,
        "channel": "email",
        "answer": AnswerState.WAITING,
        **changes,
    }
    return OrderStatus(**given)


def told(status: OrderStatus) -> Parcel:
    """The parcel of a status."""
    file = File("status.json", MEDIA_TYPE, status.model_dump_json(exclude_defaults=True).encode())
    return Parcel(message_id=f"status-{status.external_id}@orderwire.example", files=(file,), reference=status.number)


class ErpConformance(ChannelConformance):
    """Name orders at the sink so that the record of parcel 1 is there as `record_id("1")`; `arrived` gives the ids of
    the records that something was told to, each as often as it was written."""

    def record_id(self, reference: str) -> str:
        """The record in the ERP for the conformance parcel of this reference."""
        return reference

    def send(self, *parcels: Parcel) -> list[Receipt]:
        """As states. The words of a hostile parcel stand in its sentences."""
        with self.channel.open(self.config()) as session:
            return [session.send(self._status(p)) for p in parcels]

    def _status(self, parcel: Parcel) -> Parcel:
        hostile = not parcel.reference.isdigit()
        attention = (parcel.text.replace("\r", "\n"),) if hostile else ()
        return told(a_status(self.record_id("1" if hostile else parcel.reference), attention=attention))
