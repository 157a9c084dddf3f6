"""What contradicts itself, or cannot be, and what we do then: written rules, so that nobody has to guess.

Whatever a rule says, the order stays as it is and the partner's own codes are kept. The sources are the reasons for
which Oracle skips an answer, Peppol's rules for an order response, and what each standard lets a partner say.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from orderwire.document.answered import kept
from orderwire.document.order import Line, Order
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response
from orderwire.flow.acknowledge.differences import Comparison

Outcome = Literal["person", "judged", "declined", "not read", "fits nothing"]


@dataclass(frozen=True)
class Rule:
    """`when` it applies and what `then`, in words; `source` says who else has the rule, or why it is so.

    `outcome`: a person decides; it is a difference that the policy judges; the order counts as declined; the document
    is refused with a finding; it is kept beside the orders.
    """

    id: str
    outcome: Outcome
    when: str
    then: str
    source: str

    def as_row(self) -> str:
        """The rule in docs/how-to/answers.md."""
        return f"| `{self.id}` | {self.when} | {self.then} | {self.outcome} | {self.source} |"


RULES: tuple[Rule, ...] = (
    Rule("head-accepts-line-differs", "person", "accepted as a whole, yet a line is declined or changed",
         "what the line says holds", "Oracle skips mixed header and line codes; Peppol: AP has no lines"),
    Rule("head-declines-line-does-not", "person", "declined as a whole, yet a line is not declined",
         "what the line says holds; lines that are not named are declined",
         "Oracle skips mixed header and line codes; Peppol: RE has no lines"),
    Rule("head-changes-nothing", "person", "accepted with changes, yet no line differs (or there is none)",
         "nothing is taken as agreed", "Peppol: CA must have lines"),
    Rule("head-received-line-differs", "person", "only received, yet a line is declined or changed",
         "what the line says holds", "Peppol: AB has no lines"),
    Rule("accepted-line-differs", "person", "a line is accepted, with other values than ordered",
         "the values hold", "X12 855: IA beside another quantity, price or date; Oracle skips it"),
    Rule("changed-line-same", "person", "a line is changed, without a value that differs",
         "nothing is taken as agreed", "Oracle skips a change whose value is missing"),
    Rule("accepted-and-declined", "person", "a line is accepted and declined, without quantities",
         "the line cannot be taken over; the buyer says what he wants", "nobody can know how much comes"),
    Rule("nothing-comes", "person", "a line is accepted or changed to the quantity 0",
         "it is read as a line of which nothing comes", "Oracle skips a quantity of 0"),
    Rule("costs-nothing", "person", "a line that has a price is answered with the price 0",
         "the price is shown as answered", "many systems write 0 where they give no price"),
    Rule("promised-in-the-past", "person", "a day is promised that was over when the answer came",
         "the day is shown as answered", "a slip in the date, or goods that should be here"),
    Rule("mixed-units", "person", "a line is answered partly in another unit",
         "the line cannot be taken over; the buyer says what he wants", "parts in two units do not add up"),
    Rule("several-prices", "person", "the parts of a line have several prices",
         "the line cannot be taken over; the highest price is shown", "a line of an order has one price"),
    Rule("other-part-of-ours", "person", "a line names another part number of the buyer's than was ordered",
         "the line cannot be taken over", "the supplier may speak of another line"),
    Rule("other-currency", "person", "the answer is in another currency",
         "its prices cannot be taken over and are worth nothing in money", "Peppol: one currency"),
    Rule("foreign-line", "person", "a line fits none of the order, or several",
         "it is shown and never ordered by itself", "X12 855 and ORDRSP can add lines; Oracle skips them"),
    Rule("order-not-in-force", "person", "the order is cancelled, or its newest version is not approved",
         "even a plain yes waits", "the supplier believes what is no longer so"),
    Rule("version-never-sent", "person", "the version that is answered was never sent to this supplier",
         "even a plain yes waits; it is looked at again once that version goes out", "only we could have told them"),
    Rule("more-than-ordered", "judged", "more is confirmed than was ordered",
         "a difference like others: the policy has an upper limit", "Oracle: over-quantity needs the buyer"),
    Rule("all-lines-declined", "declined", "every line is declined",
         "the order counts as declined", "Oracle: rejecting all schedules rejects the document"),
    Rule("unknown-code", "not read", "a line has a status code that is not in our table of the standard",
         "this document is refused and its sender told which; UBL's free LineStatusCode is read as undecided",
         "Oracle skips unknown codes"),
    Rule("not-a-quantity", "not read", "a quantity or a price is negative or no number",
         "this document is refused and its sender told which segment or field", "Oracle skips it"),
    Rule("unknown-order", "fits nothing", "no such order of this supplier: unknown, another's, a test for a real one",
         "it waits in the inbox, and is taken when that order comes", "orders and answers can overtake each other"),
    Rule("unknown-version", "fits nothing", "the order has no such version yet",
         "it waits in the inbox, and is taken when that version comes", "orders and answers can overtake each other"),
)  # fmt: skip


@dataclass(frozen=True)
class Contradiction:
    """One that applies: the id of its rule, and what a person reads of this answer."""

    rule: str
    text: str


def contradictions(order: Order, response: Response, found: Comparison, *, on: datetime.date) -> list[Contradiction]:
    """What of the answer only a person can settle. `on` is the day on which it came."""
    made = [Contradiction(rule, text) for rule, text in _head(order, response, found)]
    for line, answers in found.answers:
        differs = any(d.line == line.number for d in found.differences)
        made += [Contradiction(rule, f"Line {line.number} {text}") for rule, text in _line(line, answers, differs, on)]
    return made


def _head(order: Order, response: Response, found: Comparison) -> Iterator[tuple[str, str]]:
    if response.currency not in (None, order.currency):
        yield "other-currency", f"The answer is in {response.currency}, the order in {order.currency}."
    for answer in found.foreign:
        name = next(filter(None, (answer.number, answer.supplier_part, answer.buyer_part, answer.gtin)), "without name")
        yield "foreign-line", f"The answer has a line {name}, which the order does not have."
    differs = bool(found.differences)
    match response.status:
        case HeaderStatus.ACCEPTED if differs:
            yield "head-accepts-line-differs", "The answer says accepted as ordered, yet its lines differ."
        case HeaderStatus.ACCEPTED_WITH_CHANGES if not differs:
            text = "The answer says accepted with changes, yet nothing differs from the order."
            yield "head-changes-nothing", text
        case HeaderStatus.REJECTED if kept(response.lines):
            yield "head-declines-line-does-not", "The answer says declined, yet some of its lines are not."
        case HeaderStatus.RECEIVED if differs:
            yield "head-received-line-differs", "The answer says received and undecided, yet its lines differ."


def _line(line: Line, answers: tuple[LineAnswer, ...], differs: bool, on: datetime.date) -> Iterator[tuple[str, str]]:
    parts = kept(answers)
    if not parts:
        return
    if differs and all(a.status is LineStatus.ACCEPTED for a in answers):
        yield "accepted-line-differs", "says accepted, yet differs."
    if not differs and any(a.status is LineStatus.CHANGED for a in answers):
        yield "changed-line-same", "says changed, yet nothing differs."
    if len(parts) < len(answers) and all(a.quantity is None for a in answers):
        yield "accepted-and-declined", "is both accepted and declined, and no quantities tell how much of it."
    if all(a.quantity == 0 and a.status is not LineStatus.BACKORDERED for a in parts):
        yield "nothing-comes", "is not declined, yet nothing of it comes."
    if line.price and any(a.price == 0 for a in parts):
        yield "costs-nothing", "is answered with the price 0."
    if any(a.promised and a.promised < on for a in parts):
        yield "promised-in-the-past", "is promised for a day that is over."
    if len({a.unit or line.unit for a in parts}) > 1:
        yield "mixed-units", "is answered in mixed units."
    prices = (a.price_for(line.price_basis) for a in parts)
    if len({line.price if price is None else price for price in prices}) > 1:
        yield "several-prices", "has several prices."
    if any(a.buyer_part not in (None, line.buyer_part) for a in parts if line.buyer_part):
        yield "other-part-of-ours", "names another part number of ours."
