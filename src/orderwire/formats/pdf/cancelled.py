"""A cancellation as the data of its printed page: one clear sentence, who says it to whom, why, and where to answer."""

from collections.abc import Mapping
from typing import Any

from orderwire.document.cancellation import Cancellation
from orderwire.document.party import Party
from orderwire.formats.pdf.content import answer, approved, footer, from_to, ordered
from orderwire.formats.pdf.fonts import families
from orderwire.formats.pdf.parties import block
from orderwire.formats.pdf.words import Words
from orderwire.formats.pdf.wrap import wrap


def cancellation_content(document: Cancellation, words: Words, links: Mapping[str, str]) -> dict[str, Any]:
    """The data of the template. The cancellation names its buyer."""
    buyer = document.buyer
    assert buyer is not None
    title = words.text("cancellation.title")
    said = words.text("cancellation.said", number=f"\x01{words.own(document.order_number)}\x02").split("\x01")
    strong = said[1].split("\x02")
    day = words.date(document.issued) if document.issued else ""
    version = words.text("cancellation.version", revision=document.revision) if document.revision else ""
    release = words.text("release", number=words.own(document.release_number)) if document.release_number else ""
    zone = links.get("timezone")
    parties = [block(words.text("supplier"), document.supplier, "supplier", words)] if document.supplier else []
    return {
        "lang": words.language,
        "rtl": words.rtl,
        "fonts": families(words.territory),
        "author": buyer.name,
        "name": words.own(wrap(buyer.name, 60)),
        "title": title,
        "number": wrap(document.order_number, 20),
        "number_size": 24 if len(document.order_number) <= 16 else 16,
        "version": "\n".join(filter(None, (release, words.join(version, _ordered_on(document, words)), day))),
        "test": words.text("test") if document.test else "",
        "copy": "",
        "sentence": [
            [said[0], False],
            [strong[0], True],
            [f"{strong[1]} ", False],
            [words.text("cancellation.not_deliver"), True],
        ],
        "parties": parties,
        "agreed": [],
        "columns": [],
        "widths": [],
        "lines": [],
        "sums": [],
        "total": [],
        "taxes": [],
        "addresses": [],
        "notes": [words.text("reason"), [["", words.own(document.reason)]]] if document.reason else [],
        "answer": _answer(links, words, zone),
        "takes_up": "",
        "fingerprint": [],
        "approved": approved(document.revision or 1, links, words, zone),
        "ordered": ordered(buyer, words),
        "running": [f"{title} {document.order_number}", day or version, _names(buyer, document.supplier, words)],
        "footer": footer(buyer, words),
        "page": words.pages(),
    }


def _answer(links: Mapping[str, str], words: Words, zone: str | None) -> dict[str, Any] | None:
    """Where to answer: of the words on how, those that lead there. Other dates and prices answer no cancellation."""
    found = answer(links, words, zone)
    if found and "how" in found:
        lead, rest = found["how"]
        found["how"] = [lead, rest[:1]]
    return found


def _ordered_on(document: Cancellation, words: Words) -> str:
    if document.order_issued is None:
        return ""
    number = f"{words.text('title.standard')} {words.own(document.order_number)}"
    return words.text("reference_of", number=number, date=words.date(document.order_issued))


def _names(buyer: Party, supplier: Party | None, words: Words) -> str:
    return from_to(buyer, supplier, words) if supplier else ""
