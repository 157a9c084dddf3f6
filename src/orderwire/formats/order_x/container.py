"""The PDF around the XML: embedding it as associated file of a PDF/A-3 with the extension schema in XMP, and finding
it in our own and in strangers' PDFs, bounded in size, objects and unpacked bytes before the PDF library sees them."""

import io
import json
import re
import subprocess
import sys
import zlib
from dataclasses import dataclass
from typing import Any

import pikepdf
from lxml import etree

from orderwire.document.finding import Finding, Severity, error
from orderwire.formats.order_x import alone
from orderwire.formats.order_x.alone import NAME
from orderwire.strict_xml import LIMIT

_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:1p0#"
_UNPACKED = 128 * 1024 * 1024
_OBJECTS = 200_000
_CHUNK = 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n")
_OBJECT = re.compile(rb"\d obj\b")
_EVIL = re.compile(rb"/(?:LZWDecode|LZW|RunLengthDecode|RL)\b")
_EMBEDDED = re.compile(rb"/EmbeddedFile\b")
_ROOTS = (b"SCRDMCCBDACIOMessageStructure", b"CrossIndustryInvoice", b"CrossIndustryDocument")
_SECONDS = 0.5
"""Seconds of computing for opening a small file; each megabyte of it gets as much again by half."""
_MEMORY = 250 * 1024 * 1024
_SPARE, _RATIO = 2 * 1024 * 1024, 50
"""An embedded file may unpack to so many bytes and so many times the PDF around it: data of orders packs to a tenth."""
_WAIT = 30.0
"""Seconds after which the process is given up however busy the machine is."""

_PROPERTIES = (
    ("DocumentType", "What kind of document the embedded XML is"),
    ("DocumentFileName", "The name of the embedded XML file"),
    ("Version", "The version of the standard that the embedded XML follows"),
    ("ConformanceLevel", "The level of the standard that the embedded XML follows"),
)


@dataclass(frozen=True)
class Embedded:
    """What a PDF carries: the file's name and its bytes."""

    name: str
    content: bytes


