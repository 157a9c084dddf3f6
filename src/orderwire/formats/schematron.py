"""Official Schematron rules (compiled to XSLT by their publisher, supplied by the operator) run over an XML document.

`judge` gives findings. The rules run in a process of their own (`python -m orderwire.formats.schematron`) with limits
of time and memory, because an XSLT may do anything and its engine, saxonche, is an extra that need not be installed.
"""

import importlib
import importlib.util
import re
import resource
import subprocess
import sys
from pathlib import Path

from lxml import etree

from orderwire.document.finding import Finding, Severity, warning
from orderwire.formats.xml import Faults, parse, text_of, where_is

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_SAID = (f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
_LONGEST = 8 * 1024 * 1024
_SEVERITIES = {
    "warning": Severity.WARNING, "warn": Severity.WARNING, "information": Severity.INFO, "info": Severity.INFO,
}  # fmt: skip
_STEP = re.compile(r"\*:([\w.-]+)\[namespace-uri\(\)='([^']*)'\]|Q\{([^}]*)\}([\w.-]+)")


def judge(content: bytes, stylesheet: Path, *, seconds: float = 20.0, megabytes: int = 1024) -> tuple[Finding, ...]:
    """What the rules say about an XML document: each broken rule with its own id as code and the line it is about.

    Rules flagged warning or information keep that severity, all others are errors. Where the rules could not be run
    (no saxonche, no such file, time or memory at its end) one warning says so and why.
    """
    root, findings = parse(content)
    if root is None:
        return findings
    if importlib.util.find_spec("saxonche") is None:
        return (_not_run("schematron-absent", stylesheet, "saxonche is missing; install orderwire[schematron]"),)
    if not stylesheet.is_file():
        return (_not_run("schematron-missing", stylesheet, "there is no such file; correct the path in the profile"),)
    command = [sys.executable, "-m", __spec__.name, str(stylesheet), str(megabytes), str(int(seconds) + 1)]
    try:
        done = subprocess.run(command, input=etree.tostring(root), capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return (_not_run("schematron-time", stylesheet, f"not finished after {seconds:g} s; look at the rules"),)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1][:300] if said else f"ended by signal or limit ({done.returncode})"
        return (_not_run("schematron-failed", stylesheet, reason),)
    return _findings(done.stdout, root, stylesheet)


def _not_run(code: str, stylesheet: Path, reason: str) -> Finding:
    return warning(code, "document", f"the rules in {stylesheet.name} were not run: {reason}")


def _findings(report: bytes, root: "etree._Element", stylesheet: Path) -> tuple[Finding, ...]:
    svrl, _ = parse(report)
    if svrl is None or svrl.tag != f"{_SVRL}schematron-output":
        return (_not_run("schematron-failed", stylesheet, "it gives no Schematron report (SVRL); is it compiled?"),)
    faults = Faults()
    for said in svrl.iter(*_SAID):
        severity = _SEVERITIES.get((said.get("flag") or said.get("role") or "").lower(), Severity.ERROR)
        text = " ".join((text_of(said.find(f"{_SVRL}text")) or "broken").split())
        place = _place(said.get("location") or "", root)
        faults.extend([Finding(severity, said.get("id") or "schematron", place, text)])
    return faults.findings


def _place(location: str, root: "etree._Element") -> str:
    """Line and path of the element that an SVRL location (an XPath 2 expression) leads to; else the location itself."""

    def step(found: re.Match[str]) -> str:
        name, space = (found[1], found[2]) if found[1] else (found[4], found[3])
        return f"*[local-name()='{name}' and namespace-uri()='{space}']"

    names = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.xpath(_STEP.sub(step, location), namespaces=names)
    except etree.XPathError:
        found = None
    first = found[0] if isinstance(found, list) and found else None
    return where_is(first) if isinstance(first, etree._Element) else location[:200] or "document"


def _run(stylesheet: str, megabytes: int, seconds: int) -> None:
    """The child: XML on standard input, SVRL on standard output."""
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20,) * 2)  # address space is reserved by the engine unused
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    engine = importlib.import_module("saxonche")  # an extra: it need not be there
    with engine.PySaxonProcessor(license=False) as processor:
        rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)
        document = processor.parse_xml(xml_text=sys.stdin.buffer.read().decode())
        report = rules.transform_to_string(xdm_node=document) or ""
    if len(report) > _LONGEST:
        sys.exit(f"the report is longer than {_LONGEST} characters")
    sys.stdout.buffer.write(report.encode())


if __name__ == "__main__":
    _run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
