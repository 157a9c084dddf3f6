"""What the reader of one message gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderwire.document.states import DocumentType
from orderwire.formats import Content


@dataclass(frozen=True, slots=True)
class Found:
    """`document` is None where the faults have an error; `number` is what could be made out. `type` only where the
    message alone does not tell it (ORDCHG is a change or a cancellation); `envelope` adds to the message's own."""

    document: Content | None
    number: str | None = None
    type: DocumentType | None = None
    envelope: Mapping[str, str] = field(default_factory=dict)
