"""Faults that partners' files have: each is told with its place, the message is read where it can be, and a message
that cannot does not take its neighbors with it."""

import pytest

from orderwire.document.advice import ApplicationAdvice
from orderwire.document.fulfillment import ShipNotice
from orderwire.document.order_change import OrderChange
from orderwire.formats import ReadResult
from tests.pure.formats.edifact.files import FORMAT, NOTICE, ORDER, UNB, advice, codes, file, message, notice

PLAIN = file(advice(), notice())


def _told(result: ReadResult) -> set[str]:
    """All findings, of the file and of its documents, but those about what has no place."""
    return (codes(result.findings) | {c for d in result.documents for c in codes(d.findings)}) - {"not-kept"}


def _wrapped(content: bytes, width: int) -> bytes:
    return b"\n".join(content[at : at + width] for at in range(0, len(content), width))


def _marked(content: bytes, marks: str) -> bytes:
    """The file in other delimiters: component, element, terminator."""
    return content.translate(bytes.maketrans(b":+'", marks.encode("latin-1")))


def test_a_file_without_a_fault_has_no_finding() -> None:
    result = FORMAT.read(PLAIN, {})
    assert [d.usable for d in result.documents] == [True, True]
    assert not _told(result)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbf" + PLAIN, {"byte-order-mark"}),
        (PLAIN.decode().encode("utf-16"), {"encoding"}),
        (PLAIN.decode().encode("cp500"), {"encoding"}),
        (PLAIN.replace(b"'", b"'\r\n"), set()),
        (PLAIN.replace(b"'", b"'\n  "), set()),
        (_wrapped(PLAIN, 80), set()),
        (b"UNA:+.? '" + _wrapped(PLAIN, 7), set()),
        (b"UNA:+,? '\r\n" + PLAIN, set()),
        (b"UNA:+.  '" + PLAIN, set()),
        (b"UNA:+.?'" + PLAIN, {"una-length"}),
        (b"UNA=*.? ~" + _marked(PLAIN, "=*~"), set()),
        (_marked(PLAIN, "=*'"), {"una-missing"}),
        (_marked(PLAIN, ":+~"), {"una-missing"}),
        (_marked(PLAIN, "=*~"), {"una-missing"}),
        (_marked(PLAIN, ":+\n"), {"una-missing"}),
        (_marked(PLAIN, ":+\r"), {"una-missing"}),
        (b"UNA:+.? \r" + _marked(PLAIN, ":+\r"), set()),
        (_marked(PLAIN, ":+'").replace(b"'", b"\r\n"), {"una-missing"}),
        (_marked(PLAIN, "\x1f\x1d\x1c").replace(b"UNOC", b"UNOB"), set()),
        (PLAIN + b"\r\n\x1a", {"control-character"}),
        (PLAIN + b"Sent by mail", {"stray-segments"}),
        (b"Dear all,\r\n" + PLAIN, {"before-unb"}),
        (PLAIN.replace(b"UNOC:3", b"UNOC:7"), {"syntax-version"}),
        (PLAIN.replace(b"UNOC:3", b"XXXX:3"), {"syntax-id"}),
        (PLAIN.replace(b"UNOC", b"UNOA").replace(b"AP-1", b"ap-1"), {"character-set"}),
        (PLAIN[: PLAIN.index(b"UNH")] + b"XXX+1'" + PLAIN[PLAIN.index(b"UNH") :], {"stray-segments"}),
        (file(advice(), notice(), unz=""), {"unz-missing"}),
        (file(advice(), notice(), unz="UNZ+3+4711"), {"interchange-count"}),
        (file(advice(), notice(), unz="UNZ+2+4712"), {"interchange-control"}),
        (file(advice(), notice(), unz="UNZ+2+004711"), set()),
        (file(advice(tail="UNT+4+1"), notice()), {"segment-count"}),
        (file(advice(tail="UNT+many+1"), notice()), {"segment-count"}),
        (file(advice(tail="UNT+5+2"), notice()), {"message-control"}),
        (file(advice(tail=""), notice()), {"unt-missing"}),
        (file(advice("9"), message(*NOTICE, kind="DESADV", control="9")), {"message-control-twice"}),
    ],
)  # fmt: skip
def test_a_fault_that_hides_nothing_is_a_warning(content: bytes, expected: set[str]) -> None:
    result = FORMAT.read(content, {})
    assert [d.usable for d in result.documents] == [True, True], result
    assert isinstance(result.documents[0].document, ApplicationAdvice)
    assert isinstance(result.documents[1].document, ShipNotice)
    assert _told(result) == expected
    assert FORMAT.sniff(content) > 50


def test_groups_keep_their_messages_and_name_themselves() -> None:
    group = ["UNG+APERAK+A+B+261122:1405+77+UN+D:96A", *advice("1"), *advice("2"), "UNE+2+77"]
    result = FORMAT.read(file(group), {})
    assert [d.envelope["group_control"] for d in result.documents] == ["77", "77"]
    assert not _told(result)


@pytest.mark.parametrize(
    ("tail", "expected"),
    [(["UNE+3+77"], "message-count"), (["UNE+2+78"], "group-control"), ([], "une-missing")],
)
def test_a_fault_of_a_group_is_a_warning(tail: list[str], expected: str) -> None:
    group = ["UNG+APERAK+A+B+261122:1405+77+UN+D:96A", *advice("1"), *advice("2"), *tail]
    result = FORMAT.read(file(group), {})
    assert all(d.usable for d in result.documents)
    assert _told(result) == {expected}


