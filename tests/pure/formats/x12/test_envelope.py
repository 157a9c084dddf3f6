"""Faults of the envelope that trade lives with: each is forgiven, each is said, and only the broken set is refused."""

import datetime

import pytest

from orderwire.document.finding import Severity
from orderwire.document.functional import FunctionalStatus
from orderwire.document.order import Order
from tests.pure.formats.x12.support import (
    BASE,
    CORPUS,
    FORMAT,
    ISA,
    codes,
    interchange,
    message,
    order_file,
)


def usable(content: bytes) -> set[str]:
    """Codes of the file's findings, when its only order is usable."""
    result = FORMAT.read(content, {})
    assert [d.usable for d in result.documents] == [True], (result.findings, [d.findings for d in result.documents])
    assert all(f.severity is not Severity.ERROR for f in result.findings)
    return codes(result.findings)


def wrapped(content: bytes, width: int) -> bytes:
    """The file in lines of this width, as mainframes keep it."""
    return b"\n".join(content[at : at + width] for at in range(0, len(content), width))


SHORT = "ISA*00**00**ZZ*BUYER*ZZ*SELLER*260102*0304*U*00401*000000007*0*P*>"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (order_file(), set()),
        (b"\xef\xbb\xbf" + order_file(), {"byte-order-mark"}),
        (interchange(message(*BASE), isa=SHORT), {"isa-length"}),
        (interchange(message(*BASE), isa=SHORT, end="\n"), {"isa-length", "terminator"}),
        (interchange(message(*BASE), isa=ISA[:85].rstrip() + "\n" + ISA[85:]), {"isa-length"}),
        (interchange(message(*BASE), isa=ISA[:-1] + " "), {"isa16-blank"}),
        (interchange(message(*BASE), isa=SHORT[:-1]), {"isa-length", "isa16-blank"}),
        (interchange(message(*BASE), end="\n"), {"terminator"}),
        (interchange(message(*BASE), end="\r\n"), {"terminator"}),
        (interchange(message(*BASE), end="|"), {"terminator"}),
        (interchange(message(*BASE), end="!"), {"terminator"}),
        (interchange(message(*BASE), end="'\n"), set()),
        (interchange(message(*BASE), end="~\r\n"), set()),
        (interchange(message(*BASE), end="~\n    "), {"indentation"}),
        (interchange(message(*BASE), end="~\r\n\t"), {"indentation"}),
        (interchange(message(*BASE), end="~\n\n\n"), set()),
        (interchange(message(*BASE), end=" ~\n"), {"isa-length"}),
        (order_file().replace(b"Seller", b"Sel\nler"), {"wrapped-lines"}),
        (order_file().replace(b"PO1*1*", b"PO1\r\n*1*"), {"wrapped-lines"}),
        (wrapped(interchange(message(*BASE), end="~"), 40), {"isa-length", "wrapped-lines"}),
        (wrapped(interchange(message(*BASE), end="~"), 110), {"wrapped-lines"}),
        (interchange(message(*BASE), end="~// a remark\n"), {"comment"}),
        (interchange(message(*BASE), end="\n// a remark: 5*3\n"), {"comment", "terminator"}),
        (b"// begin\n\n // more\n" + order_file(), {"comment"}),
        (order_file().replace(b"N1*BY", b"// one ~ two\n  // three\nN1*BY"), {"comment"}),
        (order_file().replace(b"Seller Ltd*1*123456789~", b"Seller Ltd*1*123456789!"), {"mixed-terminators"}),
        (order_file().replace(b"GS*PO*BUYER*SELLER", b"  GS*PO*BUYER*SELLER"), {"indentation"}),
        (interchange(message(*BASE), isa=ISA.replace("00401", "00200")), {"version"}),
        (interchange(message(*BASE), version="7"), {"version"}),
        (order_file().replace(b"IEA*1*000000007", b"IEA*1*000000001"), {"interchange-control"}),
        (order_file().replace(b"IEA*1", b"IEA*4"), {"group-count"}),
        (order_file().replace(b"GE*1*7", b"GE*2*7"), {"set-count"}),
        (order_file().replace(b"GE*1*7", b"GE*1*9"), {"group-control"}),
        (order_file()[: order_file().index(b"GE*1*7")], {"ge-missing", "iea-missing"}),
        (b"\n\n  " + order_file(), set()),
        (b"mail header\n" + order_file(), {"before-isa"}),
        (order_file().decode().encode("cp037"), {"encoding"}),
        (order_file().decode().replace("U*00401", "^*00501").encode("cp500"), {"encoding", "version"}),
        (order_file().decode().encode("utf-16"), {"encoding"}),
        (order_file(*BASE).replace(b"Bolt", b"B\xf6lt"), {"encoding"}),
        (order_file(*BASE).replace(b"Bolt", b"B\x07lt"), {"control-character"}),
    ],
)  # fmt: skip
def test_a_faulty_envelope_is_forgiven_and_said(content: bytes, expected: set[str]) -> None:
    assert usable(content) == expected
    assert FORMAT.sniff(content) >= 70 or content.startswith(b"mail")


