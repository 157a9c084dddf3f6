"""Writes the 855, and the 865 that answers a change or a cancellation, from a Response.

One PO1 or POC for each line, with an ACK for each of its answers.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.response import LineAnswer, LineStatus, Response
from orderwire.document.terms import Note
from orderwire.formats import Context
from orderwire.formats.x12 import parties
from orderwire.formats.x12.charge import fit_charge, written_charge
from orderwire.formats.x12.fit import Fit
from orderwire.formats.x12.order_codes import ANSWERS, LINE_REPLIES
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.project_860 import NUMBER
from orderwire.formats.x12.read_855 import settled
from orderwire.formats.x12.tables import ANSWER_CODES, GTIN_CODES, LINE_ANSWER_CODES, PRICE_BASIS_CODES
from orderwire.formats.x12.texts import written_note
from orderwire.formats.x12.units import x12
from orderwire.formats.x12.values import day
from orderwire.formats.x12.writer import joined

_PURPOSES = {"change": "06", "cancellation": "01"}


def kind(response: Response, profile: X12Profile) -> str:
    """855 answers an order, 865 its change or cancellation."""
    return "855" if response.answers == "order" else "865"


def project(response: Response, profile: X12Profile) -> tuple[Response, Fit]:
    """The answer as an 855 or 865 carries it, and the account of what is lost."""
    fit = Fit(profile)
    fit.whole(response.order_number, 22, "order_number")
    fit.whole(response.release_number or "", 30, "release_number")
    fit.whole(response.supplier_order_number or "", 30, "supplier_order_number")
    lines = tuple(_line(line, f"lines[{position}]", fit) for position, line in enumerate(response.lines, 1))
    status = settled(response.status, lines)
    update: dict[str, Any] = {"lines": lines, "status": status}
    known = ANSWERS.get(response.code or "")
    if known is None or known.status is not status:
        if response.code:
            text = f"{response.code} is not an X12 code for {status.value}; another is written"
            fit.lose("code", text, said=f"code {response.code}")
        update["code"] = ANSWER_CODES[status][bool(lines)]
    if response.number is not None:
        text = "an answer has no number of its own in X12; it is left out"
        fit.lose("number", text, said=f"Number of this answer: {response.number}")
        update["number"] = None
    if response.supplier is not None:
        update["supplier"] = fit.party(response.supplier, "supplier")
    if response.reason is not None:
        update["reason"] = fit.texts([Note(text=response.reason)], "reason")[0].text
    if response.answers == "order":
        for name in ("change_number", "sequence"):
            if getattr(response, name) is not None:
                text = "an 855 answers an order, not a change of it; it is left out"
                fit.lose(name, text, said=f"{name}: {getattr(response, name)}")
                update[name] = None
    else:
        fit.whole(response.change_number or "", NUMBER, "change_number")
    if response.charge is not None:
        fit_charge(response.charge, fit)
    update["contact"] = fit.label(response.contact, 60, "contact")
    if response.currency is not None and len(response.currency) != 3:
        text = f"{response.currency} is not a currency code; it is left out"
        fit.lose("currency", text, said=f"currency {response.currency}")
        update["currency"] = None
    if profile.usage == "T":
        update["test"] = True
    if said := fit.notes():
        if sum(len(note.text) + 1 for note in said) + len(response.reason or "") > 4000:
            fit.stop(
                "reason", "too-long", "the reason and what else would have to be said in it are too long; shorten it"
            )
        update["reason"] = "\n".join(filter(None, [update.get("reason"), *(note.text for note in said)]))[:4000].strip()
    return response.model_copy(update=update), fit


def _line(line: LineAnswer, where: str, fit: Fit) -> LineAnswer:
    update: dict[str, Any] = {}
    if line.status is LineStatus.ADDED:
        fit.stop(f"{where}.status", "line-added", "X12 has no answer that adds a line; name the line that it changes")
    elif (known := LINE_REPLIES.get(line.code or "")) is None or known.status is not line.status:
        if line.code:
            text = f"{line.code} is not an X12 code for {line.status.value}; another is written"
            fit.lose(f"{where}.code", text, said=f"{where}: code {line.code}")
        update["code"] = LINE_ANSWER_CODES[line.status]
    fit.whole(line.number or "", 20, f"{where}.number")
    for name in ("buyer_part", "supplier_part", "substitute_part"):
        fit.whole(getattr(line, name) or "", 48, f"{where}.{name}")
    if line.gtin is not None and not (line.gtin.isascii() and line.gtin.isdigit() and len(line.gtin) in GTIN_CODES):
        text = f"{line.gtin} is not a GTIN; it is left out"
        fit.lose(f"{where}.gtin", text, commercial=True, said=f"{where}: GTIN {line.gtin}")
        update["gtin"] = None
    if line.quantity is not None:
        fit.amount(line.quantity, 15, f"{where}.quantity")
        if line.unit is None:
            fit.stop(f"{where}.unit", "unit-missing", "ACK needs the unit of a quantity (ACK03); name it")
    if line.unit is not None:
        fit.unit(line.unit, f"{where}.unit")
        if line.quantity is None:
            fit.lose(f"{where}.unit", "a unit without a quantity is left out", said=f"{where}: unit {line.unit}")
            update["unit"] = None
    price = line.price
    if price is None:
        update["price_basis"] = None
    elif line.price_basis not in (None, 1, *PRICE_BASIS_CODES):
        price = fit.for_one(line, where)
        update |= {"price": price, "price_basis": Decimal(1)}
    if price is not None:
        fit.amount(price, 17, f"{where}.price")
    if line.substitute_part is not None and line.status is not LineStatus.SUBSTITUTED:
        text = "only a substituted line names a substitute; it is left out"
        words = f"{where}: substitute {line.substitute_part}"
        fit.lose(f"{where}.substitute_part", text, commercial=True, said=words)
        update["substitute_part"] = None
    if line.reason is not None:
        update["reason"] = fit.texts([Note(text=line.reason)], f"{where}.reason")[0].text
    return line.model_copy(update=update) if update else line


def body(response: Response, profile: X12Profile, context: Context) -> tuple[str, int]:
    """The segments between ST and SE of a projected answer, joined, and how many they are."""
    answered = day(response.answered) if response.answered else ""
    known, release = answered or day(context.now.date()), response.release_number or ""
    own = response.supplier_order_number or ""
    if response.answers == "order":
        rows = [["BAK", "00", response.code or "", response.order_number, known, release, "", "", own, answered]]
    else:
        sequence = "" if response.sequence is None else str(response.sequence)
        head = ["BCA", _PURPOSES[response.answers], response.code or "", response.order_number, release, sequence]
        rows = [[*head, known, response.change_number or "", "", own, answered]]
    if response.currency:
        rows.append(["CUR", "SE", response.currency])
    if response.revision is not None:
        rows.append(["REF", "V0", str(response.revision)])
    if response.contact:
        rows.append(["PER", "SU", response.contact])
    if response.charge is not None:
        rows.append(written_charge(response.charge))
    if response.reason:
        rows += written_note(Note(text=response.reason), profile.release)
    if response.supplier is not None:
        rows += parties.written(response.supplier, profile.supplier_entity)
    groups = _groups(response.lines)
    for group in groups:
        rows += _rows(group, profile, changed=response.answers != "order")
    rows.append(["CTT", str(len(groups))])
    return joined(rows), len(rows)


def _key(line: LineAnswer) -> tuple[object, ...]:
    return line.number, line.price, line.price_basis, line.buyer_part, line.supplier_part, line.gtin


def _groups(lines: Sequence[LineAnswer]) -> list[list[LineAnswer]]:
    """Answers that share one PO1: neighbors about the same line, at most 104, none with a reason of its own."""
    groups: list[list[LineAnswer]] = []
    for line in lines:
        last = groups[-1] if groups else []
        fits = last and len(last) < 104 and _key(last[0]) == _key(line) and not (line.reason or last[0].reason)
        if fits and line.number:
            last.append(line)
        else:
            groups.append([line])
    return groups


def _rows(group: list[LineAnswer], profile: X12Profile, *, changed: bool) -> list[list[str]]:
    first = group[0]
    price = plain(first.price) if first.price is not None else ""
    basis = PRICE_BASIS_CODES.get(first.price_basis, profile.unit_price_basis or "PE") if first.price_basis else ""
    head = ["PO1", first.number or "", "", "", price, basis]
    if changed:
        head = ["POC", first.number or "", _line_code(group), "", "", "", price, basis]
    for code, value in (("BP", first.buyer_part), ("VP", first.supplier_part)):
        head += [code, value] if value else []
    head += [GTIN_CODES[len(first.gtin)], first.gtin] if first.gtin else []
    rows = [head]
    for item in group:
        unit = x12(item.unit, profile.units) if item.unit else None
        row = ["ACK", item.code or "", plain(item.quantity) if item.quantity is not None else "", unit or ""]
        when, code = (item.promised, "067") if item.promised else (item.ships, "068")
        row += [code, day(when)] if when else ["", ""]
        rows.append([*row, "", "VP", item.substitute_part] if item.substitute_part else row)
        if item.promised and item.ships:
            rows.append(["DTM", "068", day(item.ships)])
    if first.reason:
        rows += written_note(Note(text=first.reason), profile.release)
    return rows


def _line_code(group: list[LineAnswer]) -> str:
    """POC02: what the answers of one line do to the change that was asked for."""
    statuses = {item.status for item in group}
    if statuses == {LineStatus.REJECTED}:
        return "RC"
    if statuses <= {LineStatus.ACCEPTED, LineStatus.PENDING}:
        return "NC"
    return "RE" if statuses == {LineStatus.SUBSTITUTED} else "CA"
