"""Which choice is made for which line of an answer: nothing stays undecided, only what differs is decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from orderwire.document.order import Order
from orderwire.document.order_change import LinePart
from orderwire.flow import Refused

Choice = Literal["accept", "counter", "insist", "resource"]

BY_VERDICT: Mapping[str, Choice] = {"accept": "accept", "reject": "insist"}
"""What the policy's verdict on a difference decides; "ask" leaves it to a person."""


@dataclass(frozen=True)
class LineDecision:
    """What is to happen with one line of the answer, or with all differences that name no line (`line` None).

    `counter` are the values that the buyer offers instead; what it does not name stays as ordered.
    """

    line: str | None
    choice: Choice
    counter: LinePart | None = None

    def as_json(self) -> dict[str, Any]:
        """For storing; absent facts left out."""
        row: dict[str, Any] = {"line": self.line, "choice": self.choice}
        if self.counter is not None:
            row["counter"] = self.counter.model_dump(mode="json", exclude_defaults=True)
        return row


def every_line(differences: Iterable[Mapping[str, Any]], choice: Choice) -> tuple[LineDecision, ...]:
    """The same choice for everything that differs, as `Response.differences` lists it."""
    return tuple(LineDecision(line, choice) for line in places(differences))


def places(differences: Iterable[Mapping[str, Any]]) -> tuple[str | None, ...]:
    """The lines that differ, each once; None for what names no line, and where only something is to be settled."""
    return tuple(dict.fromkeys(d.get("line") for d in differences)) or (None,)


def declined(differences: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the order was declined as a whole."""
    return any(d["field"] == "order" for d in differences)


def by_verdict(differences: Iterable[Mapping[str, Any]]) -> dict[str | None, Choice]:
    """What the policy settles without a person, by line: all differences of a line are accepted, or one is rejected."""
    verdicts: dict[str | None, set[str]] = {}
    for difference in differences:
        verdicts.setdefault(difference.get("line"), set()).add(difference.get("verdict", "ask"))
    return {
        line: BY_VERDICT["reject" if "reject" in found else "accept"]
        for line, found in verdicts.items()
        if "ask" not in found
    }


def chosen(
    order: Order, differences: Sequence[Mapping[str, Any]], decisions: Sequence[LineDecision]
) -> dict[str | None, LineDecision]:
    """One decision for each place that differs; those that nobody named are as the policy's verdict says.

    An order that was declined as a whole is decided line by line; a decision without a line is for all the others.
    Raises Refused for one that is missing, given twice or not possible.
    """
    given: dict[str | None, LineDecision] = {}
    for each in decisions:
        if each.line in given:
            raise Refused(f"{_name(each.line)} is decided twice.", remedy="Choose once for each line.")
        if (each.choice == "counter") != (each.counter is not None):
            raise Refused(f"{_name(each.line)}: a counter-proposal says what you offer, and nothing else does.")
        given[each.line] = each
    wanted = places(differences)
    if declined(differences):
        wanted = tuple(line.number for line in order.lines)
        if rest := given.pop(None, None):
            given = {number: LineDecision(number, rest.choice, rest.counter) for number in wanted} | given
    else:
        settled = by_verdict(differences)
        given = {line: LineDecision(line, choice) for line, choice in settled.items()} | given
    if unknown := [line for line in given if line not in wanted]:
        text = f"{_name(unknown[0])} does not differ, so there is nothing to decide."
        raise Refused(text, remedy="Leave it out. To change it all the same, make a new version of the order.")
    if missing := [line for line in wanted if line not in given]:
        names = ", ".join(_name(line) for line in missing[:10])
        raise Refused(f"Not decided yet: {names}.", remedy="Choose for each of them, then send all together.")
    return {line: given[line] for line in wanted}


def _name(line: str | None) -> str:
    return f"Line {line}" if line is not None else "What concerns the whole order"
