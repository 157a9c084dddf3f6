"""What every page's frame shows: who looks, where we are, and the counts beside the navigation."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from orderwire.tracking.attention import counts
from orderwire.tracking.words import capped
from orderwire.web.access import is_buyer
from orderwire.web.stream import ASKED_AT

THEME_COOKIE = "orderwire_theme"
THEMES = ("light", "dark")

_PAGES = (("inbox", "Inbox"), ("orders", "Orders"), ("approvals", "Approvals"), ("suppliers", "Suppliers"),
          ("connections", "Connections"), ("messages", "Messages"))  # fmt: skip
_SECTION = {
    "order": "orders",
    "order_section": "orders",
    "import": "orders",
    "delivery": "orders",
    "differences": "orders",
    "amend": "orders",
    "cancel": "orders",
    "record": "orders",
    "needs": "inbox",
    "clocks": "inbox",
    "supplier": "suppliers",
    "way": "suppliers",
    "way_new": "suppliers",
    "change": "suppliers",
    "endpoint_again": "suppliers",
    "endpoint_compare": "connections",
    "message": "messages",
}
"""Pages without a place of their own in the navigation, and the one they belong to."""


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation."""

    name: str
    url: str
    here: bool
    count: str


class Frame:
    """Worked out only where a template asks."""

    def __init__(self, request: HttpRequest):
        self._request = request

    @cached_property
    def theme(self) -> str:
        """light or dark where the reader chose, else empty: the system's."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def asked_at(self) -> str:
        """When the page was asked for: its stream begins with what came since."""
        return f"{self._request.META[ASKED_AT]:.3f}"

    @cached_property
    def person(self) -> str:
        """The reader's name."""
        user = self._request.user
        return user.shown_name if user.is_authenticated else ""

    @cached_property
    def initials(self) -> str:
        """Two letters at most."""
        return "".join(part[0] for part in self.person.replace(".", " ").split()[:2]).upper()

    @cached_property
    def nav(self) -> list[NavItem]:
        """The console's pages with what waits behind them; nothing for others than buyers."""
        if not is_buyer(self._request.user):
            return []
        match = self._request.resolver_match
        here = match.url_name or "" if match else ""
        here = _SECTION.get(here, here)
        waiting = counts()
        shown = {"inbox": waiting.all, "approvals": waiting.approvals}
        return [
            NavItem(name, reverse(key), key == here, capped(shown[key], 99) if shown.get(key) else "")
            for key, name in _PAGES
        ]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template variables of the frame."""
    return {"frame": Frame(request)}
