"""A change and a cancellation as ORDCHG can carry them."""

from typing import Any

from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Line, Schedule
from orderwire.document.order_change import HeadPart, LineAction, LineChange, LinePart, OrderChange
from orderwire.formats.edifact import notes
from orderwire.formats.edifact.fit import Fit
from orderwire.formats.edifact.line import is_gtin
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.project_line import PART, described, fitted_line
from orderwire.formats.edifact.project_order import fitted_head
from orderwire.formats.edifact.read_ordchg import ACTIONS, REASON
from orderwire.formats.edifact.tables import CANCEL, CONFIRM, DELTA, REPLACE

ACTION_CODES = {LineAction.ADDED: "1", LineAction.DELETED: "2", LineAction.CHANGED: "3", LineAction.UNCHANGED: "4"}
RESERVED = frozenset({REASON})


def project_change(change: OrderChange, profile: EdifactProfile) -> tuple[OrderChange, Fit]:
    """The change that comes back when the ORDCHG is read, and the account of what is lost."""
    fit = Fit(profile)
    update = _common(change, fit)
    update["code"] = REPLACE if change.form == "full" else CONFIRM if change.confirms else DELTA
    if change.confirms and change.form == "full":
        fit.lose_confirmation("BGM 1225", whole=REPLACE, confirmed=CONFIRM)
        update["confirms"] = False
    update["lines"] = tuple(_line(item, fit) for item in change.lines)
    if change.head is not None:
        update["head_part"] = None
        head = fitted_head(change.head, fit, RESERVED)
        update["head"] = change.head.model_copy(update=head) if head else change.head
    elif change.head_part is not None:
        part = change.head_part.model_copy(update=fitted_head(change.head_part, fit, RESERVED))
        update["head_part"] = None if part == HeadPart() else part
    elif said := fit.notes():
        text = "\n".join([*filter(None, [change.reason]), *(note.text for note in said)])[:4000].strip()
        update["reason"] = notes.one(text, "reason", fit, profile.version)
    return change.model_copy(update=update), fit


def project_cancellation(cancellation: Cancellation, profile: EdifactProfile) -> tuple[Cancellation, Fit]:
    """The cancellation that comes back when the ORDCHG is read."""
    fit = Fit(profile)
    update = _common(cancellation, fit) | {"code": CANCEL}
    for role in ("buyer", "supplier"):
        if (party := getattr(cancellation, role)) is not None:
            update[role] = fit.party(party, role)
    return cancellation.model_copy(update=update), fit


def _common(document: OrderChange | Cancellation, fit: Fit) -> dict[str, Any]:
    fit.whole(document.order_number, 35, "order_number")
    fit.whole(document.release_number or "", fit.limits.reference, "release_number")
    fit.whole(document.number or "", 35, "number")
    update: dict[str, Any] = {"reason": notes.one(document.reason, "reason", fit, fit.profile.version)}
    if document.number == document.order_number:
        fit.lose("number", "is the number of the order too; ORDCHG says it once, for the order")
        update["number"] = None
    if fit.profile.test:
        update["test"] = True
    return update


def _line(item: LineChange, fit: Fit) -> LineChange:
    where = f"lines[{item.number}]"
    update: dict[str, Any] = {}
    if item.action is None:
        update["code"] = None
    elif ACTIONS.get(item.code or "") is not item.action:
        update["code"] = ACTION_CODES[item.action]
    if item.code and "code" in update:
        fit.lose(f"{where}.code", f"{item.code} is not the code of EDIFACT for this; another is written")
    update["reason"] = notes.one(item.reason, f"{where}.reason", fit, fit.profile.version)
    if item.line is not None:
        update["line"] = fitted_line(item.line, fit, RESERVED)
    elif item.part is not None:
        part = _part(item.part, where, fit)
        whole = part and _whole(item, part, fit)
        update |= {"line": whole, "part": None} if whole else {"part": part}
    return item.model_copy(update=update)


def _part(part: LinePart, where: str, fit: Fit) -> LinePart | None:
    update: dict[str, Any] = {}
    for name in ("buyer_part", "supplier_part"):
        fit.whole(getattr(part, name) or "", PART, f"{where}.{name}")
    if part.description is not None:
        update["description"] = described(part.description, f"{where}.description", fit) or None
    if part.quantity is not None:
        fit.amount(part.quantity, fit.limits.quantity, f"{where}.quantity")
    if part.unit is not None and part.quantity is None:
        fit.lose(f"{where}.unit", "a unit without a quantity is left out; state the quantity too", commercial=True)
        update["unit"] = None
    elif part.unit is not None:
        fit.unit(part.unit, f"{where}.unit")
    if part.price is not None:
        fit.amount(part.price, 15, f"{where}.price")
    if part.price_basis is not None and (part.price is None or part.price_basis == 1):
        if part.price is None:
            text = "a price basis without a price is left out; state the price too"
            fit.lose(f"{where}.price_basis", text, commercial=True)
        else:
            fit.inform(f"{where}.price_basis", "a price per one unit is written without its basis")
        update["price_basis"] = None
    elif part.price_basis is not None:
        fit.amount(part.price_basis, 9, f"{where}.price_basis")
    if part.gtin is not None and not is_gtin(part.gtin):
        fit.lose(f"{where}.gtin", f"{part.gtin} is not a GTIN; it is left out", commercial=True)
        update["gtin"] = None
    part = part.model_copy(update=update) if update else part
    return None if part == LinePart() else part


def _whole(item: LineChange, part: LinePart, fit: Fit) -> Line | None:
    """A part that says everything of a line is read as the line."""
    if part.quantity is None or part.unit is None or part.price is None or part.description is None:
        return None
    fit.inform(f"lines[{item.number}]", "says all that a line needs; it is read as the whole line")
    schedule = Schedule(quantity=part.quantity, requested=part.requested)
    fields = part.model_dump(exclude_none=True, exclude={"requested"})
    return Line(number=item.number, schedules=(schedule,), **fields)
