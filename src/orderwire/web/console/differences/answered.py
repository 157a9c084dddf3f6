"""What the order becomes with each choice: which ways a row has, and what all of it costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from orderwire.document.answered import matched
from orderwire.document.money import totals
from orderwire.document.order import Line, Order
from orderwire.document.response import LineAnswer, Response
from orderwire.flow import Refused
from orderwire.flow.decide import LineDecision
from orderwire.flow.decide.outcome import outcome
from orderwire.tracking import beside
from orderwire.tracking.beside import Beside, signed
from orderwire.tracking.words import Money


@dataclass(frozen=True)
class Figure:
    """A total, and how it differs from the order's."""

    money: Money
    change: Decimal

    @property
    def delta(self) -> str:
        """ "+269.89", or nothing."""
        return signed(Money(self.change, self.money.currency))


@dataclass
class Answered:
    """The version that was answered, and the answer as it stands."""

    order: Order
    response: Response

    def barred(self, row: Beside) -> dict[str, str]:
        """The ways that this row does not have, and why."""
        if row.line is None:
            only = {"counter": "There is no line to make an offer for."}
            if row.declined:
                return only | {"accept": "They declined; there is nothing to accept."}
            only["resource"] = "There is no line to order elsewhere."
            problem = self.problem(row, LineDecision(None, "accept"))
            return only | {"accept": problem} if problem else only
        found = {"counter": "They cannot supply it."} if row.declined else {}
        problem = self.problem(row, LineDecision(row.number, "accept"))
        return found | {"accept": problem} if problem else found

    def problem(self, row: Beside, decision: LineDecision) -> str:
        """Why this cannot be decided for this row, or nothing."""
        if row.line is None and row.declined:
            return ""
        try:
            outcome(*self._alone(row.line), {decision.line: decision})
        except Refused as refusal:
            return str(refusal)
        return ""

    def elsewhere(self, row: Beside) -> str:
        """What would be ordered from somebody else: "20 pieces"."""
        if row.line is None:
            return ""
        try:
            needs = outcome(*self._alone(row.line), {row.number: LineDecision(row.number, "resource")}).needs
        except Refused:
            return ""
        return beside.amount(needs[row.line.number]) if row.line.number in needs else ""

    def total(self, decisions: Iterable[LineDecision]) -> Figure:
        """The order's total with these decisions; lines that nobody decided stay as ordered."""
        made = {d.line: d for d in decisions}
        if (whole := made.get(None)) and whole.choice == "resource":
            made = {line.number: LineDecision(line.number, "resource") for line in self.order.lines}
        try:
            document = outcome(self.order, self.response, made).document
        except Refused:
            document = self.order
        total = totals(document).total if document else Decimal(0)
        return Figure(Money(total, self.order.currency), total - self.ordered)

    @cached_property
    def ordered(self) -> Decimal:
        """The order's total as it is."""
        return totals(self.order).total

    def _alone(self, line: Line | None) -> tuple[Order, Response]:
        """Order and answer with this line only; whole without one."""
        if line is None:
            return self.order, self.response
        said = self.response.model_copy(update={"lines": self._said.get(line.number, ())})
        return self.order.model_copy(update={"lines": (line,)}), said

    @cached_property
    def _said(self) -> dict[str, tuple[LineAnswer, ...]]:
        return {line.number: tuple(answers) for line, answers in matched(self.order, self.response)[0]}
