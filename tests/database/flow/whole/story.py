"""One story: who takes part, what is counted, and how a verb of the flow is taken."""

from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from orderwire import plugins
from orderwire.document.order import Order as Document
from orderwire.flow import (
    Refused,
)
from orderwire.records import Order
from tests.database.flow.whole import invariants
from tests.database.flow.whole.documents import CHANGES, content, editable
from tests.database.flow.whole.sink import Sink
from tests.database.flow.whole.world import World, emptied

INES = "user:ines"

which = st.integers(0, 5)
"""Picks one of what is there."""


class Story(RuleBasedStateMachine):
    """The road of a few orders. `counts` tells how often each rule was taken, and how often the flow refused it."""

    world: ClassVar[World]
    counts: ClassVar[Counter[str]] = Counter()
    stories: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        emptied()
        type(self).stories += 1
        self.patch = pytest.MonkeyPatch()
        self.sink = Sink()
        original = plugins.channel
        self.patch.setattr(plugins, "channel", lambda kind: self.sink if kind == "folder" else original(kind))
        self.number = 0
        self.before = invariants.Before()
        self.buyers: set[int] = set()
        self.proven: set[tuple[int, int]] = set()

    def teardown(self) -> None:
        self.patch.undo()

    def does(self, name: str, verb: Callable[[], Any]) -> Any:
        """One verb. The flow may refuse it, with a reason; nothing else is a way to fail."""
        try:
            found = verb()
        except Refused as failure:
            assert failure.reason, name
            self.counts[f"{name} (refused)"] += 1
            return None
        self.counts[name] += 1
        return found

    def order(self, n: int) -> Order:
        rows = list(Order.objects.order_by("pk"))
        return rows[n % len(rows)]

    def changed(self, order: Order, change: str, *, base: int | None = None, ahead: int = 1) -> Document:
        """A version of the order with one thing changed."""
        newest = order.revisions.latest("number").number
        document = editable(content(order, base or newest))
        CHANGES[change](document)
        return Document.model_validate({**document, "revision": newest + ahead})

    def authored(self, order: Order) -> None:
        """The buyer makes a version of this order in this step."""
        self.buyers.add(order.pk)
