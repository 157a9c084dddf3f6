"""A status as a note in an ERP: its sentences, and a mark by which the same status is known again."""

import hashlib

from orderwire.document.status import OrderStatus, sentences


def note_of(status: OrderStatus) -> tuple[str, str]:
    """The mark, of letters, digits, a blank and a dash, and the note with it as its last line."""
    words = sentences(status)
    digest = hashlib.sha256("\n".join(words).encode(errors="surrogatepass")).hexdigest()[:10]
    mark = f"Orderwire {status.sequence}-{digest}"
    return mark, "\n".join([*words, f"({mark})"])
