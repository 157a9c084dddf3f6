"""Sends the decisions of the page to flow, and says what became of them."""

from orderwire.flow import Refused
from orderwire.flow.acknowledge import decide
from orderwire.records import User
from orderwire.web.console.differences.choices import Choice


def send(response_id: int, chosen: list[Choice], *, actor: str, user: User, reason: str) -> str:
    """Decide all rows. Raises Refused."""
    ways = {choice.chosen for choice in chosen}
    if ways not in ({"accept"}, {"insist"}):
        raise Refused("Accept all of them, or insist on all of them.")
    decide(response_id, actor=actor, accept=ways == {"accept"}, reason=reason)
    return "Decided."
