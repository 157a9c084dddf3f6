"""The format protocol: what it takes for its own, what it reads (nothing), and what it says about other documents."""

import threading

import pytest
from pydantic import ValidationError

from orderwire.document.response import Response
from orderwire.formats import CannotCarry, Format
from orderwire.formats.pdf import Pdf, render
from tests.pure.formats.pdf.sample import Printing, order, printed


def _response() -> Response:
    return Response.model_construct()


def test_it_keeps_the_protocol() -> None:
    assert isinstance(Pdf(), Format)


@pytest.mark.parametrize(("content", "sure"), [(b"%PDF-1.7\n", 50), (b"\n%PDF-1.4", 50), (b"ISA*00*", 0), (b"", 0)])
def test_it_knows_a_pdf_by_its_header(content: bytes, sure: int) -> None:
    assert Pdf().sniff(content) == sure


def test_it_reads_nothing_and_says_what_to_do() -> None:
    result = Pdf().read(printed(order()).content, {})
    assert result.documents == ()
    assert [f.code for f in result.findings] == ["not-a-machine-document"]
    assert "send the order as data" in result.findings[0].text


def test_a_person_sees_the_whole_order() -> None:
    assert Pdf().project(order(), {}) == (order(), ())


def test_an_answer_has_no_printed_form() -> None:
    assert [f.code for f in Pdf().project(_response(), {})[1]] == ["not-printable"]
    with pytest.raises(CannotCarry, match="only orders"):
        Pdf().write(_response(), {}, Printing())


def test_a_misspelt_profile_is_an_error() -> None:
    with pytest.raises(ValidationError):
        printed(order(), langauge="de")


def test_the_file_is_named_after_number_and_version() -> None:
    assert printed(order(number="PO 7/../x", revision=3)).filename == "PO-7-..-x-v3.pdf"


def test_threads_share_one_engine() -> None:
    expected = printed(order()).content
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(printed(order()).content)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_an_order_too_large_for_its_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "LARGE", 0)
    monkeypatch.setattr(render, "_SECONDS", 0)
    with pytest.raises(CannotCarry) as refused:
        printed(order())
    assert [f.code for f in refused.value.findings] == ["not-rendered"]
    assert "more than 0 seconds" in refused.value.findings[0].text


def test_what_goes_wrong_in_the_other_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "LARGE", 0)
    with pytest.raises(render.NotRendered, match="does not contain key"):
        render.render({"lines": [1]}, 0)
