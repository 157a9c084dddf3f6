"""Which version of an order a recipient holds, computed from all that is known: nothing is claimed beyond the evidence,
more evidence never claims less, and the sequence in which facts become known does not count."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Moment = datetime.datetime

HANDED_OVER, PROVEN, SEEN = 2, 3, 4
"""How strong a proof is: his side took it over; a receipt proves it; a person saw or answered it. 1: may have left."""


@dataclass(frozen=True)
class Sent:
    """One delivery of a version. `left`: bytes left or may have left. `refused` is when his side refused it last: that
    takes back an earlier handing over and receipt, never that a person opened it."""

    version: int
    planned: Moment
    left: bool = False
    handed_over: Moment | None = None
    proven: Moment | None = None
    opened: Moment | None = None
    refused: Moment | None = None

    @property
    def may_be_there(self) -> bool:
        """Whether he may have it, proven or not."""
        return self.left or any((self.handed_over, self.proven, self.opened))


@dataclass(frozen=True)
class Answer:
    """He answered `version`. Not `named`: the answer does not say which version it means, we took it for this one."""

    version: int
    at: Moment
    named: bool = True


@dataclass(frozen=True)
class Goods:
    """Goods of the order left him or arrived, at the latest at `at`: he has the order, in one version or another."""

    kind: Literal["shipment", "receipt"]
    number: str
    at: Moment


@dataclass(frozen=True)
class Facts:
    """What is known of an order and one recipient. `newest` is the order's newest version, `cancelling`: a withdrawal
    waits for his word."""

    who: str
    newest: int
    sent: tuple[Sent, ...] = ()
    answers: tuple[Answer, ...] = ()
    goods: tuple[Goods, ...] = ()
    cancelling: bool = False


class Doubt(StrEnum):
    """Why the version that is held needs a look."""

    OLDER_THAN_CURRENT = "older_than_current"
    NEWER_IN_DOUBT = "newer_in_doubt"
    ANSWER_TO_OLD_VERSION = "answer_to_old_version"
    SHIPMENT_AGAINST_UNHELD = "shipment_against_unheld"
    RECEIPT_AGAINST_UNHELD = "receipt_against_unheld"
    CANCEL_UNCONFIRMED = "cancel_unconfirmed"


@dataclass(frozen=True)
class HoldingWarning:
    """One thing to look at, in a sentence."""

    kind: Doubt
    text: str


@dataclass(frozen=True)
class Holding:
    """The newest version that evidence says he has (None: of none), since when, and how that is known.

    `proof_level`: 0 nothing, 1 it may have left, then HANDED_OVER, PROVEN, SEEN. `possibly` is a newer version that may
    have arrived as well. `newest` is the order's newest version.
    """

    version: int | None
    since: Moment | None
    proof_level: int
    how: str
    newest: int
    possibly: int | None = None
    warnings: tuple[HoldingWarning, ...] = ()

    @property
    def current(self) -> bool:
        """Whether he holds the newest version."""
        return self.version == self.newest


@dataclass(frozen=True)
class _Proof:
    version: int
    level: int
    at: Moment
    how: str


def holding(facts: Facts) -> Holding:
    """What the facts say, with everything that needs a look.

    An answer that names no version, and goods, prove that he has the order: in the version that we took the answer for
    where that had reached him before, else in the oldest that left.
    """
    proofs = list(_proofs(facts, None))
    version = max((p.version for p in proofs), default=None)
    left = [s.version for s in facts.sent if s.may_be_there and s.version > (version or 0)]
    possibly = max(left, default=None)
    found = Holding(version, None, 1 if possibly else 0, "may have left" if possibly else "", facts.newest, possibly)
    if version is not None:
        own = [p for p in proofs if p.version == version]
        best = max(own, key=lambda p: (p.level, p.how))
        since = min(p.at for p in own)
        found = Holding(version, since, best.level, best.how, facts.newest, possibly)
    return Holding(**{**vars(found), "warnings": tuple(_warnings(facts, found))})


def _proofs(facts: Facts, until: Moment | None) -> Iterator[_Proof]:
    """Everything that proves a version, as far as it was so `until` then (None: now)."""
    own = [p for p in _own(facts) if until is None or p.at <= until]
    yield from own
    for answer in facts.answers:
        if answer.named or (until is not None and answer.at > until):
            continue
        there = any(p.version == answer.version and p.at <= answer.at for p in own)
        version = answer.version if there else _oldest(facts.sent, answer.at)
        if version is not None:
            yield _Proof(version, SEEN, answer.at, "answered")
    for goods in facts.goods:
        oldest = _oldest(facts.sent, goods.at)
        if oldest is not None and (until is None or goods.at <= until):
            yield _Proof(oldest, SEEN, goods.at, "goods were shipped")


def _own(facts: Facts) -> Iterator[_Proof]:
    """What proves a version by its own name."""
    for sent in facts.sent:
        if sent.handed_over and not _taken_back(sent, sent.handed_over):
            yield _Proof(sent.version, HANDED_OVER, sent.handed_over, "handed over, receipt not proven")
        if sent.proven and not _taken_back(sent, sent.proven):
            yield _Proof(sent.version, PROVEN, sent.proven, "receipt proven")
        if sent.opened:
            yield _Proof(sent.version, SEEN, sent.opened, "opened by a person")
    for answer in facts.answers:
        if answer.named:
            yield _Proof(answer.version, SEEN, answer.at, "answered")


def _taken_back(sent: Sent, at: Moment) -> bool:
    return sent.refused is not None and at <= sent.refused


def _warnings(facts: Facts, found: Holding) -> Iterator[HoldingWarning]:
    who, newest = facts.who, facts.newest
    if found.version is not None and found.version < newest:
        fate = "is not proven" if any(s.version == newest and s.may_be_there for s in facts.sent) else "has not left"
        text = f"{who} holds version {found.version}; version {newest} {fate}."
        yield HoldingWarning(Doubt.OLDER_THAN_CURRENT, text)
    if found.possibly is not None:
        text = f"Version {found.possibly} may have reached {who}; nothing proves it."
        yield HoldingWarning(Doubt.NEWER_IN_DOUBT, text)
    yield from _old_answer(facts)
    yield from _unheld(facts, "shipment", Doubt.SHIPMENT_AGAINST_UNHELD, "was sent")
    yield from _unheld(facts, "receipt", Doubt.RECEIPT_AGAINST_UNHELD, "came")
    if facts.cancelling:
        yield HoldingWarning(Doubt.CANCEL_UNCONFIRMED, f"{who} has not answered the cancellation.")


def _old_answer(facts: Facts) -> Iterator[HoldingWarning]:
    """His last word is to a version that a newer one had replaced when he gave it."""
    last = max(facts.answers, key=lambda a: (a.version, a.at), default=None)
    if last is None:
        return
    newer = _planned(facts.sent, last.at)
    if newer is not None and newer > last.version:
        text = f"{facts.who} answered version {last.version} when version {newer} was on its way."
        yield HoldingWarning(Doubt.ANSWER_TO_OLD_VERSION, text)


def _unheld(facts: Facts, kind: str, doubt: Doubt, word: str) -> Iterator[HoldingWarning]:
    """Goods that moved when a version was on its way, or none was, that nothing proves with him at that time."""
    found: list[tuple[Goods, int | None]] = []
    for goods in facts.goods:
        held = max((p.version for p in _proofs(facts, goods.at)), default=None)
        planned = _planned(facts.sent, goods.at)
        if goods.kind == kind and (held is None or (planned is not None and planned > held)):
            found.append((goods, planned))
    if found:
        last, version = max(found, key=lambda pair: (pair[0].at, pair[0].number))
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        proven = (
            f"version {version} was not proven with {facts.who}" if version else f"{facts.who} had been sent nothing"
        )
        yield HoldingWarning(doubt, f"{kind.capitalize()} {last.number}{more} {word} when {proven}.")


def _planned(sent: Iterable[Sent], at: Moment) -> int | None:
    """The newest version that was to go to him at that time."""
    return max((s.version for s in sent if s.planned <= at), default=None)


def _oldest(sent: Iterable[Sent], at: Moment) -> int | None:
    """The oldest version that he may have had at that time."""
    return min((s.version for s in sent if s.planned <= at and s.may_be_there), default=None)