def test_several_interchanges_each_have_delimiters_and_numbers_of_their_own() -> None:
    second = file(advice(), unb="UNB+UNOC:3+X+Y+261122:1405+4712")
    result = FORMAT.read(PLAIN + b"\n" + b"UNA=*.? ~" + _marked(second, "=*~") + PLAIN, {})
    assert [d.identity.control for d in result.documents if d.identity] == ["4711", "4711", "4712", "4711", "4711"]
    assert all(d.usable for d in result.documents)


def test_an_interchange_that_comes_twice_is_known_by_sender_receiver_and_number() -> None:
    first, second = (FORMAT.read(PLAIN, {}).documents[0].identity for _ in range(2))
    assert first is not None and first == second


@pytest.mark.parametrize("una", ["", "UNA:+.? '", "UNA:+,?*'\r\n"])
def test_messages_without_an_interchange_are_read_and_cannot_be_answered(una: str) -> None:
    content = (una + "".join(segment + "'" for segment in (*advice(), *notice()))).encode()
    result = FORMAT.read(content, {"contrl": "always"})
    assert [d.usable for d in result.documents] == [True, True]
    assert _told(result) == {"unb-missing"}
    assert not result.acks and result.documents[0].identity is None
    assert FORMAT.sniff(content) > 50


def test_a_message_cut_off_in_its_lines_is_refused_and_its_neighbor_kept() -> None:
    cut = file(advice(), message(*NOTICE, kind="DESADV", control="2", tail=""), unz="")
    result = FORMAT.read(cut, {})
    assert [d.usable for d in result.documents] == [True, False]
    assert {"unt-missing", "unz-missing"} <= _told(result)


def test_a_message_that_reached_its_summary_is_read_though_the_file_ends_there() -> None:
    result = FORMAT.read(file(message(*NOTICE, "UNS+S", kind="DESADV", tail=""), unz=""), {})
    assert result.documents[0].usable


def test_a_broken_message_does_not_take_its_neighbors_with_it() -> None:
    broken = message("BGM+351+1+9", "LIN+1++A:IN", "QTY+12:x", kind="DESADV", control="2")
    unknown = message("BGM+380+1+9", kind="REMADV", control="3")
    result = FORMAT.read(file(advice(), broken, unknown, notice()), {})
    assert [d.usable for d in result.documents] == [True, False, False, True]
    ((ack, _),) = result.acks
    assert [item.code for item in ack.transactions] == ["7", "4", "4", "7"]


@pytest.mark.parametrize(
    ("text", "syntax", "expected"),
    [
        ("Müller", "UNOC", {"encoding"}),
        ("Żuraw", "UNOC", {"encoding"}),
        ("Müller", "UNOY", set()),
        ("Müller", "UNOA", {"encoding"}),
    ],
)
def test_utf8_under_another_name_is_read_as_what_it_is(text: str, syntax: str, expected: set[str]) -> None:
    content = file(message("BGM++1+9+AP", f"FTX+AAI+++{text}"), unb=UNB.replace("UNOC", syntax))
    (found,) = (result := FORMAT.read(content, {})).documents
    assert isinstance(found.document, ApplicationAdvice)
    assert found.document.reason == text
    assert codes(result.findings) == expected


def test_latin_letters_under_their_own_name_are_no_fault() -> None:
    content = file(message("BGM++1+9+AP", "FTX+AAI+++Müller")).decode().encode("iso8859-1")
    result = FORMAT.read(content, {})
    (found,) = result.documents
    assert isinstance(found.document, ApplicationAdvice)
    assert found.document.reason == "Müller" and not result.findings


def test_released_delimiters_are_text() -> None:
    content = file(message("BGM++1+9+AP", "FTX+AAI+++a?+b?:c?'d??"))
    (found,) = FORMAT.read(content, {}).documents
    assert isinstance(found.document, ApplicationAdvice)
    assert found.document.reason == "a+b:c'd?"


def test_without_a_release_character_it_is_text() -> None:
    content = b"UNA:+.  '" + file(message("BGM++1+9+AP", "FTX+AAI+++why?"))
    (found,) = FORMAT.read(content, {}).documents
    assert isinstance(found.document, ApplicationAdvice)
    assert found.document.reason == "why?"


@pytest.mark.parametrize(("name", "function"), [("220", "4"), ("230", "4"), ("230", "5"), ("220", "5")])
def test_an_order_change_may_call_itself_an_order(name: str, function: str) -> None:
    content = file(message(f"BGM+{name}+PO-1+{function}", *ORDER[1:], kind="ORDCHG"))
    (found,) = FORMAT.read(content, {}).documents
    assert isinstance(found.document, OrderChange) and found.usable
    assert (found.document.order_number, found.document.form) == ("PO-1", "delta" if function == "4" else "full")


def test_a_test_interchange_holds_tests() -> None:
    result = FORMAT.read(file(advice(), unb=f"{UNB}++++++1"), {"contrl": "always"})
    ((ack, address),) = result.acks
    (found,) = result.documents
    assert found.test and found.document is not None and found.document.test
    assert ack.test and address["test"]
