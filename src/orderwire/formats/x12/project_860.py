"""The order change and the cancellation as an 860 can carry them, with a finding for everything that it cannot."""

from typing import Any

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Finding, Severity
from orderwire.document.order_change import HeadPart, LineAction, LineChange, LinePart, OrderChange
from orderwire.document.terms import Note
from orderwire.formats.x12.fit import Fit, paragraph
from orderwire.formats.x12.order_codes import LINE_CODES
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.project_850 import ORDER_NUMBER, PART, fitted, head, numbered, release_number
from orderwire.formats.x12.tables import GTIN_CODES, PRICE_BASIS_CODES

NUMBER = 45
"""Longest number of a change (DE 326)."""
CONFIRMATION = "06"
_PURPOSES = {"full": "05", "delta": "04"}
_STATED = frozenset({"AI", "CA", "RZ", "RE", "NC"})
"""Codes that leave a line, once stated whole, whole for the reader."""


def project(document: OrderChange | Cancellation, profile: X12Profile) -> tuple[OrderChange | Cancellation, Fit]:
    """The document that comes back when the 860 is read, and the account of what is lost."""
    fit = Fit(profile)
    fit.whole(document.number or "", NUMBER, "number")
    update: dict[str, Any] = {}
    if document.reason is not None:
        update["reason"] = fit.texts([Note(text=document.reason)], "reason")[0].text
    if profile.usage == "T":
        update["test"] = True
    if isinstance(document, Cancellation):
        update |= _cancellation(document, fit)
    else:
        update |= _change(document, fit)
    return document.model_copy(update=update), fit


def _change(change: OrderChange, fit: Fit) -> dict[str, Any]:
    update: dict[str, Any] = {}
    if change.head is None:
        update |= _headless(change, fit)
    else:
        known = change.head
        changed = head(known, fit)
        numbered(change.order_number, known.kind, changed.get("references", known.references), fit, "order_number")
        if change.release_number is not None:
            update["release_number"] = release_number(change.release_number, known.kind, fit)
        update |= {"head_part": None, "order_issued": None}
        update["head"] = known.model_copy(update=changed) if changed else known
    if change.form == "full" and not any(line.action is not LineAction.DELETED for line in change.lines):
        fit.stop(
            "lines", "no-lines", "a change that states the whole order leaves it no line; cancel the order instead"
        )
    update["code"] = CONFIRMATION if change.confirms and change.form == "delta" else _PURPOSES[change.form]
    if change.confirms and change.form == "full":
        fit.lose_confirmation("BCH01", whole=_PURPOSES["full"], confirmed=CONFIRMATION)
        update["confirms"] = False
    if change.code not in (None, update["code"]):
        fit.info("code", f"{change.code} is written as {update['code']}")
    update["lines"] = tuple(_line(line, fit) for line in change.lines)
    said = fit.notes()
    if said and change.head is not None:
        update["head"] = update["head"].model_copy(update={"notes": (*update["head"].notes, *said)})
    elif said:
        update["reason"] = _joined(fit, update.get("reason", change.reason), *(note.text for note in said))
    return update


def _headless(change: OrderChange, fit: Fit) -> dict[str, Any]:
    """What travels of a header that is not stated whole: a note would go for the notes of the order."""
    _numbers(change, fit)
    update: dict[str, Any] = {}
    if change.order_issued is None:
        text = "an 860 repeats the date of the order (BCH06); name it, or state the header"
        fit.stop("order_issued", "date-missing", text)
    part = change.head_part
    if part is None:
        return update
    if part.buyer and part.supplier and part.currency:
        text = "a header that names buyer, supplier and currency reads as whole; state it whole"
        fit.stop("head_part", "head-in-part", text)
    changed = head(part, fit)
    if part.notes:
        texts = [note.text for note in fit.texts(part.notes, "head_part.notes")]
        fit.info("head_part.notes", "notes of a header in part are written as the reason of the change")
        update["reason"] = _joined(
            fit, change.reason and fit.texts([Note(text=change.reason)], "reason")[0].text, *texts
        )
        changed["notes"] = ()
    for item in part.references:
        text = "references of a header in part are left out, lest those of the order go for them"
        fit.lose("head_part.references", text, said=f"{item.kind} {item.number}")
        changed["references"] = ()
    kept = part.model_copy(update=changed)
    update["head_part"] = kept if kept != HeadPart() else None
    return update


def _joined(fit: Fit, *texts: str | None) -> str:
    text = "\n".join(filter(None, texts))
    if len(text) > 4000:
        fit.stop("reason", "too-long", "the reason and what else would have to be said in it are too long; shorten it")
    return text[:4000].strip()


def _numbers(document: OrderChange | Cancellation, fit: Fit) -> None:
    """Stop where the numbers do not fit. Without a header a release number tells that the order is a release."""
    release = document.release_number
    fit.whole(document.order_number, ORDER_NUMBER if release is None else fit.reference_limit, "order_number")
    if release is not None:
        fit.whole(release, 30, "release_number")
        fit.whole(document.order_number.removesuffix(f"-{release}"), ORDER_NUMBER, "order_number")


