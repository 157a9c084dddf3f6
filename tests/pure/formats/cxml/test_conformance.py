"""cXML keeps the promises of every format."""

from orderwire.testing.formats import FormatConformance
from tests.pure.formats.cxml.support import DOCUMENTS


class TestCxml(FormatConformance):
    kind = "cxml"
    documents = DOCUMENTS
    profiles = ({}, {"on_loss": "accept"}, {"on_loss": "note", "deployment": "test", "deleted_lines": "omit"})
