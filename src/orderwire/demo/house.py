"""Where the demo keeps its things, and the little that it has to remember between two starts."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


@dataclass(frozen=True)
class House:
    """The data folder of one demo."""

    folder: Path

    @property
    def journal(self) -> Path:
        """What the catching mail server took, one JSON line a mail."""
        return self.folder / "mail.jsonl"

    @property
    def erp(self) -> Path:
        """Where the buying system leaves its files."""
        return self.folder / "erp"

    @property
    def log(self) -> Path:
        """What the processes have to say; the screen stays quiet."""
        return self.folder / "demo.log"

    def edi(self, supplier: str) -> Path:
        """A supplier's EDI folders: orders (to them), answers (from them), read (what they are done with)."""
        return self.folder / "edi" / supplier

    def notes(self) -> dict[str, Any]:
        """What was remembered: ports, the simulated people's keys, chapters that were told."""
        file = self.folder / "notes.json"
        known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return known

    def note(self, **more: Any) -> None:
        """Remember more. Only one process at a time writes: first the supervisor, then the storyteller."""
        fresh = self.folder / ".notes.part"
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(self.notes() | more, indent=1))
        fresh.replace(self.folder / "notes.json")


def here() -> House:
    """The demo that this process belongs to."""
    return House(Path(os.environ["ORDERWIRE_DATA"]))


def drop(folder: Path, name: str, content: bytes) -> None:
    """Leave a file in a folder so that its reader sees it whole or not at all."""
    part = folder / f".{name}.part"
    part.write_bytes(content)
    part.replace(folder / name)
