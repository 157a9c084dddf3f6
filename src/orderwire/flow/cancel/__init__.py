"""Cancel: an order is withdrawn in two steps, as the supplier has a say in it: ask → his answer → settle.

What never left ends at once. Nothing is released before his word (`document.commitment`); a person settles what is not
a plain yes. A part of an order is withdrawn by its next version.
"""

from orderwire.flow.cancel.answered import answered, meant, reply
from orderwire.flow.cancel.ask import ask
from orderwire.flow.cancel.clocks import DUE, overdue
from orderwire.flow.cancel.part import revision_answered
from orderwire.flow.cancel.record import whole
from orderwire.flow.cancel.settle import Choice, choices, settle, withdraw
from orderwire.flow.goods import open_lines

__all__ = [
    "DUE",
    "Choice",
    "answered",
    "ask",
    "choices",
    "meant",
    "open_lines",
    "overdue",
    "reply",
    "revision_answered",
    "settle",
    "whole",
    "withdraw",
]
