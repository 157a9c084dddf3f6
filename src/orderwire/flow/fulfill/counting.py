"""Which of the documents of one number counts, whatever the sequence in which they came."""

from collections.abc import Sequence

from orderwire.document.fulfillment import Purpose, Receipt, ShipNotice
from orderwire.flow.fulfill.named import Content, Named
from orderwire.records import GoodsDocument

_RANKS = {Purpose.ORIGINAL: 0, Purpose.REPLACEMENT: 1, Purpose.CANCELLATION: 2}


def counting(rows: Sequence[GoodsDocument]) -> GoodsDocument:
    """The document that decides: that of the latest day; of one day a withdrawal before a correction before an
    original; else the one that came last. Where it withdraws, none of them counts."""
    return max(rows, key=lambda row: (_rank(content_of(row)), row.pk))


def same_matter(row: GoodsDocument, content: Content, named: Named) -> bool:
    """Whether a document of the same number and sender is about the same goods. Numbers start again some day: two
    originals of one number without a common order are two."""
    if content.purpose != Purpose.ORIGINAL or content_of(row).purpose != Purpose.ORIGINAL:
        return True
    theirs = set(row.lines.exclude(order=None).values_list("order_id", flat=True))
    ours = {order.pk for order in named.ours.values()}
    return not theirs or not ours or bool(theirs & ours)


def content_of(row: GoodsDocument) -> Content:
    """The document as it was kept."""
    model = ShipNotice if row.kind == GoodsDocument.Kind.SHIP_NOTICE else Receipt
    return model.model_validate(row.content)


def withdraws(row: GoodsDocument) -> bool:
    """Whether it only takes back what was said."""
    return content_of(row).purpose is Purpose.CANCELLATION


def _rank(content: Content) -> tuple[str, int]:
    return (content.issued.isoformat() if content.issued else "", _RANKS[content.purpose])
