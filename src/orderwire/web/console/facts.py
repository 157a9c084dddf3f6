"""The margin of an order's page: which version the supplier holds, and the order's facts."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from orderwire.document.order import Order as Document
from orderwire.document.party import Party
from orderwire.document.states import OrderState
from orderwire.document.terms import TermsPart
from orderwire.tracking.channels import source_word
from orderwire.tracking.held import held
from orderwire.tracking.order import OrderView
from orderwire.tracking.people import name
from orderwire.tracking.words import Money, day
from orderwire.web.parts import amount, bars


@dataclass(frozen=True)
class Badge:
    """ "Acme holds version 2, the newest" with its bars; `warn` where it needs a look, and `notes` say at what."""

    words: SafeString
    bars: SafeString
    warn: bool
    notes: tuple[str, ...]


def badge(view: OrderView) -> Badge | None:
    """What the evidence says that the supplier has; nothing before the first send."""
    found = held(
        view.holding,
        view.order.supplier_name,
        state=OrderState(view.order.state),
        delivery=view.main.state if view.main else None,
    )
    if found is None:
        return None
    words = format_html("{}<b>{}</b>{}", found.before, found.strong, found.after)
    return Badge(words, bars(found.bars), found.warn, found.notes)


def facts(view: OrderView) -> list[tuple[str, SafeString | str]]:
    """Pairs of word and value."""
    order, document = view.order, view.document
    found: list[tuple[str, SafeString | str]] = [
        ("Total", format_html("<b>{}</b>", amount(Money(order.total, order.currency)))),
        ("Supplier", order.supplier_name),
        ("Buyer", document.buyer.name),
        ("Ship to", _party(document.ship_to)),
        ("Terms", _terms(document)),
        ("Ordered", day(document.issued)),
        ("Came in", f"{name(order.created_by)}, {source_word(order.source)}"),
    ]
    found += [(r.kind.replace("_", " ").capitalize(), r.number) for r in document.references[:6]]
    if order.test:
        found.append(("Kind", "Test order"))
    return [(word, value) for word, value in found if value]


def _party(party: Party | None) -> str:
    if party is None:
        return ""
    city = party.address.city if party.address else None
    return f"{party.name}, {city}" if city and city not in party.name else party.name


def _terms(document: Document) -> str:
    parts = [_part(p) for p in document.payment_terms]
    if document.incoterm:
        parts.append(" ".join(filter(None, (document.incoterm.code, document.incoterm.place))))
    return " · ".join(parts)


def _part(part: TermsPart) -> str:
    if part.text and not part.days and not part.due:
        return part.text
    share = f"{part.percent:f} % " if part.percent is not None else ""
    when = f"on {day(part.due)}" if part.due else f"net {part.days}"
    early = ""
    if part.discount_percent and part.discount_days is not None:
        early = f"{part.discount_percent.normalize():f} % {part.discount_days} days, "
    return f"{share}{early}{when}{' end of month' if part.end_of_month else ''}"
