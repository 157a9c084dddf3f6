"""Reading an ERP on from a cursor, whatever its transactions do: nothing is missed, nothing is brought twice."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from orderwire.channels.erp.cursor import Cursor
from orderwire.channels.erp.record import Entry

AT = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=datetime.UTC)
OVERLAP = datetime.timedelta(seconds=60)
NOW = AT + datetime.timedelta(hours=1)


def entry(id: int, second: int) -> Entry:
    return Entry(str(id), f"PO-{id}", str(second), AT + datetime.timedelta(seconds=second))


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 55), st.booleans()), max_size=40))
def test_what_appears_late_within_the_overlap_is_read_exactly_once(changes: list[tuple[int, int, bool]]) -> None:
    """Each change becomes visible up to 55 seconds after its own time; between any two a look may happen, and stop."""
    visible: list[Entry] = []
    cursor, read = Cursor(), list[tuple[str, str]]()
    rows = sorted((at + late, at, id, stops) for id, (at, late, stops) in enumerate(changes))

    def look(most: int) -> None:
        nonlocal cursor
        start = cursor.start(OVERLAP) or AT
        listed = sorted((e for e in visible if e.changed >= start), key=lambda e: (e.changed, e.id))
        for found in list(cursor.fresh(listed))[:most]:
            cursor = Cursor.of(cursor.after(found, OVERLAP, NOW).text())
            read.append((found.id, found.version))

    for _, at, id, stops in rows:
        visible.append(entry(id, at))
        look(1 if stops else 100)
    while len(read) < len(visible):
        before = len(read)
        look(100)
        assert len(read) > before, "something is never read"
    assert len(set(read)) == len(read) == len(changes)


def test_what_cannot_be_listed_again_is_forgotten() -> None:
    cursor = Cursor()
    for second in range(0, 1000, 10):
        cursor = cursor.after(entry(second, second), OVERLAP, NOW)
    assert len(cursor.seen) == 7


def test_a_time_that_is_still_to_come_hides_nothing_and_is_read_once() -> None:
    ahead = entry(1, 365 * 86400)
    cursor = Cursor.of(Cursor().after(ahead, OVERLAP, NOW).text())
    assert cursor.start(OVERLAP) == NOW - OVERLAP
    cursor = cursor.after(entry(2, 3600), OVERLAP, NOW)
    assert list(cursor.fresh([entry(2, 3600), entry(3, 3601), ahead])) == [entry(3, 3601)]
