"""EDIFACT keeps the contract of formats, with every document that it writes."""

from hypothesis import strategies as st

from orderwire.testing import FormatConformance
from tests.pure.family import advices, cancellations, changes, responses
from tests.pure.orders import orders


class TestEdifact(FormatConformance):
    kind = "edifact"
    documents = st.one_of(orders(), changes(), cancellations(), responses(), advices())
    profiles = ({}, {"on_loss": "note"}, {"version": "D01B", "on_loss": "accept", "association": "EAN010"},
                {"on_loss": "accept", "decimal_mark": ",", "una": "needed", "units": {"EA": "PCE"}})  # fmt: skip
