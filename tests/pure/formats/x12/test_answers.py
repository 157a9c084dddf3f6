"""What we answer: the exact codes of 997, 999 and TA1 for each fault, and nothing to an answer."""

import pytest

from orderwire.document.functional import FunctionalAck, FunctionalStatus
from tests.pure.formats.x12.support import BASE, FORMAT, ISA, Numbers, interchange, message, order_file

ASKING = ISA.replace("*0*P*", "*1*P*")


def acks(content: bytes) -> list[FunctionalAck]:
    return [ack for ack, _ in FORMAT.read(content, {}).acks]


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (message("BMG*00**03", kind="864"), ("1",)),
        (message(*BASE)[:-1], ("2",)),
        ([*message(*BASE)[:-1], "SE*10*0009"], ("3",)),
        (message(*BASE, count=99), ("4",)),
        (message(*BASE[1:]), ("5",)),
        (message(*BASE, kind=""), ("6", "1")),
        (message(*BASE, control=""), ("7",)),
        (message(*BASE, control="0002"), ("23",)),
        ([*message(*BASE, count=9)[:-1], "SE*9*0009"], ("3", "4")),
    ],
)
def test_each_fault_of_a_set_has_its_code(broken: list[str], expected: tuple[str, ...]) -> None:
    (ack,) = acks(interchange(message(*BASE, control="0002"), broken))
    assert (ack.code, ack.transactions[0].code, ack.transactions[1].code) == ("P", "A", "R")
    assert ack.transactions[1].error_codes == expected
    assert ack.transactions[0].error_codes == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (order_file(), ()),
        (order_file()[: order_file().index(b"GE*1*7")] + b"IEA*1*000000007~", ("3",)),
        (order_file().replace(b"GE*1*7", b"GE*1*9"), ("4",)),
        (order_file().replace(b"GE*1*7", b"GE*2*7"), ("5",)),
        (order_file().replace(b"GE*1*7", b"GE*2*9"), ("5", "4")),
    ],
)
def test_each_fault_of_a_group_has_its_code_and_its_sets_are_kept(content: bytes, expected: tuple[str, ...]) -> None:
    (ack,) = acks(content)
    assert ack.error_codes == expected
    assert ack.code == ("E" if expected else "A")
    assert (ack.received, ack.accepted) == (1, 1)


def test_a_group_number_that_comes_again_is_told() -> None:
    text = order_file().decode()
    group = text[text.index("GS*") : text.index("IEA*")]
    first, second = acks(text.replace("IEA*1", group + "IEA*2").encode())
    assert (first.error_codes, second.error_codes) == ((), ("19",))


def test_the_place_and_the_code_of_a_bad_element_are_told() -> None:
    rows = [s.replace("*10*EA*", "*ten*EA*") for s in BASE[:6]]
    ((ack, to),) = FORMAT.read(order_file(*rows), {}).acks
    (error,) = ack.transactions[0].errors
    assert (error.segment, error.position, error.code) == ("PO1", 6, "8")
    assert [(e.position, e.code, e.value) for e in error.elements] == [(2, "6", "ten")]
    content = FORMAT.write(ack, to, Numbers()).content
    assert b"AK3*PO1*6**8~\nAK4*2**6*ten~\nAK5*R*5~\nAK9*R*1*1*0~" in content


def test_a_group_of_005010_is_answered_with_its_version() -> None:
    content = interchange(message(*BASE), isa=ISA.replace("*U*00401", "*^*00501"), version="005010")
    ((ack, to),) = FORMAT.read(content, {}).acks
    assert (ack.group_version, to["version"]) == ("005010", "005010")
    assert b"AK1*PO*7*005010~" in FORMAT.write(ack, {**to, "functional_ack": "999"}, Numbers()).content


@pytest.mark.parametrize(
    "content",
    [
        interchange(message("AK1*PO*11", "AK9*A*1*1*1", kind="997"), group="FA", isa=ASKING),
        interchange(message("AK1*PO*11", "AK9*A*1*1*1", kind="999"), group="FA"),
        interchange(message("AK1*PO*11", "AK9*A*1*1*1", kind="997"), group="PO"),
        (ASKING + "~TA1*000000007*260102*0304*R*024~IEA*0*000000007~").encode(),
        (ISA + "~TA1*000000007*260102*0304*A~IEA*0*000000007~").encode(),
    ],
)
def test_nobody_acknowledges_an_acknowledgment(content: bytes) -> None:
    result = FORMAT.read(content, {})
    assert result.acks == () and result.documents[0].usable


def test_a_997_beside_orders_is_left_out_of_what_we_acknowledge() -> None:
    (ack,) = acks(interchange(message("AK1*PO*11", "AK9*A*1*1*1", kind="997"), message(*BASE, control="0002")))
    assert [t.kind for t in ack.transactions] == ["850"]


@pytest.mark.parametrize(
    ("content", "status", "notes"),
    [
        (interchange(message(*BASE), isa=ASKING), FunctionalStatus.ACCEPTED, ()),
        (interchange(message(*BASE), isa=ASKING).replace(b"IEA*1*000000007", b"IEA*1*000000001"),
         FunctionalStatus.ACCEPTED_WITH_ERRORS, ("001",)),
        (interchange(message(*BASE), isa=ASKING).replace(b"IEA*1", b"IEA*3"),
         FunctionalStatus.ACCEPTED_WITH_ERRORS, ("021",)),
        (interchange(message(*BASE), isa=ASKING).split(b"IEA")[0], FunctionalStatus.ACCEPTED_WITH_ERRORS, ("023",)),
        (interchange(message(*BASE), isa=ASKING.replace("*1*P*", "*1*X*")),
         FunctionalStatus.ACCEPTED_WITH_ERRORS, ("020",)),
        ((ISA + "~GS*PO*A*B*20260102*0304*7*X*004010~GE*0*7~IEA*1*000000007~").encode(),
         FunctionalStatus.REJECTED, ("024",)),
        ((ASKING + "~nothing here~IEA*0*000000007~").encode(), FunctionalStatus.REJECTED, ("024",)),
    ],
)  # fmt: skip
def test_an_interchange_is_acknowledged_where_it_asks_or_is_refused(
    content: bytes, status: FunctionalStatus, notes: tuple[str, ...]
) -> None:
    (ack, to), *_ = FORMAT.read(content, {}).acks
    assert (ack.group_kind, ack.group_control, ack.prepared) == ("ISA", "000000007", "260102 0304")
    assert (ack.status, ack.error_codes) == (status, notes)
    sent = FORMAT.read(FORMAT.write(ack, to, Numbers()).content, {})
    assert sent.documents[0].document == ack
    assert sent.documents[0].envelope["isa_receiver"] == "BUYER" and sent.acks == ()


def test_an_interchange_that_does_not_ask_gets_no_ta1() -> None:
    assert [ack.group_kind for ack in acks(order_file().replace(b"IEA*1*000000007", b"IEA*1*000000001"))] == ["PO"]
