"""Decide: the buyer, or the policy, says to each line of an answer what is to happen: accept it, counter it, insist on
the order, or order the open quantity elsewhere. All of it together is one new version, or the same one again."""

from orderwire.flow.decide.choice import Choice, LineDecision, every_line
from orderwire.flow.decide.decide import Decided, decide
from orderwire.flow.decide.policy import Bulk, accept_policy, by_policy

__all__ = ["Bulk", "Choice", "Decided", "LineDecision", "accept_policy", "by_policy", "decide", "every_line"]
