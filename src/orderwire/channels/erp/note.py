"""A status as a note in an ERP: its sentences, and a mark by which the same status is known again."""

import hashlib

from orderwire.document.status import OrderStatus, sentences

LIKE = "(Orderwire "
"""What every note of ours holds, to look for them."""


def note_of(status: OrderStatus) -> tuple[str, str]:
    """The mark, of letters, digits, a blank and a dash, and the note with it as its last line."""
    words = sentences(status)
    digest = hashlib.sha256("\n".join(words).encode(errors="surrogatepass")).hexdigest()[:10]
    mark = f"Orderwire {status.sequence}-{digest}"
    return mark, "\n".join([*words, f"({mark})"])


def says(note: str, mark: str) -> bool:
    """Whether a note of ours has the words of this mark, whatever happened to the order between them: what another try
    tells is no news."""
    return f"-{mark.rpartition('-')[2]})" in note
