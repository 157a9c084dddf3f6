"""The mail that carries an order to a person: subject, plain text and HTML in the supplier's language.

Not a format of its own, since nobody reads it back; the printed order and its words are in `formats.pdf`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orderwire.document.order import Order
from orderwire.formats.letter.amended import Proposal, amended
from orderwire.formats.letter.html import page
from orderwire.formats.letter.plain import twin
from orderwire.formats.letter.said import Said, say, texts_of
from orderwire.formats.letter.withdrawn import cancelled
from orderwire.formats.letter.withdrawn import kept as kept_again
from orderwire.formats.pdf.words import words

__all__ = ["Letter", "Proposal", "compose", "compose_cancellation", "reason_words"]


@dataclass(frozen=True)
class Letter:
    """What a mail says. `text` and `html` say the same; `subject` is one line."""

    subject: str
    text: str
    html: str


def compose(
    order: Order,
    *,
    language: str,
    links: Mapping[str, str],
    attached: Sequence[str] = (),
    replaces: int | None = None,
    duplicate: bool = False,
    prices: bool = True,
    kept: bool = False,
    before: Order | None = None,
    proposal: Proposal | None = None,
) -> Letter:
    """The letter for one version of an order.

    `language` is a tag such as de or en-US; one we do not have gives English. `links` may hold answer_url (http or
    https), answer_by (ISO 8601) and timezone (IANA name for it), as for the printed order. `attached` are the file
    names of the mail. `replaces` is the version that the supplier had before, without it the one before this.
    `duplicate` says that the mail may have arrived once already. `prices` off is for recipients who must not see any
    amount. `kept`: a cancellation of it was taken back. `before` is the version that the supplier has: its
    differences are listed; `links` may hold insists, counters or agrees, and `proposal` is the answer that a
    counter-proposal is for.
    Raises ValueError for any other kind of link.
    """
    said = say(
        order,
        language=language,
        links=links,
        attached=attached,
        replaces=replaces,
        duplicate=duplicate,
        prices=prices,
    )
    if kept:
        return _laid_out(kept_again(said, order, language=language))
    told = amended(
        said,
        order,
        language=language,
        links=links,
        before=before,
        proposal=proposal,
        duplicate=duplicate,
        prices=prices,
    )
    return _laid_out(told)


def compose_cancellation(
    order: Order,
    *,
    reason: str,
    asks: bool,
    language: str,
    links: Mapping[str, str],
    attached: Sequence[str] = (),
    duplicate: bool = False,
    prices: bool = True,
) -> Letter:
    """The letter that cancels an order. `asks`: the reader is to agree through the links; else he is only told. The
    rest as for `compose`."""
    said = say(
        order, language=language, links=links, attached=attached, replaces=None, duplicate=duplicate, prices=prices
    )
    return _laid_out(cancelled(said, order, language=language, reason=reason, asks=asks, duplicate=duplicate))


def reason_words(code: str, language: str) -> str:
    """A reason of document.cancellation.REASONS in the words of a language, or the nearest that we have."""
    return str(texts_of(words(language, None).language)[f"why_{code}"])


def _laid_out(said: Said) -> Letter:
    return Letter(said.subject, twin(said), page(said))
