"""Writes ORDRSP from a Response: one LIN for each answer, the number of the ordered line in each."""

from orderwire.document.response import LineAnswer, LineStatus, Response
from orderwire.formats import Context
from orderwire.formats.agreeing import as_charge
from orderwire.formats.edifact import notes, parties, terms
from orderwire.formats.edifact.answer_line import INSTRUCTIONS
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.read_ordrsp import ORDER_CONTACT
from orderwire.formats.edifact.tables import ANSWER, LINE_ANSWERS
from orderwire.formats.edifact.values import day, text_of
from orderwire.formats.edifact.write_order import currency_row, line_number, tail_rows
from orderwire.formats.edifact.writer import c, joined

_REASON = "ACD"
_SAID = {status: code for code, status in INSTRUCTIONS.items()}


def body(response: Response, profile: EdifactProfile, context: Context) -> list[str]:
    """The segments between UNH and UNT of a projected answer."""
    function, _, answer = (response.code or "").partition(":")
    rows = [["BGM", ANSWER, response.number or "", function, answer]]
    if response.answered is not None:
        rows.append(["DTM", c("137", day(response.answered), "102")])
    else:
        rows.append(["DTM", c("9", f"{context.now:%Y%m%d%H%M}", "203")])
    rows += notes.written_one(response.reason, _REASON, profile.version)
    revision = str(response.revision) if response.revision is not None else ""
    rows.append(["RFF", c("ON", response.order_number, "", revision)])
    if response.answers == "change":
        sequence = str(response.sequence) if response.sequence is not None else ""
        rows.append(["RFF", c("PP", response.change_number or "", "", sequence)])
    if response.release_number:
        rows.append(["RFF", c("RE", response.release_number)])
    if response.supplier_order_number:
        rows.append(["RFF", c("VN", response.supplier_order_number)])
    if response.supplier is not None:
        rows += parties.written(response.supplier, profile.supplier_party, profile)
    elif response.contact:
        rows.append(["NAD", profile.supplier_party])
    if response.contact:
        rows.append(["CTA", ORDER_CONTACT, c("", response.contact)])
    if response.currency:
        rows.append(currency_row(response.currency))
    if response.charge is not None:
        rows += terms.written_allowance(as_charge(response.charge))
    for line in response.lines:
        rows += _line(line, profile)
    return [joined([*rows, *tail_rows(None, len(response.lines), profile)])]


def _line(line: LineAnswer, profile: EdifactProfile) -> list[list[str]]:
    number = line_number(line.number or "", profile.version) if line.number else ""
    gtin = c(line.gtin, "UP" if len(line.gtin) == 12 else "EN") if line.gtin else ""
    rows = [["LIN", number, line.code or "", gtin]]
    products = [c(line.supplier_part, profile.supplier_part)] if line.supplier_part else []
    products += [c(line.buyer_part, profile.buyer_part)] if line.buyer_part else []
    products += [c(line.number, "PL")] if line.number and not number else []
    if products:
        rows.append(["PIA", "1" if gtin else "5", *products])
    if line.substitute_part:
        rows.append(["PIA", "3", c(line.substitute_part, profile.supplier_part)])
    unit = profile.units.get(line.unit, line.unit) if line.unit else ""
    if line.quantity is not None:
        kind = "83" if line.status is LineStatus.BACKORDERED else "113"
        rows.append(["QTY", c(kind, text_of(line.quantity), unit)])
    for code, when in (("69", line.promised), ("79", line.ships)):
        rows += [["DTM", c(code, day(when), "102")]] if when else []
    rows += notes.written_one(line.reason, _REASON, profile.version)
    if line.price is not None:
        per = ("", "", text_of(line.price_basis), unit) if line.price_basis is not None else ()
        rows.append(["PRI", c(profile.price_qualifier, text_of(line.price), *per)])
    if LINE_ANSWERS.get(line.code or "") is LineStatus.CHANGED and line.status in _SAID:
        rows.append(["SCC", "1", _SAID[line.status]])
    return rows
