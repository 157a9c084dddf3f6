"""One line as EDIFACT can carry it."""

from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.order import Account, Line, Schedule
from orderwire.document.party import Party
from orderwire.document.terms import Reference, Tax
from orderwire.formats.edifact import notes, parts, places
from orderwire.formats.edifact.fit import Fit
from orderwire.formats.edifact.limits import Limits
from orderwire.formats.edifact.line import ITEM_WIDTH
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.project_charges import allowances, fitted_tax
from orderwire.formats.edifact.tables import PRODUCTS
from orderwire.formats.edifact.units import known

PART = 35
"""Longest 7140."""
_MILLION = Decimal(1_000_000)
_ITEM = "item:"


def fits(line: Line, profile: EdifactProfile, limit: Limits) -> bool:
    """True for the plain line that needs no second look: most lines of most orders.

    A document's decimal has at most 9 places, so that below a million it has at most 15 digits.
    """
    schedules = line.schedules
    return (
        line.quantity < _MILLION
        and line.price < _MILLION
        and line.price_basis < _MILLION
        and len(schedules) == 1
        and schedules[0].ship_to is None
        and (len(line.description) <= limit.item or _plain(line.description, limit.item))
        and "\n" not in line.description
        and "\t" not in line.description
        and len(line.buyer_part or "") <= PART
        and len(line.supplier_part or "") <= PART
        and len(line.category or "") <= PART
        and not (line.accounts or line.taxes or line.allowances_charges or line.references or line.notes)
        and (not profile.units or known(line.unit, profile.units))
        and line.price_basis == line.price_basis.to_integral_value()
    )


def _plain(text: str, limit: int) -> bool:
    """True for a text of one line that fills at most one IMD: it comes back as it is."""
    return len(text) < limit + limit // 2


def fitted_line(line: Line, fit: Fit, reserved: frozenset[str] = frozenset()) -> Line:
    """The line as its LIN group comes back; what is lost is told to `fit`. `reserved` as in `notes.fitted`."""
    where = f"lines[{line.number}]"
    update: dict[str, Any] = {}
    limit, profile = fit.limits, fit.profile
    fit.amount(line.quantity, limit.quantity, f"{where}.quantity")
    fit.amount(line.price, 15, f"{where}.price")
    fit.amount(line.price_basis, 9, f"{where}.price_basis")
    fit.unit(line.unit, f"{where}.unit")
    for name in ("buyer_part", "supplier_part", "category"):
        fit.whole(getattr(line, name) or "", PART, f"{where}.{name}")
    description = described(line.description, f"{where}.description", fit)
    if description != line.description:
        update["description"] = description
    schedules = line.schedules
    if len(schedules) > 1 or schedules[0].ship_to is not None:
        update["schedules"] = _schedules(line, where, fit)
    if line.accounts:
        update["accounts"] = _accounts(line.accounts, where, fit)
    if line.taxes:
        update["taxes"] = _taxes(line, where, fit)
    if line.allowances_charges:
        update["allowances_charges"] = allowances(line.allowances_charges, f"{where}.allowances_charges", fit, 99)
    if line.references:
        update["references"] = _references(line, where, fit)
    if line.notes:
        update["notes"] = notes.fitted(line.notes, f"{where}.notes", fit, profile.version, reserved)
    return line.model_copy(update=update) if update else line


def described(text: str, where: str, fit: Fit) -> str:
    """A description as IMD segments carry it."""
    rows = parts.rows(text, fit.limits.item, ITEM_WIDTH)
    if len(rows) > notes.MOST:
        fit.lose(
            where, f"needs {len(rows)} IMD segments but EDIFACT carries {notes.MOST}; shorten it", said=text[:3000]
        )
        rows = rows[: notes.MOST]
    kept = parts.text(rows, fit.limits.item, ITEM_WIDTH)[:4000].strip()
    if kept != text:
        fit.inform(where, "blank lines, tabs and some line breaks are not carried")
    return kept


def _taxes(line: Line, where: str, fit: Fit) -> tuple[Tax, ...]:
    if len(line.taxes) > 10:
        fit.lose(f"{where}.taxes", "TAX stands at most ten times in a line; say fewer taxes", commercial=True)
    return tuple(fitted_tax(item, f"{where}.taxes", fit) for item in line.taxes[:10])


def is_item(item: Reference) -> bool:
    """True for a further product number (PIA), which documents keep as a reference."""
    code = (item.code or "")[len(_ITEM) :]
    named = item.kind == "other" and (item.code or "").startswith(_ITEM)
    return named and 0 < len(code) <= 3 and code not in PRODUCTS and len(item.number) <= PART


def _references(line: Line, where: str, fit: Fit) -> tuple[Reference, ...]:
    """Further product numbers first: they stand in PIA."""
    most = fit.limits.line_references - sum(1 for account in line.accounts for value in (account.gl_account,) if value)
    items = [item.model_copy(update={"line": None, "date": None}) for item in line.references if is_item(item)][:20]
    others = [item for item in line.references if not is_item(item)]
    return (*items, *fit.references(others, f"{where}.references", most - 2))


def _accounts(accounts: tuple[Account, ...], where: str, fit: Fit) -> tuple[Account, ...]:
    """One account as RFF carries it: its number, from D.01B on also the cost center."""
    said = "; ".join(_account(account) for account in accounts)
    told = f"Line {where[6:-1]}: {said}"
    if len(accounts) > 1:
        fit.lose(f"{where}.accounts", "RFF cannot say which account bears which share; they are left out", said=told)
        return ()
    account = accounts[0]
    limit = fit.limits.reference
    kept = Account(
        cost_center=account.cost_center if limit > 35 and len(account.cost_center or "") <= limit else None,
        gl_account=account.gl_account if len(account.gl_account or "") <= limit else None,
    )
    if kept != account and account != Account():
        what = "the project" if kept.cost_center == account.cost_center else "the cost center or the project"
        fit.lose(f"{where}.accounts", f"RFF has no place for {what} of an account; it is left out", said=told)
    return (kept,) if kept != Account() else ()


def _account(account: Account) -> str:
    share = f"{plain(account.percent)} %" if account.percent is not None else None
    named = (
        ("cost center", account.cost_center),
        ("account", account.gl_account),
        ("project", account.project),
        ("share", share),
    )
    return ", ".join(f"{name} {value}" for name, value in named if value)


def _schedules(line: Line, where: str, fit: Fit) -> tuple[Schedule, ...]:
    """Parts with a place of their own first, where the places differ."""
    known: dict[places.Place, Party] = {}
    fitted: list[Schedule] = []
    for item in line.schedules:
        fit.amount(item.quantity, fit.limits.quantity, f"{where}.schedules")
        party = item.ship_to and fit.party(item.ship_to, f"{where}.schedules.ship_to")
        fitted.append(Schedule(quantity=item.quantity, requested=item.requested, ship_to=party))
    if all(item.ship_to == fitted[0].ship_to for item in fitted):
        return tuple(fitted)
    placed, free = [], []
    for item in fitted:
        if item.ship_to is None:
            free.append(item)
            continue
        key = places.place_of(item.ship_to, fit.profile)
        if known.setdefault(key, item.ship_to) != item.ship_to:
            text = "two places of one line have the same number and name; LOC cannot tell them apart"
            fit.lose(f"{where}.schedules", text, commercial=True)
            item = item.model_copy(update={"ship_to": known[key]})
        placed.append(item)
    return (*placed, *free)
