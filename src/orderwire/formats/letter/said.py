"""What the letter says, every text finished, before it is laid out as HTML and as plain text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from orderwire.document.canonical import fingerprint
from orderwire.document.money import line_amount, totals
from orderwire.document.order import Line, Order
from orderwire.formats.letter.changes import Changed
from orderwire.formats.pdf import agreed
from orderwire.formats.pdf.parties import postal
from orderwire.formats.pdf.words import Words, words

SHOWN = 5
STRONG, WEAK = "\x01", "\x02"
"""Around what stands out in `sentence`; no text of an order can hold a control character."""


@dataclass(frozen=True)
class Row:
    """One line of the table: of the order, or of several orders, each with its own link."""

    number: str
    item: str
    part: str
    quantity: str
    amount: str
    url: str = ""
    url_text: str = ""


@dataclass(frozen=True)
class Turned:
    """A table of old and new values; `rest` says what is not in it."""

    caption: str
    columns: tuple[str, str, str]
    rows: tuple[Changed, ...]
    rest: str = ""


@dataclass(frozen=True)
class Said:
    """The letter's texts. Empty where there is nothing to say. `sums` are (label, amount, is it the total). `turned`
    stands in the place of the lines where a version only differs from the one before."""

    language: str
    rtl: bool
    subject: str
    brand: str
    addressee: str
    heading: str
    notices: tuple[str, ...]
    sentence: str
    please: str
    answer_by: tuple[str, str]
    button: str
    answer_url: str
    button_note: str
    caption: str
    columns: tuple[str, str, str, str]
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str, bool], ...]
    facts: tuple[tuple[str, str], ...]
    company: str
    bank: str
    turned: tuple[Turned, ...] = ()


@cache
def texts_of(language: str) -> dict[str, Any]:
    """The letter's own texts, by plural form where they count; what the printed order says too stands there."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath(f"texts/{language}.json").read_text("utf-8"))
    return found


def say(
    order: Order,
    *,
    language: str,
    links: Mapping[str, str],
    attached: Sequence[str],
    replaces: int | None,
    duplicate: bool,
    prices: bool,
) -> Said:
    """See `compose`."""
    url = links.get("answer_url", "")
    if url and not url.startswith(("https://", "http://")):
        raise ValueError(f"the answer link {url[:80]!r} is not a web address")
    address = order.supplier.address
    w = words(language, address.country if address else None)
    texts = texts_of(w.language)
    by = w.moment(links["answer_by"], links.get("timezone")) if links.get("answer_by") else ""
    title = f"{w.text(f'title.{order.kind}')} {own(order.number, w)}"
    version = w.text("version_short", revision=order.revision)
    buyer = own(order.buyer.name, w, 80)
    earlier = replaces if replaces is not None else order.revision - 1
    notices = [w.text("test")] if order.test else []
    if duplicate:
        notices.append(texts["duplicate"])
    if earlier > 0:
        notices.append(texts["replaces"].format(n=order.revision, old=earlier))
    shown = order.lines[:SHOWN]
    part = texts["some"].format(n=len(shown), all=len(order.lines))
    return Said(
        language=w.tag,
        rtl=w.rtl,
        subject=subject_line(
            [texts["test_mark"]] * order.test + [texts["duplicate_mark"]] * duplicate,
            w.join(texts["subject"].format(title=title, buyer=buyer), version if order.revision > 1 else ""),
            f"{w.text('answer_by')} {by}" if by else "",
        ),
        brand=buyer,
        addressee=texts["for"].format(who=own(_addressee(order, w), w, 160)),
        heading=w.join(title, version) if order.revision > 1 else title,
        notices=tuple(notices),
        sentence=_sentence(order, w, prices=prices),
        please=texts["please"] if url else "",
        answer_by=(w.text("answer_by"), by) if by else ("", ""),
        button=texts["button"] if url else "",
        answer_url=url,
        button_note=texts["button_note"] if url else "",
        caption=part if len(order.lines) > SHOWN else w.text("lines_total"),
        columns=(
            w.text("columns.line"),
            w.text("columns.item"),
            w.text("columns.quantity"),
            order.currency if prices else "",
        ),
        rows=tuple(_row(line, order.currency if prices else None, w) for line in shown),
        sums=tuple(_sums(order, texts, w)) if prices else (),
        facts=tuple((label, value) for label, value in _facts(order, attached, texts, w) if value),
        company=own(w.join(order.buyer.name, *postal(order.buyer.address, w)), w, 300),
        bank=w.text("bank"),
    )


