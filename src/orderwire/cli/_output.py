"""How commands speak: findings as JSON and as lines, and a file's bytes or the one line that says why not."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from orderwire.document.finding import Finding
from orderwire.reading import MAX_BYTES


class Usage(Exception):
    """The command was called wrongly; the text says how to call it."""


def file_bytes(name: str) -> bytes:
    """The bytes of a file, of standard input for "-". Raises Usage where there is no such file to read."""
    if name == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as failure:
        raise Usage(f"{name}: {(failure.strerror or str(failure)).lower()}") from None
    except ValueError as failure:
        raise Usage(f"{name!r} is no file name: {failure}") from None


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings in the shape of the command contract."""
    return [{"severity": str(f.severity), "code": f.code, "where": f.where, "text": f.text} for f in findings]


def lines(findings: Iterable[Finding], indent: str = "") -> Iterable[str]:
    """Findings for a person, one a line."""
    return (f"{indent}{f.severity}: {f.where}: {f.text}".replace("\n", " ") for f in findings)
