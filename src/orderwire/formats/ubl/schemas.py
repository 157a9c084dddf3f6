"""The official judges, where an operator supplies them: OASIS XSD in this process, Schematron in one of its own."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from orderwire.document.finding import Finding, error, info
from orderwire.formats.schematron import judge
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.tables import CUSTOMIZATIONS, PEPPOL, RULES
from orderwire.formats.ubl.tree import Element, label
from orderwire.formats.xml import local

_MOST = 50


def judged(root: Element, profile: UblProfile) -> tuple[Finding, ...]:
    """What the judges of the profile say of a document that stands alone; nothing where it names none."""
    if profile.schemas is None and profile.schematron is None:
        return ()
    alone = etree.fromstring(etree.tostring(root)) if root.getparent() is not None else root
    return (*_by_schema(alone, profile.schemas), *_by_rules(alone, profile.schematron))


def _by_schema(root: Element, folder: str | None) -> Iterator[Finding]:
    if folder is None:
        return
    path = _file(Path(folder), local(root))
    if path is None:
        text = f"there is no UBL-{local(root)}-2.1.xsd in the folder of schemas; only our own checks were made"
        yield info("schema-missing", "document", text)
        return
    try:
        schema = _compiled(path, path.stat().st_mtime_ns)
    except etree.XMLSchemaParseError as failure:
        yield info(
            "schema-missing",
            "document",
            f"{path.name} cannot be used: {str(failure)[:200]}; only our own checks were made",
        )
        return
    if not schema.validate(root):
        log: Any = schema.error_log
        for entry in islice(log, _MOST):
            where = f"line {entry.line}" if entry.line else "document"
            yield error("schema", where, f"breaks the schema of UBL: {_short(entry.message)}")


def _file(folder: Path, name: str) -> Path | None:
    """The schema of a document, of the latest version that is there: Peppol's advanced answers are of UBL 2.3."""
    names = [f"UBL-{name}-2.{version}.xsd" for version in (4, 3, 2, 1)]
    return next((p for n in names for p in (folder / n, folder / "maindoc" / n) if p.is_file()), None)


@lru_cache(maxsize=16)
def _compiled(path: Path, changed: int) -> "etree.XMLSchema":
    """A compiled schema; `changed` makes a replaced file a new one."""
    return etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))


def _short(message: str) -> str:
    """A message of libxml2 without the namespaces."""
    for space in ("CommonAggregateComponents-2", "CommonBasicComponents-2"):
        message = message.replace(f"{{urn:oasis:names:specification:ubl:schema:xsd:{space}}}", "")
    return message[:400]


def _by_rules(root: Element, folder: str | None) -> Iterator[Finding]:
    customization = label(root, "cbc:CustomizationID") or ""
    if folder is None or not customization.startswith(PEPPOL):
        return
    known = [key for key, value in CUSTOMIZATIONS.items() if customization.startswith(value)]
    name = RULES[max(known, key=lambda key: len(CUSTOMIZATIONS[key]))] if known else ""
    found = next((p for s in ("xslt", "xsl") if (p := Path(folder) / f"{name}.{s}").is_file()), None)
    if found is None:
        text = f"there is no {name or 'file'}.xslt in the folder of rules; only our own checks were made"
        yield info("schematron-missing", "document", text)
        return
    yield from judge(etree.tostring(root), found)
