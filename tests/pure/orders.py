"""Hypothesis strategies for valid orders with every optional part and text in many scripts, shared by format tests.

Usage: `@given(orders())`; pass `alphabet="latin"` where a format is limited to ISO 8859-1.
"""

import datetime
from decimal import Decimal
from typing import Any, Literal

from hypothesis import strategies as st

from orderwire.document.order import Account, Line, Order, Schedule
from orderwire.document.party import Address, Contact, Identifier, Party
from orderwire.document.terms import AllowanceCharge, Attachment, Incoterm, Note, Reference, Tax, TermsPart

Alphabet = Literal["any", "latin"]

_LATIN = (
    "Bolt M8 x 40",
    "Müller & Söhne",
    'Pipe 1/4", 12/PK',
    "a*b~c:d^e",
    "50% off | (net)",
    "x",
    "Ångström > ¼",
    "it's",
)
_WORLD = (
    *_LATIN, "Βίδα εξάγωνη", "Винт М8", "六角螺栓 M8", "برغي سداسي", "בורג משושה", "ねじ", "나사", "สกรู", "e\u0301tude",
    "🔩 bolt", "Łódź Żuraw",
)  # fmt: skip
_UNITS = ("C62", "H87", "EA", "KGM", "MTR", "LTR", "DZN", "XBX", "XCT", "XPX", "HUR", "FOT", "TNE", "SET", "PR", "LBR")


def labels(alphabet: Alphabet = "any", max_size: int = 60) -> st.SearchStrategy[str]:
    """One-line texts, from ordinary to hostile (every punctuation mark that a format may use as a delimiter)."""
    chars = (
        st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"])
        if alphabet == "latin"
        else st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"])
    )
    ready = [t for t in (_LATIN if alphabet == "latin" else _WORLD) if len(t) <= max_size]
    free = st.text(chars, min_size=1, max_size=max_size).map(str.strip).filter(bool)
    return st.sampled_from(ready) | free


def texts(alphabet: Alphabet = "any") -> st.SearchStrategy[str]:
    """Free texts: one line, several lines, and one far longer than any segment of any standard."""
    paragraph = st.lists(labels(alphabet), min_size=1, max_size=4)
    long = st.tuples(labels(alphabet, 30), st.integers(2, 20)).map(lambda t: " ".join([t[0]] * t[1]))
    return labels(alphabet) | paragraph.map("\n".join).map(str.strip).filter(bool) | long


