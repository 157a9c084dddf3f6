"""The DTDs of cXML as judges, where an operator gives their folder; they are never fetched."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree

from orderwire.document.finding import Finding, warning
from orderwire.formats.cxml.tables import FULFILL
from orderwire.formats.xml import parse

_MANY = 20
_one_at_a_time = Lock()


def check(content: bytes, kind: str, folder: str) -> tuple[Finding, ...]:
    """What the DTD of this kind of document has against the bytes; a warning where there is no DTD."""
    name = "Fulfill.dtd" if kind in FULFILL else "cXML.dtd"
    try:
        dtd = _load(str(Path(folder) / name))
    except (OSError, etree.DTDParseError) as failure:
        text = (
            f"{name} cannot be read from the folder of the profile's schemas ({type(failure).__name__}); put it there"
        )
        return (warning("schema-missing", "profile.schemas", text),)
    root, _ = parse(content)
    if root is None:
        return ()
    with _one_at_a_time:
        if dtd.validate(root):
            return ()
        log: Any = dtd.error_log
        wrong = [(entry.line, entry.message) for entry in log]
    shown = [warning("schema", f"line {line}", f"{name}: {message[:300]}") for line, message in wrong[:_MANY]]
    if len(wrong) > _MANY:
        shown.append(warning("more", "document", f"and {len(wrong) - _MANY} more of these"))
    return tuple(shown)


@lru_cache(maxsize=8)
def _load(path: str) -> etree.DTD:
    return etree.DTD(BytesIO(Path(path).read_bytes()))
