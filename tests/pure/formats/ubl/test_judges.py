"""The judges that an operator supplies: schemas and compiled rules in folders that the profile names."""

import importlib.util
from pathlib import Path

import pytest

from orderwire.document.finding import Severity
from orderwire.formats import CannotCarry
from orderwire.testing.formats import FixedContext
from tests.pure.formats.ubl.support import FORMAT, ORDER, PEPPOL, SCHEMAS

needs_schemas = pytest.mark.skipif(not SCHEMAS.exists(), reason="the OASIS schemas of the corpus are not there")
needs_saxon = pytest.mark.skipif(importlib.util.find_spec("saxonche") is None, reason="saxonche is not installed")
_RULES = """<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:svrl="http://purl.oclc.org/dsdl/svrl" xmlns:o="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><xsl:template match="/">
 <svrl:schematron-output><xsl:if test="/o:Order/cbc:ID = 'PO-1'"><svrl:failed-assert id="HOUSE-1" flag="fatal"
 location="/*:Order[namespace-uri()='urn:oasis:names:specification:ubl:schema:xsd:Order-2'][1]"><svrl:text>not this
 number</svrl:text></svrl:failed-assert></xsl:if></svrl:schematron-output></xsl:template></xsl:stylesheet>"""


@needs_schemas
def test_what_keeps_the_schema_passes() -> None:
    assert FORMAT.write(ORDER, {"schemas": str(SCHEMAS)}, FixedContext()).findings == ()


@needs_schemas
def test_what_breaks_the_schema_is_a_warning_on_reading() -> None:
    content = FORMAT.write(ORDER, {}, FixedContext()).content
    broken = content.replace(b"<cbc:OrderTypeCode>", b"<cbc:CopyIndicator>x</cbc:CopyIndicator><cbc:OrderTypeCode>")
    (found,) = FORMAT.read(broken, {"schemas": str(SCHEMAS)}).documents
    assert found.usable
    assert {(f.severity, f.code) for f in found.findings} == {(Severity.WARNING, "schema")}
    assert found.findings[0].where.startswith("line ")


def test_without_the_schemas_our_own_checks_run_and_that_is_said(tmp_path: Path) -> None:
    profile = {**PEPPOL, "test": False, "schemas": str(tmp_path), "schematron": str(tmp_path)}
    findings = FORMAT.write(ORDER, profile, FixedContext()).findings
    assert [(f.severity, f.code) for f in findings] == [
        (Severity.INFO, "schema-missing"), (Severity.INFO, "schematron-missing"),
    ]  # fmt: skip


@needs_saxon
def test_a_rule_of_the_operator_stops_the_writing(tmp_path: Path) -> None:
    (tmp_path / "T01.xslt").write_text(_RULES)
    profile = {**PEPPOL, "test": False, "schematron": str(tmp_path)}
    with pytest.raises(CannotCarry) as refusal:
        FORMAT.write(ORDER, profile, FixedContext())
    assert [(f.code, f.text) for f in refusal.value.findings] == [("HOUSE-1", "not this number")]
    other = ORDER.model_copy(update={"number": "PO-2"})
    assert FORMAT.write(other, profile, FixedContext()).findings == ()
