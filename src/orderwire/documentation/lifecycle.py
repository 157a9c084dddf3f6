"""The diagrams in docs/lifecycle.md: between its marks stands what the transition tables say."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orderwire.document.states import CANCELLATION_TRANSITIONS, DELIVERY_TRANSITIONS, ORDER_TRANSITIONS
from orderwire.documentation.states import diagram

PAGE = Path(__file__).parents[3] / "docs" / "lifecycle.md"
TABLES: dict[str, Mapping[Any, frozenset[Any]]] = {
    "order": ORDER_TRANSITIONS,
    "delivery": DELIVERY_TRANSITIONS,
    "cancellation": CANCELLATION_TRANSITIONS,
}
_MARKED = re.compile(r"(<!-- diagram (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def page() -> str:
    """The page as written by hand, with its diagrams as they are now."""
    return _MARKED.sub(lambda found: f"{found[1]}{diagram(TABLES[found[2]])}\n{found[3]}", PAGE.read_text("utf-8"))
