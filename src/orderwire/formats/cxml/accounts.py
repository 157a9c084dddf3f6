"""Accounts of a line: Distribution with its Segments and the Charge that falls to it."""

import re
from decimal import Decimal
from typing import Any

from orderwire.document.base import plain
from orderwire.document.money import rounded
from orderwire.document.order import Account
from orderwire.formats.cxml.money import write_money
from orderwire.formats.cxml.tree import Element, Reading, add
from orderwire.formats.xml import text_of

_SEGMENTS = {
    "costcenter": "cost_center", "costcentre": "cost_center", "glaccount": "gl_account", "generalledger": "gl_account",
    "generalledgeraccount": "gl_account", "account": "gl_account", "mainaccount": "gl_account",
    "mainaccountplbs": "gl_account", "project": "project", "projectcode": "project", "wbselement": "project",
    "percentage": "percent",
}  # fmt: skip


def write_accounts(item: Element, accounts: tuple[Account, ...], amount: Decimal, currency: str) -> None:
    """One Distribution for each account, with its share of the line's amount."""
    for account in accounts:
        made = add(item, "Distribution")
        accounting = add(made, "Accounting", name="DistributionCharge")
        segments = (
            ("CostCenter", account.cost_center),
            ("GLAccount", account.gl_account),
            ("Project", account.project),
        )
        for kind, value in segments:
            if value:
                add(accounting, "Segment", type=kind, id=value, description=kind)
        share = amount
        if account.percent is not None:
            add(accounting, "Segment", type="Percentage", id=plain(account.percent), description="Percentage")
            share = rounded(amount * account.percent / 100, currency)
        write_money(made, "Charge", share, currency)


def read_accounts(item: Element, reading: Reading) -> tuple[Account, ...]:
    """The accounts of a line; segments that we have no field for are remarks."""
    found: list[Account] = []
    charges: list[Decimal | None] = []
    for element in list(item.iterchildren("Distribution"))[:100]:
        said: dict[str, Any] = {}
        for segment in element.iterfind("Accounting/*"):
            kind = segment.get("type") or text_of(segment.find("Name")) or ""
            name = _SEGMENTS.get(re.sub("[^a-z]", "", kind.lower()))
            value = reading.attribute(segment, "id")
            if name is None or name in said:
                reading.info("not-kept", segment, f"the account segment {kind[:60]} is not kept")
            elif value:
                said[name] = reading.number(value, segment, "percentage") if name == "percent" else value
        charges.append(reading.money(element.find("Charge"), "Charge")[0])
        if account := reading.make(Account, element, said):
            found.append(account)
    return _shared(item, found, charges, reading)


def _shared(
    item: Element, found: list[Account], charges: list[Decimal | None], reading: Reading
) -> tuple[Account, ...]:
    """Accounts that share the line by amounts get their percent."""
    total = sum((c for c in charges if c), Decimal(0))
    alone = all(a.percent is None for a in found) and all(charges) and total > 0
    if len(found) > 1 and len(found) == len(charges) and alone:
        shares = [round((c or Decimal(0)) * 100 / total, 4) for c in charges]
        shares[-1] += 100 - sum(shares)
        if all(share > 0 for share in shares):
            reading.info("shares", item, "the accounts share the line by amounts; read as percent")
            found = [a.model_copy(update={"percent": s}) for a, s in zip(found, shares, strict=True)]
    return tuple(a for a in found if a != Account())
