"""Independent judges of what we write: the schemas of the standard and its own rules, run by a real XSLT engine."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from saxonche import PySaxonProcessor

from orderwire.formats import CannotCarry
from tests.pure.formats.order_x.support import CORPUS, LEVELS, documents, written
from tests.pure.formats.pdf.sample import order

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the schemas of ../shared/corpus/order-x")

_NAME = "SCRDMCCBDACIOMessageStructure_100pD20B"


@cache
def _schema(level: str) -> Any:
    return etree.XMLSchema(etree.parse(CORPUS / f"orderx-{level}/{_NAME}.xsd"))


@pytest.fixture(scope="module")
def rules() -> Iterator[Any]:
    """level, XML -> texts of the rules that are broken."""
    with PySaxonProcessor(license=False) as processor:
        compiled: dict[str, Any] = {}

        def broken(level: str, content: bytes) -> list[str]:
            if level not in compiled:
                path = str(CORPUS / f"orderx-{level}/{_NAME}-compiled.xsl")
                compiled[level] = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=path)
            report = compiled[level].transform_to_string(xdm_node=processor.parse_xml(xml_text=content.decode()))
            root = etree.fromstring(report.encode())
            said = root.iter("{*}failed-assert", "{*}successful-report")
            assert next(root.iter("{*}fired-rule"), None) is not None, "no rule looked at the document"
            return ["".join(str(text) for text in one.itertext()).strip() for one in said]

        yield broken


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents, st.sampled_from(LEVELS))
def test_everything_that_is_written_is_valid_by_the_schema_of_its_level(document: Any, level: str) -> None:
    try:
        content = written(document, level=level)
    except CannotCarry:
        return assume(False)
    schema = _schema(level)
    assert schema.validate(etree.fromstring(content)), schema.error_log.last_error


def test_everything_that_is_written_keeps_the_rules_of_its_level(rules: Any) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents, st.sampled_from(LEVELS))
    def check(document: Any, level: str) -> None:
        try:
            content = written(document, level=level)
        except CannotCarry:
            return assume(False)
        assert rules(level, content) == []

    check()


@pytest.mark.parametrize("level", LEVELS)
def test_the_rules_find_a_buyer_without_a_name(rules: Any, level: str) -> None:
    root = etree.fromstring(written(order(), level=level))
    name = root.find(".//{*}BuyerTradeParty/{*}Name")
    assert name is not None
    name.getparent().remove(name)
    assert rules(level, etree.tostring(root)) != []


def test_factur_x_knows_the_level_and_the_kind_of_document() -> None:
    facturx = pytest.importorskip("facturx")
    for level in LEVELS:
        root = etree.fromstring(written(order(), level=level))
        assert facturx.xml_check_xsd(root, flavor="order-x", level=level)
        assert facturx.get_level(root) == level
        assert facturx.get_orderx_type(root) == "order"
