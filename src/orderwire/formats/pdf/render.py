"""Typst in this process, kept warm behind a lock; a very large order in a short-lived process of its own.

Typst keeps about ten documents in its cache and then stays flat: some 130 MB for usual orders, 800 MB for orders of
500 lines. That is why those run elsewhere, without tags, under limits of memory and time.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from orderwire.formats.pdf.fonts import installed

LARGE = 300
"""Lines above which an order is rendered in a process of its own, without tags."""

_SECONDS = 120

_lock = threading.Lock()


class NotRendered(Exception):
    """The layout engine gave no document; the text is its reason."""


def render(data: Mapping[str, Any], issued: int) -> bytes:
    """PDF/A-3a and PDF/UA-1 of the template's data; same data, same bytes. `issued` is the document's date in
    seconds since 1970. Raises NotRendered."""
    text = json.dumps(data, ensure_ascii=False)
    if len(data["lines"]) > LARGE:
        return _elsewhere(text, issued)
    return here(text, issued, tagged=True)


@cache
def _compiler() -> typst.Compiler:
    template = str(files(__package__).joinpath("template/order.typ"))
    root = str(files(__package__).joinpath("template"))
    return typst.Compiler(template, root=root, font_paths=installed(), ignore_system_fonts=True)


def here(text: str, issued: int, *, tagged: bool) -> bytes:
    """PDF of the template's data as JSON text, made in this process. Raises NotRendered."""
    with _lock:
        try:
            made = _compiler().compile(
                format="pdf",
                sys_inputs={"order": text},
                pdf_standards=["a-3a", "ua-1"] if tagged else ["a-3u"],
                pdf_tags=tagged,
                timestamp=issued,
            )
        except typst.TypstError as failure:
            raise NotRendered(failure.diagnostic) from failure
    if not isinstance(made, bytes):
        raise NotRendered("the layout engine returned no bytes")
    return made


def _elsewhere(text: str, issued: int) -> bytes:
    command = [sys.executable, "-m", f"{__package__}.alone", str(issued), str(_SECONDS)]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotRendered(f"took more than {_SECONDS} seconds") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()[-500:]
        raise NotRendered(reason or f"stopped with code {done.returncode}")
    return done.stdout
