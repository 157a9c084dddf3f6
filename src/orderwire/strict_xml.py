"""Reads a stranger's XML: nothing is fetched, no entity is expanded; size, nodes and depth are bounded."""

import re
from typing import Any

from lxml import etree

LIMIT = 32 * 1024 * 1024
MAX_NODES = 1_000_000
"""Tags and attributes; each takes up to 240 bytes of memory, however short it is written."""

_ENTITIES = re.compile(rb"<!(?:ENTITY|NOTATION)\b")
_HEAD = 64 * 1024
_OWN_ENTITIES = "declares entities of its own, which are not read; write the text in their place"


class NotReadable(Exception):
    """No XML that is read here: a code, the place, and what to do, to stand after the name of the file."""

    def __init__(self, code: str, where: str, text: str):
        super().__init__(text)
        self.code, self.where, self.text = code, where, text


def parse(content: bytes) -> "etree._Element":
    """The root element. A document type is allowed (cXML has one), a declared entity is not; libxml2 bounds the depth
    to 256. Raises NotReadable."""
    if len(content) > LIMIT:
        text = f"has {len(content)} bytes, more than the {LIMIT} that are read at once; split it"
        raise NotReadable("too-large", "file", text)
    if len(content) > MAX_NODES and content.count(b"<") + content.count(b"=") > MAX_NODES:
        raise NotReadable("too-large", "file", f"has more than {MAX_NODES:,} tags and attributes; split it")
    if _ENTITIES.search(content[:_HEAD].replace(b"\0", b"")):  # of UTF-16 as well
        raise NotReadable("entities", "document type", _OWN_ENTITIES)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as failure:
        line, column = failure.position if failure.position else (0, 0)
        text = f"is not well-formed XML ({str(failure.msg).split(', line')[0][:200]}); correct it at this place"
        raise NotReadable("not-well-formed", f"line {line}, column {column}", text) from None
    except (ValueError, LookupError) as failure:
        raise NotReadable("not-xml", "file", f"cannot be read as XML: {str(failure)[:200]}") from None
    doctype: Any = root.getroottree().docinfo.internalDTD
    if doctype is not None and next(iter(doctype.iterentities()), None) is not None:
        raise NotReadable("entities", "document type", _OWN_ENTITIES)
    return root
