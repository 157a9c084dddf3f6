"""The PDF around the data: right names and relationship, still PDF/A-3a and UA-1, and read by others."""

import io
import random
import subprocess
import sys
import zlib
from typing import Any

import pikepdf
import pytest
from lxml import etree
from pypdf import PdfReader

from orderwire.document.order_change import between
from orderwire.formats.order_x import alone, container
from orderwire.formats.pdf import Pdf
from orderwire.testing.formats import FixedContext
from tests.pure.formats.order_x.support import FORMAT, PLAIN, only, written
from tests.pure.formats.pdf.sample import order, printed

_FX = "{urn:factur-x:pdfa:CrossIndustryDocument:1p0#}"


def _metadata(pdf: bytes) -> Any:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return etree.fromstring(document.Root.Metadata.read_bytes())


def test_the_mailed_pdf_is_the_machine_order() -> None:
    pdf = written(order(), container="pdf")
    assert only(pdf).document == FORMAT.project(order(), PLAIN)[0]
    assert only(pdf).document == order()


@pytest.mark.parametrize(
    ("level", "relationship"), [("basic", "Data"), ("comfort", "Alternative"), ("extended", "Alternative")]
)
def test_the_xml_is_an_associated_file_with_the_relationship_of_its_level(level: str, relationship: str) -> None:
    pdf = written(order(), container="pdf", level=level)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (spec,) = document.Root.AF
        assert spec.AFRelationship == "/" + relationship
        assert str(spec.F) == str(spec.UF) == "order-x.xml"
        assert spec.EF.F.Subtype == "/text/xml"
        assert {"/ModDate", "/Size"} <= set(spec.EF.F.Params.keys())
        assert list(document.attachments) == ["order-x.xml"]


def test_the_partner_may_want_another_relationship() -> None:
    with pikepdf.open(io.BytesIO(written(order(), container="pdf", relationship="Source"))) as document:
        assert document.Root.AF[0].AFRelationship == "/Source"


def test_metadata_say_what_is_inside_and_keep_what_the_page_is() -> None:
    root = _metadata(written(order(), container="pdf", level="comfort"))
    said = {str(e.tag)[len(_FX) :]: e.text for e in root.iter(f"{_FX}*")}
    assert said == {
        "DocumentType": "ORDER", "DocumentFileName": "order-x.xml", "Version": "1.0", "ConformanceLevel": "COMFORT"
    }  # fmt: skip
    pdfa = "{http://www.aiim.org/pdfa/ns/id/}"
    assert (root.findtext(f".//{pdfa}part"), root.findtext(f".//{pdfa}conformance")) == ("3", "A")
    assert root.findtext(".//{http://www.aiim.org/pdfua/ns/id/}part") == "1"
    described = [e.text for e in root.iter("{http://www.aiim.org/pdfa/ns/schema#}namespaceURI")]
    assert described.count(_FX[1:-1]) == 1
    properties = [e.text for e in root.iter("{http://www.aiim.org/pdfa/ns/property#}name")]
    assert set(said) <= set(properties)


def test_the_schema_is_described_also_where_a_packet_describes_none() -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta>'
    root = etree.fromstring(container._described(packet, level="basic", kind="ORDER"))
    assert root.findtext(f".//{_FX}ConformanceLevel") == "BASIC"
    assert root.find(".//{http://www.aiim.org/pdfa/ns/extension/}schemas") is not None


def test_an_order_change_says_so() -> None:
    change = between(order(), order(revision=2), "full")
    root = _metadata(written(change, container="pdf"))
    assert root.findtext(f".//{_FX}DocumentType") == "ORDER_CHANGE"


def test_the_page_stays_tagged_and_other_readers_find_the_file() -> None:
    pdf = written(order(), container="pdf")
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/StructTreeRoot"]
    (content,) = reader.attachments["order-x.xml"]
    assert content == written(order())
    facturx = pytest.importorskip("facturx")
    name, xml = facturx.get_orderx_xml_from_pdf(io.BytesIO(pdf), check_xsd=True)
    assert (name, xml) == ("order-x.xml", content)


