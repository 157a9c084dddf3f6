"""What one turn of the ladder does. Who sends and who only looks ahead ask here, so that both say the same."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from orderwire.document.amount import Rates
from orderwire.flow.ladder import AHEAD, Round, rounds
from orderwire.flow.remind.book import Book, Missing, Target
from orderwire.flow.remind.post import Mail, Post
from orderwire.flow.remind.waiting import Waiting
from orderwire.governance.reminding import Rung, holds

STOOD_STILL = "It was not sent in its time; only the newest step goes out now."


@dataclass(frozen=True)
class Call:
    """One letter to one person about one order."""

    rung: Rung
    target: Target
    mail: Mail


@dataclass(frozen=True)
class Skipped:
    """A turn of a step that writes to nobody; with a `remedy` somebody should act."""

    rung: Rung
    at: datetime.datetime
    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class Turn:
    """What is sent and what is not, and the round for which the timer is set next."""

    calls: tuple[Call, ...]
    skipped: tuple[Skipped, ...]
    following: Round | None


@dataclass
class Desk:
    """What turns are decided with."""

    book: Book
    post: Post
    rates: Rates

    def ladder(self, waiting: Waiting) -> tuple[Round, ...]:
        """All rounds of the steps that hold for this order."""
        steps = [r for r in self.book.reminders.ladders[waiting.of] if holds(r.step, waiting.situation, self.rates)]
        return rounds(steps, waiting.due, waiting.calendar)

    def turn(self, waiting: Waiting, planned: datetime.datetime, now: datetime.datetime) -> Turn:
        """The timer of the round of `planned` fires now. Of several rounds whose time has come the newest counts."""
        pending = [each for each in self.ladder(waiting) if each.at >= planned]
        due = [each for each in pending if each.at <= now + AHEAD]
        following = pending[len(due)] if len(due) < len(pending) else None
        if not due:
            return Turn((), (), following)
        late = [Skipped(rung, each.at, STOOD_STILL) for each in due[:-1] for rung in each.rungs]
        calls, missing = self.calls(waiting, due[-1].rungs, max(due[-1].at, now), now)
        return Turn(calls, (*late, *missing), following)

    def calls(
        self,
        waiting: Waiting,
        steps: Sequence[Rung],
        wanted: datetime.datetime,
        now: datetime.datetime,
    ) -> tuple[tuple[Call, ...], tuple[Skipped, ...]]:
        """Whom these steps write to, at this time or as soon after as can be; each address once."""
        calls: list[Call] = []
        skipped: list[Skipped] = []
        for rung in steps:
            found = self.book.reach(waiting, rung.step.to)
            if isinstance(found, Missing):
                skipped.append(Skipped(rung, wanted, found.reason, found.remedy))
                continue
            for target in found:
                if target.address not in {call.target.address for call in calls}:
                    mail = self.post.place(target.address, target.way.endpoint_id, wanted, target.calendar, now)
                    calls.append(Call(rung, target, mail))
        return tuple(calls), tuple(skipped)
