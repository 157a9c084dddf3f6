"""Allowances, charges and taxes of an order or a line as EDIFACT can carry them."""

from typing import Any

from orderwire.document.base import plain
from orderwire.document.terms import AllowanceCharge, Tax
from orderwire.formats.edifact.fit import Fit
from orderwire.formats.edifact.tables import TAX_CATEGORIES
from orderwire.formats.edifact.terms import REASON
from orderwire.formats.pieces import pieces, rejoin


def allowances(items: tuple[AllowanceCharge, ...], where: str, fit: Fit, most: int) -> tuple[AllowanceCharge, ...]:
    """Allowances and charges as ALC groups carry them, at most `most`."""
    kept = []
    for position, item in enumerate(items, 1):
        at = f"{where}[{position}]"
        if position > most:
            fit.lose(at, f"ALC stands at most {most} times; say fewer allowances and charges", commercial=True)
            break
        update: dict[str, Any] = {}
        if item.amount is not None:
            fit.amount(item.amount, fit.limits.amount, f"{at}.amount")
        elif item.percent is not None:
            fit.amount(item.percent, 10, f"{at}.percent")
        if item.code is not None and not (len(item.code) <= 3 and item.code.isalnum()):
            fit.lose(f"{at}.code", f"{item.code} is no code of ALC (three letters or digits); it is left out")
            update["code"] = None
        if item.reason is not None and item.reason != (reason := _reason(item.reason)):
            update["reason"] = fit.cut(item.reason, len(reason), f"{at}.reason")
        if item.tax is not None and (tax := fitted_tax(item.tax, f"{at}.tax", fit)) != item.tax:
            update["tax"] = tax
        kept.append(item.model_copy(update=update) if update else item)
    return tuple(kept)


def _reason(text: str) -> str:
    return rejoin(pieces(text, REASON)[:2], REASON).strip()


def fitted_tax(item: Tax, where: str, fit: Fit) -> Tax:
    """A tax as TAX carries it."""
    update: dict[str, Any] = {}
    if item.category not in TAX_CATEGORIES:
        text = f"TAX cannot say category {item.category} in these directories; its percentage is written"
        fit.lose(where, text, said=f"Tax category {item.category} at {plain(item.percent)} %")
        update["category"] = "S" if item.percent else "Z"
    if item.exemption:
        said = f"Reason for the exemption from {item.kind}: {item.exemption}"
        fit.lose(where, "TAX has no place for the reason of an exemption; it is left out", said=said)
        update["exemption"] = None
    return item.model_copy(update=update) if update else item
