"""The way back to the system that orders came from: it is told how each of them stands whenever that changes."""

from orderwire.flow.feed.round import feed

__all__ = ["feed"]
