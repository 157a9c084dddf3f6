"""EDIFACT files that others wrote: for each what it holds, and whether it is used or for which reason refused."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from orderwire.document.finding import has_errors
from orderwire.formats import CannotCarry
from orderwire.formats.edifact import WRITERS
from orderwire.testing.formats import FixedContext, assert_sound
from tests.pure.formats.edifact.files import CORPUS, FORMAT

USABLE: Mapping[str, tuple[str, ...]] = {
    "edifact/php-edifact/D96ADESADV.edi": ("ship_notice Y02197250",),
    "edifact/php-edifact/example_utf8.edi": ("ship_notice Y02197250",),
    "edifact/pydifact/messages/v3/aperak.edi": ("application_advice APERAK001",),
    "edifact/pydifact/messages/v3/aperak_rejected.edi": ("application_advice APERAK002",),
    "edifact/pydifact/messages/v4/aperak.edi": ("application_advice APERAK004",),
    "edifact/pydifact/messages/v4/aperak_rejected.edi": ("application_advice APERAK003",),
    "edifact/pydifact/order2.edi": ("order PO123456",),
    "edifact/smooks/recadv/recadv.txt": ("receipt 20220808112809950",),
    "staedi/EDIFACT/orders-with-group.edi": ("order C1441747",),
    "edi-net/Apperak_edi_out_issue235.edi": ("application_advice 0109094405",),
    "edi-net/edifact.ORDRSP-formatted.edi": ("response 00001672",),
    "edi-net/edifact.ORDRSP.edi": ("response 00001672",),
    "vscode-edi-support/DESADV.edifact": ("ship_notice 20171229",) * 2,
    "vscode-edi-support/sample-orders-minified.edifact": ("order 1AA1TEST",),
    "vscode-edi-support/sample-orders.edifact": ("order 1AA1TEST",),
}
"""Files whose documents are all used."""

INCOMPLETE: Mapping[str, tuple[str, ...]] = {
    "edifact/pydifact/order.edi": ("order 801715918011 price",),
    "edifact/pydifact/wikipedia_de.edi": ("order B10001 price",),
    "edifact/smooks/data/ORDERS_D.03B_Interchange.txt": ("order BKOD99 price",),
    "vscode-edi-support/EDIFACT-interchanges.edifact": (
        "order PO1 segment-missing",
        "ship_notice 20171229 segment-missing",
        "order PO3 segment-missing",
    ),
    "vscode-edi-support/bug-edifact-escape.edifact": ("order K12345 segment-missing",),
    "vscode-edi-support/multiple_transactions.edifact": ("ship_notice 20171229 segment-missing",) * 8,
    "vscode-edi-support/sample-invalid-version.edifact": ("order 1AA1TEST segment-missing",),
    "vscode-edi-support/syntaxVersion4.edifact": ("order 1AA1TEST line-count segment-missing",),
}
"""Files whose documents say too little: orders without a price or a line, ship notices of nothing."""

OTHER_MESSAGES: Mapping[str, str] = {
    "edifact/php-edifact/example.edi": "PAORES",
    "edifact/php-edifact/exampleMulti.edi": "PAORES PAORES",
    "edifact/php-edifact/example_multiline.edi": "IFTMBC",
    "edifact/php-edifact/example_release_character.edi": "PAORES",
    "edifact/php-edifact/example_wrapped.edi": "PAORES",
    "edifact/pydifact/invoice_with_colon_at_end.edi": "INVOIC",
    "edifact/pydifact/wikipedia_en.edi": "PAORES",
    "edifact/smooks/unedifact/no_ung/unedifact-msg-01.edi": "MSG2 MSG2 MSG1",
    "edifact/smooks/unedifact/no_ung/unedifact-msg-02.edi": "MSG2 MSG2 MSG1",
    "edifact/smooks/unedifact/with_ung/unedifact-msg-01.edi": "MSG2 MSG2 MSG1",
    "edifact/smooks/unedifact/with_ung/unedifact-msg-02.edi": "MSG2 MSG2 MSG1",
    "edifact/smooks/unedifact/with_ung/unedifact-msg-03.edi": "MSG2 MSG2 MSG1",
    "edifact/smooks/unedifact/with_ung/unedifact-msg-04.edi": "MSG2",
    "edifact/smooks/unedifact/with_ung/unedifact-msg-05.edi": "MSG2",
    "staedi/EDIFACT/empty-segment-example.edi": "PNRGOV",
    "staedi/EDIFACT/empty-segment-loop-example.edi": "PNRGOV",
    "staedi/EDIFACT/invoic_d93a_una.edi": "INVOIC",
    "staedi/EDIFACT/invoic_d97b.edi": "INVOIC",
    "staedi/EDIFACT/invoic_d97b_bad.edi": "INVOIC",
    "staedi/EDIFACT/invoic_d97b_una.edi": "INVOIC",
    "staedi/EDIFACT/issue128/wrapped_invoic_d97b.edi": "INVOIC",
    "staedi/EDIFACT/issue128/wrapped_invoic_d97b_una.edi": "INVOIC",
    "staedi/EDIFACT/issue174/other_dialect_term_segments.edi": "CUSTOM",
    "staedi/EDIFACT/pnrgov.edi": "PNRGOV",
    "edi-net/edifact.Issue203.edi": "INVOIC",
}
"""Files of messages that do not belong to what we read of an order's life."""

