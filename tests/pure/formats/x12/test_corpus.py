"""What real files say is written again and says the same: the corpus of the order family."""

import pytest

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import has_errors
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.response import Response
from tests.pure.formats.x12.support import CORPUS, FORMAT, Numbers


def test_what_real_files_say_is_written_and_read_again_the_same() -> None:
    if not CORPUS.exists():
        pytest.skip("the corpus of real documents is not here")
    files = [f for d in ("x12", "staedi/x12") for f in sorted((CORPUS / d).rglob("*.edi"))]
    files += [*sorted((CORPUS / "edi-net").glob("x12*")), *sorted((CORPUS / "vscode-edi-support").glob("*.x12"))]
    stable = []
    for file in files:
        for found in FORMAT.read(file.read_bytes(), {}).documents:
            if not found.usable or not isinstance(found.document, Order | OrderChange | Cancellation | Response):
                continue
            profile = {"on_loss": "accept", "version": "005010"}
            fitted, findings = FORMAT.project(found.document, profile)
            assert not has_errors(findings), (file, findings)
            (again,) = FORMAT.read(FORMAT.write(found.document, profile, Numbers()).content, profile).documents
            assert again.document == fitted, file
            stable.append(f"{file.stem} {type(fitted).__name__}")
    assert len(stable) >= 15, stable
    assert any("OrderChange" in name for name in stable) and any("Response" in name for name in stable)
