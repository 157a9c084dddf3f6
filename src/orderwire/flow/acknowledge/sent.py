"""Which of our deliveries does a control number mean? Partners strip or add leading zeros."""

from django.db.models.fields.json import KT

from orderwire.document.finding import Finding, warning
from orderwire.records import Delivery, Order, Partner

_LEVELS = {"ISA": "isa", "UNB": "unb", "UNG": "ung"}
"""Interchanges and groups by what acknowledgments call them; any other kind (PO, PC) is an X12 group."""

_SETS = ("st", "unh")


def under_control(kind: str, number: str, partner: Partner) -> list[Delivery]:
    """Deliveries that went to the partner under this number, the newest of each transaction: numbers start again."""
    bare = number.lstrip("0") or "0"
    spellings = {number, bare, bare.zfill(9), bare.zfill(4)}
    level = _LEVELS.get(kind, "gs")
    rows = Delivery.objects.filter(parcel__controls__has_key=level, endpoint__partner=partner)
    rows = rows.alias(named=KT(f"parcel__controls__{level}")).filter(named__in=spellings).select_related("order")
    return list({set_control(row): row for row in rows.order_by("pk")}.values())


def under_payload(payload: str, partner: Partner) -> list[Delivery]:
    """Deliveries that went to the partner as the cXML document with this payloadID, the newest last."""
    rows = Delivery.objects.filter(parcel__controls__payload=payload, endpoint__partner=partner)
    return list(rows.select_related("order").order_by("pk"))


def set_control(delivery: Delivery) -> str:
    """The control number of the one transaction set or message that a delivery carries."""
    controls = delivery.parcel["controls"] if delivery.parcel else {}
    return next((str(controls[name]) for name in _SETS if name in controls), "")


def only_a_test(where: str, order: Order) -> Finding:
    """What is marked as a test proves nothing of a real order. The reverse is no fault: not every standard can tell."""
    text = f"is marked as a test and is about the real order {order.number}; nothing done"
    return warning("test-indicator", where, text)
