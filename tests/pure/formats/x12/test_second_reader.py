"""Others judge what we write: pyx12 reads every segment and envelope, and a grammar tells the order of segments."""

import io
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyx12.x12file import X12Reader

from orderwire.formats import CannotCarry
from tests.pure.family import cancellations, changes, responses
from tests.pure.formats.x12.support import FORMAT, Numbers
from tests.pure.orders import orders

QUICK = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
NOTES, PARTIES = "(N9 (MSG |MTX )+)*", "(N1 (N2 ){0,2}(N3 ){0,2}(N4 )?(REF )*(PER )?%s)*"
HEADER = f"(CUR )?(REF )*(PER )?(FOB )?(SAC )*(ITD )*(DTM )*(N9 )*{NOTES}{PARTIES % ''}"
LINE = f"(CTP )?(PID )*(REF )*(SAC )*(DTM )?(TXI )*(SCH )*(N9 )*{NOTES}{PARTIES % '(SCH )?'}"
ANSWER = f"(ACK (DTM )*)*{NOTES}"
GRAMMAR = {
    "850": f"BEG {HEADER}(PO1 {LINE})+CTT AMT ",
    "855": f"BAK {HEADER}(PO1 {ANSWER})*CTT ",
    "860": f"BCH {HEADER}(POC {LINE})*(CTT )?",
    "865": f"BCA {HEADER}(POC {ANSWER})*CTT ",
}
"""The order in which the standard lists the segments that we use (X12 004010, tables of the four sets)."""
LONGEST = {"BEG": {3: 22, 4: 30}, "BCH": {3: 22, 4: 30, 5: 8, 7: 45}, "BAK": {3: 22, 5: 30}, "BCA": {3: 22, 4: 30},
           "REF": {2: 30, 3: 80}, "N1": {2: 60, 4: 80}, "N2": {1: 60, 2: 60}, "N3": {1: 55, 2: 55},
           "N4": {1: 30, 2: 2, 3: 15, 4: 3}, "PID": {5: 80}, "MSG": {1: 264}, "PO1": {1: 20, 7: 48}, "POC": {1: 20},
           "CTT": {1: 6, 2: 10}, "SAC": {5: 15, 15: 80}, "N9": {2: 30, 3: 45}, "PER": {2: 60}}  # fmt: skip
"""Longest elements of 004010 (points of numbers not counted)."""
PROFILES = st.fixed_dictionaries(
    {"on_loss": st.sampled_from(["accept", "note"])},
    optional={
        "element_separator": st.sampled_from(["|", "\x1d"]),
        "segment_terminator": st.sampled_from(["'", "\x1c"]),
        "newline": st.booleans(),
    },
)


@pytest.mark.parametrize("version", ["004010", "005010"])
@pytest.mark.parametrize("documents", [orders(), changes(), cancellations(), responses()])
def test_a_second_reader_finds_every_segment_and_no_fault(documents: st.SearchStrategy[Any], version: str) -> None:
    judged = 0

    @QUICK
    @given(documents, PROFILES)
    def check(document: Any, profile: dict[str, Any]) -> None:
        nonlocal judged
        try:
            written = FORMAT.write(document, {**profile, "version": version}, Numbers())
        except CannotCarry:
            return
        reader = X12Reader(io.StringIO(written.content.decode()))
        rows = [segment.format() for segment in reader]
        reader.cleanup()
        assert reader.pop_errors() == []
        assert reader.icvn == version[:5]
        own = written.content.decode().replace(reader.seg_term + "\n", reader.seg_term).split(reader.seg_term)
        assert [row.removesuffix(reader.seg_term) for row in rows[1:]] == own[1:-1]
        check_structure([row.removesuffix(reader.seg_term).split(reader.ele_term) for row in rows], version)

        judged += 1

    check()
    assert judged > 2


def check_structure(rows: list[list[str]], version: str) -> None:
    assert [row[0] for row in rows[:3]] == ["ISA", "GS", "ST"]
    assert [row[0] for row in rows[-3:]] == ["SE", "GE", "IEA"]
    kind = rows[2][1]
    names = "".join(f"{row[0]} " for row in rows[3:-3])
    assert re.fullmatch(GRAMMAR[kind], names), names
    for row in rows:
        assert row[-1], row
        for element, longest in LONGEST.get(row[0], {}).items():
            if version == "004010" and len(row) > element:
                assert len(row[element].replace(".", "")) <= longest, row
