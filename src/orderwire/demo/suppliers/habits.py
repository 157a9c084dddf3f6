"""What each simulated supplier does with an order, by its number; an order of your own is accepted after a while."""

from dataclasses import dataclass, field
from typing import Literal

from orderwire.demo import orders


@dataclass(frozen=True)
class Withdrawal:
    """What a supplier says when an order is to be cancelled: agree, cost (`amount` as typed) or cannot, and why."""

    way: Literal["agree", "cost", "cannot"] = "agree"
    reason: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Habit:
    """One supplier's way with one order.

    `way`: accept, changes or decline on the answer page; look opens the page and answers nothing; ignore does not even
    look, at the first mail. `after` in seconds. `changes` of a line: (quantity as typed, days later than asked) of each
    part; `prices`, `reasons` and `substitutes` by line; `cannot` are lines that are declined. `withdrawn`: what is said
    to a cancellation.
    """

    way: Literal["accept", "changes", "decline", "look", "ignore"] = "accept"
    after: float = 2
    message: str = ""
    changes: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    prices: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    substitutes: dict[str, str] = field(default_factory=dict)
    cannot: tuple[str, ...] = ()
    withdrawn: Withdrawal = Withdrawal()


WHILE_YOU_WATCH = 20.0
"""Seconds after which Lindqvist answers, and everybody whom the person at the screen sends an order."""

OTHERWISE = Habit(after=WHILE_YOU_WATCH)

BY_PAGE = {
    orders.TECNOSELLOS.number: Habit(
        "changes", 4, "Semana 50: mantenimiento del horno.",
        changes={"30": (("40", 0), ("20", 12)), "60": (("4000", 2),), "80": (("72", 0),)},
        prices={"20": "87,95"},
        reasons={
            "20": "Recargo por materia prima",
            "30": "Mantenimiento del horno, semana 50",
            "90": "Mismo espesor, 2 mm",
        },
        substitutes={"90": "Novapress Universal"},
    ),
    orders.NINGBO_LATE.number: Habit("look", 3),
    orders.NINGBO.number: Habit("accept", 3, withdrawn=Withdrawal("cannot", "货物已于昨日装船，无法取消。")),
    orders.ALNOOR.number: Habit("ignore"),
    orders.BHARAT.number: Habit("ignore"),
    orders.MARCHAND.number: Habit("decline", 3, "Machine en panne jusqu'en janvier."),
    orders.FASTENER.number: Habit(
        "changes", 4, changes={"30": (("9600", 0),)}, reasons={"30": "Last of this batch, the rest is short"}
    ),
    orders.FASTENER_SHORT.number: Habit("changes", 3, cannot=("20",), reasons={"20": "Not in our range any more"}),
    orders.AIGAIO.number: Habit(
        "accept", 3, withdrawn=Withdrawal("cost", "Τα σώματα DN 350 έχουν ήδη χυτευθεί.", "1850,00")
    ),
    orders.TANAKA.number: Habit("accept", 4),
    orders.LINDQVIST.number: Habit(
        "changes", WHILE_YOU_WATCH, "Winding shop is full until then.", changes={"20": (("12", 6),)}
    ),
}  # fmt: skip
"""By mailed link or portal."""

BY_FILE = {
    (orders.ACME_REPEAT.number, 1): "accepted",
    (orders.ACME_CHANGED.number, 1): "accepted",
    (orders.ACME_CHANGED.number, 2): "",
    (orders.ACME_LATER.number, 1): "received",
    (orders.CARPENTER_HELD.number, 1): "",
}
"""By 855, by number and version: what it says; nothing where only a 997 is written. Other orders, changes of them and
cancellations are accepted."""

SHIPPED = {
    orders.ACME_REPEAT.number: (("10", 400), ("20", 200)),
}
"""By 856, what leaves at once with the acceptance: line and quantity, in pieces."""
