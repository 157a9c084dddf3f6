"""Sends the decisions of the page to flow, and says what became of them."""

from orderwire.document.states import OrderState
from orderwire.flow.decide import decide
from orderwire.tracking.words import plural
from orderwire.web.console.differences.choices import Choice


def send(response_id: int, chosen: list[Choice], *, actor: str, who: str, reason: str) -> str:
    """Decide all rows; the words for the page that follows. Raises Refused."""
    decisions = [choice.decision for choice in chosen if choice.decision]
    done = decide(response_id, actor=actor, decisions=decisions, reason=reason)
    made = plural(len(decisions), "decision")
    if done.revision is None and any(choice.chosen in ("insist", "counter") for choice in chosen):
        return f"{made}: {who} is told to keep to what was ordered."
    if done.revision is None:
        return f"{made}: nothing of the order changes, and nothing is left to decide."
    if done.state == OrderState.PENDING_APPROVAL:
        return f"{made} made version {done.revision}. It waits for approval, then {who} gets it."
    if done.state == OrderState.HELD:
        return f"{made} made version {done.revision}. The order is on hold, so nothing is sent yet."
    return f"{made} made version {done.revision}, which goes to {who} by itself."
