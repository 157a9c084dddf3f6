"""Writes ORDCHG: the lines that differ (BGM 1225 4), the whole order again (5), or its cancellation (1)."""

from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Order
from orderwire.document.order_change import HeadPart, LineChange, LinePart, OrderChange
from orderwire.formats import Context
from orderwire.formats.edifact import notes, parties, parts
from orderwire.formats.edifact.limits import limits
from orderwire.formats.edifact.line import ITEM_WIDTH
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.read_ordchg import REASON
from orderwire.formats.edifact.tables import CHANGE
from orderwire.formats.edifact.values import day, text_of
from orderwire.formats.edifact.write_order import currency_row, head_rows, line_number, line_text, tail_rows
from orderwire.formats.edifact.write_orders import NAMES
from orderwire.formats.edifact.writer import c, joined


def change_body(change: OrderChange, profile: EdifactProfile, context: Context) -> list[str]:
    """The segments between UNH and UNT of a projected change."""
    head = change.head
    name = CHANGE if head is None or head.kind == "standard" else NAMES[head.kind]
    bgm = ["BGM", name, change.number or change.order_number, change.code or ""]
    said = notes.written_one(change.reason, REASON, profile.version)
    referred = _referred(change)
    if head is not None:
        referred[1:1] = [["DTM", c("171", day(head.issued), "102")]]
    stated = head or change.head_part or HeadPart()
    rows = head_rows(stated, profile, dated=dates(change, context), referred=referred, reason=said)
    currency = stated.currency or profile.default_currency
    found = [joined([bgm, *rows])]
    found += [_line(item, position, profile, currency) for position, item in enumerate(change.lines, 1)]
    whole = _whole(change) if change.form == "full" else None
    found.append(joined(tail_rows(whole, len(change.lines), profile)))
    return found


def cancellation_body(cancellation: Cancellation, profile: EdifactProfile, context: Context) -> list[str]:
    """The segments between UNH and UNT of a projected cancellation."""
    rows = [["BGM", CHANGE, cancellation.number or cancellation.order_number, cancellation.code or ""]]
    rows += dates(cancellation, context)
    rows += notes.written_one(cancellation.reason, REASON, profile.version)
    referred = _referred(cancellation)
    if cancellation.order_issued is not None:
        referred[1:1] = [["DTM", c("171", day(cancellation.order_issued), "102")]]
    rows += referred
    for party, role in ((cancellation.buyer, "BY"), (cancellation.supplier, profile.supplier_party)):
        rows += parties.written(party, role, profile) if party is not None else []
    if cancellation.currency:
        rows.append(currency_row(cancellation.currency))
    return [joined([*rows, *tail_rows(None, 0, profile)])]


def dates(document: OrderChange | Cancellation, context: Context) -> list[list[str]]:
    """DTM+137 with the day of the document; where it has none, when we made it: every message needs a date."""
    if document.issued is not None:
        return [["DTM", c("137", day(document.issued), "102")]]
    return [["DTM", c("9", f"{context.now:%Y%m%d%H%M}", "203")]]


def _referred(document: OrderChange | Cancellation) -> list[list[str]]:
    revision = str(document.revision) if document.revision is not None else ""
    rows = [["RFF", c("ON", document.order_number, "", revision)]]
    if document.sequence is not None:
        rows.append(["RFF", c("PP", str(document.sequence))])
    if document.release_number:
        rows.append(["RFF", c("RE", document.release_number)])
    return rows


def _whole(change: OrderChange) -> Order | None:
    """The order as it now stands, for its totals; None where some of its lines are not stated whole."""
    stays = [item.line for item in change.lines if item.code != "2"]
    lines = tuple(line for line in stays if line is not None)
    if change.head is None or not lines or len(lines) < len(stays):
        return None
    head = {name: getattr(change.head, name) for name in type(change.head).model_fields}
    return Order.model_construct(number=change.order_number, lines=lines, **head)


def _line(item: LineChange, position: int, profile: EdifactProfile, currency: str) -> str:
    said = notes.written_one(item.reason, REASON, profile.version)
    if item.line is not None:
        return line_text(
            item.line,
            profile,
            position=position,
            dated=True,
            currency=currency,
            action=item.code or "",
            reason=joined(said),
        )
    return joined(_part(item, position, said, profile))


def _part(item: LineChange, position: int, said: list[list[str]], profile: EdifactProfile) -> list[list[str]]:
    """The LIN group of a line that is stated in part."""
    part = item.part or LinePart()
    number = line_number(item.number, profile.version)
    gtin = c(part.gtin, "UP" if len(part.gtin) == 12 else "EN") if part.gtin else ""
    rows = [["LIN", number or str(position), item.code or "", gtin]]
    products = [c(part.supplier_part, profile.supplier_part)] if part.supplier_part else []
    products += [c(part.buyer_part, profile.buyer_part)] if part.buyer_part else []
    products += [] if number else [c(item.number, "PL")]
    if products:
        rows.append(["PIA", "1" if gtin else "5", *products])
    if part.description:
        rows += [
            ["IMD", "F", "", c("", "", "", *row)]
            for row in parts.rows(part.description, limits(profile.version).item, ITEM_WIDTH)
        ]
    if part.quantity is not None:
        unit = profile.units.get(part.unit, part.unit) if part.unit else ""
        rows.append(["QTY", c("21", text_of(part.quantity), unit)])
    if part.requested is not None:
        rows.append(["DTM", c("2", day(part.requested), "102")])
    rows += said
    if part.price is not None:
        basis = text_of(part.price_basis) if part.price_basis is not None else ""
        rows.append(["PRI", c(profile.price_qualifier, text_of(part.price), "", profile.price_type or "", basis)])
    return rows
