"""Which format are these bytes? Every installed format is asked, the surest reads."""

from orderwire.document.finding import Finding, error, warning
from orderwire.formats import Format, Profile, ReadResult
from orderwire.plugins import formats

MAX_BYTES = 256 * 1024 * 1024
"""No format reads more in one file; most have a lower limit of their own."""


def detect(content: bytes) -> tuple[Format | None, tuple[Finding, ...]]:
    """The format that is surest of these bytes, or None. A stranger's format that fails to look is a warning."""
    best: tuple[int, Format | None] = (0, None)
    findings = []
    for candidate in formats():
        try:
            sure = candidate.sniff(content)
        except Exception as failure:  # noqa: BLE001 - a stranger's code may raise anything; it is reported, never hidden
            text = f"format {candidate.kind} could not look at the file ({type(failure).__name__}: {failure})"
            findings.append(warning("format-failed", "file", text))
            continue
        if sure > best[0]:
            best = (sure, candidate)
    return best[1], tuple(findings)


def read(content: bytes, profile: Profile | None = None) -> ReadResult:
    """What a file holds, read by the format that is surest of it; `format` is "unknown" where none is.

    Never raises for bad content.
    """
    if len(content) > MAX_BYTES:
        text = f"is larger than {MAX_BYTES // 2**20} MiB; split it"
        return ReadResult("unknown", findings=(error("too-large", "file", text),))
    if not content.strip():
        return ReadResult("unknown", findings=(error("empty", "file", "is empty; send it again"),))
    found, findings = detect(content)
    if found is None:
        kinds = ", ".join(sorted(f.kind for f in formats() if f.reads))
        text = f"is in no format that is installed and reads ({kinds})"
        return ReadResult("unknown", findings=(*findings, error("unknown-format", "file", text)))
    return read_as(found, content, profile, findings)


def read_as(
    format: Format, content: bytes, profile: Profile | None = None, findings: tuple[Finding, ...] = ()
) -> ReadResult:
    """What a file of a known format holds, with `findings` before its own."""
    try:
        result = format.read(content, profile or {})
    except Exception as failure:  # noqa: BLE001 - as above: the bytes are kept, the fault has a name
        text = f"format {format.kind} failed to read the file ({type(failure).__name__}: {failure}); report it"
        return ReadResult(format.kind, findings=(*findings, error("format-failed", "file", text)))
    if not findings:
        return result
    return ReadResult(result.format, result.documents, (*findings, *result.findings), result.acks)