def subject_line(marks: Sequence[str], what: str, by: str) -> str:
    """One line: marks in brackets, the order, the time to answer. Marks of direction do not belong into headers."""
    text = " ".join([*(f"[{mark}]" for mark in marks), what]) + (f". {by}" if by else "")
    return " ".join(text.replace("\u2068", "").replace("\u2069", "").split())


def own(text: str, w: Words, most: int = 120) -> str:
    """Text of the order on one line, of bounded length."""
    line = " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())
    return w.own(line if len(line) <= most else line[: most - 1] + "…")


def _addressee(order: Order, w: Words) -> str:
    contact = order.supplier.contact
    return w.join(order.supplier.name, contact.name or "" if contact else "")


def _sentence(order: Order, w: Words, *, prices: bool) -> str:
    what = w.count("items", len(order.lines))
    if prices:
        what = w.text("for", items=what, total=w.money(totals(order).total, order.currency))
    dates = sorted({s.requested for line in order.lines for s in line.schedules if s.requested})
    key = "order_open" if not dates else "order_by" if len(dates) == 1 else "order_between"
    values = {"what": what}
    if dates:
        values |= {"date": w.date(dates[-1]), "first": w.date(dates[0]), "last": w.date(dates[-1])}
    return w.text(key, **{name: f"{STRONG}{value}{WEAK}" for name, value in values.items()})


def _row(line: Line, currency: str | None, w: Words) -> Row:
    parts = [
        w.text("yours", part=own(line.supplier_part, w, 40)) if line.supplier_part else "",
        w.text("ours", part=own(line.buyer_part, w, 40)) if line.buyer_part else "",
    ]
    return Row(
        number=own(line.number, w),
        item=own(line.description, w),
        part=w.join(*parts),
        quantity=f"{w.number(line.quantity)}\xa0{w.unit(line.unit)}",
        amount=w.amount(line_amount(line, currency), currency) if currency else "",
    )


def _sums(order: Order, texts: Mapping[str, str], w: Words) -> list[tuple[str, str, bool]]:
    currency, total = order.currency, totals(order)
    rest = sum((line_amount(line, currency) for line in order.lines[SHOWN:]), Decimal(0))
    sums = [(texts["rest"], w.amount(rest, currency), False)] if len(order.lines) > SHOWN else []
    if order.allowances_charges:
        sums.append((texts["adjustments"], w.amount(total.adjustments, currency), False))
    if total.tax:
        sums.append((w.text("taxes"), w.amount(total.tax, currency), False))
    return [*sums, (w.text("total"), w.money(total.total, currency), True)]


def _facts(order: Order, attached: Sequence[str], texts: Mapping[str, str], w: Words) -> list[tuple[str, str]]:
    def known(what: Any, text: Any) -> str:
        return own(text(what, w), w, 300) if what else ""

    place, contact = order.ship_to, order.buyer.contact
    reach = (contact.name, contact.phone or contact.email) if contact else ()
    return [
        (w.text("deliver_to"), own(w.join(place.name, *postal(place.address, w)), w, 300) if place else ""),
        (w.text("delivery_term"), known(order.incoterm, agreed.incoterm)),
        (w.text("payment"), known(order.payment_terms, agreed.payment)),
        (w.text("buyer"), own(w.join(*(part for part in reach if part)), w, 160)),
        (texts["attached"], w.join(*(own(name, w) for name in attached))),
        (texts["fingerprint"], _grouped(fingerprint(order)[:16], w)),
    ]


def _grouped(digest: str, w: Words) -> str:
    """In fours; held left to right, since digits alone would follow the direction around them."""
    text = " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))
    return f"\u2066{text}\u2069" if w.rtl else text