def decimals(low: str, high: str, places: int = 4) -> st.SearchStrategy[Decimal]:
    """Exact decimals within the bounds, many of them whole."""
    whole = st.integers(-(-Decimal(low) // 1).__int__() or 1, int(Decimal(high))).map(Decimal)
    return whole | st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=3)
numbers = st.from_regex(r"[A-Z0-9][A-Z0-9/-]{0,19}", fullmatch=True)
dates = st.dates(datetime.date(1990, 1, 1), datetime.date(2089, 12, 31))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The strategy or None."""
    return st.none() | strategy


identifiers = st.one_of(
    st.builds(Identifier, scheme=st.just("gln"), value=st.from_regex(r"[0-9]{13}", fullmatch=True)),
    st.builds(Identifier, scheme=st.just("duns"), value=st.from_regex(r"[0-9]{9}", fullmatch=True)),
    st.builds(Identifier, scheme=st.just("duns4"), value=st.from_regex(r"[0-9]{13}", fullmatch=True)),
    st.builds(
        Identifier, scheme=st.sampled_from(["vat", "tax", "buyer", "supplier", "eas:0088", "x12:ZZ"]), value=numbers
    ),
)


@st.composite
def parties(draw: st.DrawFn, alphabet: Alphabet = "any") -> Party:
    """A party with any choice of identifiers (one of each scheme), address and contact."""
    address = st.builds(
        Address,
        lines=st.lists(labels(alphabet, 55), max_size=4).map(tuple),
        city=maybe(labels(alphabet, 30)),
        postal_code=maybe(st.from_regex(r"[A-Z0-9][A-Z0-9-]{2,9}", fullmatch=True)),
        region=maybe(st.sampled_from(["NY", "CA", "BY", "Île-de-France"])),
        country=maybe(st.sampled_from(["US", "DE", "CN", "GR", "AE", "MX"])),
    )
    contact = st.builds(
        Contact,
        name=maybe(labels(alphabet, 35)),
        phone=maybe(st.from_regex(r"\+[0-9]{6,14}", fullmatch=True)),
        email=maybe(st.from_regex(r"[a-z]{1,10}@[a-z]{2,10}\.example", fullmatch=True)),
    )
    return Party(
        name=draw(labels(alphabet)),
        identifiers=tuple(draw(st.lists(identifiers, max_size=3, unique_by=lambda i: i.scheme))),
        address=draw(maybe(address)),
        contact=draw(maybe(contact)),
    )


@st.composite
def _validities(draw: st.DrawFn) -> dict[str, datetime.date | None]:
    first, last = sorted((draw(dates), draw(dates)))
    return {"valid_from": draw(maybe(st.just(first))), "valid_to": draw(maybe(st.just(last)))}


validities = _validities()


def taxes(alphabet: Alphabet = "any") -> st.SearchStrategy[Tax]:
    """Taxes of several kinds and categories."""
    return st.builds(
        Tax,
        kind=st.sampled_from(["VAT", "GST", "LS"]),
        category=st.sampled_from(["S", "Z", "E", "AE", "O"]),
        percent=decimals("0", "100"),
        exemption=maybe(texts(alphabet)),
    )


@st.composite
def allowances_charges(draw: st.DrawFn, alphabet: Alphabet = "any") -> AllowanceCharge:
    """An allowance or charge with exactly one of amount and percent."""
    fixed = draw(st.booleans())
    return AllowanceCharge(
        kind=draw(st.sampled_from(["allowance", "charge"])),
        amount=draw(decimals("0", "99999", 2)) if fixed else None,
        percent=None if fixed else draw(decimals("0", "100")),
        code=draw(maybe(st.sampled_from(["FC", "95", "DI", "ABK", "PC"]))),
        reason=draw(maybe(labels(alphabet))),
        tax=draw(maybe(taxes(alphabet))),
    )


def references(alphabet: Alphabet = "any") -> st.SearchStrategy[Reference]:
    """References of every kind."""
    kinds = ["contract", "blanket", "requisition", "quotation", "sales_order", "project", "catalog"]
    known = st.builds(
        Reference, kind=st.sampled_from(kinds), number=labels(alphabet, 35), line=maybe(numbers), date=maybe(dates)
    )
    other = st.builds(Reference, kind=st.just("other"), number=labels(alphabet, 35), code=maybe(codes))
    return known | other


def notes(alphabet: Alphabet = "any") -> st.SearchStrategy[Note]:
    """Notes with and without a subject."""
    return st.builds(Note, text=texts(alphabet), subject=maybe(labels(alphabet, 30)))


def terms_parts(alphabet: Alphabet = "any") -> st.SearchStrategy[TermsPart]:
    """Parts of payment terms, also those that no standard can say."""
    return st.builds(
        TermsPart,
        basis=st.sampled_from(
            ["invoice", "invoice_receipt", "goods_receipt", "delivery", "shipment", "order", "fixed"]
        ),
        percent=maybe(decimals("1", "100", 2)),
        days=st.sampled_from([0, 10, 30, 60, 3650]),
        months=st.sampled_from([0, 0, 1, 3]),
        end_of_month=st.sampled_from([None, None, "before", "after"]),
        due=maybe(dates),
        discount_percent=maybe(decimals("0", "20", 2)),
        discount_days=maybe(st.integers(0, 90)),
        text=maybe(texts(alphabet)),
    )


def accounts(alphabet: Alphabet = "any") -> st.SearchStrategy[tuple[Account, ...]]:
    """None, one, or two accounts that share the line."""
    one = st.builds(
        Account, cost_center=maybe(labels(alphabet, 20)), gl_account=maybe(numbers), project=maybe(labels(alphabet, 20))
    )
    halves = st.tuples(one, one).map(
        lambda pair: tuple(
            a.model_copy(update={"percent": p}) for a, p in zip(pair, (Decimal(60), Decimal(40)), strict=True)
        )
    )
    return st.just(()) | one.map(lambda a: (a,)) | halves


@st.composite
def lines(draw: st.DrawFn, number: str, alphabet: Alphabet = "any") -> Line:
    """One line whose schedules add up to its quantity."""
    parts = draw(st.lists(decimals("0.001", "99999", 3).filter(lambda d: d > 0), min_size=1, max_size=3))
    schedules = tuple(
        Schedule(quantity=q, requested=draw(maybe(dates)), ship_to=draw(maybe(parties(alphabet)))) for q in parts
    )
    return Line(
        number=number,
        description=draw(texts(alphabet)),
        quantity=sum(parts, Decimal(0)),
        unit=draw(st.sampled_from(_UNITS)),
        price=draw(decimals("0", "9999999")),
        price_basis=draw(st.sampled_from([Decimal(1), Decimal(1), Decimal(100), Decimal("0.5")])),
        buyer_part=draw(maybe(labels(alphabet, 40))),
        supplier_part=draw(maybe(labels(alphabet, 40))),
        gtin=draw(maybe(st.from_regex(r"[0-9]{8}([0-9]{4,6})?", fullmatch=True))),
        category=draw(maybe(st.from_regex(r"[0-9]{8}", fullmatch=True))),
        schedules=schedules,
        taxes=tuple(draw(st.lists(taxes(alphabet), max_size=2))),
        allowances_charges=tuple(draw(st.lists(allowances_charges(alphabet), max_size=2))),
        accounts=draw(accounts(alphabet)),
        references=tuple(draw(st.lists(references(alphabet), max_size=2))),
        notes=tuple(draw(st.lists(notes(alphabet), max_size=2))),
    )


@st.composite
def orders(draw: st.DrawFn, alphabet: Alphabet = "any", max_lines: int = 3) -> Order:
    """A valid order of any kind, every optional part there or not."""
    line_numbers = draw(
        st.lists(st.integers(1, 99999).map(str) | st.from_regex(r"[A-Z][0-9.-]{0,5}", fullmatch=True),
                 min_size=1, max_size=max_lines, unique=True)
    )  # fmt: skip
    kind = draw(st.sampled_from(["standard", "blanket", "release"]))
    refs = tuple(draw(st.lists(references(alphabet), max_size=3)))
    if kind == "release":
        refs += (Reference(kind="blanket", number=draw(numbers)),)
    attachment = st.builds(
        Attachment,
        filename=labels(alphabet, 30),
        media_type=st.just("application/pdf"),
        sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
        size=st.integers(0, 10**9),
    )
    return Order(
        number=draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9/_-]{0,21}", fullmatch=True)),
        revision=draw(st.just(1) | st.integers(1, 99999)),
        kind=kind,
        release_number=draw(maybe(numbers)) if kind == "release" else None,
        issued=draw(dates),
        **draw(validities),
        currency=draw(st.sampled_from(["USD", "EUR", "JPY", "BHD", "GBP"])),
        buyer=draw(parties(alphabet)),
        supplier=draw(parties(alphabet)),
        ship_to=draw(maybe(parties(alphabet))),
        bill_to=draw(maybe(parties(alphabet))),
        payment_terms=tuple(draw(st.lists(terms_parts(alphabet), max_size=2))),
        incoterm=draw(
            maybe(
                st.builds(
                    Incoterm,
                    code=st.sampled_from(["DAP", "EXW", "FCA"]),
                    place=maybe(labels(alphabet, 40)),
                    year=maybe(st.sampled_from([2010, 2020])),
                )
            )
        ),
        references=refs,
        notes=tuple(draw(st.lists(notes(alphabet), max_size=2))),
        allowances_charges=tuple(draw(st.lists(allowances_charges(alphabet), max_size=2))),
        attachments=tuple(draw(st.lists(attachment, max_size=1))),
        test=draw(st.booleans()),
        lines=tuple(draw(lines(n, alphabet)) for n in line_numbers),
    )
