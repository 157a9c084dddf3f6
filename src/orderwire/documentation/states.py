"""The page of states: each axis as a table and a diagram, from the transition tables that the database enforces."""

import inspect
from collections.abc import Mapping
from typing import Any

from orderwire.document.states import (
    CANCELLATION_TRANSITIONS,
    DELIVERY_TRANSITIONS,
    ORDER_TRANSITIONS,
    AnswerState,
    State,
)
from orderwire.documentation.markdown import table


def page() -> str:
    """docs/reference/states.md."""
    words = inspect.getdoc(AnswerState)
    return (
        "# States\n\nAn order has three states at once: the buyer's side, the delivery to its supplier, and the "
        "supplier's answer. An arrow that is not here cannot happen; the database refuses it.\n\n"
        + _axis("Order", ORDER_TRANSITIONS)
        + _axis("Delivery", DELIVERY_TRANSITIONS)
        + f"## Answer\n\n{words} Every answer may follow every other: a supplier may correct himself, and a new "
        "version asks again.\n\n" + _words(list(AnswerState)) + "\n" + _axis("Cancellation", CANCELLATION_TRANSITIONS)
    )


def _axis(title: str, arrows: Mapping[Any, frozenset[Any]]) -> str:
    states = list(arrows)
    words = inspect.getdoc(type(states[0]))
    return f"## {title}\n\n{words}\n\n{_words(states)}\n{diagram(arrows)}\n\n"


def diagram(arrows: Mapping[Any, frozenset[Any]]) -> str:
    """The arrows of an axis as a Mermaid state diagram."""
    lines = [f"    {old} --> {new}" for old in arrows for new in arrows if new in arrows[old]]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _words(states: list[State]) -> str:
    rows = [(f"`{s.value}`", s.label, "yes" if s.open else "no") for s in states]
    return table(("state", "on screens", "work remains"), rows)
