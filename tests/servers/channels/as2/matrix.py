"""Every way in which two AS2 stations can agree (RFC 4130 section 2.4 with compression): 40 runs, four contents.

Eight ways to protect a message, without a receipt; and those with one that is unsigned or signed, at once or later.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orderwire.channels import Parcel, Proof, Refused
from orderwire.channels.as2 import door, receipt
from orderwire.channels.as2.fault import Fault
from orderwire.channels.as2.message import Built
from orderwire.channels.as2.settings import As2Config
from tests import stations

CONTENTS = {
    "CRLF": b"ISA*00*~\r\nBEG*00*SA*4500071791~\r\n" * 40,
    "LF only": b"ISA*00*~\nBEG*00*SA*4500071791~\n" * 40,
    "binary": bytes(range(256)) * 8 + b"\r\n--\r\n\n\r\x00",
    "long lines": b"ISA*00*~" * 1200 + b"\r\n",
}
LATER_URL = "http://127.0.0.1:8099/receipts"


@dataclass(frozen=True)
class Run:
    """One way."""

    sign: bool
    encrypt: bool
    compress: bool
    receipt: str
    later: bool

    @property
    def settings(self) -> dict[str, Any]:
        """For the side that sends."""
        before = "before_signing" if self.sign else "after_signing"
        return {
            "sign": self.sign,
            "encryption": "aes128_cbc" if self.encrypt else "none",
            "compression": before if self.compress else "none",
            "receipt": self.receipt,
            "receipt_url": LATER_URL if self.later else "",
        }

    @property
    def demands(self) -> dict[str, Any]:
        """For the side that receives."""
        return {"require_signed": self.sign, "require_encrypted": self.encrypt, "receipt_hosts": ("127.0.0.1",)}


def runs() -> Iterator[Run]:
    for bits in range(8):
        protection = bool(bits & 1), bool(bits & 2), bool(bits & 4)
        yield Run(*protection, "none", False)
        for asked in ("unsigned", "signed"):
            for later in (False, True):
                yield Run(*protection, asked, later)


RUNS = tuple(runs())


class Outcomes:
    """What came of it, for a table: by content and direction, and why not where it was not."""

    def __init__(self, partner: str):
        self.partner = partner
        self.good: Counter[tuple[str, str]] = Counter()
        self.all: Counter[tuple[str, str]] = Counter()
        self.reasons: Counter[str] = Counter()

    def add(self, content: str, direction: str, reason: str) -> None:
        """One run; `reason` is empty where everything was as it should be."""
        self.all[content, direction] += 1
        if reason:
            self.reasons[reason] += 1
        else:
            self.good[content, direction] += 1

    @property
    def table(self) -> str:
        directions = list(dict.fromkeys(direction for _, direction in self.all))
        lines = [f"AS2 with {self.partner}: {sum(self.good.values())} of {sum(self.all.values())} runs"]
        for content in CONTENTS:
            cells = (f"{d} {self.good[content, d]}/{self.all[content, d]}" for d in directions)
            lines.append(f"  {content:<11} {'   '.join(cells)}")
        lines += [f"  {count} x {reason}" for reason, count in self.reasons.most_common()]
        return "\n".join(lines)


def proven(run: Run, headers: dict[str, str], body: bytes, built: Built, what: Parcel, config: As2Config) -> str:
    """What is wrong with a partner's receipt, at once or afterwards; empty where it proves what it should."""
    wanted = Proof.DELIVERED if run.receipt == "signed" else Proof.HANDED_OVER
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        if run.later:
            (report,) = door.hear(door.kept(stations.request(lower, body)), config).reports or (None,)
            if report is None:
                return "the later receipt is refused"
            compared = door.compare(report, what, config)
            proof, text = compared.proof, compared.text
        else:
            proof, text = receipt.judged(receipt.read(lower, body, config, stations.now()), built.source, config)
    except (Refused, Fault) as failure:
        return str(failure)
    if proof is None or "not which bytes" in text:
        return text
    return "" if proof is wanted else f"proves {proof}"
