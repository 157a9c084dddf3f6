"""A stranger's XML for channels that must look at its envelope."""

from lxml import etree

from orderwire import strict_xml
from orderwire.channels import Refused


def parse(content: bytes) -> "etree._Element":
    """The root element. Raises Refused saying what is wrong, and where."""
    try:
        return strict_xml.parse(content)
    except strict_xml.NotReadable as failure:
        raise Refused(f"{failure.text} ({failure.where})") from None


def text(element: "etree._Element | None") -> str:
    """The element's own text without blanks around it; empty where there is none."""
    return (element.text or "").strip() if element is not None else ""
