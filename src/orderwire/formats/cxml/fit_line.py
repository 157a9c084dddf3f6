"""A line of an order as ItemOut carries it."""

from decimal import Decimal
from typing import Any

from orderwire.document.order import Account, Line, Schedule
from orderwire.formats.cxml.fit import CxmlFit
from orderwire.formats.cxml.money import fitted_allowances, fitted_taxes
from orderwire.formats.cxml.read_item import is_category
from orderwire.formats.cxml.terms import fitted_reference
from orderwire.formats.cxml.write_item import Lines, item_references


def fitted_line(line: Line, shared: Lines, fit: CxmlFit) -> Line:
    """The line that comes back when the ItemOut is read."""
    where = f"lines[{line.number}]"
    fit.line_number(line.number, f"{where}.number")
    update: dict[str, Any] = {}
    if len(line.schedules) > 1 or line.schedules[0].ship_to is not None:
        update["schedules"] = _schedules(line, where, fit)
    if line.category is not None and not is_category(line.category, fit.profile):
        fit.remark(f"{where}.category", f"{line.category} says that there is no category")
        update["category"] = None
    if line.taxes:
        update["taxes"] = fitted_taxes(line.taxes, f"{where}.taxes", fit)
    if line.allowances_charges:
        update["allowances_charges"] = fitted_allowances(line.allowances_charges, f"{where}.allowances_charges", fit)
    if line.accounts:
        update["accounts"] = tuple(a for a in line.accounts if a != Account())
    if line.references:
        items = tuple(fitted_reference(r, f"{where}.references", fit) for r in line.references)
        placed = item_references(items, shared)
        own = (placed.contract, placed.requisition, placed.auxiliary)
        update["references"] = tuple(r for r in own if r is not None) + placed.rest
    return line.model_copy(update=update) if update else line


def _schedules(line: Line, where: str, fit: CxmlFit) -> tuple[Schedule, ...]:
    """Dated ones first; what has no date becomes one last schedule, which is what the dated ones leave."""
    found = tuple(s.model_copy(update={"ship_to": fit.party(s.ship_to, f"{where}.schedules.ship_to")})
                  for s in line.schedules)  # fmt: skip
    dated = tuple(s for s in found if s.requested is not None)
    rest = tuple(s for s in found if s.requested is None)
    if not rest:
        return dated
    if len(rest) > 1:
        fit.remark(f"{where}.schedules", "parts without a date are one part")
    quantity, place = sum((s.quantity for s in rest), Decimal(0)), rest[0].ship_to
    scattered = any(s.ship_to != place for s in rest)
    if scattered or (place is not None and any(s.ship_to is None for s in dated)):
        text = "a part without a date cannot have a place of its own beside parts that have none; give it a date"
        fit.lose(f"{where}.schedules", text, commercial=True)
        place = None
    return (*dated, Schedule(quantity=quantity, ship_to=place))
