"""What the deviation policy decides without a person, one answer as it comes in or many that wait."""

from collections.abc import Iterable
from dataclasses import dataclass

from orderwire.flow import Refused
from orderwire.flow.decide.choice import LineDecision, by_verdict, every_line, places
from orderwire.flow.decide.decide import Decided, decide
from orderwire.records import Response

POLICY = "system:policy"


@dataclass(frozen=True)
class Bulk:
    """`decided` answers, those that were `left` for a person, and why others were refused, by answer."""

    decided: int
    left: int
    refused: dict[int, str]


def by_policy(row: Response) -> Decided | None:
    """Decide an answer that just came in where every difference is settled by the policy; None: a person decides.

    What contradicts itself is left to a person, and so is a second insisting on the same version: two systems must not
    send each other the same words for ever.
    """
    if row.state != Response.State.OPEN or row.problem or not row.differences:
        return None
    settled = by_verdict(row.differences)
    if any(line not in settled for line in places(row.differences)):
        return None
    insists = "insist" in settled.values()
    if insists and Response.objects.filter(revision=row.revision, decided_by=POLICY).exclude(pk=row.pk).exists():
        return None
    reason = "; ".join(d["because"] for d in row.differences if d.get("verdict") == "reject" and d.get("because"))
    decisions = [LineDecision(line, choice) for line, choice in settled.items()]
    try:
        return decide(row.pk, actor=POLICY, decisions=decisions, reason=reason or ("By policy" if insists else ""))
    except Refused:
        return None


def accept_policy(response_ids: Iterable[int], *, actor: str) -> Bulk:
    """Accept every one of these answers of which the policy accepts everything, and which does not contradict itself;
    each in its own transaction."""
    decided, left = 0, 0
    refused: dict[int, str] = {}
    for row in Response.objects.filter(pk__in=list(response_ids)).order_by("pk"):
        if row.problem or not row.differences or any(d.get("verdict") != "accept" for d in row.differences):
            left += 1
            continue
        try:
            decide(row.pk, actor=actor, decisions=every_line(row.differences, "accept"))
            decided += 1
        except Refused as failure:
            refused[row.pk] = str(failure)
    return Bulk(decided, left, refused)
