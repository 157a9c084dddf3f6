"""The answer to "does this need a new approval", with every reason."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One reason for a new approval, as a sentence, and the part of the policy that asks for it."""

    rule: str
    text: str


@dataclass(frozen=True)
class Judgement:
    """Whether a new approval is needed; each reason with the part of the policy (`rules`, one for one) behind it."""

    needs_approval: bool
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def judgement(reasons: Sequence[Reason]) -> Judgement:
    """Any reason asks for a new approval; none lets the change pass."""
    different = tuple(dict.fromkeys(reasons))
    return Judgement(bool(different), tuple(r.text for r in different), tuple(r.rule for r in different))
