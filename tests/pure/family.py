"""Hypothesis strategies for the documents around an order: changes, cancellations, answers, advice, fulfillment."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from orderwire.document.advice import AdviceDetail, AdviceStatus, ApplicationAdvice
from orderwire.document.cancellation import Cancellation
from orderwire.document.fulfillment import Invoice, InvoicedLine, Receipt, ReceivedLine, ShipNotice, ShippedLine
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange, between
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from tests.pure.orders import (
    Alphabet,
    dates,
    decimals,
    labels,
    lines,
    maybe,
    notes,
    numbers,
    orders,
    parties,
    terms_parts,
    texts,
)


@st.composite
def revisions(draw: st.DrawFn, alphabet: Alphabet = "any") -> tuple[Order, Order]:
    """Two revisions of one order: lines added, deleted, changed in any part, and a header that may differ."""
    old = draw(orders(alphabet, max_lines=2)).model_copy(update={"revision": draw(st.integers(1, 999))})
    update: dict[str, Any] = {"revision": old.revision + 1, "test": old.test}
    if draw(st.booleans()):
        update["notes"] = tuple(draw(st.lists(notes(alphabet), max_size=2)))
        update["payment_terms"] = tuple(draw(st.lists(terms_parts(alphabet), max_size=2)))
        update["ship_to"] = draw(maybe(parties(alphabet)))
    now = []
    for line in old.lines:
        match draw(st.sampled_from(["stays", "goes", "moves", "costs"])):
            case "stays":
                now.append(line)
            case "moves":
                now.append(draw(lines(line.number, alphabet)))
            case "costs":
                now.append(line.model_copy(update={"price": draw(decimals("0", "9999"))}))
    if not now or draw(st.booleans()):
        taken = {line.number for line in old.lines}
        now.append(draw(lines(draw(st.integers(1, 99999).map(str).filter(lambda n: n not in taken)), alphabet)))
    return old, Order.model_validate(old.model_copy(update=update | {"lines": tuple(now)}).model_dump())


@st.composite
def changes(draw: st.DrawFn, alphabet: Alphabet = "any") -> OrderChange:
    """A change in full or as delta, with and without a number and a day of its own."""
    old, new = draw(revisions(alphabet))
    change = between(old, new, draw(st.sampled_from(["full", "delta"])))
    said = {"number": draw(maybe(numbers)), "issued": draw(maybe(dates)), "reason": draw(maybe(texts(alphabet)))}
    return change.model_copy(update=said | {"confirms": draw(st.booleans())})


def cancellations(alphabet: Alphabet = "any") -> st.SearchStrategy[Cancellation]:
    """Cancellations of a whole order, as we write them: parties, currency and days are known."""
    return st.builds(
        Cancellation,
        order_number=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9/_-]{0,21}", fullmatch=True),
        release_number=maybe(numbers),
        revision=maybe(st.integers(1, 999)),
        number=maybe(numbers),
        sequence=maybe(st.integers(1, 99)),
        issued=dates,
        order_issued=dates,
        buyer=parties(alphabet),
        supplier=parties(alphabet),
        currency=st.sampled_from(["USD", "EUR"]),
        reason=maybe(texts(alphabet)),
        test=st.booleans(),
    )


def answers(alphabet: Alphabet = "any") -> st.SearchStrategy[LineAnswer]:
    """Answers to one part of one line; a price may say for how many units it is."""
    bases = st.sampled_from([Decimal(n) for n in ("1", "100", "1000", "12", "0.5", "1234567.891")])
    said = st.builds(
        LineAnswer,
        number=maybe(st.integers(1, 99).map(str)),
        status=st.sampled_from(LineStatus),
        quantity=maybe(decimals("0", "9999")),
        unit=maybe(st.sampled_from(["EA", "C62", "KGM"])),
        price=maybe(decimals("0", "9999")),
        promised=maybe(dates),
        ships=maybe(dates),
        buyer_part=maybe(labels(alphabet, 20)),
        supplier_part=maybe(labels(alphabet, 20)),
        gtin=maybe(st.from_regex(r"[0-9]{13}", fullmatch=True)),
        substitute_part=maybe(labels(alphabet, 20)),
        reason=maybe(texts(alphabet)),
    )
    return st.builds(
        lambda answer, basis: answer if answer.price is None else answer.model_copy(update={"price_basis": basis}),
        said,
        maybe(bases),
    )


@st.composite
def responses(draw: st.DrawFn, alphabet: Alphabet = "any") -> Response:
    """Answers to orders, changes and cancellations."""
    to = draw(st.sampled_from(["order", "change", "cancellation"]))
    return Response(
        order_number=draw(numbers),
        answers=to,
        change_number=draw(maybe(numbers)) if to != "order" else None,
        sequence=draw(maybe(st.integers(1, 99))) if to != "order" else None,
        revision=draw(maybe(st.integers(1, 999))),
        release_number=draw(maybe(numbers)),
        number=draw(maybe(numbers)),
        status=draw(st.sampled_from(HeaderStatus)),
        answered=draw(maybe(dates)),
        supplier=draw(maybe(parties(alphabet))),
        supplier_order_number=draw(maybe(numbers)),
        currency=draw(maybe(st.sampled_from(["USD", "EUR"]))),
        reason=draw(maybe(texts(alphabet))),
        charge=draw(maybe(decimals("0", "9999", 2))),
        contact=draw(maybe(labels(alphabet, 40))),
        test=draw(st.booleans()),
        lines=tuple(draw(st.lists(answers(alphabet), max_size=4))),
    )


def advices(alphabet: Alphabet = "any") -> st.SearchStrategy[ApplicationAdvice]:
    """What an application makes of a document."""
    detail = st.builds(
        AdviceDetail,
        code=maybe(st.sampled_from(["024", "ZZZ", "848"])),
        text=maybe(texts(alphabet)),
        line=maybe(st.integers(1, 99).map(str)),
        field=maybe(st.just("PO102")),
        value=maybe(labels(alphabet, 20)),
    )
    return st.builds(
        ApplicationAdvice,
        number=maybe(numbers),
        issued=maybe(dates),
        status=st.sampled_from(AdviceStatus),
        document_kind=maybe(st.sampled_from(["850", "ORDERS", "Order"])),
        document_number=maybe(numbers),
        order_number=maybe(numbers),
        interchange_control=maybe(st.just("000000001")),
        group_control=maybe(st.just("7")),
        set_control=maybe(st.just("0001")),
        reason=maybe(texts(alphabet)),
        test=st.booleans(),
        details=st.lists(detail, max_size=3).map(tuple),
    )


_LINE = {
    "order_number": maybe(numbers),
    "number": maybe(st.integers(1, 99).map(str)),
    "buyer_part": maybe(numbers),
    "supplier_part": maybe(numbers),
    "gtin": maybe(st.from_regex(r"[0-9]{13}", fullmatch=True)),
    "unit": maybe(st.sampled_from(["EA", "C62", "KGM"])),
}


def ship_notices(alphabet: Alphabet = "any") -> st.SearchStrategy[ShipNotice]:
    """Ship notices."""
    line = st.builds(ShippedLine, **_LINE, quantity=decimals("0", "9999"), open=maybe(decimals("0", "9999")))
    return st.builds(
        ShipNotice,
        number=numbers,
        order_number=maybe(numbers),
        issued=maybe(dates),
        shipped=maybe(dates),
        expected=maybe(dates),
        supplier=maybe(parties(alphabet)),
        buyer=maybe(parties(alphabet)),
        ship_to=maybe(parties(alphabet)),
        carrier=maybe(labels(alphabet, 30)),
        tracking=st.lists(numbers, max_size=2, unique=True).map(tuple),
        packages=maybe(st.integers(0, 99)),
        test=st.booleans(),
        lines=st.lists(line, max_size=3).map(tuple),
    )


def receipts(alphabet: Alphabet = "any") -> st.SearchStrategy[Receipt]:
    """Receipts."""
    line = st.builds(ReceivedLine, **_LINE, received=decimals("0", "9999"), rejected=maybe(decimals("0", "9999")))
    return st.builds(
        Receipt,
        number=numbers,
        order_number=maybe(numbers),
        ship_notice=maybe(numbers),
        issued=maybe(dates),
        received=maybe(dates),
        supplier=maybe(parties(alphabet)),
        buyer=maybe(parties(alphabet)),
        test=st.booleans(),
        lines=st.lists(line, max_size=3).map(tuple),
    )


def invoices(alphabet: Alphabet = "any") -> st.SearchStrategy[Invoice]:
    """Invoices and credit notes."""
    line = st.builds(InvoicedLine, **_LINE, quantity=decimals("0", "9999"), price=maybe(decimals("0", "9999")))
    return st.builds(
        Invoice,
        number=numbers,
        kind=st.sampled_from(["invoice", "credit_note"]),
        order_number=maybe(numbers),
        issued=maybe(dates),
        due=maybe(dates),
        supplier=maybe(parties(alphabet)),
        buyer=maybe(parties(alphabet)),
        currency=maybe(st.sampled_from(["USD", "EUR"])),
        total=maybe(decimals("0", "9999", 2).map(Decimal)),
        test=st.booleans(),
        lines=st.lists(line, max_size=3).map(tuple),
    )
