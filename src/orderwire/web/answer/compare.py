"""What the supplier sees first of a version that follows another: what changed, and what is said of his answer."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString

from orderwire.document.order import Order
from orderwire.document.response import Response
from orderwire.document.states import DeliveryState
from orderwire.flow.distribute.said import proposed_on
from orderwire.formats.letter.changes import Changed, compared, offered
from orderwire.records import Delivery, Revision
from orderwire.web.answer.seat import Seat
from orderwire.web.answer.words import Texts

_WITH_HIM = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.OPENED, DeliveryState.ANSWERED)

MAX_CHANGES = 100
"""Lines of which the changes are shown; of a longer change the order itself says all."""


@dataclass(frozen=True)
class Compared:
    """The version in front of him beside the one that he has."""

    seat: Seat

    @cached_property
    def _sent(self) -> list[Delivery]:
        found = Delivery.objects.filter(
            order=self.seat.order, leg__recipient=self.seat.partner, kind=Delivery.Kind.ORDER
        ).select_related("revision")
        return list(found.order_by("-revision__number", "-pk"))

    @cached_property
    def _says(self) -> dict[str, object]:
        return next((d.says for d in self._sent if d.revision_id == self.seat.revision.pk), {})

    @cached_property
    def _before(self) -> Revision | None:
        """The newest earlier version that reached him."""
        for delivery in self._sent:
            earlier = delivery.revision
            reached = delivery.state in _WITH_HIM or delivery.accepted_at or delivery.proven_at
            if earlier and earlier.number < self.seat.revision.number and reached:
                return earlier
        return None

    @cached_property
    def changes(self) -> tuple[Changed, ...]:
        """What differs from the version that he has; nothing where he has none."""
        if self._before is None:
            return ()
        before = Order.model_validate_json(bytes(self._before.content))
        return compared(before, self.seat.document, self.seat.t.words, prices=self.seat.prices)

    @property
    def shown(self) -> tuple[Changed, ...]:
        """As many of them as a page can hold."""
        return self.changes[:MAX_CHANGES]

    @property
    def cut(self) -> SafeString | str:
        """That there are more."""
        return self.seat.t("changes_cut", n=MAX_CHANGES) if len(self.changes) > MAX_CHANGES else ""

    @property
    def since(self) -> SafeString | str:
        """With what it is compared."""
        return self.seat.t("since", n=self._before.number) if self._before else ""

    @property
    def touched(self) -> frozenset[str]:
        """The lines that are to be answered anew; empty where all of them are."""
        return frozenset(each.number for each in self.changes)

    @property
    def agrees(self) -> bool:
        """The version says what he proposed."""
        return "agrees" in self._says

    @property
    def proposed_on(self) -> str:
        """The day of that proposal (ISO 8601), empty where it states none."""
        return next(iter(proposed_on([self._says]).values()), "")

    @property
    def counters(self) -> SafeString | str:
        """That the buyer offers something else than he proposed."""
        return self.seat.t("counters", buyer=self.seat.buyer) if "counters" in self._says else ""

    @property
    def offer_title(self) -> SafeString:
        """Above his values and the buyer's."""
        return self.seat.t("offer", buyer=self.seat.buyer)

    @cached_property
    def offer(self) -> tuple[Changed, ...]:
        """His values that were not taken, and what stands there now."""
        answer = self.seat.revision.decides
        if not self.counters or answer is None or answer.revision is None:
            return ()
        held = Order.model_validate_json(bytes(answer.revision.content))
        said = Response.model_validate(answer.standing or answer.content)
        seat = self.seat
        return offered(held, said, answer.decisions, seat.document, seat.t.words, prices=seat.prices)

    @property
    def why(self) -> SafeString | str:
        """The buyer's words to that."""
        reason = self._says.get("insists") or self._says.get("reason")
        return self.seat.t("why", reason=reason) if reason else ""


def rows(changed: tuple[Changed, ...], t: Texts) -> list[dict[str, object]]:
    """Worded for the template: the place of each change, a mark where a line came or went, and its values."""
    return [
        {
            "number": each.number,
            "item": each.item,
            "mark": "" if each.action.value == "changed" else t.words.text(f"marks.{each.action.value}"),
            "turns": each.turns,
        }
        for each in changed
    ]
