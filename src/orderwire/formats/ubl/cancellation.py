"""OrderCancellation (Peppol T115): the whole order is cancelled; a line is cancelled by an OrderChange."""

from pydantic import ValidationError

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import from_validation
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.frame import day_of, derived, insert_notes, is_test, last_of, put_undated, report, start
from orderwire.formats.ubl.parties import put_role, read_role
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.references import Additional, put_fact
from orderwire.formats.ubl.tables import RELEASE, REVISION, SEQUENCE
from orderwire.formats.ubl.texts import LONGEST
from orderwire.formats.ubl.tree import Element, date, day, every, first, group, label, put, text
from orderwire.formats.xml import Faults

UNSAID = "The order is cancelled."
"""UBL asks for a CancellationNote; this one stands where the buyer gave no reason."""


def build(document: Cancellation, fit: Fit) -> Element:
    """The OrderCancellation of a cancellation."""
    number = derived(document.number, document.order_number, "C", fit)
    root = start("OrderCancellation", number, document.issued, fit, test=document.test)
    notes_behind = last_of(root)
    put(root, "cbc:CancellationNote", document.reason or UNSAID)
    reference = group(root, "cac:OrderReference")
    put(reference, "cbc:ID", document.order_number)
    facts = ((REVISION, document.revision), (RELEASE, document.release_number), (SEQUENCE, document.sequence))
    if fit.peppol:
        for name, value in (*facts, ("order_issued", document.order_issued)):
            if value is not None:
                said = f"{name.replace('_', ' ').capitalize()}: {value}"
                field = {REVISION: "revision", RELEASE: "release_number", SEQUENCE: "sequence"}.get(name, name)
                commercial = name == RELEASE
                fit.lose(field, "Peppol has no place for it in a cancellation", commercial=commercial, said=said)
    else:
        day(reference, "cbc:IssueDate", document.order_issued)
        for name, value in facts:
            put_fact(root, name, value)
        put_undated(root, fit)
    for field in ("currency", "code"):
        if getattr(document, field) is not None:
            fit.say(field, "a UBL cancellation does not repeat it")
    put_role(root, "cac:BuyerCustomerParty", document.buyer, "buyer", fit, endpoint=fit.profile.sender, brief=True)
    put_role(
        root, "cac:SellerSupplierParty", document.supplier, "supplier", fit, endpoint=fit.profile.receiver, brief=True
    )
    insert_notes(notes_behind, (), fit)
    return root


def read(root: Element, profile: UblProfile, faults: Faults) -> Cancellation | None:
    """The cancellation; None where an error was reported."""
    additional = Additional(root, faults)
    references = every(root, "cac:OrderReference")
    if len(references) > 1:
        faults.warning("orders", references[1], "cancels several orders at once; the first is read, ask for one each")
    reason = "\n".join(
        filter(None, (text(e) for path in ("cbc:CancellationNote", "cbc:Note") for e in every(root, path)))
    )
    values = {
        "number": label(root, "cbc:ID"),
        "order_number": label(root, "cac:OrderReference/cbc:ID"),
        "order_issued": date(root, "cac:OrderReference/cbc:IssueDate", faults),
        "issued": day_of(root, additional, faults),
        "revision": additional.fact(REVISION, 99999),
        "release_number": additional.facts.get(RELEASE),
        "sequence": additional.fact(SEQUENCE, 99999),
        "buyer": read_role(first(root, "cac:BuyerCustomerParty"), faults),
        "supplier": read_role(first(root, "cac:SellerSupplierParty"), faults),
        "reason": reason[:LONGEST].strip() if reason not in ("", UNSAID) else None,
        "test": is_test(root, profile),
    }
    try:
        return Cancellation.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as failure:
        report([(p.code, p.where, p.text) for p in from_validation(failure)], root, faults)
        return None
