"""Which orders does a ship notice or a receipt speak of, and which of them may it speak of?"""

from dataclasses import dataclass, field

from django.db.models import Q

from orderwire.document.fulfillment import Receipt, ReceivedLine, ShipNotice, ShippedLine
from orderwire.flow.create import kept_as
from orderwire.records import GoodsDocument, Order, Partner

Content = ShipNotice | Receipt

FOREIGN = "which is no order of this partner here"


@dataclass
class Named:
    """The orders that a document names: those it may speak of, those that are not here, and why not the others."""

    ours: dict[str, Order] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)


def named(content: Content, supplier: Partner | None, earlier: list[GoodsDocument]) -> Named:
    """The orders by number, locked, together with those of the `earlier` documents that this one may replace.

    A supplier speaks of his own orders only, and a test of tests.
    """
    said = [order_of(content, None), *(order_of(content, line) for line in content.lines)]
    numbers = [number for number in dict.fromkeys(said) if number]
    wanted = Q(number__in=numbers) | Q(pk__in=Order.objects.filter(goods__document__in=earlier).values("pk"))
    rows = Order.objects.select_for_update(no_key=True, of=("self",)).filter(wanted).order_by("pk")
    here = {order.number: order for order in rows}
    found = Named()
    for number in numbers:
        order = here.get(number)
        if order is None:
            found.missing.append(number)
        elif supplier is not None and order.supplier_id != supplier.pk:
            found.wrong[number] = FOREIGN
        elif order.test != content.test:
            found.wrong[number] = f"which is {'a test' if order.test else 'a real'} order, and this is not"
        else:
            found.ours[number] = order
    return found


def order_of(content: Content, line: ShippedLine | ReceivedLine | None) -> str | None:
    """The number, as orders are kept, that a line names, or else its document."""
    number = (line.order_number if line else None) or content.order_number
    if number is None:
        return None
    release = line.release_number if line else None
    if release is None and number == content.order_number:
        release = content.release_number
    return kept_as(number, release)


def some(numbers: list[str]) -> str:
    """The first of them in words, and how many more."""
    return ", ".join(numbers[:5]) + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")
