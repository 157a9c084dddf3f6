"""10,000 damaged documents of every format and kind: the slowest read, and the memory that reading them took."""

import datetime
import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bench.formats import _order
from orderwire import plugins
from orderwire.document.order_change import between
from orderwire.formats import CannotCarry, Content
from orderwire.reading import read
from orderwire.testing.formats import FixedContext

DOCUMENTS, SEED = 10_000, 20261122
_MARKS = b"*~'+:?^>|<>&;\"{}[],\n\r\0\xff\xfe\x1a ISA GS UNB UNA <!DOCTYPE <![CDATA[ \xc3\x28"


def run() -> Iterator[dict[str, Any]]:
    """Every format's reading of what it writes, cut, repeated, swapped and filled with marks. A read that raises ends
    the run with its document."""
    chance = random.Random(SEED)
    originals = [(form, content) for form, content in _originals() if len(content) < 200_000]
    seconds: list[float] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for n in range(DOCUMENTS):
        kind, content = originals[n % len(originals)]
        for _ in range(chance.randint(1, 5)):
            content = chance.choice(_CHANGES)(chance, content)
        start = time.perf_counter()
        result = read(content)
        seconds.append(time.perf_counter() - start)
        if any(f.code == "format-failed" for f in result.findings):
            raise RuntimeError(f"{kind}: {result.findings[-1].text}")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    seconds.sort()
    told = f"{DOCUMENTS} damaged documents of {len({kind for kind, _ in originals})} formats, none raised"
    yield _figure(
        "mutated_read_slowest", "ms", seconds[len(seconds) // 2] * 1e3, seconds[0] * 1e3, seconds[-1] * 1e3, told
    )
    yield _figure("mutated_read_memory", "MiB", grown, grown, grown, "growth of the process over all of them")


def _figure(name: str, unit: str, median: float, lo: float, hi: float, bounded_by: str) -> dict[str, Any]:
    return {
        "name": name, "unit": unit, "median": round(median, 2), "lo": round(lo, 2), "hi": round(hi, 2), "n": DOCUMENTS,
        "bounded_by": bounded_by,
    }  # fmt: skip


def _originals() -> Iterator[tuple[str, bytes]]:
    order = _order(7)
    changed = order.model_copy(update={"revision": 2, "issued": datetime.date(2026, 3, 2), "lines": order.lines[1:]})
    documents: Sequence[Content] = (order, between(order, changed, "full"), between(order, changed, "delta"))
    for form in plugins.formats():
        for document in documents:
            try:
                yield form.kind, form.write(document, {}, FixedContext(links={"previous_payload": "1@x"})).content
            except CannotCarry:
                continue


def _cut(chance: random.Random, content: bytes) -> bytes:
    a, b = sorted((chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)))
    return content[:a] + content[b:]


def _short(chance: random.Random, content: bytes) -> bytes:
    a = chance.randrange(len(content) + 1)
    return content[:a] + content[a + chance.randint(1, 8) :]


def _again(chance: random.Random, content: bytes) -> bytes:
    a = chance.randrange(len(content) + 1)
    part = content[a : a + chance.randint(1, 400)]
    return content[:a] + part * chance.randint(2, 200) + content[a:]


def _marked(chance: random.Random, content: bytes) -> bytes:
    a, b = chance.randrange(len(content) + 1), chance.randrange(len(_MARKS))
    return content[:a] + _MARKS[b : b + chance.randint(1, 6)] * chance.choice((1, 1, 1, 2000)) + content[a:]


def _flipped(chance: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(min(len(damaged), chance.randint(1, 30))):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


_CHANGES: Sequence[Callable[[random.Random, bytes], bytes]] = (_cut, _short, _short, _again, _marked, _flipped)
