"""The tests that every format passes. Texts are Latin, which is printed always; others have their own tests."""

from hypothesis import strategies as st

from orderwire.testing import FormatConformance
from tests.pure.family import cancellations, changes
from tests.pure.orders import orders


class TestPdf(FormatConformance):
    kind = "pdf"
    documents = st.one_of(orders("latin"), changes("latin"), cancellations("latin"))
    profiles = ({}, {"language": "ar"}, {"prices": False})
    examples = 6
