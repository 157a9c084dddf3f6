"""Damage of every kind gives findings, never an exception, and never more work than the size of a file is worth."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.formats.edifact import envelope
from orderwire.testing.formats import assert_sound
from tests.pure.formats.edifact.files import ADVICE, FORMAT, NOTICE, ORDER, UNB, advice, codes, file, message, notice

FAST = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
ANSWER = ("BGM+231+R-1+4", "RFF+ON:PO-1", "NAD+SU+2::9", "LIN+1+3+4012345123456:EN", "QTY+113:1:PCE",
          "DTM+2:20261201:102", "FTX+AAO+++late", "UNS+S")  # fmt: skip
SEEDS = (
    file(advice(), notice(), unb=f"{UNB}++++1"),
    b"UNA:+.? '" + file(message(*ORDER, kind="ORDERS"), message(*ORDER, kind="ORDCHG", control="2")),
    file(message(*ANSWER, kind="ORDRSP", version="D:01B:UN:EAN010"), una="UNA:+,?*'\r\n", end="'\r\n"),
    file(["UNG+ORDERS+A+B+261122:1405+77+UN+D:96A", *message(*ORDER, kind="ORDERS"), "UNE+1+77"]),
    file(message("BGM+632+1+9", *NOTICE[1:], "QVR+-2:12+AF", kind="RECADV"), message(*ADVICE, "ERC+1", "FTX+AAO+++a")),
    file(message("UCI+1+A+B+7", "UCM+1+ORDERS:D:96A:UN+4+29+UNT", "UCS+2", "UCD+12+2:1", kind="CONTRL")),
)
PIECES = st.sampled_from([b"'", b"+", b":", b"?", b"??'", b"*", b"\n", b" ", b"\0", b"\xff", b"\xc3", b"UNB+UNOC:3+",
                          b"UNA", b"UNH+", b"UNT+", b"UNZ+1", b"UNS+S'", b"LIN+", b"9" * 50, b"-", b",",
                          b"\x1d"])  # fmt: skip
DAMAGE = st.lists(st.tuples(st.sampled_from(["cut", "repeat", "put", "swap"]), st.integers(0, 9999),
                            st.integers(0, 60), PIECES), min_size=1, max_size=6)  # fmt: skip


def _damaged(content: bytes, damage: list[tuple[str, int, int, bytes]]) -> bytes:
    for how, at, much, piece in damage:
        at %= len(content) + 1
        match how:
            case "cut":
                content = content[:at] + content[at + much :]
            case "repeat":
                content = content[:at] + content[at : at + much] * 3 + content[at + much :]
            case "put":
                content = content[:at] + piece + content[at:]
            case "swap":
                content = content.replace(piece[:1], content[at : at + 1] or b"x", much)
    return content


@FAST
@given(st.sampled_from(SEEDS), DAMAGE)
def test_a_damaged_file_gives_findings_and_never_an_exception(
    seed: bytes, damage: list[tuple[str, int, int, bytes]]
) -> None:
    content = _damaged(seed, damage)
    assert 0 <= FORMAT.sniff(content) <= 100
    assert_sound(FORMAT.read(content, {"contrl": "always"}))
    assert len(FORMAT.explain(content, 20)) <= 20


@FAST
@given(st.lists(st.sampled_from([*(s + "'" for s in (*ORDER, *ANSWER, *NOTICE, *ADVICE)), "UNS+D'", "SCC+1'", "QTY'",
                                 "RFF'", "NAD'", "LIN'", "BGM'", "ERC'", "UCI'", "UCM'", "GIN'", "CPS'", "PAC'", "QVR'",
                                 "DTM'", "IMD'", "FTX'", "PRI'", "ALC'", "TAX'", "PCD'", "LOC'", "ALI'", "TDT'", "CNT'",
                                 "DOC'", "MOA'", "PIA'", "CTA'", "COM'", "CUX'", "PAT'", "UCS'", "UCD'", "UCF'"]),
                max_size=30),
       st.sampled_from(["ORDERS", "ORDCHG", "ORDRSP", "DESADV", "RECADV", "APERAK", "CONTRL"]))  # fmt: skip
def test_segments_in_any_order_and_without_elements_give_findings(segments: list[str], kind: str) -> None:
    content = f"{UNB}'UNH+1+{kind}:D:96A:UN'{''.join(segments)}UNT+9+1'UNZ+1+4711'".encode()
    result = FORMAT.read(content, {"contrl": "always"})
    assert_sound(result)
    assert len(result.documents) == 1


@pytest.mark.parametrize(
    "filler", [b"+", b":", b"?", b"?+", b"?'", b"'", b"UNB+UNOC'", b"UNA", b"\n", b"LIN'", b"\x01"]
)
def test_a_file_of_one_thing_repeated_has_few_findings(filler: bytes) -> None:
    content = SEEDS[0][:60] + b"'UNH+1+ORDERS:D:96A:UN'" + filler * (20_000 // len(filler))
    result = FORMAT.read(content, {})
    assert_sound(result)
    assert sum(len(d.findings) for d in result.documents) <= 400


def test_messages_beyond_the_limit_are_not_read_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "MOST", 5)
    many = FORMAT.read(file(*(advice(str(n)) for n in range(9))), {})
    assert len(many.documents) == 5 and "too-many" in codes(many.findings)
    files = FORMAT.read(file(advice()) * 9, {})
    assert len(files.documents) == 5 and "too-many" in codes(files.findings)


def test_a_file_that_is_too_large_is_not_read() -> None:
    result = FORMAT.read(b" " * (envelope.LIMIT + 1), {})
    assert codes(result.findings) == {"too-large"}


def test_every_byte_of_a_file_may_be_lost() -> None:
    rng = random.Random(7)
    for seed in SEEDS:
        for at in rng.sample(range(len(seed)), 60):
            assert_sound(FORMAT.read(seed[:at], {}))
            assert_sound(FORMAT.read(seed[at:], {}))
            assert_sound(FORMAT.read(seed[:at] + seed[at + 1 :], {}))


def test_a_header_that_is_cut_by_the_next_one_is_told() -> None:
    result = FORMAT.read(b"UNA:+.? '\nUNB+UNO\nUNB+UNO\n" + file(advice()), {})
    assert "no-message" in codes(result.findings)
    assert [d.usable for d in result.documents] == [True]


def test_a_released_line_break_is_a_blank() -> None:
    content = file(message("BGM++1+9+AP", "FTX+AAI+++one?\ntwo"), una="UNA:+.? \n", end="\n")
    (found,) = FORMAT.read(content, {}).documents
    assert found.document is not None and found.document.model_dump()["reason"] == "one two"
