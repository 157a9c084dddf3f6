"""Which version the supplier holds: never more than the evidence, never less for more of it, in whatever sequence."""

import datetime
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orderwire.document.holding import Answer, Doubt, Facts, Goods, Holding, Sent, holding

START = datetime.datetime(2026, 5, 4, 9, tzinfo=datetime.UTC)


def at(hour: int) -> datetime.datetime:
    return START + datetime.timedelta(hours=hour)


def facts(*sent: Sent, newest: int = 1, **more: Any) -> Facts:
    return Facts("Acme", newest, sent, **more)


def kinds(found: Holding) -> set[Doubt]:
    return {warning.kind for warning in found.warnings}


def first(**fields: Any) -> Sent:
    return Sent(1, at(0), **({"left": True} | fields))


def second(**fields: Any) -> Sent:
    return Sent(2, at(10), **({"left": True} | fields))


def test_nothing_is_held_before_anything_left() -> None:
    found = holding(facts(Sent(1, at(0))))
    assert (found.version, found.since, found.proof_level, found.warnings) == (None, None, 0, ())


def test_what_may_have_left_is_in_doubt() -> None:
    found = holding(facts(first()))
    assert (found.version, found.possibly, found.proof_level) == (None, 1, 1)
    assert kinds(found) == {Doubt.NEWER_IN_DOUBT}


def test_the_strongest_proof_counts_and_the_first_says_since_when() -> None:
    found = holding(facts(first(handed_over=at(1), proven=at(2), opened=at(3))))
    assert (found.version, found.since, found.proof_level) == (1, at(1), 4)
    assert found.how == "opened by a person" and found.current and not found.warnings


def test_a_refusal_takes_the_handing_over_back_but_not_what_a_person_saw() -> None:
    refused = first(handed_over=at(1), proven=at(2), refused=at(3))
    assert holding(facts(refused)).version is None
    assert holding(facts(replace(refused, opened=at(2)))).version == 1
    assert holding(facts(replace(refused, handed_over=at(4)))).proof_level == 2


def test_a_newer_version_on_its_way_is_in_doubt_and_the_older_one_is_held() -> None:
    found = holding(facts(first(proven=at(1)), second(), newest=2))
    assert (found.version, found.possibly) == (1, 2)
    assert kinds(found) == {Doubt.OLDER_THAN_CURRENT, Doubt.NEWER_IN_DOUBT}
    assert [w.text for w in found.warnings] == [
        "Acme holds version 1; version 2 is not proven.",
        "Version 2 may have reached Acme; nothing proves it.",
    ]


def test_an_answer_without_a_version_proves_the_version_that_was_there_before_it() -> None:
    one = facts(first(proven=at(1)), second(handed_over=at(11)), newest=2, answers=(Answer(2, at(12), named=False),))
    assert (holding(one).version, holding(one).proof_level) == (2, 4)
    early = replace(one, answers=(Answer(2, at(10), named=False),))
    assert (holding(early).version, holding(early).proof_level) == (2, 2)
    doubtful = facts(first(), second(), newest=2, answers=(Answer(2, at(12), named=False),))
    assert (holding(doubtful).version, holding(doubtful).possibly) == (1, 2)


def test_an_answer_to_a_version_that_a_newer_one_had_replaced_is_told_until_he_answers_that() -> None:
    late = facts(first(proven=at(1)), second(proven=at(11)), newest=2, answers=(Answer(1, at(12)),))
    assert kinds(holding(late)) == {Doubt.ANSWER_TO_OLD_VERSION}
    assert not kinds(holding(replace(late, answers=(*late.answers, Answer(2, at(13))))))
    assert not kinds(holding(replace(late, answers=(Answer(1, at(9)),))))


