"""Real documents that others wrote: each is read usably, or refused with its reason; none fails us. `-s` prints the
table."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orderwire.reading import read

CORPUS = Path(__file__).resolve().parents[3].parent / "shared/corpus"
NO_DOCUMENTS = {"d21a", "edifact-directory", "dtd", "maindoc", "common", "orderx-basic", "orderx-comfort",
                "orderx-extended"}  # fmt: skip
KINDS = {".edi", ".x12", ".edifact", ".txt", ".xml"}
UNKNOWN = {"tradacoms.order9.edi": "TRADACOMS", "4905.edi": "VDA 4905", "4913.edi": "VDA 4913"}
"""Standards of their own that no format of ours reads."""


def documents() -> Iterator[Path]:
    """Every file of the corpus that is a document."""
    for path in sorted(CORPUS.rglob("*")):
        if path.suffix in KINDS and path.is_file() and not NO_DOCUMENTS & set(path.parts):
            yield path


def test_every_document_of_the_corpus_is_read_or_refused_with_its_reason() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    rows, wrong = [], []
    for path in documents():
        name = str(path.relative_to(CORPUS))
        result = read(path.read_bytes())
        errors = [
            f for f in (*result.findings, *(f for d in result.documents for f in d.findings)) if f.severity == "error"
        ]
        usable = sum(d.usable for d in result.documents)
        kinds = " ".join(sorted({str(d.type) for d in result.documents}))
        reason = f"{errors[0].where}: {errors[0].text}" if errors else ""
        rows.append(f"{name[-64:]:64} {result.format:10} {usable}/{len(result.documents)} {kinds:24} {reason[:90]}")
        if any(f.code == "format-failed" for f in errors):
            wrong.append(rows[-1])
        if result.format == "unknown" and path.name not in UNKNOWN:
            wrong.append(rows[-1])
        if usable < len(result.documents) and not errors:
            wrong.append(rows[-1])
        if not result.documents and not errors:
            wrong.append(rows[-1])
    print("\n".join(["", *rows]))
    assert not wrong, "\n".join(wrong)
    assert len(rows) > 80
