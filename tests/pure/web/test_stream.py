"""What the stream of a live page begins with: nothing that changed since the page was asked for is lost."""

from itertools import count

import pytest

from orderwire.web import stream
from orderwire.web.stream import KEPT, Fan


@pytest.fixture
def fan(monkeypatch: pytest.MonkeyPatch) -> Fan:
    """It listens since 100 s; its first event comes at 101 s, and so on."""
    clock = count(101)
    monkeypatch.setattr(stream.time, "time", lambda: float(next(clock)))
    return Fan(epoch="e", since=100)


def heard(fan: Fan, last_id: str = "", asked_at: float = 0.0) -> list[str]:
    """The data of the events that a stream begins with."""
    return [event.decode().split("data: ")[1].strip() for event in fan.missed(last_id, asked_at)]


def test_what_came_after_the_page_was_asked_for_is_told_first(fan: Fan) -> None:
    for number in ("1", "2", "3"):
        fan.publish(number)
    assert heard(fan, asked_at=101.5) == ["2", "3"]
    assert heard(fan, asked_at=104) == []


def test_a_page_from_before_the_listening_looks_around(fan: Fan) -> None:
    assert heard(fan, asked_at=99) == [""]
    assert heard(Fan(), asked_at=101) == [""], "nobody listens yet"
    assert heard(fan, asked_at=float("nan")) == [""]


def test_a_page_that_missed_more_than_is_kept_looks_around(fan: Fan) -> None:
    for number in range(KEPT - 1):
        fan.publish(str(number))
    assert heard(fan, asked_at=100) == [str(number) for number in range(KEPT - 1)]
    fan.publish("one more")
    assert heard(fan, asked_at=100) == [""]


def test_a_browser_that_comes_back_hears_what_it_missed(fan: Fan) -> None:
    for number in ("7", "8", "9"):
        fan.publish(number)
    assert heard(fan, "e-1") == ["8", "9"]
    assert heard(fan, "e-3") == []
    assert heard(fan, "other-3") == heard(fan, "e-nonsense") == [""], "of another process"
