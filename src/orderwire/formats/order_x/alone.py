"""What a PDF carries, found by the PDF library: run as a script of its own, with limits, since damaged files take that
library minutes and gigabytes. It imports nothing of ours, so that it starts in a tenth of a second.

Arguments: seconds of computing, bytes of address space, longest embedded file. The PDF on standard input; on standard
output a line of JSON, with the name of the chosen file and findings (severity, code, where, text), then its content.
"""

import io
import json
import resource
import signal
import sys
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

NAME = "order-x.xml"
KNOWN = (NAME, "factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "cii.xml")
_NODES = 2000
_DAMAGES = (
    pikepdf.PdfError,
    ValueError,
    RuntimeError,
    TypeError,
    AttributeError,
    KeyError,
    RecursionError,
    MemoryError,
)

Said = tuple[str, str, str, str]


def opened(content: bytes, limit: int) -> tuple[str | None, bytes, tuple[Said, ...]]:
    """Name and bytes of the embedded document, and what is to say about the file."""
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=True) as document:
            return _chosen(document, limit)
    except pikepdf.PasswordError:
        text = "the PDF is encrypted; ask the sender for one without a password"
        return None, b"", (("error", "encrypted", "file", text),)
    except _DAMAGES as failure:
        text = f"the PDF is damaged ({str(failure)[:120]}); ask the sender to send it again"
        return None, b"", (("error", "damaged", "file", text),)


def unpacked(raw: bytes, limit: int) -> bytes | None:
    """A deflated stream of at most `limit` bytes; None where it is none, or longer."""
    engine = zlib.decompressobj()
    try:
        content = engine.decompress(raw, limit)
    except zlib.error:
        return None
    return content if engine.eof else None


def _chosen(document: "pikepdf.Pdf", limit: int) -> tuple[str | None, bytes, tuple[Said, ...]]:
    """The best of the embedded files: by its usual name, else any XML. Others are told."""
    found: dict[str, Any] = {}
    for name, spec in _files(document):
        found.setdefault(name, spec)
    usual = [name for want in KNOWN for name in found if name.lower() == want]
    others = [name for name in found if name.lower().endswith(".xml") and name not in usual]
    if not (usual or others):
        text = (
            "a printed page is not a machine document, and no data is embedded in it; "
            "ask for an Order-X PDF, or for the order as data (XML, EDI, CSV or XLSX)"
        )
        return None, b"", (("error", "not-a-machine-document", "document", text),)
    name = (usual or others)[0]
    findings = tuple(
        ("info", "attachment", f"file {other[:60]}", "is attached to the PDF too; it is not read")
        for other in found
        if other != name
    )
    content = _bytes(found[name], limit)
    if content is None:
        text = f"the embedded file {name[:60]} cannot be unpacked within {limit} bytes; send the XML alone"
        return None, b"", (*findings, ("error", "embedded-unreadable", f"file {name[:60]}", text))
    return name, content, findings


def _files(document: "pikepdf.Pdf") -> Iterator[tuple[str, Any]]:
    """Name and file specification of everything embedded, by the names tree and by the associated files."""
    root: Any = document.Root
    pending = [root.get("/Names", {}).get("/EmbeddedFiles")]
    seen = 0
    while pending and seen < _NODES:
        at = pending.pop()
        seen += 1
        if not isinstance(at, pikepdf.Dictionary):
            continue
        names = at.get("/Names")
        if isinstance(names, pikepdf.Array):
            for spec in list(names)[1 : 2 * _NODES : 2]:
                yield from _named(spec)
        kids = at.get("/Kids")
        if isinstance(kids, pikepdf.Array):
            pending += list(kids)[:_NODES]
    associated = root.get("/AF")
    for spec in list(associated)[:_NODES] if isinstance(associated, pikepdf.Array) else ():
        yield from _named(spec)


def _named(spec: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(spec, pikepdf.Dictionary):
        name = spec.get("/UF", spec.get("/F"))
        if name is not None:
            yield str(name), spec


def _bytes(spec: Any, limit: int) -> bytes | None:
    files = spec.get("/EF")
    stream: Any = files.get("/UF", files.get("/F")) if isinstance(files, pikepdf.Dictionary) else None
    if not isinstance(stream, pikepdf.Stream):
        return None
    filters = stream.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] if filters else []
    raw = stream.read_raw_bytes()
    if not names:
        return raw
    if names != ["/FlateDecode"] or stream.get("/DecodeParms") is not None:
        return stream.read_bytes() if names in (["/ASCIIHexDecode"], ["/ASCII85Decode"]) else None
    return unpacked(raw, limit)


def main() -> int:
    """0 with an answer; a process that is killed at its limits has none."""
    seconds, memory, limit = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    signal.setitimer(signal.ITIMER_PROF, seconds)  # its signal ends the process, at fractions of a second too
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    name, content, findings = opened(sys.stdin.buffer.read(), limit)
    sys.stdout.buffer.write(json.dumps({"name": name, "findings": findings}).encode() + b"\n")
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
