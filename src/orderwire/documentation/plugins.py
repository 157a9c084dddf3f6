"""The pages of the built-in channels and formats, from their classes and settings."""

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Any

from orderwire.document.states import DocumentType
from orderwire.documentation.markdown import fields, prose, table
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
    """docs/reference/formats.md: which format speaks which document."""
    kinds = [kind for kind in DocumentType if kind is not DocumentType.UNKNOWN]
    rows = []
    for plugin in built_in("format"):
        format: Any = plugin.instance
        marks = [_both(kind in format.reads, kind in format.writes) for kind in kinds]
        rows.append((f"[{format.label}](formats/{format.kind}.md)", *marks))
    return (
        "# Formats\n\nThe formats that come with Orderwire, and which documents each of them reads (r) and writes (w). "
        "`orderwire plugins` lists all that are installed.\n\n"
        + table(("format", *(str(kind).replace("_", " ") for kind in kinds)), rows)
    )


def format_page(format: Any) -> str:
    """docs/reference/formats/KIND.md: documents, versions, mapping and profile of one format."""
    parts = [
        f"# {format.label}\n\n{prose(type(format))}\n\n"
        f"Format `{format.kind}`, media type `{format.media_type}`, file name `*.{format.extension.lstrip('.')}`.\n",
        "## Documents\n\n"
        + table(
            ("document", "what it is here", "versions", "read", "written"),
            (
                (d.name, str(d.type).replace("_", " "), d.versions, _yes(d.read), _yes(d.written))
                for d in format.documents
            ),
        ),
    ]
    if format.profile_model.model_fields:
        parts.append(f"## Profile\n\n{prose(format.profile_model)}\n\n{fields(format.profile_model)}")
    parts += [
        f"## {described.name}\n\nWhere each field stands. A field that is not listed is not carried: it is a finding, "
        "and the profile says what to do with it.\n\n"
        + table(("field", "place"), ((f"`{ours}`", place) for ours, place in described.mapping.items()))
        for described in format.documents
        if described.mapping
    ]
    return "\n".join(parts)


def format_pages() -> dict[str, Callable[[], str]]:
    """File name below docs/reference -> what writes it, for each built-in format."""
    return {f"formats/{p.name}.md": partial(format_page, p.instance) for p in built_in("format")}


def built_in(group: str) -> list[Plugin]:
    """Those of this package that loaded, by name. Raises RuntimeError for one that did not: a page would miss it."""
    own = [p for p in plugins() if p.group == group and p.source == "orderwire"]
    for plugin in own:
        if plugin.problem:
            raise RuntimeError(f"{group} {plugin.name} did not load: {plugin.problem}")
    return own


def _both(read: bool, written: bool) -> str:
    return " ".join(mark for mark, has in (("r", read), ("w", written)) if has)


def _yes(has: bool) -> str:
    return "yes" if has else ""


def _duration(seconds: int) -> str:
    if seconds % 3600 == 0:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"
