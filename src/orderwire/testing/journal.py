"""What the scripted mail server accepted, one JSON line for each message: the sink's own truth."""

import base64
import binascii
import datetime
import hashlib
import json
import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import Envelope, Session

ASKS = re.compile(r" ((?:RET|ENVID|NOTIFY|ORCPT)=\S+)")
"""Parameters of MAIL and RCPT by which a report is asked for (RFC 3461); aiosmtpd does not know them."""


@dataclass(frozen=True)
class Caught:
    """One accepted message, as the journal has it. `asked`: the reports that its sender asked for, where offered."""

    time: str
    mail_from: str
    rcpt_to: tuple[str, ...]
    message_id: str
    sha256: str
    raw: bytes
    tls: bool
    user: str
    asked: tuple[str, ...] = ()


class Journal:
    """Append-only file of accepted messages; a line is written with one system call."""

    def __init__(self, path: Path):
        self.path = path
        path.touch()

    def append(self, envelope: Envelope, session: Session) -> None:
        """Write one line and see it on its way to the disk before the server says yes."""
        raw = envelope.original_content or b""
        line = {
            "time": datetime.datetime.now(datetime.UTC).isoformat(),
            "mail_from": envelope.mail_from,
            "rcpt_to": envelope.rcpt_tos,
            "message_id": str(
                BytesHeaderParser().parsebytes(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")["Message-ID"]
            ),
            "sha256": hashlib.sha256(raw).hexdigest(),
            "tls": session.ssl is not None,
            "user": session.auth_data or "",
            "raw": binascii.b2a_base64(raw, newline=False).decode(),
            "asked": [option for option in envelope.rcpt_options if ASKS.fullmatch(f" {option}")],
        }
        with self.path.open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")

    def read(self) -> list[Caught]:
        """All messages, in the order of arrival. A last line that is still being written is left out."""
        lines = self.path.read_bytes().split(b"\n")[:-1]
        return [_caught(json.loads(line)) for line in lines]


def _caught(line: dict[str, Any]) -> Caught:
    lists = {name: tuple(line.get(name, ())) for name in ("rcpt_to", "asked")}
    return Caught(**{**line, "raw": base64.b64decode(line["raw"]), **lists})
