"""Writes ORDERS, directories D.96A and D.01B."""

from orderwire.document.order import Order
from orderwire.formats import Context
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.tables import BLANKET, DUPLICATE, ORDER, ORIGINAL, RELEASE, REPLACE
from orderwire.formats.edifact.values import day
from orderwire.formats.edifact.write_order import common_date, head_rows, line_text, tail_rows
from orderwire.formats.edifact.writer import c, joined

NAMES = {"standard": ORDER, "blanket": BLANKET, "release": RELEASE}


def body(order: Order, profile: EdifactProfile, context: Context) -> list[str]:
    """The segments between UNH and UNT of a projected order."""
    requested = common_date(order.lines)
    function = DUPLICATE if "duplicate" in context.links else REPLACE if order.revision > 1 else ORIGINAL
    newer = profile.version == "D01B"
    revision = str(order.revision) if order.revision > 1 else ""
    bgm = ["BGM", NAMES[order.kind], c(order.number, revision if newer else ""), function]
    dated = [["DTM", c("137", day(order.issued), "102")]]
    if requested is not None:
        dated.append(["DTM", c("2", day(requested), "102")])
    referred = [["RFF", c("ON", order.number, "", revision)]] if revision and not newer else []
    if order.release_number:
        referred.append(["RFF", c("RE", order.release_number)])
    parts = [joined([bgm, *head_rows(order, profile, dated=dated, referred=referred)])]
    late = requested is None
    parts += [
        line_text(line, profile, position=position, dated=late, currency=order.currency)
        for position, line in enumerate(order.lines, 1)
    ]
    parts.append(joined(tail_rows(order, len(order.lines), profile)))
    return parts
