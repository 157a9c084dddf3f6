"""The quick way through a plain line finds what the long way finds, whatever stands in its segments."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwire.formats.edifact import plain_line
from orderwire.formats.edifact.profile import parse
from orderwire.formats.edifact.syntax import Marks
from tests.pure.formats.edifact.files import FORMAT, file, message

HEAD = ("BGM+220+PO-1+9", "DTM+137:20261122:102", "NAD+BY+1::9", "NAD+SU+2::9", "CUX+2:EUR:9")
USUAL = ("LIN+1++4012345123456:EN", "PIA+1+A:SA+B:IN", "IMD+F++:::Bolt M8:zinc", "QTY+21:2:PCE", "DTM+2:20261201:102",
         "MOA+203:6", "PRI+AAA:3")  # fmt: skip


def _optional(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *values))


GROUP = st.tuples(
    st.sampled_from(["LIN+1", "LIN+1+1", "LIN++", "LIN+ 2 ++40:EN", "LIN+3++4012345123456:EN::9", "LIN+4++X:IN",
                     "LIN+5++4012345123456:", "LIN+6++4012345123456", "LIN+7++:EN", "LIN+8++1:EN+1:1", "LIN+9?+"]),
    _optional("PIA+1+A:SA+B:IN", "PIA+5+A:SA::91+ B : IN +C:XX", "PIA+2+A:SA", "PIA+1", "PIA+1++:SA", "PIA+1+7:PL",
              "PIA+5+a?+b:SA"),
    _optional("IMD+F++:::Bolt", "IMD+F++::: a : b ", "IMD+C++:::", "IMD+F++::: : ", "IMD+F+8+:::A:B:C", "IMD+F++CU::9",
              "IMD+F++:::Bo?'lt", "IMD+F++:::" + "x" * 40 + ":y"),
    st.sampled_from(["QTY+21:2:PCE", "QTY+21:2", "QTY+21: 2,5 : KGM ", "QTY+21:0:PCE", "QTY+21:-1", "QTY+21:x",
                     "QTY+21:2:??", "QTY+1:2", "QTY+21:1:QQQ", "QTY+11:2", "QTY+21"]),
    _optional("DTM+2:20261201:102", "DTM+2:20261201", "DTM+2:20261301:102", "DTM+64:20261201:102",
              "DTM+2:20261201:203"),
    _optional("MOA+203:6", "MOA+203:6,00:EUR", "MOA+203:1.2.3", "MOA+203:-1", "MOA+79:1"),
    _optional("PRI+AAA:3", "PRI+AAA:3:CA", "PRI+AAA:3:CA:CT", "PRI+AAA:3:::100:PCE", "PRI+AAA:", "PRI+AAA:-1",
              "PRI+AAB:3", "PRI+AAA:1e3"),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(GROUP, min_size=1, max_size=3), st.sampled_from([("UNS+S",), ("RFF+CT:1", "UNS+S"), ()]))
def test_both_ways_find_the_same(groups: list[tuple[str, ...]], end: tuple[str, ...]) -> None:
    lines = [segment for group in groups for segment in group if segment]
    content = file(message(*HEAD, *lines, *end, kind="ORDERS"))
    quick = FORMAT.read(content, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_line, "read", lambda *_: None)
        assert FORMAT.read(content, {}) == quick


def test_the_usual_line_goes_the_quick_way() -> None:
    found = plain_line.read([*USUAL, "UNS+S"], 0, Marks(), parse({}))
    assert found is not None
    line, count = found
    assert (count, line.number, line.unit, line.products["supplier_part"]) == (len(USUAL), "1", "H87", "A")
