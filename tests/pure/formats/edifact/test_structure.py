"""What we write obeys the message tables of the directories: order, groups, repetition, lengths, code lists. And a
second reader, pydifact, finds in it the segments that we meant."""

import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydifact.segmentcollection import Interchange

from orderwire.document.finding import has_errors
from orderwire.formats import Content
from orderwire.testing.formats import FixedContext
from tests.pure.family import cancellations, changes, responses
from tests.pure.formats.edifact import directory
from tests.pure.formats.edifact.files import FORMAT
from tests.pure.formats.edifact.test_round_trip import parts, simple
from tests.pure.orders import orders

DOCUMENTS = st.one_of(orders(), orders(), changes(), cancellations(), responses(), parts())
FAST = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
CORPUS = pytest.mark.skipif(not directory.FOLDER.exists(), reason="the corpus is not there")
PROFILE = {"on_loss": "accept", "syntax": "UNOY", "association": "EAN008"}


def written(document: Content, **profile: object) -> str | None:
    """None where the document cannot be written."""
    if has_errors(FORMAT.project(document, PROFILE | profile)[1]):
        return None
    return FORMAT.write(document, PROFILE | profile, FixedContext()).content.decode()


@CORPUS
@pytest.mark.parametrize("version", ["D96A", "D01B"])
def test_every_message_obeys_its_directory(version: str) -> None:
    @FAST
    @given(DOCUMENTS)
    def check(document: Content) -> None:
        content = written(document, version=version, line_amounts=True)
        assert content is None or directory.faults(content, version) == []

    check()


@CORPUS
def test_the_judge_finds_what_is_wrong() -> None:
    content = written(simple())
    assert content is not None and directory.faults(content, "D96A") == []
    broken = {
        content.replace("UNS+S'", ""): "UNS is missing before segment",
        content.replace("BGM+220+PO1+9'", "BGM+220+PO1+99'"): "1225 '99' is not in its code list",
        content.replace("QTY+21:5:EA'", "QTY+21'"): "C186/6060 is missing",
        content.replace("LIN+1'", "LIN+1234567'"): "is longer than 6",
        content.replace("PRI+AAA:1.25'", "STS+1'PRI+AAA:1.25'"): "STS",
    }
    for changed, words in broken.items():
        assert changed != content
        assert any(words in fault for fault in directory.faults(changed, "D96A")), (words, changed)


@settings(FAST, max_examples=15)
@given(orders())
def test_a_second_reader_finds_the_same_segments(order: Content) -> None:
    content = written(order)
    if content is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [[s.tag, *s.elements] for s in Interchange.from_str(content).segments]
    meant = [[s[0][0], *(e[0] if len(e) == 1 else e for e in s[1:])] for s in directory.split(content)]
    assert found == [s for s in meant if s[0] not in ("UNB", "UNZ")]