def test_the_page_is_that_of_the_format_pdf() -> None:
    with_data, without = (
        [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
        for content in (written(order(), container="pdf"), Pdf().write(order(), {}, FixedContext()).content)
    )
    assert with_data == without


def test_a_printed_page_without_data_says_what_to_do() -> None:
    result = FORMAT.read(printed(order()).content, {})
    assert [f.code for f in result.findings] == ["not-a-machine-document"]
    assert "Order-X PDF" in result.findings[0].text
    assert FORMAT.sniff(printed(order()).content) > Pdf().sniff(printed(order()).content)


def _pdf(*files: tuple[str, bytes], associated: bool = False) -> pikepdf.Pdf:
    document = pikepdf.new()
    document.add_blank_page()
    for name, content in files:
        spec = pikepdf.AttachedFileSpec(
            document, content, filename=name, description="", mime_type="text/xml", creation_date="", mod_date=""
        )
        if associated:
            document.Root.AF = pikepdf.Array([document.make_indirect(spec.obj)])
        else:
            document.attachments[name] = spec
    return document


def _saved(document: pikepdf.Pdf, **options: Any) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def test_a_file_that_only_the_associated_files_name_is_found() -> None:
    assert only(_saved(_pdf(("order-x.xml", written(order())), associated=True))).document == order()


def test_the_usual_name_wins_and_others_are_told() -> None:
    pdf = _saved(_pdf(("a.xml", b"<a/>"), ("Order-X.xml", written(order())), ("plan.dwg", b"x")))
    result = FORMAT.read(pdf, {})
    assert result.documents[0].usable
    assert {f.where for f in result.findings} == {"file a.xml", "file plan.dwg"}


def test_xml_of_another_kind_is_refused_with_its_name() -> None:
    (finding,) = FORMAT.read(_saved(_pdf(("data.xml", b"<Planning/>"))), {}).findings
    assert finding.code == "not-order-x"
    assert "Planning" in finding.text


def test_an_encrypted_pdf_is_refused_with_the_reason() -> None:
    secret = pikepdf.Encryption(owner="a", user="b")
    (finding,) = FORMAT.read(_saved(_pdf(("order-x.xml", written(order()))), encryption=secret), {}).findings
    assert finding.code == "encrypted"


def test_a_pdf_that_anybody_may_open_is_read_though_encrypted() -> None:
    secret = pikepdf.Encryption(owner="a", user="")
    assert only(_saved(_pdf(("order-x.xml", written(order()))), encryption=secret)).usable


@pytest.mark.parametrize("cut", [20, 500, 3000, 20_000, -2000, -30])
def test_a_torn_pdf_gives_findings(cut: int) -> None:
    result = FORMAT.read(written(order(), container="pdf")[:cut], {})
    assert result.findings or result.documents[0].document is not None


def _bomb(times: int) -> bytes:
    engine = zlib.compressobj(1)
    block = b"\0" * (1 << 20)
    packed = b"".join(engine.compress(block) for _ in range(160)) + engine.flush()
    for _ in range(times):
        packed = zlib.compress(packed, 9)
    head = b"%%PDF-1.7\n1 0 obj\n<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    return head + packed + b"\nendstream\nendobj\ntrailer<</Root 2 0 R>>\n%%EOF"


@pytest.mark.parametrize("times", [0, 1])
def test_a_bomb_is_refused_within_little_memory(times: int) -> None:
    script = (
        "import resource, sys; from orderwire.formats.order_x import OrderX; "
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)); "
        "print(OrderX().read(sys.stdin.buffer.read(), {}).findings[0].code)"
    )
    done = subprocess.run([sys.executable, "-c", script], input=_bomb(times), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "unpacks-too-large"


@pytest.mark.parametrize("after", [b"", b"\nendstream", b"\0" * 100_000])
def test_a_stream_that_ends_in_the_middle_of_a_piece_is_counted_to_its_end(after: bytes) -> None:
    packed = zlib.compress(b"<b/>" * 4_000_000)
    assert len(packed) < 65_536
    total = container._inflated(packed + after, container._UNPACKED)
    assert 16_000_000 <= total <= 16_000_000 + len(packed)


def test_what_is_unpacked_counts_too_so_that_streams_within_streams_end() -> None:
    head = b"stream\nx\x9c"
    nothing = b"\0\0\0\xff\xff" * 40
    stored = b"\0" + len(head).to_bytes(2, "little") + (0xFFFF - len(head)).to_bytes(2, "little") + head + nothing
    (finding,) = FORMAT.read(b"%PDF-1.7\n" + head + stored * 4000, {}).findings
    assert finding.code == "unpacks-too-large"


def test_a_small_pdf_does_not_unpack_to_a_large_document() -> None:
    xml = b"<SCRDMCCBDACIOMessageStructure>" + b" " * 6_000_000 + b"</SCRDMCCBDACIOMessageStructure>"
    for files in ((("order-x.xml", xml),), (("order-x.xml", xml), ("plan.dwg", b"x"))):
        findings = FORMAT.read(_saved(_pdf(*files), compress_streams=True), {}).findings
        assert [f.code for f in findings if f.severity == "error"] == ["embedded-unreadable"]


def test_a_process_that_opens_a_pdf_has_little_memory_and_reads_a_large_one() -> None:
    pdf = _pdf(("order-x.xml", written(order())), ("plan.dwg", b"x"))
    pdf.Root.Scan = pdf.make_stream(random.Random(1).randbytes(30_000_000))
    assert only(_saved(pdf)).document == order()
    assert container._MEMORY <= 256 * 1024 * 1024


def test_more_tags_than_memory_are_refused() -> None:
    (finding,) = FORMAT.read(b"<SCRDMCCBDACIOMessageStructure>" + b"<b/>" * 1_000_001, {}).findings
    assert (finding.code, "tags" in finding.text) == ("too-large", True)


def test_an_embedded_file_that_unpacks_too_large_is_refused() -> None:
    pdf = _saved(_pdf(("order-x.xml", written(order()) + b" " * 50_000)), compress_streams=True)
    name, _, findings = alone.opened(pdf, 20_000)
    assert name is None
    assert [said[1] for said in findings] == ["embedded-unreadable"]


def test_a_file_that_is_not_opened_in_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_SECONDS", 0.001)
    (finding,) = FORMAT.read(printed(order()).content, {}).findings
    assert finding.code == "damaged"
    assert "send the XML alone" in finding.text


def test_too_many_objects_are_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_OBJECTS", 10)
    (finding,) = FORMAT.read(printed(order()).content, {}).findings
    assert finding.code == "too-many-objects"


def test_a_names_tree_that_bites_its_tail_ends() -> None:
    document = _pdf()
    tree = document.make_indirect(pikepdf.Dictionary())
    tree.Kids = pikepdf.Array([tree, tree])
    document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=tree)
    (finding,) = FORMAT.read(_saved(document), {}).findings
    assert finding.code == "not-a-machine-document"
