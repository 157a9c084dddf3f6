"""The pages of the built-in channels and formats, from their classes and settings."""

from itertools import groupby
from typing import Any

from orderwire.document.states import DocumentType
from orderwire.documentation.markdown import fields, prose
from orderwire.plugins import Plugin, plugins


def channels() -> str:
    """docs/reference/channels.md."""
    parts = [
        "# Channels\n\nThe channels that come with Orderwire and the settings of an endpoint that uses one. "
        "`orderwire plugins` lists all that are installed.\n"
    ]
    for plugin in built_in("channel"):
        channel: Any = plugin.instance
        again = "a second copy does no harm" if channel.resendable else "a second copy may be taken for a second order"
        runs = [(_duration(seconds), len(list(group))) for seconds, group in groupby(channel.retry)]
        waits = ", ".join(wait if n == 1 else f"{n} times {wait}" for wait, n in runs)
        parts.append(
            f"## {channel.kind}\n\n{channel.label}: {prose(type(channel))}\n\n"
            f"When it is not known whether a try arrived: {again}. Waits after failures in a row: {waits}.\n"
        )
        parts.append(f"{prose(channel.config_model)}\n\n{fields(channel.config_model)}")
    return "\n".join(parts)


def formats() -> str:
    """docs/reference/formats.md."""
    parts = [
        "# Formats\n\nThe formats that come with Orderwire and the keys of a partner's profile in each. "
        "`orderwire plugins` lists all that are installed.\n"
    ]
    for plugin in built_in("format"):
        format: Any = plugin.instance
        parts.append(
            f"## {format.kind}\n\n{format.label}: {prose(type(format))}\n\n"
            f"Media type `{format.media_type}`, file name `*.{format.extension.lstrip('.')}`. "
            f"Reads {_kinds(format.reads)}; writes {_kinds(format.writes)}.\n"
        )
        parts.append(f"{prose(format.profile_model)}\n\n{fields(format.profile_model)}".rstrip() + "\n")
    return "\n".join(parts)


def built_in(group: str) -> list[Plugin]:
    """Those of this package that loaded, by name. Raises RuntimeError for one that did not: a page would miss it."""
    own = [p for p in plugins() if p.group == group and p.source == "orderwire"]
    for plugin in own:
        if plugin.problem:
            raise RuntimeError(f"{group} {plugin.name} did not load: {plugin.problem}")
    return own


def _kinds(kinds: frozenset[DocumentType]) -> str:
    return ", ".join(str(k).replace("_", " ") for k in DocumentType if k in kinds) or "nothing"


def _duration(seconds: int) -> str:
    if seconds % 3600 == 0:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"
