"""How each of several recipients fared, and the second way to those who may be reached later: a delivery of its own,
to them alone, under the same message id, so that nobody who has the order gets it twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from orderwire import plugins
from orderwire.channels import Reached, Receipt
from orderwire.document.states import DeliveryState
from orderwire.flow.distribute.claimed import Claimed
from orderwire.flow.left import REST_OF
from orderwire.records import Delivery, DeliveryRecipient, EndpointVersion

_S = DeliveryRecipient.State


def whole(claimed: Claimed) -> int:
    """The delivery that all recipients belong to."""
    return int(claimed.says.get(REST_OF, claimed.id))


def addresses(delivery: Delivery) -> frozenset[str]:
    """Whom it went to, in lower case. Of one in doubt nobody could write that down: whom it was addressed to."""
    known = set(delivery.recipients.values_list("address", flat=True))
    at = EndpointVersion.objects.get(endpoint=delivery.endpoint_id, number=delivery.endpoint_version).config
    known.update(delivery.says.get("to") or (*at.get("recipients", ()), *at.get("cc", ())))
    return frozenset(address.lower() for address in known)


def reached(delivery: Delivery) -> bool:
    """Whether anybody has it, may have it, or may still get it."""
    lost = delivery.recipients.filter(state__in=(_S.REFUSED, _S.BOUNCED))
    return bool(addresses(delivery).difference(lost.values_list("address", flat=True)))


def keep(channel: str, fared: Iterable[tuple[Claimed, Receipt]], *, at: datetime) -> None:
    """Write down every recipient's fate. Those to be tried again get a delivery that is due by the channel's schedule;
    it ends as every other one does. Runs in the transaction of the result."""
    fates: dict[tuple[int, str], tuple[_S, Reached]] = {}
    for claimed, receipt in fared:
        later = [each.address for each in receipt.recipients if not each.taken and not each.final]
        given_up = bool(later) and not _again(channel, claimed, later, at=at)
        for each in receipt.recipients:
            state = _S.TAKEN if each.taken else _S.REFUSED if each.final or given_up else _S.LATER
            fates[whole(claimed), each.address.lower()] = state, each
    _write(fates, at=at)


def lost(ended: Iterable[tuple[Claimed, str]], *, at: datetime) -> None:
    """A second way that failed: its recipients do not have it, while the others do."""
    _write(
        {
            (whole(claimed), address.lower()): (_S.REFUSED, Reached(address, False, text=text))
            for claimed, text in ended
            if REST_OF in claimed.says
            for address in claimed.says["to"]
        },
        at=at,
    )


def _again(channel: str, claimed: Claimed, later: list[str], *, at: datetime) -> bool:
    """The second way; False where the schedule is over. This try counts as a failure for who was not reached."""
    sent = Delivery.objects.select_related("endpoint").get(pk=claimed.id)
    schedule = sent.endpoint.current.retry or plugins.channel(channel).retry
    if claimed.failures >= len(schedule):
        return False
    Delivery.objects.create(
        kind=sent.kind,
        leg_id=sent.leg_id,
        order_id=sent.order_id,
        revision_id=sent.revision_id,
        endpoint_id=sent.endpoint_id,
        endpoint_version=sent.endpoint_version,
        shard_key=sent.shard_key,
        state=DeliveryState.RETRY,
        due_at=at + timedelta(seconds=schedule[claimed.failures]),
        failures=claimed.failures + 1,
        reason=f"To be tried again for {', '.join(later)}; the others have it.",
        duplicate=claimed.duplicate,
        message_id=sent.message_id,
        says={**sent.says, "to": later, REST_OF: whole(claimed)},
        # Without the control numbers: an acknowledgment of them is about the first.
        parcel={**(claimed.parcel or {}), "controls": {}},
    )
    return True


def _write(fates: dict[tuple[int, str], tuple[_S, Reached]], *, at: datetime) -> None:
    rows = [
        DeliveryRecipient(
            delivery_id=delivery, address=address[:320], state=state, code=each.code[:40], text=each.text, at=at
        )
        for (delivery, address), (state, each) in fates.items()
    ]
    if rows:
        DeliveryRecipient.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["delivery", "address"],
            update_fields=["state", "code", "text", "at"],
        )
