"""Says what became of orders by reading the sinks' own journals and nothing of ours: the mails that a server took, the
files that lie in a folder."""

import base64
import email
import email.policy
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from orderwire import plugins
from orderwire.document.canonical import fingerprint


@dataclass(frozen=True)
class Seen:
    """One copy of an order that a sink has, by its number, version and fingerprint."""

    number: str
    revision: int
    sha256: str


@dataclass(frozen=True)
class Verdict:
    """Numbers of orders that no sink has, that a sink has more than once, and contents that nobody approved."""

    n: int
    missing: frozenset[str]
    doubled: frozenset[str]
    foreign: tuple[Seen, ...]


def mails(journal: Path) -> list[Seen]:
    """The order of each mail of the journal, as they came in."""
    found = []
    for line in journal.read_bytes().split(b"\n")[:-1]:
        message = email.message_from_bytes(base64.b64decode(json.loads(line)["raw"]), policy=email.policy.default)
        (attachment,) = message.iter_attachments()
        found.append(_seen(attachment.get_payload(decode=True)))
    return found


def files(folder: Path) -> list[Seen]:
    """The order of each file that a partner would pick up (hidden ones are unfinished)."""
    return [_seen(path.read_bytes()) for path in sorted(folder.iterdir()) if not path.name.startswith(".")]


def check(expected: Mapping[str, str], seen: Iterable[Seen]) -> Verdict:
    """`expected` is what the test itself ordered: number to fingerprint of the approved content."""
    seen = list(seen)
    copies = Counter(s.number for s in seen)
    return Verdict(
        len(expected),
        frozenset(expected.keys() - copies.keys()),
        frozenset(number for number, n in copies.items() if n > 1),
        tuple(s for s in seen if expected.get(s.number) != s.sha256),
    )


def _seen(content: object) -> Seen:
    assert isinstance(content, bytes)
    (read,) = plugins.format("order_json").read(content, {}).documents
    assert read.document is not None and read.number is not None
    return Seen(read.number, int(getattr(read.document, "revision", 0)), fingerprint(read.document))
