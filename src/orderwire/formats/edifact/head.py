"""The header of ORDERS and ORDCHG as fields of an order: what it says, and what is assumed instead."""

import datetime
from typing import Any

from orderwire.document.party import Identifier, Party
from orderwire.formats.edifact import notes, terms
from orderwire.formats.edifact.order_body import OrderBody
from orderwire.formats.edifact.tables import BLANKET, RELEASE
from orderwire.formats.edifact.values import date


def head_fields(body: OrderBody, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an order's header that the message says; parties are only those that NAD names."""
    faults, version = body.faults, body.message.version
    fields["kind"] = {BLANKET: "blanket", RELEASE: "release"}.get(body.name, "standard")
    if fields["kind"] == "release" and not any(r.kind in ("blanket", "contract") for r in body.references):
        text = "BGM 1001 226 calls off but no RFF+BO or RFF+CT says from what; read as a standard order"
        faults.remark("release-of-nothing", text, "BGM")
        fields["kind"] = "standard"
    fields |= {name: day for name, day in body.dates.items() if name.startswith("valid")}
    if body.currency:
        fields["currency"] = body.currency
    fields["payment_terms"] = terms.payment(body.pats, faults)
    fields["references"], fields["notes"] = tuple(body.references), notes.read(body.ftx, version)
    fields["allowances_charges"] = tuple(body.allowances_charges)
    return fields | body.parties


def assume_head(body: OrderBody, fields: dict[str, Any]) -> None:
    """What an order cannot do without, where the message does not say it: its day, its currency, both sides."""
    faults = body.faults
    issued = body.dates.get("issued") or body.dates.get("ordered")
    if issued is None:
        issued = _prepared(body.message.envelope.get("unb_date", ""))
        faults.remark("date-assumed", "no DTM+137 dates the document; the date of the interchange is taken", "DTM")
    fields["issued"] = issued
    if "currency" not in fields:
        fields["currency"] = body.profile.default_currency
        faults.remark("currency-assumed", f"there is no CUX; {fields['currency']} is assumed", "CUX")
    _assume_parties(body, fields)


def _prepared(text: str) -> datetime.date | None:
    return date(text, "101" if len(text) == 6 else "102")


def _assume_parties(body: OrderBody, fields: dict[str, Any]) -> None:
    """Buyer and supplier are who the envelope says where NAD does not name them."""
    for role, side, other in (("buyer", "sender", "bill_to"), ("supplier", "receiver", "")):
        if role in fields:
            continue
        known = fields.get(other)
        envelope = body.message.envelope
        ident, qualifier = envelope.get(f"unb_{side}", ""), envelope.get(f"unb_{side}_qualifier", "")
        scheme = "gln" if qualifier == "14" else f"edifact:{qualifier if qualifier.isalnum() else 'ZZZ'}"
        if known is None and not ident:
            body.faults.remark("party-unknown", f"nothing names the {role}", "NAD")
            ident, scheme = "unknown", "edifact:ZZZ"
        party = known or Party(name=ident[:200], identifiers=(Identifier(scheme=scheme[:35], value=ident[:200]),))
        fields[role] = party
        source = "the bill-to party" if known else f"the interchange {side}"
        body.faults.remark("party-assumed", f"no NAD names the {role}; it is taken from {source}, {party.name}", "NAD")