def test_a_shipment_proves_the_oldest_version_that_left_and_is_told_where_a_newer_one_was_not_proven() -> None:
    moved = (Goods("shipment", "ASN-1", at(12)),)
    found = holding(facts(first(), second(), newest=2, goods=moved))
    assert (found.version, found.proof_level, found.how) == (1, 4, "goods were shipped")
    assert Doubt.SHIPMENT_AGAINST_UNHELD in kinds(found)
    text = next(w.text for w in found.warnings if w.kind is Doubt.SHIPMENT_AGAINST_UNHELD)
    assert text == "Shipment ASN-1 was sent when version 2 was not proven with Acme."
    assert not kinds(holding(facts(first(), second(proven=at(11)), newest=2, goods=moved)))
    assert not kinds(holding(facts(first(), second(proven=at(13)), newest=2, goods=(Goods("shipment", "A", at(9)),))))


def test_goods_of_an_order_that_nobody_sent_prove_no_version() -> None:
    found = holding(facts(Sent(1, at(0)), goods=(Goods("receipt", "R-1", at(3)), Goods("receipt", "R-2", at(4)))))
    assert found.version is None
    assert [w.text for w in found.warnings] == [
        "Receipt R-2 and 1 more came when version 1 was not proven with Acme.",
    ]
    assert "had been sent nothing" in holding(facts(goods=(Goods("shipment", "S", at(1)),))).warnings[0].text


def test_a_cancellation_without_an_answer_is_told() -> None:
    assert kinds(holding(facts(first(proven=at(1)), cancelling=True))) == {Doubt.CANCEL_UNCONFIRMED}


moments = st.integers(0, 40).map(at)
maybe = st.none() | moments
sents = st.builds(
    Sent, st.integers(1, 4), moments, st.booleans(), handed_over=maybe, proven=maybe, opened=maybe, refused=maybe
)
answers = st.builds(Answer, st.integers(1, 4), moments, st.booleans())
goods = st.builds(Goods, st.sampled_from(["shipment", "receipt"]), st.sampled_from(["A", "B"]), moments)
known = st.builds(
    Facts,
    st.just("Acme"),
    st.just(4),
    st.lists(sents, max_size=6).map(tuple),
    st.lists(answers, max_size=4).map(tuple),
    st.lists(goods, max_size=4).map(tuple),
    st.booleans(),
)


@given(known)
def test_no_version_is_claimed_that_nothing_proves(found: Facts) -> None:
    told = holding(found)
    assert (told.version is None) == (told.since is None) == (told.proof_level < 2)
    if told.version is None:
        return
    there = {s.version for s in found.sent if s.may_be_there}
    assert told.version in there | {a.version for a in found.answers if a.named}
    own = {s.version for s in found.sent if s.handed_over or s.proven or s.opened}
    own |= {a.version for a in found.answers if a.named}
    if told.version not in own:  # then only something that names no version speaks for it, and it is the oldest
        assert found.goods or found.answers
        assert told.version == min(there)


@given(known, st.randoms(use_true_random=False))
def test_the_sequence_of_facts_does_not_count(found: Facts, random: Any) -> None:
    shuffled = {}
    for name in ("sent", "answers", "goods"):
        rows = list(getattr(found, name))
        random.shuffle(rows)
        shuffled[name] = tuple(rows)
    assert holding(replace(found, **shuffled)) == holding(found)


def rank(found: Holding) -> tuple[int, int]:
    return (found.version or 0, found.proof_level if found.version else 0)


@given(known, st.data())
def test_more_evidence_never_claims_less(found: Facts, data: st.DataObject) -> None:
    before = rank(holding(found))
    named = replace(found, answers=(*found.answers, replace(data.draw(answers), named=True)))
    assert rank(holding(named)) >= before
    assert rank(holding(replace(found, answers=(*found.answers, data.draw(answers))))) >= before
    assert rank(holding(replace(found, goods=(*found.goods, data.draw(goods))))) >= before
    there = [i for i, s in enumerate(found.sent) if s.may_be_there]
    if there:
        index = data.draw(st.sampled_from(there))
        old = found.sent[index]
        name = data.draw(st.sampled_from(["handed_over", "proven", "opened"]))
        stronger = replace(old, **{name: max(filter(None, (getattr(old, name), data.draw(moments))))})
        if name == "opened" and old.opened:
            stronger = replace(old, opened=min(old.opened, data.draw(moments)))
        assert rank(holding(replace(found, sent=(*found.sent, stronger)))) >= before
