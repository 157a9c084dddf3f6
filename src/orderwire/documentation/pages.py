"""Every generated file with its text."""

from collections.abc import Callable

from orderwire.api import openapi
from orderwire.api.application import specification
from orderwire.document.schema import SCHEMAS, schema_text
from orderwire.documentation import api, commands, events, lifecycle, plugins, settings, states

PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "settings.md": ("Settings", settings.page),
    "commands.md": ("Commands", commands.page),
    "api/README.md": ("REST API", api.page),
    "events.md": ("Events of the ledger", events.page),
    "states.md": ("States of orders, deliveries and answers", states.page),
    "channels.md": ("Channels and their settings", plugins.channels),
    "formats.md": ("Formats and their profiles", plugins.formats),
}


def pages() -> dict[str, str]:
    """File name below docs/reference -> text."""
    made = {name: write() for name, (_, write) in PAGES.items()}
    made |= {name: write() for name, write in plugins.format_pages().items()}
    made["api/openapi.json"] = openapi.text(specification())
    made |= {f"schema/{name}": schema_text(name) for name in SCHEMAS}
    made["README.md"] = _contents()
    made["../lifecycle.md"] = lifecycle.page()
    return made


def _contents() -> str:
    lines = [
        "# Reference",
        "",
        "Written from the code by `make docs`; `make check` tells when a page is behind it.",
        "",
    ]
    lines += [f"- [{title}]({name})" for name, (title, _) in PAGES.items()]
    lines += [
        f"- [{name.partition('.')[0].replace('_', ' ').capitalize()} as JSON Schema](schema/{name})" for name in SCHEMAS
    ]
    lines.append("- [Columns of CSV and XLSX](table-columns.md)")
    return "\n".join(lines) + "\n"
