"""A cancellation on its order's page: what was asked and said, and what the buyer may do about it now."""

from dataclasses import dataclass

from django.utils import timezone

from orderwire.document.cancellation import REASONS
from orderwire.document.states import CancellationState
from orderwire.flow import cancel
from orderwire.records import Cancellation
from orderwire.tracking.order import WAITS, OrderView, their_zone
from orderwire.tracking.people import name
from orderwire.tracking.says import supplier_word
from orderwire.tracking.words import Money, due, sentence_time


@dataclass(frozen=True)
class Verb:
    """One button. `ask` is said in its dialog, `words` is the label of its field; without both it is done at once."""

    key: str
    label: str
    css: str = ""
    ask: str = ""
    words: str = ""

    @property
    def fields(self) -> bool:
        """True where something is asked first."""
        return bool(self.ask)


@dataclass(frozen=True)
class Shown:
    """The cancellation in words."""

    row: Cancellation
    state: CancellationState
    by: str
    asked: str
    why: str
    lines: str
    says: str
    cost: Money | None
    due: str
    verbs: list[Verb]


def shown(view: OrderView) -> Shown | None:
    """The newest cancellation that somebody still has to say something about."""
    row = view.cancellation
    if row is None:
        return None
    now, state = timezone.now(), CancellationState(row.state)
    zone = their_zone(view.order)
    when = due(row.due_at, zone, now=now) if row.due_at else ""
    late = row.due_at is not None and row.due_at < now
    lines = ", ".join(f"{line['quantity']} of line {line['line']}" for line in row.lines[:6])
    more = f" and {len(row.lines) - 6} more" if len(row.lines) > 6 else ""
    why = REASONS.get(row.code, row.code)
    return Shown(
        row,
        state,
        name(row.asked_by),
        sentence_time(row.asked_at, now=now),
        f"{why}: {row.reason.strip().rstrip('.')}." if row.reason.strip() else f"{why}.",
        f"Cancelled: {lines}{more}." if lines else "",
        row.answer,
        Money(row.cost, row.currency or view.order.currency) if row.cost is not None else None,
        f"Their word {'was' if late else 'is'} due {when}." if when and state in WAITS else "",
        list(_verbs(row, state, supplier_word(view))),
    )


def _verbs(row: Cancellation, state: CancellationState, who: str) -> list[Verb]:
    """What flow would do now."""
    may = cancel.choices(row)
    found = [verb for verb in _settling(row, who) if verb.key in may]
    whole = row.scope == Cancellation.Scope.ORDER
    if state in WAITS:
        if whole:
            found += [
                Verb("agreed", "They agree", "", f"Write down what {who} told you.", "How you know it"),
                Verb("refused", "They refuse", "", f"Write down what {who} told you.", "What they said"),
            ]
        ask = f"The order stands again, and {who} is told so."
        found.append(Verb("withdraw", "Take it back", "quiet", ask, "Why, if you like"))
    return found


def _settling(row: Cancellation, who: str) -> list[Verb]:
    cost, word = (f" of {Money(row.cost, row.currency)}" if row.cost is not None else ""), "A word, if you like"
    return [
        Verb("accept_cost", f"Accept the cost{cost}", "primary", "The order ends, and the cost is kept.", word),
        Verb("accept_part", "Accept the part", "primary", "What they still deliver is the next version.", word),
        Verb("ask_again", f"Ask {who} again", "", f"{who} gets the request once more.", "What they should know"),
        Verb("keep", "Keep the order", "", "The order stands as it is.", word),
    ]  # fmt: skip
