"""Tests that a plug-in gets by subclassing `FormatConformance` or `ChannelConformance`, and stand-ins for partners.

The first needs the package hypothesis, so each is loaded when it is asked for.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "FormatConformance": "formats", "FixedContext": "formats", "assert_sound": "formats",
    "ChannelConformance": "channels",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
