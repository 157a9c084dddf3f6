"""What a printed order holds: every text of the order, literally, on numbered pages, in an archivable file."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.canonical import fingerprint
from orderwire.document.order import Order
from orderwire.formats import CannotCarry
from orderwire.formats.pdf import MAX_LINES, Pdf
from orderwire.formats.pdf.words import LANGUAGES
from tests.pure.formats.pdf.sample import LINKS, line, order, printed, reader, words_of
from tests.pure.orders import orders


def test_everything_commercial_is_printed() -> None:
    text = words_of(printed(order(), language="en"))
    for said in (
        "4500071791", "Nordhaven Pumpen GmbH", "Tecnosellos Ibérica S.L.", "Mechanical seal MG1/28-G60", "TS-102860",
        "207-2860", "GTIN 8412345002860", "9 Dec 2026", "6,120.00", "−122.40", "VAT 19%", "DAP Bremen, Incoterms 2020",
        "2% within 14 days, 60 days net", "FA-2025-113", "EUR pallets", "Jens Petersen", "17:00, Madrid time",
        "o.nordhaven.example/a/7H2K-QX9M", "Page 1 of 1", "frame agreement",
    ):  # fmt: skip
        assert said in text, said


def test_the_fingerprint_of_the_version_is_printed() -> None:
    text = words_of(printed(order(), language="en"))
    assert fingerprint(order()) in text.replace(" ", "")


def test_several_dates_and_another_place_stand_on_their_line_and_the_place_in_full_below() -> None:
    kiel = {"name": "Service depot Kiel", "address": {"lines": ["Werftstraße 9"], "postal_code": "24143"}}
    schedules = [
        {"quantity": "60", "requested": "2026-12-09"},
        {"quantity": "40", "requested": "2027-01-13", "ship_to": kiel},
    ]
    text = words_of(printed(order(lines=[line(schedules=schedules)]), language="en"))
    for said in ("9 Dec 2026", "13 Jan 2027", "to arrive from 9 December 2026 to 13 January 2027", "24143"):
        assert said in text, said
    assert text.count("Service depot Kiel") == 2


def test_two_places_of_one_name_are_told_apart() -> None:
    places = [{"name": "Depot", "address": {"city": city}} for city in ("Kiel", "Emden")]
    schedules = [{"quantity": "50", "ship_to": place} for place in places]
    text = words_of(printed(order(lines=[line(schedules=schedules)]), language="en"))
    assert text.count("Depot (2)") == 2


def test_a_copy_without_prices_holds_no_amount() -> None:
    changed = order(lines=[line(allowances_charges=[{"kind": "charge", "amount": "77.70"}])])
    written = printed(changed, language="en", prices=False)
    text = words_of(written)
    assert "Mechanical seal" in text
    for amount in ("61.20", "6,120", "77.70", "EUR 6", "Total", "19%"):
        assert amount not in text, amount
    assert [f.code for f in written.findings] == ["not-printed"]


def test_an_internal_note_is_not_printed_and_said_so() -> None:
    changed = order(notes=[{"subject": "Internal", "text": "Supplier is slow"}, {"text": "Deliver to gate 4"}])
    written = printed(changed, language="en")
    assert "slow" not in words_of(written)
    assert "Deliver to gate 4" in words_of(written)
    assert [(f.code, f.where) for f in written.findings] == [("not-printed", "notes[1]")]


def test_a_test_order_says_so() -> None:
    assert "Nothing is ordered" in words_of(printed(order(test=True), language="en"))


def test_without_links_neither_answer_nor_approval_is_printed() -> None:
    text = words_of(printed(order(), links={}, language="en"))
    assert "Approved" not in text
    assert "answer" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_pdf_a_3a_and_pdf_ua_1_in_its_language(language: str) -> None:
    pdf = reader(printed(order(), language=language))
    metadata = pdf.root_object["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part[>=\"]+3", metadata)
    assert re.search(r"pdfaid:conformance[>=\"]+A", metadata)
    assert re.search(r"pdfuaid:part[>=\"]+1", metadata)
    assert pdf.root_object["/Lang"].split("-")[0] == language
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    assert "4500071791" in pdf.metadata.title


def test_same_order_gives_same_bytes_at_any_time() -> None:
    later = order()
    assert printed(order()).content == printed(later).content


def test_a_long_order_numbers_its_pages_and_repeats_who_it_is_from() -> None:
    long = order(lines=[line(n) for n in range(10, 2010, 10)])
    pdf = reader(printed(long, language="en"))
    pages = [page.extract_text() for page in pdf.pages]
    assert len(pages) > 5
    for n, text in enumerate(pages, 1):
        assert f"Page {n} of {len(pages)}" in text
        assert ("Nordhaven Pumpen GmbH to Tecnosellos" in text) == (n > 1)
    assert [n for n in range(10, 2010, 10) if not any(re.search(rf"\b{n}\b", text) for text in pages)] == []


@pytest.mark.parametrize("lines", range(1, 40, 3))
def test_a_total_never_stands_alone_on_a_page(lines: int) -> None:
    pdf = reader(printed(order(lines=[line(n, description=f"Seal {n:04}") for n in range(lines)]), language="en"))
    (page,) = [text for text in (p.extract_text() for p in pdf.pages) if "Total" in text]
    assert f"Seal {lines - 1:04}" in page


def test_a_very_large_order_is_printed_in_a_process_of_its_own_without_tags() -> None:
    large = order(lines=[line(n) for n in range(1, 320)])
    written = printed(large, language="en")
    pdf = reader(written)
    assert "/StructTreeRoot" not in pdf.root_object
    assert re.search(r"pdfaid:conformance[>=\"]+U", pdf.root_object["/Metadata"].get_data().decode())
    assert "1,952,280.00" in words_of(written)


def test_an_order_beyond_all_reading_is_refused() -> None:
    with pytest.raises(CannotCarry, match="send the order as data"):
        printed(order(lines=[line(n) for n in range(MAX_LINES + 1)]))


HOSTILE = (
    "#panic(1)",
    '#read("/etc/passwd")',
    "$x^2$ *bold* _italic_ `raw` <label> @reference = heading",
    '\\u{41} #include "x" // comment /* more */ [content] {code}',
    "{number} %s &amp; <b>not bold</b>",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_markup_is_printed_as_it_is(text: str) -> None:
    changed = order(lines=[line(description=text, supplier_part=text)], notes=[{"text": text, "subject": text}])
    found = words_of(printed(changed, language="en"))
    plain = found.replace(" ", "")
    assert plain.count(text.replace(" ", "")) >= 4


def test_words_longer_than_their_column_are_broken_and_stay_on_the_page() -> None:
    word = "W" * 190
    changed = order(
        number="N" * 35,
        buyer={"name": word},
        supplier={"name": word},
        lines=[line(description=word, supplier_part=word, quantity="123456789012345", price="0.123456789")],
        notes=[{"text": word}],
    )
    written = printed(changed, language="en")
    assert words_of(written).replace(" ", "").count(word) >= 4
    right = []
    pdf = reader(written)
    for page in pdf.pages:
        page.extract_text(
            visitor_text=lambda text, cm, tm, font, size: right.append(cm[4] + tm[4] if text.strip() else 0)
        )
    assert max(right) < float(pdf.pages[0].mediabox.width)


def test_text_longer_than_a_page_is_printed_to_its_end() -> None:
    long = " ".join(f"word{n}" for n in range(400))
    changed = order(lines=[line(description=long)], notes=[{"text": long}])
    assert words_of(printed(changed, language="en")).count("word399") == 2


def test_a_mark_that_reverses_text_does_not_reverse_the_page() -> None:
    text = words_of(printed(order(lines=[line(description="pay \u202e001 now")]), language="en"))
    assert "pay 001 now" in text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://x.example", "https://x.example/" + "a" * 1000, "https://é"]
)
def test_a_link_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(CannotCarry) as refused:
        printed(order(), links=LINKS | {"answer_url": url})
    assert refused.value.findings[0].where == "links.answer_url"


@given(
    st.sampled_from(["latin", "any"]).flatmap(lambda alphabet: orders(alphabet=alphabet)),
    st.sampled_from(LANGUAGES),
    st.booleans(),
)
def test_any_order_is_printed_or_refused_with_the_field(document: Order, language: str, prices: bool) -> None:
    try:
        written = printed(document, language=language, prices=prices)
    except CannotCarry as refused:
        assert {f.code for f in refused.findings} == {"no-glyph"}
    else:
        assert Pdf().sniff(written.content) == 50
        assert written.content.rstrip().endswith(b"%%EOF")
