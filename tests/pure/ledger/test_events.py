"""An event's bytes are one-to-one with its content, survive the database, and never fail for what a partner said."""

import datetime
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import orderwire.ledger.events as events
from orderwire.ledger.entry import KINDS, LONGEST, SUBJECTS, Entry, Event, entry

AT = datetime.datetime(2026, 11, 22, 9, 30, 0, 5, datetime.UTC)

plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=6,
)
rows = st.builds(
    Entry,
    kind=st.sampled_from(sorted(KINDS)),
    at=st.datetimes(timezones=st.just(datetime.UTC)),
    actor=st.sampled_from(["user:ines", "system:worker"]),
    order=st.none() | st.text("0123456789", max_size=5),
    subjects=st.dictionaries(st.sampled_from(sorted(SUBJECTS)), st.text("12", max_size=2), max_size=3),
    data=st.dictionaries(st.text("abc", max_size=3), plain_values, max_size=3),
)


@given(rows, rows)
@settings(max_examples=150)
def test_two_rows_have_the_same_bytes_only_when_they_are_the_same(one: Entry, other: Entry) -> None:
    assert (one.leaf_bytes() == other.leaf_bytes()) == (exact(one) == exact(other))


@given(rows)
@settings(max_examples=100)
def test_the_bytes_stay_the_same_after_a_trip_through_json_in_another_zone(row: Entry) -> None:
    shifted = row.at
    if datetime.datetime.min.year < row.at.year < datetime.datetime.max.year:
        shifted = row.at.astimezone(datetime.timezone(datetime.timedelta(hours=-6)))
    data = json.loads(json.dumps(dict(reversed(row.data.items()))))
    back = Entry(row.kind, shifted, row.actor, row.order, dict(row.subjects), data)
    assert back.leaf_bytes() == row.leaf_bytes()


def test_the_bytes_of_a_known_row_never_change() -> None:
    event = events.OrderCreated(number=1, sha256="ab", source="file", currency="EUR", total="12.50", lines=2)
    row = entry(event, at=AT, actor="api:erp", order="4500071733", subjects={"revision": 7})
    assert row.leaf_bytes() == (
        b'{"actor":"api:erp","at":"2026-11-22T09:30:00.000005Z","data":{"currency":"EUR","lines":2,"number":1,'
        b'"sha256":"ab","source":"file","test":false,"total":"12.5"},"kind":"order.created","order":"4500071733",'
        b'"subjects":{"revision":"7"}}'
    )


@given(st.text(st.characters(), max_size=50))
def test_whatever_a_partner_says_can_be_kept(said: str) -> None:
    row = entry(
        events.DeliveryFailed(reason=said), at=AT, actor="system:worker", subjects={"revision": 1, "delivery": 2}
    )
    assert b"\\u0000" not in row.leaf_bytes()


def test_a_partners_endless_words_are_cut() -> None:
    assert len(events.DeliveryFailed(reason="x" * 100_000).reason) == LONGEST


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_described_and_named_after_its_subject(kind: str) -> None:
    described = KINDS[kind]
    assert described.__doc__ and described.__doc__ != Event.__doc__
    assert described.subjects <= SUBJECTS
    assert described.__module__.startswith(f"{events.__name__}.")


@pytest.mark.parametrize("actor", ["", "ines", "user:", "user: ", "root:x", "user:a\nuser:b"])
def test_an_actor_of_another_form_is_refused(actor: str) -> None:
    with pytest.raises(ValueError, match="actor"):
        entry(events.OrderHeld(reason="x"), at=AT, actor=actor)


@pytest.mark.parametrize("subjects", [{}, {"revision": 1}, {"revision": 1, "delivery": 1, "moon": 1}])
def test_missing_and_unknown_subjects_are_refused(subjects: Any) -> None:
    with pytest.raises(ValueError, match="is about"):
        entry(events.DeliveryHeld(reason="x"), at=AT, actor="user:ines", subjects=subjects)


@pytest.mark.parametrize("data", [{"a": 1.5}, {"a": [{"b": AT}]}, {1: "a"}])
def test_facts_that_a_database_could_rewrite_are_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"x\.y"):
        Entry("x.y", AT, "user:ines", data=data).leaf_bytes()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        Entry("x.y", AT.replace(tzinfo=None), "user:ines").leaf_bytes()


def exact(row: Entry) -> str:
    """True and 1 are equal in Python and different in JSON: compare by representation."""

    def normal(value: Any) -> Any:
        if isinstance(value, dict):
            return sorted((k, normal(v)) for k, v in value.items())
        return [normal(v) for v in value] if isinstance(value, list) else value

    return repr((row.kind, row.at, row.actor, row.order, normal(row.subjects), normal(row.data)))
