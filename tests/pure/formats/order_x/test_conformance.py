"""The tests that every format passes, with the PDF as container and as XML alone. Texts are Latin, which is printed
always; `test_round_trip` has all scripts."""

from typing import ClassVar

from hypothesis import strategies as st

from orderwire.document.party import Address, Party
from orderwire.formats import Profile
from orderwire.testing import FormatConformance
from tests.pure.family import cancellations, changes
from tests.pure.formats.order_x.support import PROFILES
from tests.pure.orders import orders


def _at_home(party: Party | None) -> Party | None:
    """The party with the country that the standard wants in every address."""
    if party is None:
        return None
    address = party.address or Address()
    return party.model_copy(update={"address": address.model_copy(update={"country": address.country or "DE"})})


_orders = orders("latin").map(
    lambda order: order.model_copy(
        update={role: _at_home(getattr(order, role)) for role in ("buyer", "supplier", "ship_to", "bill_to")}
    )
)
_cancellations = cancellations("latin").map(
    lambda document: document.model_copy(update={"buyer": _at_home(document.buyer)})
)
_changes = changes("latin").map(
    lambda change: change.model_copy(
        update={
            "head": change.head
            and change.head.model_copy(
                update={r: _at_home(getattr(change.head, r)) for r in ("buyer", "supplier", "ship_to", "bill_to")}
            )
        }
    )
)


class TestOrderX(FormatConformance):
    kind = "order_x"
    documents = st.one_of(_orders, _changes, _cancellations)
    profiles: ClassVar[tuple[Profile, ...]] = ({}, *PROFILES)
    examples = 6
