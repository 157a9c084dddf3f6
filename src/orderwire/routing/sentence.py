"""A rule as a sentence that a buyer reads: “When the currency is EUR, send the order by e-mail.”"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from orderwire.routing.cell import Cell, listed
from orderwire.routing.facts import FACTS, FactType
from orderwire.routing.table import LegRule, Rule, Via

Part = Literal["when", "then"]


@dataclass(frozen=True)
class Piece:
    """A piece of the sentence: `token` is what a person may want to change; the parts are shown in two weights."""

    text: str
    part: Part = "when"
    token: bool = False


def sentence(rule: Rule, words: Mapping[str, str] | None = None) -> tuple[Piece, ...]:
    """The rule in words, to be joined without blanks. `words` are labels of channels, formats and groups by name."""
    words = words or {}
    pieces: list[Piece] = []
    if rule.otherwise:
        pieces.append(Piece("Otherwise "))
    elif not rule.when:
        pieces.append(Piece("Always "))
    else:
        for index, cell in enumerate(rule.when.values()):
            pieces += [Piece(" and " if index else "When "), *_condition(cell)]
        pieces.append(Piece(", "))
    if rule.hold:
        pieces += [Piece("hold the order: ", "then"), Piece(rule.hold.rstrip("."), "then", True)]
    for index, leg in enumerate(rule.then):
        pieces += [Piece(", ", "then")] if index else []
        pieces += _leg(leg, words)
    asks = next((leg for leg in rule.then if leg.answer_within), None)
    if asks:
        within = f"{asks.answer_within} working {'day' if asks.answer_within == 1 else 'days'}"
        to = " to every line" if asks.answer == "line" else ""
        pieces += [Piece(f"; ask for an answer{to} in ", "then"), Piece(within, "then", True)]
    return (*pieces, Piece(".", "then"))


def plain(pieces: tuple[Piece, ...]) -> str:
    """The sentence as text."""
    return "".join(piece.text for piece in pieces)


def _condition(cell: Cell) -> list[Piece]:
    fact = FACTS[cell.fact]
    if fact.type is FactType.FLAG and cell.one_of:
        clause = fact.label if cell.one_of == ("true",) else fact.label.replace(" is ", " is not ", 1)
        return [Piece("the "), Piece(clause, token=True)]
    verb, _, asked = cell.words().partition(" ")
    return [Piece(f"the {fact.label} {verb} "), Piece(asked, token=True)]


def _leg(leg: LegRule, words: Mapping[str, str]) -> list[Piece]:
    recipient = leg.to.removeprefix("group:")
    name = "the supplier" if leg.to == "supplier" else words.get(recipient, recipient.capitalize())
    pieces = [Piece("copy " if leg.purpose == "copy" else "send to ", "then"), Piece(name, "then", True)]
    if way := _way(leg.via, words):
        pieces += [Piece(" ", "then"), Piece(way, "then", True)]
    if not leg.prices:
        pieces += [Piece(" ", "then"), Piece("without prices", "then", True)]
    if leg.delay:
        pieces += [Piece(" ", "then"), Piece(f"{_duration(leg.delay)} later", "then", True)]
    steps = tuple("his other ways" if via.others else _way(via, words) or "the preferred way" for via in leg.fallback)
    if leg.to == "supplier" and steps:
        pieces += [Piece(", if that fails ", "then"), Piece(listed(steps, "then"), "then", True)]
    return pieces


def _way(via: Via, words: Mapping[str, str]) -> str:
    if via.endpoint:
        return f"through {via.endpoint}"
    channel = f"by {words.get(via.channel, via.channel)}" if via.channel else ""
    written = f"as {words.get(via.format, via.format)}" if via.format else ""
    return " ".join(filter(None, (written, channel)))


def _duration(delay: datetime.timedelta) -> str:
    minutes = delay // datetime.timedelta(minutes=1)
    for size, word in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes % size == 0:
            return f"{minutes // size} {word}{'' if minutes == size else 's'}"
    raise AssertionError("every number of minutes divides by one")