def _cancellation(order: Cancellation, fit: Fit) -> dict[str, Any]:
    update: dict[str, Any] = {"code": "01"}
    if order.code not in (None, "01"):
        fit.info("code", f"{order.code} is written as 01, the cancellation of the order")
    _numbers(order, fit)
    if order.order_issued is None:
        fit.stop("order_issued", "date-missing", "an 860 repeats the date of the order (BCH06); name it")
    for role in ("buyer", "supplier"):
        if (party := getattr(order, role)) is not None:
            update[role] = fit.party(party, role)
    return update


def _line(item: LineChange, fit: Fit) -> LineChange:
    where = f"lines[{item.number}]"
    update: dict[str, Any] = {"action": item.action or LineAction.CHANGED}
    if item.action is None:
        fit.info(where, "POC02 must say what becomes of a line; it is written as changed")
    if item.reason is not None:
        update["reason"] = fit.texts([Note(text=item.reason)], f"{where}.reason")[0].text
    match update["action"]:
        case LineAction.DELETED:
            update |= {"line": None, "part": _named(item, where, fit), "code": "DI"}
        case LineAction.UNCHANGED:
            update |= {"line": None if item.line is None else fitted(item.line, fit), "part": None, "code": "NC"}
            if item.part is not None:
                fit.lose(where, "an unchanged line is not stated in part; what was stated is left out")
        case _ if item.line is not None:
            code: str = "AI" if item.action is LineAction.ADDED else fit.profile.changed_line
            if item.code in _STATED and LINE_CODES[item.code].action is update["action"]:
                code = item.code
            update |= {"line": fitted(item.line, fit), "code": code}
        case _:
            part = _part(item.part, where, fit) if item.part is not None else None
            if part is None and item.reason is None:
                fit.stop(where, "nothing-said", "the line changes, but nothing says how; state it")
            update |= {"part": part, "code": _code(item.code, part)}
    if item.code not in (None, update["code"]):
        fit.info(f"{where}.code", f"{item.code} is written as {update['code']}")
    return item.model_copy(update=update)


def _named(item: LineChange, where: str, fit: Fit) -> LinePart | None:
    """What names a deleted line: number and product identifiers. The rest of it goes with the line."""
    stated = item.line or item.part
    if stated is None:
        return None
    names = {name: getattr(stated, name) for name in ("buyer_part", "supplier_part", "gtin")}
    kept = LinePart(**{name: value for name, value in names.items() if value and len(value) <= PART})
    if kept.gtin and not _is_gtin(kept.gtin):
        kept = kept.model_copy(update={"gtin": None})
    if item.line is not None or kept != item.part:
        text = "a deleted line is named by its number and its products; the rest of it is not repeated"
        fit.findings.append(Finding(Severity.INFO, "deleted-line", where, text))
    return kept if kept != LinePart() else None


def _part(part: LinePart, where: str, fit: Fit) -> LinePart | None:
    update: dict[str, Any] = {}
    if part.quantity is not None:
        fit.amount(part.quantity, 15, f"{where}.quantity")
    if part.unit is not None:
        fit.unit(part.unit, f"{where}.unit")
    elif part.quantity is not None or (
        part.price_basis is not None and part.price_basis not in (1, *PRICE_BASIS_CODES)
    ):
        fit.stop(f"{where}.unit", "unit-missing", "POC needs the unit of a quantity (POC05); name it")
    if part.price is not None:
        fit.amount(part.price, 17, f"{where}.price")
        if part.price_basis is not None:
            fit.amount(part.price_basis, 15, f"{where}.price_basis")
    elif part.price_basis is not None:
        text = "a price basis without its price cannot be written; name the price"
        fit.lose(f"{where}.price_basis", text, commercial=True)
        update["price_basis"] = None
    for name in ("buyer_part", "supplier_part"):
        fit.whole(getattr(part, name) or "", PART, f"{where}.{name}")
    if part.gtin is not None and not _is_gtin(part.gtin):
        fit.lose(f"{where}.gtin", f"{part.gtin} is not a GTIN; it is left out", commercial=True)
        update["gtin"] = None
    if part.description is not None:
        update["description"] = paragraph(part.description)
    kept = part.model_copy(update=update)
    return kept if kept != LinePart() else None


def _code(said: str | None, part: LinePart | None) -> str:
    """POC02 of a line in part: the partner's or ours where it fits what is stated, else the one that does."""
    if part is None:
        return "CA"
    has = {name for name, value in part if value is not None}
    known = LINE_CODES.get(said or "")
    if known and known.partial and known.needs <= has:
        return said or ""
    of = frozenset(has & {"quantity", "price", "requested"})
    other = has - of - ({"unit"} if "quantity" in has else set()) - ({"price_basis"} if "price" in has else set())
    if other:
        return "MU" if of else "CA"
    return _CODES[of]


_CODES = {
    frozenset({"quantity"}): "CA", frozenset({"price"}): "PC", frozenset({"requested"}): "RS",
    frozenset({"quantity", "price"}): "PQ", frozenset({"quantity", "requested"}): "RQ",
    frozenset({"price", "requested"}): "PR", frozenset({"quantity", "price", "requested"}): "MU",
}  # fmt: skip


def _is_gtin(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in GTIN_CODES