def embed(pdf: bytes, xml: bytes, *, level: str, kind: str, relationship: str, day: str) -> bytes:
    """The PDF with the XML as its associated file; same input, same bytes. `kind` is ORDER, ORDER_CHANGE or
    ORDER_RESPONSE, `day` the date of the document as YYYYMMDD."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        moment = f"D:{day}000000Z"
        spec = pikepdf.AttachedFileSpec(
            document,
            xml,
            filename=NAME,
            description="The order as data (Order-X)",
            mime_type="text/xml",
            creation_date=moment,
            mod_date=moment,
        )
        document.attachments[NAME] = spec
        document.attachments[NAME].relationship = pikepdf.Name("/" + relationship)
        document.Root.AF = pikepdf.Array([document.attachments[NAME].obj])
        metadata = document.Root.Metadata
        assert isinstance(metadata, pikepdf.Stream)
        metadata.write(_described(metadata.read_bytes(), level=level, kind=kind))
        out = io.BytesIO()
        modes = pikepdf.ObjectStreamMode.generate
        document.save(out, deterministic_id=True, fix_metadata_version=False, object_stream_mode=modes)
    return out.getvalue()


def _described(packet: bytes, *, level: str, kind: str) -> bytes:
    """The XMP packet with the extension schema (ISO 19005-3, 6.6.2.3.3) and its four properties."""
    values = {"DocumentType": kind, "DocumentFileName": NAME, "Version": "1.0", "ConformanceLevel": level.upper()}
    schema = "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text'
        f"</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{words}</pdfaProperty:description></rdf:li>"
        for name, words in _PROPERTIES
    )
    entry = (
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{schema}</rdf:Seq></pdfaSchema:property></rdf:li>"
    ).encode()
    own = f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">' + "".join(
        f"<fx:{name}>{values[name]}</fx:{name}>" for name, _ in _PROPERTIES
    )
    spaces = " ".join(
        f'xmlns:{prefix}="http://www.aiim.org/pdfa/ns/{path}"'
        for prefix, path in (("pdfaExtension", "extension/"), ("pdfaSchema", "schema#"), ("pdfaProperty", "property#"))
    )
    bag = re.search(rb"<pdfaExtension:schemas>\s*<rdf:Bag>", packet)
    if bag:
        packet = packet[: bag.end()] + entry + packet[bag.end() :]
        added = own + "</rdf:Description>"
    else:
        added = own + f'</rdf:Description><rdf:Description rdf:about="" {spaces}><pdfaExtension:schemas><rdf:Bag>'
        added += entry.decode() + "</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    head, end, tail = packet.rpartition(b"</rdf:RDF>")
    made = head + added.encode() + end + tail
    etree.fromstring(made)  # a packet that is no XML would be a broken PDF; it can only be our own fault
    return made


def extract(content: bytes) -> tuple[Embedded | None, tuple[Finding, ...]]:
    """The embedded document of a PDF, and what is to say about the file. Never raises for bad content.

    A file with one embedded stream in plain sight, as ours, is not opened at all. Any other is opened by the PDF
    library in a process of its own with little memory and time: some damaged files take it minutes and gigabytes.
    """
    if problem := _too_much(content):
        return None, (problem,)
    limit = min(LIMIT, _SPARE + _RATIO * len(content))
    return (found, ()) if (found := _in_sight(content, limit)) else _elsewhere(content, limit)


def _in_sight(content: bytes, limit: int) -> Embedded | None:
    """The one embedded file, where a look at the bytes finds it: streams are never packed into other streams."""
    places = [match.start() for match in _EMBEDDED.finditer(content)]
    if len(places) != 1 or b"/Encrypt" in content or content.count(b"%%EOF") > 1:
        return None
    stream = _STREAM.search(content, places[0], places[0] + 2000)
    if stream is None:
        return None
    head = content[content.rfind(b" obj", 0, places[0]) : stream.start()]
    if head.count(b"Decode") != 1 or b"/FlateDecode" not in head:
        return None
    unpacked = alone.unpacked(content[stream.end() :], limit)
    name = NAME if unpacked and NAME.encode() in content else "embedded.xml"
    return Embedded(name, unpacked) if unpacked and any(root in unpacked[:2000] for root in _ROOTS) else None


def _elsewhere(content: bytes, limit: int) -> tuple[Embedded | None, tuple[Finding, ...]]:
    seconds = _SECONDS * (1 + len(content) / 2**21)
    command = [sys.executable, "-I", alone.__file__, str(seconds), str(_MEMORY), str(limit)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_WAIT, check=True)
        head, _, embedded = done.stdout.partition(b"\n")
        answer = json.loads(head)
    except (subprocess.SubprocessError, ValueError):
        text = f"the PDF cannot be opened within {seconds:.1f} seconds and {_MEMORY} bytes; send the XML alone"
        return None, (error("damaged", "file", text),)
    findings = tuple(Finding(Severity(severity), *rest) for severity, *rest in answer["findings"])
    name = answer["name"]
    return (Embedded(name, embedded) if name else None), findings


def _too_much(content: bytes) -> Finding | None:
    """An error where the file would unpack to more than we take: each stream is inflated in pieces and thrown away."""
    if len(content) > LIMIT:
        text = f"the file has {len(content)} bytes, more than the {LIMIT} that are read at once"
        return error("too-large", "file", text)
    count = sum(1 for _ in _OBJECT.finditer(content))
    if count > _OBJECTS:
        return error(
            "too-many-objects", "file", f"the PDF has {count} objects, more than {_OBJECTS}; send the XML alone"
        )
    if b"ObjStm" in content and _EVIL.search(content):
        text = "the PDF packs its objects in an old way (LZW or run length); save it anew or send the XML alone"
        return error("old-packing", "file", text)
    budget = _UNPACKED
    for match in _STREAM.finditer(content):
        budget -= _inflated(memoryview(content)[match.end() :], budget)
        if budget <= 0:
            text = f"the PDF unpacks to more than {_UNPACKED} bytes; send the XML alone"
            return error("unpacks-too-large", "file", text)
    return None


def _inflated(data: Any, budget: int, depth: int = 0) -> int:
    """How many bytes were unpacked from a packed stream and made of it, at most a little over the budget; 0 where it is
    not packed. What is packed twice counts twice."""
    if bytes(data[:1]) != b"\x78":
        return 0
    total, engine, at = 0, zlib.decompressobj(), 0
    try:
        while total < budget and not engine.eof and at < len(data):
            piece = engine.decompress(data[at : at + 65536], _CHUNK)
            at += 65536
            if total == 0 and depth < 3 and piece[:1] == b"\x78":
                total += _inflated(piece, budget, depth + 1)
            total += len(piece)
            while engine.unconsumed_tail and not engine.eof and total < budget:
                total += len(engine.decompress(engine.unconsumed_tail, _CHUNK))
    except zlib.error:
        return total + min(at, len(data))
    return total + min(at, len(data)) - len(engine.unused_data)
