"""What every format passes, for UBL: plain, Peppol, with and without a header, for each document that it writes."""

from hypothesis import strategies as st

from orderwire.testing.formats import FormatConformance
from tests.pure.family import advices, cancellations, changes, responses
from tests.pure.formats.ubl.support import PEPPOL
from tests.pure.orders import orders


class TestUbl(FormatConformance):
    kind = "ubl"
    documents = st.one_of(orders(), changes(), cancellations(), responses(), advices())
    profiles = (
        {"on_loss": "accept"},
        {"on_loss": "note"},
        {"sbdh": True, "sender": "0192:987654325", "receiver": "0088:7300010000001", "on_loss": "accept"},
        {"response": "simple", "test": True},
        {**PEPPOL, "on_loss": "accept"},
        {**PEPPOL, "on_loss": "note", "sbdh": True, "response": "advanced"},
    )
    examples = 10
