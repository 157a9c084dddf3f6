"""Every cXML file of the corpus is read usably or refused with a reason; what we write of it is stable and valid."""

from pathlib import Path

import pytest

from orderwire.document.finding import has_errors
from orderwire.document.states import DocumentType
from tests.pure.formats.cxml.support import CORPUS, DTDS, FORMAT, FixedContext, assert_valid

ORDER, UNKNOWN = DocumentType.ORDER, DocumentType.UNKNOWN
EXPECTED = {
    "order_request_builder.xml": (ORDER, "myorder-1"), "OrderRequest.xml": (ORDER, "DO1234"),
    "order_request.xml": (ORDER, "3309"), "ShipNoticeRequest.xml": (DocumentType.SHIP_NOTICE, "DO1234"),
    "StatusUpdateRequest.xml": (DocumentType.APPLICATION_ADVICE, None),
    "response_status_400.xml": (DocumentType.FUNCTIONAL_ACK, None), "CatalogUploadRequest.xml": (UNKNOWN, "catalog"),
    "Index.xml": (UNKNOWN, "catalog"), "envelope.xml": (UNKNOWN, "catalog"),
    "ProductActivityMessage.xml": (UNKNOWN, "stock"), "PunchOutSetupRequest.xml": (UNKNOWN, "PunchOut"),
    "PunchoutOrderMessage.xml": (UNKNOWN, "PunchOut"), "QuoteMessage.xml": (UNKNOWN, "quotation"),
    "PunchoutOrderMessageAdvancedPricing.xml": (UNKNOWN, "PunchOut"),
    "simple-profile-request.xml": (UNKNOWN, "server"), "response_status_200.xml": (UNKNOWN, "PunchOut"),
}  # fmt: skip


def files() -> list[Path]:
    return sorted(CORPUS.rglob("*.xml"))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the cXML corpus is not here")
def test_every_file_of_the_corpus_is_expected() -> None:
    assert {path.name for path in files()} == set(EXPECTED)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the cXML corpus is not here")
@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_is_read_usably_or_refused_with_a_right_reason(name: str) -> None:
    content = next(path for path in files() if path.name == name).read_bytes()
    kind, said = EXPECTED[name]
    assert FORMAT.sniff(content) >= 90
    (found,) = FORMAT.read(content, {}).documents
    assert found.type is kind
    if kind is UNKNOWN:
        assert not found.usable
        assert str(said) in " ".join(f.text for f in found.findings if f.severity == "error")
    else:
        assert found.usable and found.number == said, found.findings
    assert not any("coyote" in f.text or "abracadabra" in f.text for f in found.findings)


@pytest.mark.skipif(not DTDS.is_dir(), reason="the cXML corpus is not here")
@pytest.mark.parametrize("name", [name for name, (kind, _) in EXPECTED.items() if kind is not UNKNOWN])
def test_what_is_written_of_a_file_is_valid_and_stable(name: str) -> None:
    content = next(path for path in files() if path.name == name).read_bytes()
    (first,) = FORMAT.read(content, {}).documents
    assert first.document is not None
    fitted, findings = FORMAT.project(first.document, {})
    assert not has_errors(findings), findings
    written = FORMAT.write(first.document, {}, FixedContext())
    assert_valid(written.content)
    (second,) = FORMAT.read(written.content, {}).documents
    assert second.document == fitted
    assert FORMAT.write(fitted, {}, FixedContext()).content == written.content
    assert {d.document for d in FORMAT.read(written.content, {}).documents} == {fitted}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the cXML corpus is not here")
def test_the_network_id_is_one_domain_however_it_is_spelled() -> None:
    content = next(path for path in files() if path.name == "OrderRequest.xml").read_bytes()
    (found,) = FORMAT.read(content, {}).documents
    assert found.test and found.identity is not None
    assert found.identity.sender == "NetworkID:inbound@prominate-platform.com"
    assert found.identity.control == "1625586002.193314.7293@dev"
