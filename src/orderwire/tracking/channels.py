"""Channels and formats in words for people, also of plug-ins that are no longer installed."""

from functools import cache

from orderwire import plugins
from orderwire.channels import Worded, Wording
from orderwire.channels.erp import ErpChannel


@cache
def channel_word(kind: str) -> str:
    """The label of a channel: "E-mail"; the bare kind where it is not installed."""
    return next((c.label for c in plugins.channels() if c.kind == kind), kind)


@cache
def format_word(kind: str) -> str:
    """The label of a format: "X12"; the bare kind where it is not installed."""
    return next((f.label for f in plugins.formats() if f.kind == kind), kind)


@cache
def _wording(kind: str) -> Wording:
    """A channel's own words, empty for one that has none or is no longer installed."""
    return next((c.wording for c in plugins.channels() if c.kind == kind and isinstance(c, Worded)), Wording())


@cache
def is_erp(kind: str) -> bool:
    """True for a channel that leads into an ERP of the house."""
    return any(c.kind == kind and isinstance(c, ErpChannel) for c in plugins.channels())


def by_channel(kind: str) -> str:
    """How something was sent, to stand in a sentence."""
    return _wording(kind).by or f"by {channel_word(kind)}"


def taken_word(kind: str) -> str:
    """What it means that something was handed over by this channel, and no more."""
    return _wording(kind).taken or "handed over"


def channel_says(kind: str, otherwise: str) -> str:
    """What a channel is, in a sentence for who chooses one."""
    return _wording(kind).says or otherwise


_SOURCES = {"api": "through the API", "cli": "by the command line", "console": "in the console",
            "portal": "in the portal", "answer page": "on the answer page"}  # fmt: skip


def source_word(source: str, *, theirs: bool = False) -> str:
    """Where something came from, to stand in a sentence: "folder:erp" is "through the folder of erp".

    `theirs`: it came from the supplier whom the sentence is about.
    """
    kind, _, name = source.partition(":")
    if name and (came := _wording(kind).came):
        return came if theirs else f"{came} from {name}"
    if name and is_erp(kind):
        return f"from {channel_word(kind)}" if theirs else f"from {channel_word(kind)} ({name})"
    if name and theirs and kind != "api":
        return f"through their {channel_word(kind).lower()}"
    if name:
        return f"through the API ({name})" if kind == "api" else f"through the {channel_word(kind).lower()} of {name}"
    return _SOURCES.get(source, f"through {source}")


def resendable(kind: str) -> bool:
    """True where the partner recognizes a repeated send; False also where the channel is not installed."""
    return next((c.resendable for c in plugins.channels() if c.kind == kind), False)
