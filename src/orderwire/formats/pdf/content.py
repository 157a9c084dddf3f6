"""One order as the data of its printed page: every text finished, in the supplier's language, in reading order.

The template only lays out. What is data here stays data there: nothing of an order is ever read as markup.
"""

import datetime
import io
import re
from collections.abc import Mapping
from typing import Any

import segno

from orderwire.document.canonical import fingerprint
from orderwire.document.money import allowance_total, totals
from orderwire.document.order import Order
from orderwire.document.party import Party
from orderwire.formats.pdf import agreed
from orderwire.formats.pdf.fonts import families
from orderwire.formats.pdf.lines import Places, is_internal, rows, subject_word, widths
from orderwire.formats.pdf.parties import block, identifiers, postal
from orderwire.formats.pdf.words import Words
from orderwire.formats.pdf.wrap import wrap

_BOLD = re.compile("\x01(.*?)\x02", re.DOTALL)
_COLUMNS = ("line", "item", "arrives", "quantity", "unit", "price", "amount")


def content(
    order: Order, words: Words, links: Mapping[str, str], *, prices: bool, whole: Order | None
) -> dict[str, Any]:
    """The data of the template. `links` may hold answer_url, answer_by, approved_by, approved_at and timezone
    (IANA name, for the two times); with agrees, and proposed_on, the page asks for no answer and says why. `whole` is
    the order whose total and fingerprint are printed: `order` itself, None where the page shows a part of an order
    that is not known as a whole."""
    places = Places(order, words)
    lines = rows(order, words, places, prices=prices)
    title = words.text(f"title.{order.kind}")
    shown = _COLUMNS if prices else _COLUMNS[:5]
    columns = [words.text(f"columns.{c}", currency=order.currency) for c in shown]
    zone = links.get("timezone")
    return {
        "lang": words.language,
        "rtl": words.rtl,
        "fonts": families(words.territory),
        "author": order.buyer.name,
        "name": words.own(wrap(order.buyer.name, 60)),
        "title": title,
        "number": wrap(order.number, 20),
        "number_size": 24 if len(order.number) <= 16 else 16,
        "version": _version(order, words),
        "test": words.text("test") if order.test else "",
        "copy": "" if prices else words.text("no_prices"),
        "sentence": _sentence(order, words, prices=prices),
        "parties": _parties(order, words),
        "agreed": [_pair(*pair) for pair in _agreed(order, words)],
        "columns": columns,
        "widths": widths(columns, lines),
        "lines": lines,
        "sums": _sums(whole, words) if prices and whole else [],
        "total": [words.text("total"), whole.currency, words.amount(totals(whole).total, whole.currency)]
        if prices and whole
        else [],
        "taxes": [words.text("taxes"), reasons] if prices and (reasons := agreed.tax_reasons(order, words)) else [],
        "addresses": [words.text("addresses"), places.blocks] if places.blocks else [],
        "notes": [words.text("notes"), [_pair(*pair) for pair in notes]] if (notes := _notes(order, words)) else [],
        "answer": None if "agrees" in links else answer(links, words, zone),
        "takes_up": takes_up(links, words),
        "fingerprint": [words.text("fingerprint"), _grouped(fingerprint(whole))] if whole else [],
        "approved": approved(order.revision, links, words, zone),
        "ordered": ordered(order.buyer, words),
        "running": [
            f"{title} {order.number}",
            words.text("version_short", revision=order.revision),
            from_to(order.buyer, order.supplier, words),
        ],
        "footer": footer(order.buyer, words),
        "page": words.pages(),
    }


def _version(order: Order, words: Words) -> str:
    said = [words.text("version", revision=order.revision, date=words.date(order.issued))]
    if order.release_number:
        said.insert(0, words.text("release", number=words.own(order.release_number)))
    if order.revision > 1:
        said.append(words.text("replaces"))
    return "\n".join(said)


def _sentence(order: Order, words: Words, *, prices: bool) -> list[list[Any]]:
    """The order in one sentence, cut into [text, bold]."""
    what = words.count("items", len(order.lines))
    if prices:
        what = words.text("for", items=what, total=words.money(totals(order).total, order.currency))
    dates = sorted({s.requested for line in order.lines for s in line.schedules if s.requested})
    first, last = (words.date(day).replace(" ", "\xa0") for day in (dates[0], dates[-1])) if dates else ("", "")
    key = "order_open" if not dates else "order_by" if len(dates) == 1 else "order_between"
    values = {"what": what, "date": last, "first": first, "last": last}
    said = words.text(key, **{name: f"\x01{value}\x02" for name, value in values.items()})
    return [[part, bool(i % 2)] for i, part in enumerate(_BOLD.split(said)) if part]


def _parties(order: Order, words: Words) -> list[Any]:
    parties = [block(words.text("supplier"), order.supplier, "supplier", words)]
    if order.ship_to:
        parties.append(block(words.text("deliver_to"), order.ship_to, "ours", words))
    name_order = words.text("name_order", number=words.own(order.number))
    parties.append(block(words.text("invoice_to"), order.bill_to or order.buyer, "ours", words, last=name_order))
    return parties


