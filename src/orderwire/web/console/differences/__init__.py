"""An answer beside the order, and the buyer's decision on each line that differs."""

from orderwire.web.console.differences.page import differences

__all__ = ["differences"]
