"""The columns that CSV and XLSX share, and the documents that people fill them with."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.document.advice import AdviceStatus, ApplicationAdvice
from orderwire.document.order import Order
from orderwire.document.response import LineAnswer, Response
from orderwire.document.terms import Note, Reference, TermsPart
from orderwire.formats import CannotCarry, Profile, ReadResult
from orderwire.formats.csv import Csv
from orderwire.formats.table import FORMS, Form
from orderwire.formats.table.columns import ORDER
from orderwire.formats.table.reference import page
from orderwire.testing import FixedContext
from tests.pure.family import responses

CSV = Csv()
HEADING = "order_number,order_date,currency,buyer_name,supplier_name,line_number,description,quantity,unit,price"
ROW = "PO-1,2026-01-31,EUR,Northwind,Acme,10,Bolt,12,C62,0.25"


def read(*rows: str, **profile: object) -> ReadResult:
    return CSV.read("\n".join(rows).encode(), profile)


def only(model: type, *rows: str, **profile: object) -> Any:
    [found] = read(*rows, **profile).documents
    assert found.usable, found.findings
    assert type(found.document) is model
    return found.document


def found(result: ReadResult) -> list[tuple[str, str]]:
    return [(f.code, f.where) for f in (*result.findings, *(f for d in result.documents for f in d.findings))]


def written(document: Any, profile: Profile) -> str:
    return CSV.write(document, profile, FixedContext()).content.decode("utf-8-sig")


# ── Headings ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_no_heading_means_two_columns_of_a_document(form: Form) -> None:
    sure = Counter(heading for column in form.columns for heading in (column.name, *column.aliases))
    weak = Counter(heading for column in form.columns for heading in column.weak)
    assert [heading for heading, n in (*sure.items(), *weak.items()) if n > 1] == []
    assert not sure.keys() & weak.keys()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_the_columns_of_a_document_fit_together(form: Form) -> None:
    names = set(form.by_name)
    assert {form.key, *form.tells, *form.alone, *(name for group in form.needs for name in group)} <= names
    assert {column.original for column in form.columns if column.original} <= names
    assert {column.on_line for column in form.columns if column.on_line} <= names
    assert len(names) == len(form.columns)


def test_no_heading_of_an_order_tells_another_document() -> None:
    telling = {h for f in FORMS for name in f.tells for h in (name, *f.by_name[name].aliases)}
    assert not telling & ORDER.by_heading.keys()


def test_case_blanks_and_punctuation_of_a_heading_do_not_matter() -> None:
    for heading in ("order_number", "Order Number", " PO-Number ", "po.no", "PO"):
        assert only(Response, f"{heading},status", "PO-1,ok").order_number == "PO-1"


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        (HEADING, "order"),
        (f"{HEADING},Status", "order"),
        (f"{HEADING},sales_order,note", "order"),
        (f"{HEADING},line_action", "change"),
        ("PO,line,Action,Qty", "change"),
        ("PO,cancellation date,reason", "cancellation"),
        (f"{HEADING},confirmed qty,promise date", "answer"),
        ("PO number,line,status", "answer"),
        ("PO number,line,backorder,confirmed", "answer"),
        ("ASN number,PO,line,quantity,tracking number", "ship notice"),
        ("receipt no,ASN,PO,line,qty", "receipt"),
        ("Invoice No,PO,line,qty,price,total", "invoice"),
    ],
)
def test_the_headings_tell_the_document(heading: str, word: str) -> None:
    pieces = CSV.explain(f"{heading}\n1,2,3".encode(), 5)
    assert pieces[0].words.startswith(f"headings of: {word}:")


def test_a_column_tells_the_document_of_each_row() -> None:
    result = read(
        "document,order_number,line_number,line_status,line_action,quantity,cancellation_reason",
        "answer,PO-1,10,OK,,5,",
        "change,PO-2,10,,deleted,,",
        "cancel,PO-3,,,,,no longer needed",
        "letter,PO-4,,,,,",
    )
    assert [(d.type.value, d.number, d.usable) for d in result.documents] == [
        ("response", "PO-1", True), ("change", "PO-2", True), ("cancellation", "PO-3", True),
    ]  # fmt: skip
    assert ("bad-value", "row 5, column document") in found(result)


def test_a_table_whose_headings_fit_no_document_is_told_what_misses() -> None:
    result = read("order_number,quantity,reason", "PO-1,1,late")
    assert result.documents == ()
    texts = [f.text for f in result.findings]
    assert any("no column order_date, which the order needs" in text for text in texts)
    assert any("say which in a column document (order, change, cancellation, answer" in text for text in texts)
    assert any(
        "no column order_number, which the answer needs" in f.text
        for f in read("status,confirmed qty", "ok,1").findings
    )


def test_the_profile_says_what_a_table_holds() -> None:
    document = only(
        Response, "order_number,quantity,line", "PO-1,4,10", document="answer", defaults={"answer_status": "ok"}
    )
    assert document.lines == (LineAnswer(number="10", status="accepted", quantity=Decimal(4)),)


# ── Answers ──────────────────────────────────────────────────────────────────


def test_our_order_with_what_the_supplier_adds_is_an_answer() -> None:
    answer = only(
        Response,
        f"{HEADING},Status,Confirmed Qty,Promise Date,Reason",
        f"{ROW},accepted,12,2026-02-10,",
        f"{ROW.replace(',10,', ',20,')},Changed,5,2026-03-01,machine down",
        f"{ROW.replace(',10,', ',20,')},backorder,7,2026-04-01,",
        f"{ROW.replace(',10,', ',30,')},no,,,out of stock",
    )
    assert [(a.number, a.status.value, a.quantity, str(a.promised or "")) for a in answer.lines] == [
        ("10", "accepted", Decimal(12), "2026-02-10"), ("20", "changed", Decimal(5), "2026-03-01"),
        ("20", "backordered", Decimal(7), "2026-04-01"), ("30", "rejected", None, ""),
    ]  # fmt: skip
    assert answer.status == "accepted_with_changes"
    assert answer.lines[0].price == Decimal("0.25"), "what the supplier left of our columns is what he confirms"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("OK", "accepted"), ("yes", "accepted"), ("Accept", "accepted"), ("CONFIRMED", "accepted"),
        ("TRUE", "accepted"), ("changed", "changed"), ("Accepted with changes", "changed"),
        ("Back-ordered", "backordered"), ("substitute", "substituted"), ("open", "pending"),
        ("No", "rejected"), ("declined", "rejected"),
    ],
)  # fmt: skip
def test_status_words_are_understood_and_kept(word: str, status: str) -> None:
    answer = only(Response, "PO,line,status", f"PO-1,10,{word}")
    assert answer.lines[0].status == status
    assert answer.lines[0].code in (word, None)
    assert only(Response, written(answer, {})) == answer


def test_a_status_that_is_no_word_of_ours_has_its_place_and_remedy() -> None:
    result = read("PO,line,status", "PO-1,10,maybe")
    assert ("bad-value", "row 2, column line_status") in found(result)
    assert "write one of: accepted, changed" in result.documents[0].findings[0].text


def test_a_status_without_a_line_answers_the_whole_order() -> None:
    for word, status in (("ok", "accepted"), ("changed", "accepted_with_changes"), ("pending", "received")):
        answer = only(Response, "PO,line,status", f"PO-1,,{word}")
        assert (answer.status, answer.lines) == (status, ())


def test_what_is_confirmed_without_a_status_is_accepted_as_it_is_confirmed() -> None:
    answer = only(Response, "PO,line,confirmed qty,promised", "PO-1,10,5,2026-02-01", "PO-1,20,3,")
    assert [(a.status.value, int(a.quantity)) for a in answer.lines] == [("accepted", 5), ("accepted", 3)]
    assert found(read("PO,line,confirmed qty", "PO-1,10,5", "PO-1,20,3")) == [
        ("status-assumed", "rows 2 to 3"), ("status-from-lines", "rows 2 to 3"),
    ]  # fmt: skip
    assert found(read("PO,line,confirmed qty,status", "PO-1,10,5,ok")) == [("status-from-lines", "row 2")]


@pytest.mark.parametrize(
    "rows",
    [
        ("PO,line,confirmed qty,promised", "PO-1,10,,", "PO-1,20,3,"),
        ("PO,line,status,qty,price", "PO-1,10,,3,5", "PO-1,20,ok,3,5"),
        ("PO,line,confirmed qty,promised", "PO-1,10,0.00,2026-02-01", "PO-1,20,3,"),
        ("PO,line,confirmed qty,promised", "PO-1,,8,", "PO-1,20,3,"),
    ],
)
def test_a_row_that_the_supplier_left_open_is_not_taken_for_a_yes(rows: tuple[str, ...]) -> None:
    result = read(*rows)
    assert not result.documents[0].usable
    assert ("missing", "row 2, column line_status") in found(result)


def test_a_file_of_broken_documents_is_given_up_after_a_thousand() -> None:
    result = read(HEADING, *(f"PO-{n},x" for n in range(1200)))
    assert len(result.documents) == 1000
    assert [(f.code, f.where) for f in result.findings] == [("too-many-broken", "row 1002")]


def test_a_row_that_repeats_the_line_above_without_its_header_is_told() -> None:
    again = ",,,,," + ROW.split(",", 5)[5]
    assert ("duplicate-row", "row 3") in found(read(HEADING, ROW, again))


def test_a_sum_under_the_answered_lines_is_no_answer() -> None:
    result = read("PO,line,confirmed qty", "PO-1,10,5", "PO-1,20,3", "Total,,8")
    assert [(d.number, d.usable) for d in result.documents] == [("PO-1", True), ("Total", False)]


@pytest.mark.parametrize("title", [("Order of Northwind, Bremen",), ("Order;;", ";;", "Printed: 3 May;;")])
def test_a_title_above_the_headings_is_passed_over_and_told(title: tuple[str, ...]) -> None:
    heading, row = HEADING.replace(",", ";"), ROW.replace(",", ";")
    only(Order, *title, heading, row)
    assert found(read(*title, heading, row))[0][0] == "above-headings"
    assert CSV.sniff("\n".join((*title, heading, row)).encode()) > 80


def test_a_row_under_the_headings_is_never_taken_for_headings() -> None:
    assert found(read("PO", "PO,line,confirmed qty,promised,status"))[0][1] == "row 1"
    assert "above-headings" not in {code for code, _ in found(read(HEADING, HEADING, ROW))}


def test_a_long_number_that_a_spreadsheet_cut_is_told() -> None:
    for text in ("4.50001E+11", '"4,50001E+11"'):
        assert ("cut-number", "row 2, column order_number") in found(read(HEADING, ROW.replace("PO-1", text)))
    assert found(read(HEADING, ROW.replace("PO-1", "5E+10"))) == []


def test_a_point_that_may_mean_thousands_is_told() -> None:
    def with_numbers(quantity: str, price: str) -> list[tuple[str, str]]:
        return found(read(HEADING, ROW.replace("12", quantity).replace("0.25", price)))

    assert with_numbers("1.000", "2") == [("decimal-guessed", "file")]
    assert with_numbers("1.000", "2.5") == []
    assert with_numbers("0.125", "2") == []
    assert read(HEADING, ROW.replace("12", "1.000"), decimal=".").findings == ()


def test_the_rest_on_backorder_is_a_second_answer_to_the_line() -> None:
    answer = only(Response, "PO,line,status,confirmed qty,backorder", "PO-1,10,changed,5,7", "PO-1,20,,,3")
    assert [(a.number, a.status.value, int(a.quantity)) for a in answer.lines] == [
        ("10", "changed", 5), ("20", "backordered", 3), ("10", "backordered", 7),
    ]  # fmt: skip


def test_dates_and_decimals_of_an_answer_are_those_of_the_profile() -> None:
    profile = {"delimiter": ";", "decimal": ",", "date_format": "%d.%m.%Y"}
    answer = only(Response, "PO;line;status;confirmed qty;promised", "1;10;ok;1.234,5;10.02.2026", **profile)
    assert (answer.lines[0].quantity, str(answer.lines[0].promised)) == (Decimal("1234.5"), "2026-02-10")
    result = read("PO,line,status,confirmed qty,promised", "1,10,ok,many,tomorrow")
    assert [where for code, where in found(result) if code in ("bad-value", "value-error")] == [
        "row 2, column confirmed_quantity", "row 2, column promised_date",
    ]  # fmt: skip


# ── Fulfillment ──────────────────────────────────────────────────────────────


def test_a_shipment_of_several_orders_names_each_line_s_own() -> None:
    [found] = read(
        "ASN,PO,line,shipped qty,tracking number", "D-1,PO-1,10,5,T1", "D-1,PO-2,10,6,T1", "D-1,,20,7,"
    ).documents
    notice: Any = found.document
    assert (found.number, notice.number, notice.order_number, notice.tracking) == ("PO-1", "D-1", "PO-1", ("T1",))
    assert [(line.order_number, line.number, int(line.quantity)) for line in notice.lines] == [
        (None, "10", 5), ("PO-2", "10", 6), (None, "20", 7),
    ]  # fmt: skip


def test_each_document_s_missing_number_is_told() -> None:
    result = read("document,receipt_number,order_number,received_quantity", "receipt,,PO-1,5")
    assert found(result) == [("missing", "row 2, column receipt_number")]


# ── What a table cannot carry ────────────────────────────────────────────────


def order(**update: Any) -> Order:
    return only(Order, HEADING, ROW).model_copy(update=update)  # type: ignore[no-any-return]


def losses(document: Any, **profile: str) -> list[tuple[str, str, str]]:
    return [(f.severity.value, f.code, f.where) for f in CSV.project(document, profile)[1]]


def test_each_loss_is_told_and_weighed_by_the_profile() -> None:
    other = order(references=(Reference(kind="other", number="X"),))
    assert losses(other) == [("warning", "not-carried", "references[1]")]
    assert losses(other, on_loss="refuse") == [("error", "not-carried", "references[1]")]
    terms = order(payment_terms=(TermsPart(percent=Decimal(25)),) * 3 + (TermsPart(),))
    assert losses(terms) == [("error", "not-carried", "payment_terms[4]")]
    assert losses(terms, on_loss="accept") == [("warning", "not-carried", "payment_terms[4]")]


def test_a_note_says_what_has_no_column() -> None:
    notes = tuple(Note(text=f"note {n}") for n in range(1, 5))
    full = order(notes=notes, references=(Reference(kind="other", number="X", code="ZZ"),))
    projected, told = CSV.project(full, {"on_loss": "note"})
    assert isinstance(projected, Order)
    assert [note.text for note in projected.notes[:2]] == ["note 1", "note 2"]
    assert set(projected.notes[2].text.split("\n")) == {
        "references[1]: kind other, number X, code ZZ", "notes[3]: text note 3", "notes[4]: text note 4",
    }  # fmt: skip
    assert {f.code for f in told} == {"carried-in-note"}
    assert only(Order, written(full, {"on_loss": "note"})) == projected


def test_more_than_a_note_holds_is_refused() -> None:
    long = order(notes=tuple(Note(text="x" * 3000) for _ in range(6)))
    with pytest.raises(CannotCarry, match="more than one note holds"):
        written(long, {"on_loss": "note"})


def test_a_document_that_has_no_table_is_refused_by_name() -> None:
    with pytest.raises(CannotCarry, match=r"no form for this document \(application advice\)"):
        written(ApplicationAdvice(status=AdviceStatus.ACCEPTED), {})


# ── Safe and bounded ─────────────────────────────────────────────────────────


@given(responses(), st.sampled_from(["=1+1", "+1", "-1", "@x", "'=1"]))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_cell_of_an_answer_starts_a_formula(answer: Response, text: str) -> None:
    answer = answer.model_copy(update={"reason": text, "supplier": None, "contact": None, "lines": ()})
    line = written(answer, {}).splitlines()[1]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line.split(","))
    assert only(Response, written(answer, {})).reason == text


def test_ten_thousand_bad_rows_make_at_most_a_page_of_findings() -> None:
    result = read("PO,line,status", *(f"PO-1,{n},maybe" for n in range(10_000)))
    assert len(found(result)) <= 202


@given(
    st.lists(st.sampled_from(sorted({c.name for f in FORMS for c in f.columns})), min_size=1, max_size=12, unique=True),
    st.lists(
        st.lists(st.sampled_from(["", "1", "ok", "added", "change", "2026-01-31", "EUR", "x", "-5"]), max_size=12),
        max_size=4,
    ),
)
@settings(max_examples=200, deadline=None)  # fmt: skip
def test_any_columns_with_any_cells_are_read_without_an_exception(names: list[str], rows: list[list[str]]) -> None:
    result = read(",".join(names), *(",".join(cells) for cells in rows))
    assert all(document.usable or document.findings for document in result.documents)
    assert result.documents or result.findings


def test_the_page_of_the_manual_is_in_step_with_the_columns() -> None:
    published = Path(__file__).parents[3] / "docs/reference/table-columns.md"
    again = "run `python -m orderwire.formats.table.reference docs/reference/table-columns.md`"
    assert published.read_text(encoding="utf-8") == page(), again


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_the_page_has_a_section_for_each_document(form: Form) -> None:
    assert f"\n## {form.title}\n" in page()