def _agreed(order: Order, words: Words) -> list[tuple[str, str]]:
    pairs = []
    if order.valid_from or order.valid_to:
        pairs.append((words.text("validity.label"), agreed.validity(order, words)))
    if order.incoterm:
        pairs.append((words.text("delivery_term"), agreed.incoterm(order.incoterm, words)))
    if order.payment_terms:
        pairs.append((words.text("payment"), agreed.payment(order.payment_terms, words)))
    pairs += [agreed.reference(item, words) for item in order.references]
    contact = order.buyer.contact
    if contact and (reach := [part for part in (contact.name, contact.phone or contact.email) if part]):
        pairs.append((words.text("buyer"), words.own(words.join(*reach))))
    return pairs


def _sums(order: Order, words: Words) -> list[tuple[str, str]]:
    currency, total = order.currency, totals(order)
    sums = [(words.text("lines_total"), words.amount(total.lines, currency))]
    for item in order.allowances_charges:
        amount = allowance_total([item], total.lines, currency)
        sums.append((wrap(agreed.adjustment(item, words), 30), words.amount(amount, currency)))
    taxes = agreed.tax_rows(order)
    for tax, base in taxes.items():
        label = agreed.tax_word(tax, words)
        if len(taxes) > 1:
            label = words.text("on_base", tax=label, base=words.amount(base, currency))
        sums.append((label, words.amount(agreed.tax_amount(tax, base, currency), currency)))
    return sums if len(sums) > 1 else []


def _notes(order: Order, words: Words) -> list[tuple[str, str]]:
    notes = [(subject_word(note, words), words.own(note.text)) for note in order.notes if not is_internal(note)]
    if order.attachments:
        files = "\n".join(f"{words.own(a.filename)}, {a.media_type}, {_size(a.size)}" for a in order.attachments)
        notes.append((words.text("attachments"), files))
    return notes


def _size(size: int) -> str:
    return f"{size} B" if size < 1000 else f"{size // 1000} kB" if size < 1_000_000 else f"{size // 1_000_000} MB"


def answer(links: Mapping[str, str], words: Words, zone: str | None) -> dict[str, Any] | None:
    """Where to answer and until when; None where the context says neither."""
    url = links.get("answer_url")
    by = words.own(words.moment(links["answer_by"], zone)) if links.get("answer_by") else ""
    if not url and not by:
        return None
    head = {"head": words.text("answer_by" if by else "answer"), "by": by, "url": url or ""}
    if not url:
        return head
    shown = wrap(url.partition("://")[2], 36)
    return head | {
        "link": shown,
        "qr": _qr(url),
        "alt": words.text("qr"),
        "title": words.text("answer_title"),
        "how": words.text("answer_how").split("{link}"),
        "until": words.text("answer_until", date=f"\x01{by}").split("\x01") if by else [],
        "bank": words.text("bank"),
    }


def takes_up(links: Mapping[str, str], words: Words) -> str:
    """That the version says what the supplier proposed, and when he did (`proposed_on`, an ISO 8601 date)."""
    if "agrees" not in links:
        return ""
    day = links.get("proposed_on")
    if not day:
        return words.text("takes_up.undated")
    return words.text("takes_up.dated", date=words.date(datetime.date.fromisoformat(day)).replace(" ", "\xa0"))


def _qr(url: str) -> str:
    # A given mask spares the eight trial codes, which cost more than all other texts of the page together.
    out = io.BytesIO()
    segno.make(url, error="m", micro=False, boost_error=False, mask=4).save(
        out, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None, omitsize=True, dark="#12181b"
    )
    return out.getvalue().decode()


def _grouped(digest: str) -> str:
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


def approved(revision: int, links: Mapping[str, str], words: Words, zone: str | None) -> dict[str, str] | None:
    """Who approved this version and when."""
    if not links.get("approved_by"):
        return None
    at = words.own(words.moment(links["approved_at"], zone)) if links.get("approved_at") else ""
    note = words.text("approved_note", revision=revision)
    return {"label": words.text("approved"), "name": words.own(links["approved_by"]), "lines": at, "quiet": note}


def ordered(buyer: Party, words: Words) -> dict[str, str]:
    """Who orders: the person, and the buying company with all its identifiers."""
    contact = buyer.contact
    person = contact.name if contact and contact.name else None
    reach = [part for part in (contact.phone, contact.email) if part] if contact else []
    company = [buyer.name] if person else []
    address = ", ".join([*company, *postal(buyer.address, words)])
    return {
        "label": words.text("ordered"),
        "name": words.own(wrap(person or buyer.name, 30)),
        "lines": words.own(wrap(", ".join(reach), 40)),
        "quiet": "\n".join(filter(None, (words.own(wrap(address, 40)), *identifiers(buyer, "ours", words)))),
    }


def from_to(buyer: Party, supplier: Party, words: Words) -> str:
    """Both sides by name, for the head of further pages."""
    names = {"buyer": _cut(buyer.name), "supplier": _cut(supplier.name)}
    return words.text("from_to", **{key: words.own(name) for key, name in names.items()})


def _cut(name: str) -> str:
    return name if len(name) <= 34 else name[:33] + "…"


def footer(buyer: Party, words: Words) -> str:
    """The buying company with its address and tax number."""
    tax = buyer.identifier("vat") or buyer.identifier("tax")
    who = words.own(words.join(buyer.name, *postal(buyer.address, words)))
    line = f"{who} · {words.text('ids.vat')} {words.own(tax)}" if tax else who
    return line if len(line) <= 130 else words.own(wrap(buyer.name, 40))


def _pair(label: str, text: str) -> list[str]:
    return [wrap(label, 26), wrap(text, 26)]