OTHER_STANDARDS = {
    "edi-net/tradacoms.order9.edi": "TRADACOMS",
    "vscode-edi-support/4905.edi": "VDA",
    "vscode-edi-support/4913.edi": "VDA",
    "vscode-edi-support/850-loop.edi": "X12",
}

FOLDERS = ("edifact/php-edifact", "edifact/pydifact", "edifact/smooks", "staedi/EDIFACT", "edi-net",
           "vscode-edi-support")  # fmt: skip
NO_FILES = {"d21a", "edifact-directory", "LICENSE"}


def _corpus() -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((CORPUS / folder).rglob("*")):
            known = path.suffix != ".x12" and not path.name.startswith("x12.") and not NO_FILES & set(path.parts)
            if path.is_file() and known:
                yield str(path.relative_to(CORPUS))


def _file(name: str) -> bytes:
    path = Path(CORPUS / name)
    if not path.is_file():
        pytest.skip("the corpus is not here")
    return path.read_bytes()


def test_every_file_has_its_expectation() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    expected = Counter([*USABLE, *INCOMPLETE, *OTHER_MESSAGES, *OTHER_STANDARDS])
    assert Counter(_corpus()) == expected


@pytest.mark.parametrize("name", USABLE)
def test_a_file_that_says_enough_is_used(name: str) -> None:
    content = _file(name)
    result = FORMAT.read(content, {})
    assert_sound(result)
    assert FORMAT.sniff(content) > 90
    assert tuple(f"{d.type.value} {d.number}" for d in result.documents) == USABLE[name]
    assert all(d.usable for d in result.documents)


@pytest.mark.parametrize("name", USABLE)
def test_what_was_read_is_written_and_reads_back_as_it_is(name: str) -> None:
    profile = {"on_loss": "accept"}
    for found in FORMAT.read(_file(name), profile).documents:
        assert found.document is not None
        if type(found.document) not in WRITERS:
            continue
        fitted, findings = FORMAT.project(found.document, profile)
        if has_errors(findings):
            with pytest.raises(CannotCarry):
                FORMAT.write(found.document, profile, FixedContext())
            continue
        again = FORMAT.read(FORMAT.write(found.document, profile, FixedContext()).content, profile)
        assert [d.document for d in again.documents] == [fitted]
        assert FORMAT.project(fitted, profile)[0] == fitted


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_file_that_says_too_little_is_refused_with_what_it_lacks(name: str) -> None:
    result = FORMAT.read(_file(name), {})
    assert_sound(result)
    told = [
        " ".join([d.type.value, d.number or "", *sorted({f.code for f in d.findings if f.severity == "error"})])
        for d in result.documents
    ]
    assert tuple(told) == INCOMPLETE[name]


@pytest.mark.parametrize("name", OTHER_MESSAGES)
def test_a_message_of_another_kind_is_refused_by_its_name(name: str) -> None:
    content = _file(name)
    result = FORMAT.read(content, {})
    assert_sound(result)
    assert FORMAT.sniff(content) > 90
    assert " ".join(d.envelope["message_kind"] for d in result.documents) == OTHER_MESSAGES[name]
    for found in result.documents:
        (problem,) = [f for f in found.findings if f.severity == "error"]
        assert problem.code == "not-supported" and found.envelope["message_kind"] in problem.text


@pytest.mark.parametrize("name", OTHER_STANDARDS)
def test_a_file_of_another_standard_is_not_ours(name: str) -> None:
    content = _file(name)
    assert FORMAT.sniff(content) == 0
    assert [f.code for f in FORMAT.read(content, {}).findings if f.severity == "error"] == ["no-interchange"]


def test_the_text_of_a_wrapped_file_is_whole_again() -> None:
    (found,) = FORMAT.read(_file("edifact/php-edifact/D96ADESADV.edi"), {}).documents
    wrapped = _file("edifact/php-edifact/D96ADESADV.edi").replace(b"\n", b"")
    lines = b"\r\n".join(wrapped[at : at + 35] for at in range(0, len(wrapped), 35))
    assert FORMAT.read(lines, {}).documents[0].document == found.document
