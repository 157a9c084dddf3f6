"""What the stream of a live page begins with: nothing that changed since the page was asked for is lost."""

import time

import pytest

from orderwire.web.stream import KEPT, Fan


def heard(fan: Fan, last_id: str = "", asked_at: float = 0.0) -> list[str]:
    """The data of the events that a stream begins with."""
    return [event.decode().split("data: ")[1].strip() for event in fan.missed(last_id, asked_at)]


@pytest.fixture
def fan() -> Fan:
    return Fan(epoch="e", since=time.time())


def test_what_came_after_the_page_was_asked_for_is_told_first(fan: Fan) -> None:
    fan.publish("1")
    asked_at = time.time()
    fan.publish("2")
    fan.publish("3")
    assert heard(fan, asked_at=asked_at) == ["2", "3"]
    assert heard(fan, asked_at=time.time() + 1) == []


def test_a_page_from_before_the_listening_looks_around(fan: Fan) -> None:
    assert heard(fan, asked_at=fan.since - 1) == [""]
    assert heard(Fan(), asked_at=time.time()) == [""], "nobody listens yet"
    assert heard(fan, asked_at=float("nan")) == [""]


def test_a_page_that_missed_more_than_is_kept_looks_around(fan: Fan) -> None:
    asked_at = time.time()
    for number in range(KEPT - 1):
        fan.publish(str(number))
    assert heard(fan, asked_at=asked_at) == [str(number) for number in range(KEPT - 1)]
    fan.publish("one more")
    assert heard(fan, asked_at=asked_at) == [""]


def test_a_browser_that_comes_back_hears_what_it_missed(fan: Fan) -> None:
    for number in ("7", "8", "9"):
        fan.publish(number)
    assert heard(fan, "e-1") == ["8", "9"]
    assert heard(fan, "e-3") == []
    assert heard(fan, "other-3") == heard(fan, "e-nonsense") == [""], "of another process"
