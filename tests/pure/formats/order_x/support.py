"""What the Order-X tests share: documents that can be carried, profiles, a context, and the corpus."""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from orderwire.formats.order_x import OrderX
from orderwire.testing.formats import FixedContext
from tests.pure.family import cancellations, changes, responses
from tests.pure.orders import orders, parties

FORMAT = OrderX()
CORPUS = Path(__file__).resolve().parents[4].parent / "shared/corpus/order-x/factur-x"
LEVELS = ("basic", "comfort", "extended")
PLAIN: Mapping[str, Any] = {"container": "xml", "default_country": "DE", "on_loss": "accept"}
PROFILES = tuple(
    {**PLAIN, "level": level, "on_loss": on_loss} for level in LEVELS for on_loss in ("accept", "note", "commercial")
)

whole_responses = st.tuples(responses(), parties(), st.dates(datetime.date(2000, 1, 1))).map(
    lambda made: made[0].model_copy(
        update={"supplier": made[0].supplier or made[1], "answered": made[0].answered or made[2]}
    )
)
"""Answers that say what Order-X cannot do without."""

documents = st.one_of(orders(), changes(), cancellations(), whole_responses)


def written(document: Any, **profile: Any) -> bytes:
    """The XML, or the PDF where the profile says so."""
    return FORMAT.write(document, {**PLAIN, **profile}, FixedContext()).content


def only(content: bytes) -> Any:
    """The one document of a file."""
    (document,) = FORMAT.read(content, PLAIN).documents
    return document