def test_interchanges_with_different_delimiters_share_a_file() -> None:
    other = order_file().replace(b"*", b"|").replace(b"~", b"'").replace(b">", b":").replace(b"PO-1", b"PO-2")
    result = FORMAT.read(order_file() + other + order_file(), {})
    assert [d.number for d in result.documents if d.usable] == ["PO-1", "PO-2", "PO-1"]
    assert len(result.acks) == 3


def test_a_stray_separator_that_no_text_may_hold_is_told_by_a_sign_that_it_may() -> None:
    rows = [s.replace("Inc", "\x1fInc").replace("Bolt", "Bo\x1flt\x1e") for s in BASE]
    rows.insert(2, "REF*RQ*R-5**LI\x1f3")
    content = order_file(*rows).replace(b"*U*00401", b"*\x1e*00402").replace(b"*P*>", b"*P*\x1f")
    (found,) = FORMAT.read(content, {}).documents
    assert found.usable and isinstance(found.document, Order)
    assert found.document.buyer.name == "Buyer >Inc" and found.document.lines[0].description == "Bo>lt"
    assert found.document.references[0].line == "3"


def test_several_groups_and_sets_keep_their_order() -> None:
    text = interchange(message(*BASE), message(*BASE, control="0002")).decode()
    group = text[text.index("GS*") : text.index("IEA*")]
    result = FORMAT.read(
        (text.replace("IEA*1", group.replace("*7*X", "*8*X").replace("GE*2*7", "GE*2*8") + "IEA*2")).encode(), {}
    )
    assert [(d.envelope["group_control"], d.envelope["set_control"]) for d in result.documents] == [
        ("7", "0001"), ("7", "0002"), ("8", "0001"), ("8", "0002"),
    ]  # fmt: skip
    assert not result.findings


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (message(*BASE, count=99), "4"),
        ([*message(*BASE)[:-1], "SE*10*0009"], "3"),
        (message(*BASE)[:-1], "2"),
        (message(*BASE, control="0002"), "23"),
        (message("BMG*00**03", kind="864"), "1"),
        (message("BCH*04*CP*PO-1***20260102", "POC*1*QQ", kind="860"), "5"),
        (message("G50*N*20260102*PO-1", kind="875"), "1"),
    ],
)
def test_only_the_broken_set_is_refused_and_the_997_says_why(broken: list[str], code: str) -> None:
    good = [message(*BASE, control="0002"), message(*BASE, control="0003")]
    result = FORMAT.read(interchange(good[0], broken, good[1]), {})
    assert [d.usable for d in result.documents] == [True, False, True]
    ((ack, to),) = result.acks
    assert ack.status is FunctionalStatus.PARTIAL and ack.code == "P"
    assert (ack.included, ack.received, ack.accepted) == (3, 3, 2)
    assert [t.code for t in ack.transactions] == ["A", "R", "A"]
    assert code in ack.transactions[1].error_codes
    assert (to["isa_sender"], to["isa_receiver"], to["gs_receiver"]) == ("SELLER", "BUYER", "BUYER")


def test_the_address_of_an_acknowledgment_is_a_profile() -> None:
    from tests.pure.formats.x12.support import Numbers

    ((ack, to),) = FORMAT.read(order_file(), {}).acks
    sent = FORMAT.read(FORMAT.write(ack, to, Numbers()).content, {})
    assert sent.documents[0].document == ack
    assert sent.documents[0].envelope["isa_receiver"] == "BUYER"


def test_a_test_interchange_never_gives_a_live_order() -> None:
    for mark in ("T", "I", ""):
        content = order_file().replace(b"*0*P*>", f"*0*{mark}*>".encode())
        result = FORMAT.read(content, {})
        assert result.documents[0].test
        assert result.documents[0].document is not None and result.documents[0].document.test  # type: ignore[union-attr]
        assert result.acks[0][0].test


def test_a_file_beyond_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwire.formats.x12.LIMIT", 100)
    result = FORMAT.read(order_file(), {})
    assert codes(result.findings) == {"too-large"} and not result.documents


@pytest.mark.parametrize(
    "content", [b"", b"ISA", b"ISA*00*", b"{}", b"UNB+UNOA", b"\xff\xfe", b"ISA*" * 9000, b"\x00" * 9000]
)
def test_what_is_not_x12_is_refused_with_a_reason(content: bytes) -> None:
    result = FORMAT.read(content, {})
    assert not result.documents
    assert result.findings
    assert FORMAT.sniff(content) in (0, 70)


