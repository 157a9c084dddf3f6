"""Channels and formats in words for people, also of plug-ins that are no longer installed."""

from functools import cache

from orderwire import plugins


@cache
def channel_word(kind: str) -> str:
    """The label of a channel: "E-mail"; the bare kind where it is not installed."""
    return next((c.label for c in plugins.channels() if c.kind == kind), kind)


@cache
def format_word(kind: str) -> str:
    """The label of a format: "X12"; the bare kind where it is not installed."""
    return next((f.label for f in plugins.formats() if f.kind == kind), kind)


_BY = {"email": "by e-mail", "portal": "through the portal", "folder": "into their folder"}


def by_channel(kind: str) -> str:
    """How something was sent, to stand in a sentence."""
    return _BY.get(kind, f"by {channel_word(kind)}")


_TAKEN = {"email": "their server took it", "portal": "it stands in the portal", "folder": "it lies in their folder"}


def taken_word(kind: str) -> str:
    """What it means that something was handed over by this channel, and no more."""
    return _TAKEN.get(kind, "handed over")


_SOURCES = {"api": "through the API", "cli": "by the command line", "console": "in the console",
            "portal": "in the portal", "answer page": "on the answer page"}  # fmt: skip


def source_word(source: str, *, theirs: bool = False) -> str:
    """Where something came from, to stand in a sentence: "folder:erp" is "through the folder of erp".

    `theirs`: it came from the supplier whom the sentence is about.
    """
    kind, _, name = source.partition(":")
    if name and theirs and kind != "api":
        return f"through their {channel_word(kind).lower()}"
    if name:
        return f"through the API ({name})" if kind == "api" else f"through the {channel_word(kind).lower()} of {name}"
    return _SOURCES.get(source, f"through {source}")


def resendable(kind: str) -> bool:
    """True where the partner recognizes a repeated send; False also where the channel is not installed."""
    return next((c.resendable for c in plugins.channels() if c.kind == kind), False)
