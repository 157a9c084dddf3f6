"""What every UBL document begins with: version, customization, process, number, day; and the mark of a test."""

import datetime
from collections.abc import Sequence

from lxml import etree

from orderwire.document.terms import Note
from orderwire.formats.ubl.fit import Fit
from orderwire.formats.ubl.profile import UblProfile
from orderwire.formats.ubl.references import Additional, put_fact
from orderwire.formats.ubl.tables import CUSTOMIZATIONS, FIXED_PROCESS, PROCESSES, UNDATED
from orderwire.formats.ubl.texts import put_notes
from orderwire.formats.ubl.tree import Element, date, day, document, label, put
from orderwire.formats.xml import Faults, where_is

TEST = "TEST"
"""ProfileExecutionID of test documents: UBL has no mark for them."""


def start(name: str, number: str | None, issued: datetime.date | None, fit: Fit, *, test: bool,
          sales_order: str | None = None, day_field: str = "issued") -> Element:  # fmt: skip
    """The root with everything up to IssueDate. UBL needs a day: where there is none it is that
    of writing, and `undated` says so.
    """
    root = document(name)
    if fit.peppol:
        extension = f":extended:{fit.profile.extension}" if fit.profile.extension else ""
        put(root, "cbc:CustomizationID", CUSTOMIZATIONS[fit.transaction] + extension)
        put(root, "cbc:ProfileID", PROCESSES[FIXED_PROCESS.get(fit.transaction, fit.profile.process)])
        if test and not fit.profile.test:
            text = "Peppol has no mark for test documents, it would become a live one; use a profile with test: true"
            fit.stop("test", "test", text)
    else:
        put(root, "cbc:UBLVersionID", "2.1")
        if test or fit.profile.test:
            put(root, "cbc:ProfileExecutionID", TEST)
    if fit.profile.test and not test:
        fit.say("test", "the profile makes everything on this connection a test")
    put(root, "cbc:ID", number)
    put(root, "cbc:SalesOrderID", sales_order)
    if issued is None and fit.peppol and fit.transaction != "OrderChange":
        fit.stop(day_field, "day-missing", f"Peppol asks for the day of issue of the {name}; set it")
    elif issued is None:
        issued, fit.undated = fit.today, True
    day(root, "cbc:IssueDate", issued)
    return root


def put_undated(root: Element, fit: Fit) -> None:
    """Say that the document has no day of its own, with the other facts."""
    put_fact(root, UNDATED, "day of writing" if fit.undated else None)


def day_of(root: Element, additional: Additional, faults: Faults) -> datetime.date | None:
    """The day of issue, None for a document of ours that has none of its own."""
    return None if UNDATED in additional.facts else date(root, "cbc:IssueDate", faults)


def derived(number: str | None, base: str, suffix: str, fit: Fit) -> str:
    """The document's own number, or one made of the order's where it has none: UBL needs it."""
    if number is None:
        number = f"{base[:180]}-{suffix}"
        fit.say("number", f"a UBL document needs a number of its own; it is {number}")
    return number


def insert_notes(behind: Element, notes: Sequence[Note], fit: Fit, name: str = "cbc:Note") -> None:
    """Notes behind an element, with those that say what is not in the data; called last, when those are known."""
    holder = etree.Element("notes")
    put_notes(holder, name, (*notes, *fit.notes()), fit)
    for element in reversed(holder):
        behind.addnext(element)


def last_of(root: Element) -> Element:
    """The element that was put last."""
    return root[-1]


def is_test(root: Element, profile: UblProfile) -> bool:
    """True for documents marked as tests, and for all of a test connection."""
    return profile.test or (label(root, "cbc:ProfileExecutionID") or "").upper() == TEST


def report(problems: Sequence[tuple[str, str, str]], place: Element, faults: Faults) -> None:
    """Problems (code, field, text) of a whole document as errors at its place."""
    for code, field, text in problems:
        faults.error(code, where_is(place), f"{field}: {text}")
