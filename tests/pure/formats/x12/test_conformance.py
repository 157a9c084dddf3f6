"""X12 keeps the protocol of formats for every document that it writes."""

from typing import ClassVar

from hypothesis import strategies as st

from orderwire.formats import Profile
from orderwire.testing.formats import FormatConformance
from tests.pure.family import advices, cancellations, changes, responses
from tests.pure.orders import orders


class TestX12(FormatConformance):
    kind: ClassVar[str] = "x12"
    examples: ClassVar[int] = 8
    documents = st.one_of(orders(max_lines=2), changes(), cancellations(), responses(), advices())
    profiles: ClassVar[tuple[Profile, ...]] = (
        {},
        {"version": "005010", "on_loss": "note", "changed_line": "RZ"},
        {"on_loss": "accept", "newline": False, "element_separator": "\x1d", "segment_terminator": "\x1c"},
        {"on_loss": "accept", "usage": "T", "supplier_entity": "VN", "standard_kind": "NE"},
    )