def test_every_corpus_file_is_read_or_refused_with_a_reason() -> None:
    if not CORPUS.exists():
        pytest.skip("the corpus of real documents is not here")
    files = [f for d in ("x12", "staedi/x12") for f in (CORPUS / d).rglob("*.edi")]
    files += [*(CORPUS / "edi-net").glob("x12*"), *(CORPUS / "vscode-edi-support").glob("*.x12")]
    assert len(files) > 30
    read = set()
    for file in files:
        assert FORMAT.sniff(file.read_bytes()) >= 70, file
        result = FORMAT.read(file.read_bytes(), {})
        assert result.documents or any(f.severity is Severity.ERROR for f in result.findings), file
        for document in result.documents:
            assert document.usable or any(
                f.severity is Severity.ERROR and f.where and f.text for f in document.findings
            )
            if document.usable:
                read.add(file.stem)
    assert read >= {
        "x12.850",
        "basic-po",
        "taxexempt-po",
        "855-inbound",
        "po-ack-minor-changes",
        "simple997",
        "simple999",
    }


@pytest.mark.parametrize(
    "segment",
    ["N9*ZZ*NOTE", "MSG*x", "MSG*x*LC", "REF*VX*{n}", "ITD*01*3", "SAC*C*D240***1", "PID*F****x", "CTT*1*10",
     "SCH*1*EA***002*20260301", "TXI*VA**1", "DTM*{n}*20260301", "N1*ST*x", "QQ{n}*1", "ZZZ*1",
     "SDQ*EA*92*{n}*1", "DTM*064*20260301"],
)  # fmt: skip
def test_a_segment_repeated_without_end_takes_neither_long_nor_many_findings(segment: str) -> None:
    rows = [*BASE[:6], *(segment.format(n=n) for n in range(20_000)), *BASE[6:]]
    (found,) = FORMAT.read(order_file(*rows), {}).documents
    assert len(found.findings) <= 210
    assert all(len(f.text) < 600 for f in found.findings)


@pytest.mark.parametrize(
    ("kind", "group", "reader", "opening", "row"),
    [
        ("850", "PO", "order_set", BASE[:4], "PO1*{n}*1*EA*1"),
        ("860", "PC", "order_set", ("BCH*04*SA*PO-1***20260102",), "POC*{n}*DI"),
        ("855", "PR", "read_855", ("BAK*00*AC*PO-1*20260102", "PO1*1*9*EA*1"), "ACK*IA*1*EA"),
        ("856", "SH", "fulfilled", ("BSN*00*S*20260102*1200",), "HL*{n}**I~SN1**1*EA"),
        ("810", "IN", "fulfilled", ("BIG*20260102*I", "TDS*1"), "IT1*{n}*1*EA*1"),
        ("861", "RC", "fulfilled", ("BRA*R*20260102*00",), "RCD*{n}*1*EA"),
    ],
)
def test_no_more_lines_are_read_than_an_order_may_have(
    monkeypatch: pytest.MonkeyPatch, kind: str, group: str, reader: str, opening: tuple[str, ...], row: str
) -> None:
    monkeypatch.setattr(f"orderwire.formats.x12.{reader}.MOST_LINES", 3)
    for lines, told in ((3, 0), (9, 1)):
        rows = [segment for n in range(1, lines + 1) for segment in row.format(n=n).split("~")]
        (found,) = FORMAT.read(interchange(message(*opening, *rows, kind=kind), group=group), {}).documents
        assert [f.code for f in found.findings].count("too-many-lines") == told
        assert (found.document is None) is bool(told)


@pytest.mark.parametrize(
    ("version", "control", "day"),
    [
        ("003010", "00301", "260102"),
        ("003040", "00304", "260102"),
        ("003070VICS", "00307", "260102"),
        ("004010", "00401", "20260102"),
        ("005010", "00501", "20260102"),
        ("006020", "00602", "20260102"),
        ("007060", "00706", "20260102"),
        ("008010", "00801", "20260102"),
    ],
)
def test_every_version_from_003010_to_008010_is_read(version: str, control: str, day: str) -> None:
    repetition = "U" if control < "00402" else "^"
    isa = ISA.replace("*U*00401", f"*{repetition}*{control}")
    rows = [s.replace("20260102", day) for s in BASE]
    result = FORMAT.read(interchange(message(*rows), isa=isa, version=version), {})
    (found,) = result.documents
    assert found.usable and not result.findings
    assert found.document.issued == datetime.date(2026, 1, 2)  # type: ignore[union-attr]


def test_a_file_of_endless_sets_is_read_up_to_a_limit_and_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwire.formats.x12.envelope.MOST", 4)
    result = FORMAT.read(order_file() * 5, {})
    assert len(result.documents) == 2
    (told,) = [f for f in result.findings if f.severity is Severity.ERROR]
    assert told.code == "too-many" and told.where.startswith("character ")
    assert len(FORMAT.explain(order_file() * 5, 1000)) == len(FORMAT.explain(order_file() * 2, 1000))
