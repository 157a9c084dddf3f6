"""A stranger's XML for channels that must look at its envelope: no network, no entities, bounded."""

import re
from typing import Any

from lxml import etree

from orderwire.channels import Refused

LIMIT = 32 * 1024 * 1024
MAX_NODES = 1_000_000
"""Tags and attributes; each takes up to 240 bytes of memory, however short it is written."""

_ENTITIES = re.compile(rb"<!(?:ENTITY|NOTATION)\b")
_HEAD = 64 * 1024


def parse(content: bytes) -> "etree._Element":
    """The root element. Raises Refused saying what is wrong; depth is bounded to 256 by libxml2."""
    if len(content) > LIMIT or (len(content) > MAX_NODES and content.count(b"<") + content.count(b"=") > MAX_NODES):
        raise Refused("is too large to be read")
    if _ENTITIES.search(content[:_HEAD].replace(b"\0", b"")):
        raise Refused("declares entities of its own, which are not read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as failure:
        raise Refused(f"is not well-formed XML: {str(failure.msg)[:200]}") from None
    except (ValueError, LookupError) as failure:
        raise Refused(f"cannot be read as XML: {str(failure)[:200]}") from None
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and next(iter(declared.iterentities()), None) is not None:
        raise Refused("declares entities of its own, which are not read")
    return root


def text(element: "etree._Element | None") -> str:
    """The element's own text without blanks around it; empty where there is none."""
    return (element.text or "").strip() if element is not None else ""
